import { describe, expect, test } from 'vitest';
import { alert, describe as kpi } from '../../testing/live-script.ts';
import { alertTitle, ruleText, subjectTitle, type WordsView } from './alert-words.ts';

const view: WordsView = { lang: 'en', zone: 'Asia/Shanghai', now: 0, kpis: [kpi({ id: 'csat' })], rules: [] };
const ofEvents = alert({
  kpi: '',
  rule: 'vip_unhappy',
  threshold: 'data.tier == "vip" && data.sentiment.score < -0.5',
});

describe('a rule over events', () => {
  test.each(['en', 'zh-CN'] as const)('shows nobody its condition (%s)', (lang) => {
    const said = ruleText(ofEvents, { ...view, lang });
    expect(said).not.toMatch(/data|==|&&|^$/);
  });
  test('is called by its title, else by its name', () => {
    const title = { en: 'A VIP is unhappy', 'zh-CN': '贵宾不满' };
    expect([alertTitle, subjectTitle].map((of) => of({ ...ofEvents, title }, view))).toEqual([title.en, title.en]);
    expect([alertTitle, subjectTitle].map((of) => of(ofEvents, view))).toEqual(['vip_unhappy', 'vip_unhappy']);
  });
});

test('a rule of a KPI says its limit, and what is wrong is the KPI', () => {
  const message = alert({ threshold: 'value < 80' });
  expect([ruleText(message, view), subjectTitle(message, view)]).toEqual(['< 80%', 'CSAT']);
});
