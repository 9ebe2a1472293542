import { describe as group, expect, test } from 'vitest';
import { must } from '../../engine/core/must.ts';
import type { AlertMessage, KpiDescription, KpiMessage } from '../../engine/core/wire.ts';
import { nextBoard, type BoardState } from './board.ts';
import { livenessOf } from './liveness.ts';
import { alert, connected, delta, describe, played, SCREEN0, T0, tick, value } from '../testing/live-script.ts';
import { tileModel, type TileModel } from './tile-model.ts';

const view = { lang: 'zh-CN', zone: 'Asia/Shanghai' } as const;
function tile(state: BoardState, kpi: Partial<KpiDescription> = {}): TileModel {
  return tileModel(describe(kpi), state, livenessOf(state), view);
}
const shown = (values: readonly KpiMessage[], alerts: readonly AlertMessage[] = []): TileModel =>
  tile(connected(values, alerts));

group('the state of a tile', () => {
  const app = { channel: 'app' };
  test.each<[string, KpiMessage[], AlertMessage[], string, string]>([
    // One meaning a colour: alarm for a breach alone, amber for off target or nearly well again, grey where nobody judges.
    ['reaches its target', [value()], [], 'ok', '达标'],
    ['misses its target', [value({ value: 84.9 })], [], 'warn', '未达标'],
    ['a critical alert fires', [value()], [alert()], 'critical', '严重'],
    ['somebody has it', [value()], [alert({ acked: { by: 'li', at: '' } })], 'major', '严重'],
    ['a major alert fires', [value()], [alert({ severity: 'major' })], 'major', '重要'],
    ['one fires on a finer key', [value()], [alert({ key: app })], 'part', '局部 1/1'],
    [
      'one fires on one of two finer keys',
      [value(), value({ key: app }), value({ key: { channel: 'web' } })],
      [alert({ key: app })],
      'part',
      '局部 1/2',
    ],
    ['a lesser alert fires', [value()], [alert({ severity: 'minor' })], 'warn', '预警'],
    ['an alert is only watched', [value()], [alert({ state: 'pending' })], 'ok', '达标'],
    ['an alert recovers', [value()], [alert({ state: 'recovering' })], 'warn', '恢复中'],
    ['an alert is over', [value()], [alert({ state: 'resolved' })], 'ok', '达标'],
    ['an alert is silenced', [value()], [alert({ silenced: true })], 'ok', '达标'],
    ['an alert of another KPI', [value()], [alert({ kpi: 'nps' })], 'ok', '达标'],
    ['a window without cases', [value({ value: null, n: 0 })], [], 'none', '无数据'],
    ['the value may lack events', [value({ value: 20, partial: true })], [], 'none', '数据不全'],
    ['it may, while an alert of before is open', [value({ partial: true })], [alert()], 'critical', '严重'],
    ['nothing came', [], [], 'none', '无数据'],
  ])('%s', (_name, values, alerts, look, word) => {
    expect(shown(values, alerts)).toMatchObject({ look, stateWord: word });
  });

  test('where nobody has set a target nothing is judged', () => {
    expect(tile(connected([value()]), { target: null })).toMatchObject({ tone: 'none', stateWord: '无目标' });
  });

  test('lower is better where the KPI says so', () => {
    expect(tile(connected([value()]), { better: 'lower' })).toMatchObject({ tone: 'warn', target: '目标 ≤ 85%' });
  });

  test('a window that fills from nothing is judged by the last whole one', () => {
    const state = connected([value({ end: T0, value: 90, final: true }), value({ end: T0 + 60_000, value: 10 })]);
    expect(tile(state, { window: { kind: 'tumbling', sizeMs: 60_000 } }).tone).toBe('ok');
    expect(tile(state).tone).toBe('warn');
  });
});

group('what a tile says', () => {
  test('a value that may lack events carries a mark that says so in both languages; a whole one none', () => {
    const state = connected([value({ partial: true })]);
    expect(tile(state).partial).toContain('可能缺少事件');
    const english = tileModel(describe({}), state, livenessOf(state), { ...view, lang: 'en' });
    expect(english.partial).toContain('may lack events');
    expect(english.stateWord).toBe('Partial');
    expect(shown([value()]).partial).toBe('');
  });

  test('nothing is compared with a value that may lack events', () => {
    const before = value({ end: T0 - 600_000, value: 10, partial: true });
    expect(shown([before, value()]).change).toBeNull();
  });

  test('value, unit, cases, target, interval', () => {
    expect(shown([value({ value: 88.25, n: 12_345 })])).toMatchObject({
      value: { digits: '88.3', unit: '%' },
      sample: '样本 1.23万',
      target: '目标 ≥ 85%',
      interval: '·±4.3',
      intervalName: '95% 置信区间: 84.0% – 91.0%',
    });
  });

  test('no cases are no value, never zero', () => {
    expect(shown([value({ value: null, n: 0, interval: null })])).toMatchObject({
      value: { digits: '—', unit: '' },
      sample: '样本 0',
      interval: '',
      change: null,
    });
  });

  test.each([
    [74, '▲', true, '14.0 点'],
    [99.04, '▼', true, '11.0 点'],
    [82, '', false, '持平'],
    [88.01, '', false, '持平'],
  ])('against %f five minutes ago: a change is one only where the intervals part', (before, arrow, isApart, amount) => {
    const interval = [before - 4, before + 4] as const;
    const state = connected([
      value({ end: T0 - 600_000, value: 1 }),
      value({ end: T0 - 295_000, value: before, interval }),
      value(),
    ]);
    expect(tile(state).change).toEqual({ arrow, isApart, amount, since: '较 5 分前' });
  });

  test('against the same time yesterday, where that is known', () => {
    const state = connected([value({ end: T0 - 600_000, value: 1 }), value()]);
    const yesterday = {
      ...must(state.kpis.get('csat')).points[0]!,
      t: T0 + 5000 - 86_400_000,
      v: 70,
      low: 66,
      high: 74,
    };
    const dayBefore = new Map([['csat', [yesterday]]]);
    const { change, course } = tileModel(describe({}), state, livenessOf(state), { ...view, dayBefore });
    expect(change).toEqual({ arrow: '▲', isApart: true, amount: '18.0 点', since: '较昨日同时' });
    expect(course.before).toMatch(/^M1000 /);
  });

  test('a value without an interval moves in grey; a count by its share, beyond the root of its size', () => {
    const bare = [value({ end: T0 - 400_000, value: 80, interval: null }), value({ interval: null })];
    expect(shown(bare).change).toMatchObject({ arrow: '▲', isApart: false });
    const count = (was: number): TileModel['change'] =>
      tile(
        connected([value({ end: T0 - 400_000, value: was, interval: null }), value({ value: 1000, interval: null })]),
        {
          unit: 'count',
          decimals: 0,
        },
      ).change;
    expect(count(800)).toMatchObject({ arrow: '▲', isApart: true, amount: '25%' });
    expect(count(960)).toMatchObject({ arrow: '', amount: '持平' });
  });

  test('against the earliest known while the past is short; nothing against the last few seconds', () => {
    const was = (end: number, v: number, n = 400): KpiMessage => value({ end, value: v, n, interval: [v - 1, v + 1] });
    expect(shown([was(T0 - 25_000, 78), value()]).change).toMatchObject({ amount: '10.0 点', since: '较 30 秒前' });
    expect(shown([was(T0 - 5000, 78), value()]).change).toBeNull();
    const young = [was(T0 - 60_000, 1, 20), was(T0 - 30_000, 80, 200), value()];
    expect(shown(young).change).toMatchObject({ amount: '8.0 点' });
  });

  test('half an hour has its width, both ends named, the axis between round numbers', () => {
    const { axis, course } = shown([value({ end: T0 - 900_000, value: 80 }), value()]);
    expect(axis).toEqual({ top: '95', bottom: '80', start: '30 分前', end: '现在' });
    expect(course.line).toMatch(/^M497\.2 /);
    expect(shown([]).axis).toEqual({ top: '', bottom: '', start: '', end: '' });
  });

  test('a large count has its scale as a unit', () => {
    const state = connected([value({ value: 181_200, n: 181_200, interval: null })]);
    expect(tile(state, { unit: 'count', decimals: 0 })).toMatchObject({
      value: { digits: '18.1', unit: '万' },
      sample: '',
    });
  });

  test('the slice that is surely worst: by the kinder end of its interval, with cases enough', () => {
    const slice = (channel: string, v: number, high: number, n = 100): KpiMessage =>
      value({ key: { channel }, value: v, interval: [v - 5, high], n });
    const { worst } = shown([
      value(),
      slice('app', 60, 64),
      slice('web', 58, 75, 20),
      slice('sms', 0, 10, 9),
      slice('~other', 1, 2),
      slice('', 1, 2),
    ]);
    expect(worst).toEqual({ label: '最低', key: 'App', value: '60.0%', firing: false });
  });

  test('a slice on alert goes before a worse one', () => {
    const values = [
      value(),
      value({ key: { channel: 'app' }, value: 20 }),
      value({ key: { channel: 'web' }, value: 70 }),
    ];
    expect(shown(values, [alert({ key: { channel: 'web' } })]).worst).toMatchObject({
      label: '告警',
      key: '网站',
      firing: true,
    });
  });

  test('a screen of one slice shows that slice, and says when the KPI is not split so', () => {
    const base = {
      ...connected([value(), value({ key: { channel: 'app' }, value: 61 })]),
      headline: { channel: 'app' },
    };
    expect(tile(base).value.digits).toBe('61.0');
    const elsewhere = played([[1, delta(10, [], [alert({ key: { channel: 'web' } }), alert({ alert: 'b' })])]], base);
    expect(tile(elsewhere).look).toBe('warn'); // off target: those alerts are of other slices
    expect(tile({ ...base, headline: { store: 's1' } })).toMatchObject({ tone: 'none', stateWord: '未按此维度统计' });
  });
});

group('age', () => {
  test('a value is as old as what the engine has got to in its window', () => {
    const state = played([[15_000, tick(T0 + 15_000, 12, T0 + 1000)]], connected([value()]));
    expect(tile(state)).toMatchObject({ age: '14 秒前', freshness: 'fresh', axis: { end: '14 秒前' } });
    const closed = played([[12_000, tick(T0 + 12_000, 12, T0 + 12_000)]], connected([value({ end: T0 })]));
    expect(tile(closed).age).toBe('12 秒前');
    expect(tile(played([[8000, tick(T0 + 8000)]], connected([value({ end: T0 + 60_000 })]))).age).toBe('刚刚');
  });

  test('without frames every tile is stale, whatever its state was, and its age goes on', () => {
    const state = played([[60_000, 'clock']], connected([value()], [alert()]));
    expect(tile(state)).toMatchObject({ tone: 'stale', stateWord: '已过期', freshness: 'stale', age: '1 分前' });
  });

  test('behind a live connection the engine’s own time shows', () => {
    const state = played([[0, tick(T0, 60_000, T0)]], connected([value()]));
    expect(tile(state)).toMatchObject({ age: '截至 09:15:00', freshness: 'late', tone: 'ok' });
  });

  test('history draws the course', () => {
    const values = [value({ end: T0 - 60_000, value: 80 }), value({ end: T0, value: 82 })];
    const state = nextBoard(connected([value()]), { type: 'history', at: SCREEN0, kpi: 'csat', values });
    expect(tile(state).course.line.match(/[ML]/g)).toHaveLength(3);
    expect(tile(played([[1, delta(10)]], state)).course.last).not.toBeNull();
  });
});
