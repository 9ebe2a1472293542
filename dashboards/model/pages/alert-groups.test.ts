import { describe, expect, test } from 'vitest';
import { alert, iso, T0 } from '../../testing/live-script.ts';
import { alertGroups, type AlertFilter } from './alert-groups.ts';
import { alertTitle, isWorse, ruleText, subjectTitle, type WordsView } from './alert-words.ts';
import { episodesOf, type Episode } from './episodes.ts';
import { describe as kpi } from '../../testing/live-script.ts';

const ALL: AlertFilter = { tab: 'open', by: 'rule', severity: null, owner: null, text: '' };
const worse = isWorse([kpi()]);
const none = (): number => 0;
const of = (...messages: Parameters<typeof alert>[0][]): readonly Episode[] => [
  ...episodesOf(
    messages.map((message, i) => alert({ alert: `a-${i}`, ...message })),
    worse,
  ).values(),
];

describe('episodes', () => {
  const change = (state: 'pending' | 'firing' | 'resolved', at: number, value: number) =>
    alert({ state, previous: null, at: iso(T0 + at), value });
  test('run from their first sign to their end, with the value furthest off', () => {
    const all = [
      change('resolved', 90, 90),
      change('pending', 0, 79),
      change('firing', 30, 61),
      change('firing', 60, 70),
    ];
    const [episode] = [...episodesOf(all, worse).values()];
    expect(episode).toMatchObject({ firedAt: T0 + 30, endedAt: T0 + 90, peak: 61, message: { state: 'resolved' } });
  });
  test.each([
    ['higher', 61],
    ['lower', 79],
  ] as const)('are worst where %s is better at %d', (better, peak) => {
    const all = [change('pending', 0, 79), change('firing', 30, 61)];
    expect([...episodesOf(all, isWorse([kpi({ better })])).values()][0]?.peak).toBe(peak);
  });
  test('that are open have no end', () => {
    expect([...episodesOf([change('firing', 0, 1)], worse).values()][0]?.endedAt).toBeNull();
  });
});

describe('alerts by tab', () => {
  test('are counted truly, whatever is shown; what was only watched is no alert', () => {
    const all = of(
      { state: 'firing' },
      { state: 'recovering' },
      { state: 'pending' },
      { silenced: true },
      { state: 'resolved', previous: 'recovering' },
      { state: 'resolved', previous: 'pending' },
    );
    for (const tab of ['open', 'resolved'] as const)
      expect(alertGroups(all, { ...ALL, tab }, none).counts).toEqual({ open: 2, pending: 1, silenced: 1, resolved: 1 });
  });
});

describe('alerts in groups', () => {
  const store = (name: string, more: Parameters<typeof alert>[0] = {}) => ({
    rule: 'r1',
    key: { store: name },
    ...more,
  });
  const ids = (groups: ReturnType<typeof alertGroups>): unknown =>
    groups.open.map(({ id, items }) => [id, items.length]);

  test.each([
    [
      'rule',
      [
        ['r2', 1],
        ['r1', 2],
      ],
    ],
    [
      'owner',
      [
        ['care', 1],
        ['', 2],
      ],
    ],
    [
      'flat',
      [
        ['a-2', 1],
        ['a-0', 1],
        ['a-1', 1],
      ],
    ],
  ] as const)('stand by %s, the gravest first', (by, due) => {
    const all = of(
      store('s1', { severity: 'major', since: iso(T0 - 9) }),
      store('s2', { severity: 'major', since: iso(T0 - 5) }),
      { rule: 'r2', severity: 'critical', owner: 'care' },
    );
    expect(ids(alertGroups(all, { ...ALL, by }, none))).toEqual(due);
  });
  test('of one gravity stand unacknowledged first, then by how many customers, then by age', () => {
    const acked = { by: 'li', at: iso(T0) };
    const all = of(
      { rule: 'a', acked, n: 900 },
      { rule: 'b', n: 10 },
      { rule: 'c', n: 50 },
      { rule: 'd', n: 50, since: iso(T0 - 99_000) },
    );
    expect(alertGroups(all, ALL, none).open.map(({ id }) => id)).toEqual(['d', 'c', 'b', 'a']);
  });
  test('of one rule have the worst value first, acknowledged or not', () => {
    const acked = { by: 'li', at: iso(T0) };
    const all = of(store('s1', { value: 70 }), store('s2', { value: 40, acked }), store('s3', { value: 60 }));
    const byWorst = (a: Episode, b: Episode): number => (a.message.value ?? 0) - (b.message.value ?? 0);
    const [group] = alertGroups(all, ALL, byWorst).open;
    expect(group?.items.map(({ message }) => message.value)).toEqual([40, 60, 70]);
    expect(group?.acked).toBe(1);
  });
});

test.each([
  [{ severity: 'minor' }, 0],
  [{ owner: 'care' }, 1],
  [{ text: 'East app' }, 1],
  [{ text: '华东' }, 1],
  [{ text: 's7' }, 1],
  [{ text: 'east s7' }, 0],
] satisfies [Partial<AlertFilter>, number][])('%o leaves %d', (change, due) => {
  const all = of({ key: { region: 'east', channel: 'app' }, owner: 'care' }, { rule: 'r2', key: { store: 's7' } });
  expect(alertGroups(all, { ...ALL, ...change }, none).counts.open).toBe(due);
});

const WORDS: WordsView = { lang: 'en', zone: 'Asia/Shanghai', now: 0, kpis: [kpi({ id: 'csat' })], rules: [] };
const ofEvents = alert({
  kpi: '',
  rule: 'vip_unhappy',
  threshold: 'data.tier == "vip" && data.sentiment.score < -0.5',
});

describe('a rule over events', () => {
  test.each(['en', 'zh-CN'] as const)('shows nobody its condition (%s)', (lang) => {
    const said = ruleText(ofEvents, { ...WORDS, lang });
    expect(said).not.toMatch(/data|==|&&|^$/);
  });
  test('is called by its title, else by its name', () => {
    const title = { en: 'A VIP is unhappy', 'zh-CN': '贵宾不满' };
    expect([alertTitle, subjectTitle].map((of) => of({ ...ofEvents, title }, WORDS))).toEqual([title.en, title.en]);
    expect([alertTitle, subjectTitle].map((of) => of(ofEvents, WORDS))).toEqual(['vip_unhappy', 'vip_unhappy']);
  });
});

test('a rule of a KPI says its limit, and what is wrong is the KPI', () => {
  const message = alert({ threshold: 'value < 80' });
  expect([ruleText(message, WORDS), subjectTitle(message, WORDS)]).toEqual(['< 80%', 'CSAT']);
});
