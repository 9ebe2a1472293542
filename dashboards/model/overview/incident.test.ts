import { describe as group, expect, test } from 'vitest';
import { must } from '../../../engine/core/must.ts';
import type {
  AlertMessage,
  KpiDescription,
  KpiMessage,
  NoticeNote,
  RuleDescription,
} from '../../../engine/core/wire.ts';
import { alert, connected, describe, iso, T0, value } from '../../testing/live-script.ts';
import { incident, type IncidentKnown, type IncidentModel } from './incident.ts';

const KEY = { channel: 'app', region: 'east' };
const NEGATIVE = describe({ title: { 'zh-CN': '负面声音占比', en: 'Negative share' }, better: 'lower', target: 18 });
const RULE: RuleDescription = {
  ...{ id: 'csat_low', title: { 'zh-CN': '负面激增', en: 'Negative surge' }, kpi: 'csat', by: null },
  ...{ fire: 'value > 40', recover: 'value < 30', for_ms: 0, min_n: 30 },
  ...{ severity: 'critical', owner: null, runbook: null },
};
const notice = (change: Partial<NoticeNote>): NoticeNote => ({
  ...{ hook: 'oncall', kind: 'slack', state: 'delivered', first: iso(T0), last: iso(T0), escalated: 0 },
  ...change,
});
const NOTHING: IncidentKnown = { rules: [], course: null, notices: [] };
interface Given {
  readonly message?: Partial<AlertMessage>;
  readonly values?: readonly KpiMessage[];
  readonly siblings?: readonly AlertMessage[];
  readonly known?: Partial<IncidentKnown>;
  readonly kpi?: KpiDescription;
  readonly lang?: 'zh-CN' | 'en';
}
function shown({
  message = {},
  values = [],
  siblings = [],
  known = {},
  kpi = NEGATIVE,
  lang = 'zh-CN',
}: Given): IncidentModel {
  const all = [alert({ key: KEY, value: 92, n: 1460, threshold: 'value > 40', ...message }), ...siblings];
  const state = connected(values, all);
  const [lead, ...rest] = all.map((one) => must(state.alerts.get(one.alert)));
  const view = { lang, zone: 'Asia/Shanghai', kpis: [kpi], linked: null };
  return incident(must(lead), rest, { ...NOTHING, ...known }, state, view);
}
const whole = (v: number, n: number): KpiMessage => value({ value: v, n });
const own = (v: number, n: number, end = T0 + 5000): KpiMessage => value({ key: KEY, value: v, n, end });

group('the sentence', () => {
  test.each([
    ['zh-CN', '华东·App：', '负面声音占比', '92.0%', '占全公司此类的三分之一'],
    ['en', 'East · App: ', 'Negative share', '92.0%', 'a third of all such cases in the whole company'],
  ] as const)('names who, what and which part of all it is (%s)', (lang, subject, measure, said, part) => {
    const model = shown({ lang, values: [whole(20, 20_000), own(92, 1460)] });
    expect(model).toMatchObject({ subject, measure, value: said, part });
  });

  test('of what is better when it is higher, the part of all that fell short; of other units and the whole company none', () => {
    const values = [whole(90, 1000), own(60, 100)];
    const csat = { ...NEGATIVE, better: 'higher' } as const;
    expect(shown({ values, kpi: csat, lang: 'en' }).part).toBe('40% of all that fell short in the whole company');
    expect(shown({ values, kpi: csat }).part).toBe('占全公司未达成的 40%');
    expect(shown({ values, kpi: { ...csat, unit: 'points' } }).part).toBe('');
    expect(shown({ values, message: { key: {} } }).part).toBe('');
    expect(shown({ values: [whole(1, 10), own(60, 100)] }).part).toBe(''); // more than all there is: windows of different times
  });

  test('a long name is never cut', () => {
    const store = '上海市浦东新区世纪大道一百号环球金融中心负一层旗舰体验店';
    expect(shown({ message: { key: { store } } })).toMatchObject({ subject: `${store}：` });
  });

  test('since when, how long, what it was before, of how many cases, and how many more the rule has', () => {
    const course = [own(9, 100, T0 - 300_000), own(80, 100, T0 - 200_000), own(9, 100, T0 - 100_000), own(50, 9, T0)];
    const siblings = [alert({ alert: 'b', key: { channel: 'app' }, value: 38.7 })];
    expect(shown({ known: { course }, siblings })).toMatchObject({
      ...{ since: '09:14 起·已', age: '1 分', facts: '此前 9.0%·样本 1,460' },
      also: '另有 1 条同规则：App 38.7%',
    });
  });
});

group('its proof', () => {
  test('the course of its key with the limits of its rule, from where it began', () => {
    const course = [own(9, 100, T0 - 1_500_000), own(92, 100, T0)];
    const model = shown({ known: { course, rules: [RULE] } });
    expect(model.course?.lines.map(({ kind, text }) => [kind, text])).toEqual([
      ['fire', '触发 > 40%'],
      ['recover', '恢复 < 30%'],
    ]);
    expect(model.course?.axis).toEqual({ top: '100%', bottom: '0%', began: '09:14', start: '30 分前' });
    expect(model.course?.began).toBeCloseTo(1 - 60 / 1800);
    expect(shown({}).course).toBeNull();
  });

  test('a rule over events has neither course nor part: how many raised it', () => {
    const message = { kpi: '', value: null, n: 3, rule: 'vip', title: { 'zh-CN': '贵宾不满', en: 'VIP unhappy' } };
    expect(shown({ message, known: { course: [] } })).toMatchObject({
      ...{ measure: '贵宾不满', value: '3 个事件', part: '', facts: '', course: null },
    });
  });

  test('causes by how far they move it, the farthest as the measure of all', () => {
    const cause = (product: string, contribution: number) => ({
      key: { ...KEY, product },
      value: 1,
      n: 1,
      share: 0.1,
      contribution,
    });
    const { causes } = shown({ message: { causes: [cause('refund', 18.2), cause('gold', -9.1)] } });
    expect(causes).toEqual([
      { name: 'refund', share: 1, amount: '+18.2 点' },
      { name: 'gold', share: 0.5, amount: '−9.1 点' },
    ]);
  });

  test('three quotes at most, all counted', () => {
    const { quotes, quotesTitle } = shown({ message: { samples: ['a', 'b', 'c', 'd'] } });
    expect([quotes, quotesTitle]).toEqual([['a', 'b', 'c'], '客户原话·4 条，已脱敏']);
  });
});

group('who has it', () => {
  test('nobody, or somebody with what they said', () => {
    expect(shown({})).toMatchObject({ owner: '无人负责', who: '未确认', isTaken: false });
    const acked = { by: '林薇', at: iso(T0), note: '已联系' };
    expect(shown({ message: { owner: 'App 体验组', acked } })).toMatchObject({
      owner: 'App 体验组',
      who: '林薇 已确认：已联系',
      isTaken: true,
    });
  });

  test.each<[string, NoticeNote[], string]>([
    ['nobody was notified', [], ''],
    ['two were', [notice({}), notice({ hook: 'wecom', first: iso(T0 - 60_000) })], '09:14 notified oncall, wecom'],
    ['one is being notified', [notice({ state: 'waiting', last: null })], 'notifying oncall'],
    ['one could not be', [notice({ state: 'given_up', last: null })], 'oncall could not be reached'],
    ['it was escalated', [notice({ escalated: 2 })], '09:15 notified oncall; escalated 2×'],
  ])('%s', (_what, notices, said) => {
    expect(shown({ known: { notices }, lang: 'en' }).notified).toBe(said);
  });
});
