/**
 * Opening stock: cases that were there before. Case 54 of the catalogue and its neighbours, each in every mode of `verifyOperator`,
 * and with levels in one partition and in several.
 */
import { describe, expect, it } from 'vitest';
import { compileExpression } from '../../../engine/adapters/expressions/cel.ts';
import { pipe } from '../../../engine/core/chain.ts';
import { END_OF_TIME, type Envelope } from '../../../engine/core/types.ts';
import { observe, verifyOperator } from '../../../engine/testing/verify-operator.ts';
import type { CxEvent } from '../../shared/messages.ts';
import { clocksOperator } from '../clocks.ts';
import { configOf, eventOf, onceOnly, shortOf, stepsOf } from '../testing/case-script.ts';
import { playSeveral, playSingle, standingOutcomes, standingValues } from '../testing/played.ts';

const F = `
clocks:
  - id: first_response
    key: data.case
    start: {on: cx.case.opened}
    stop: {on: cx.case.replied, where: data.author == "agent"}
    pause: {on: cx.case.pending}
    resume: {on: [cx.case.replied, cx.interaction.message]}
    restart: {on: cx.case.reopened}
    cancel: {on: cx.case.closed}
    update: {on: cx.case.assigned}
    target: [{when: data.customer.tier == "vip", within: 10m}, {when: data.priority == "urgent", within: 30m}, {within: 2h}]
    warn: [50, 75, 90]
    keep: [channel, priority, team]
    expire: 90d
`;
const calm = F.replace('    warn: [50, 75, 90]\n', '');

/** Everything that is said, in its order, and the same in every mode. */
function said(clocks: string, script: string): readonly string[] {
  const def = pipe(
    onceOnly,
    clocksOperator(configOf(clocks).clocks, compileExpression, () => {
      throw new Error('no calendar here');
    }),
  );
  const steps = stepsOf(script);
  const output = observe(def, [...steps, { watermark: END_OF_TIME }]);
  verifyOperator({
    ...{ def, script: steps, ignore: ['urgent'], twin: { none: 'cases name their keys' } },
    expected: output.filter((one) => !('urgent' in one)),
  });
  return shortOf(output);
}
/** In the year 2026 unless `at` names another. */
const opened = (at: string, more = ''): string =>
  `S(c1,opened=${at.length > 11 ? at : `2026-${at}`}:00+08:00${more === '' ? '' : `,${more}`})`;

describe('opening stock', () => {
  it.each<readonly [string, string, readonly string[]]>([
    [
      'begins at `opened`; warnings and the breach that are past are not given',
      `${opened('03-02T09:00')}10:31 A11:30`,
      [
        'warning 90 10:48:00',
        'breached 11:00:00 e7200 w7200 p0 t7200 miss r0',
        'stopped 09:00:00→11:30:00 e9000 w9000 p0 t7200 miss r0',
      ],
    ],
    [
      'overdue at once: a later stop is a miss, and no breach is given',
      `${opened('03-01T10:00')}10:00 A10:05`,
      ['stopped 03-01 10:00:00→10:05:00 e86700 w86700 p0 t7200 miss r0'],
    ],
    [
      'due at the very instant of the snapshot: given then, because it is not past',
      `${opened('03-02T08:00')}10:00 Z10:01`,
      ['breached 10:00:00 e7200 w7200 p0 t7200 miss r0'],
    ],
    [
      'a stop at that instant is in time',
      `${opened('03-02T08:00')}10:00 A10:00 Z10:01`,
      ['stopped 08:00:00→10:00:00 e7200 w7200 p0 t7200 met r0'],
    ],
    [
      'what it was paused until then does not count',
      `${opened('03-02T08:00', 'paused_s=5400')}10:00 A10:30`,
      ['stopped 08:00:00→10:30:00 e9000 w3600 p5400 t7200 met r0'],
    ],
    [
      'a pending one stands in its pause, and goes on when it is resumed',
      `${opened('03-02T09:30', 'state=pending,paused_s=600')}10:00 M11:00 A11:10`,
      ['stopped 09:30:00→11:10:00 e6000 w1800 p4200 t7200 met r0'],
    ],
    [
      'longer paused than open: all of it is a pause',
      `${opened('03-02T09:30', 'paused_s=9999')}10:00 A10:20`,
      ['stopped 09:30:00→10:20:00 e3000 w1200 p1800 t7200 met r0'],
    ],
    ['a resolved case is no stock', `${opened('03-02T09:30', 'state=resolved')}10:00 A10:20`, []],
    ['a closed case is no stock', `${opened('03-02T09:30', 'state=closed')}10:00 A10:20`, []],
    [
      'after live events of the same case the run stands as it began',
      `O10:00 ${opened('03-02T09:00')}10:10 A10:20`,
      ['stopped 10:00:00→10:20:00 e1200 w1200 p0 t7200 met r0'],
    ],
    [
      'brings newer values to a run that is open',
      `O10:00 ${opened('03-02T10:00', 'priority=urgent')}10:10 A10:12`,
      ['stopped 10:00:00→10:12:00 e720 w720 p0 t1800 met r0'],
    ],
    [
      'twice the same: the first stands',
      `${opened('03-02T09:30', 'id=s1')}10:00 ${opened('03-02T09:30', 'id=s1')}10:00 ${opened('03-02T09:30')}10:01 A10:20`,
      ['stopped 09:30:00→10:20:00 e3000 w3000 p0 t7200 met r0'],
    ],
    [
      'a case that was answered since it was opened does not wait again, whatever a later snapshot says',
      `O09:00 A09:30 ${opened('03-02T09:00')}10:00 A10:20`,
      ['stopped 09:00:00→09:30:00 e1800 w1800 p0 t7200 met r0'],
    ],
    [
      'one that was opened after that end begins a run of its own',
      `O09:00 A09:30 ${opened('03-02T09:45')}10:00 A10:20`,
      [
        'stopped 09:00:00→09:30:00 e1800 w1800 p0 t7200 met r0',
        'stopped 09:45:00→10:20:00 e2100 w2100 p0 t7200 met r0',
      ],
    ],
    [
      'older than what is known: it came before, so it counts before',
      `Z10:00 A10:00:40 ${opened('03-02T09:30')}10:00:10 Z10:02`,
      ['stopped 09:30:00→10:00:40 e1840 w1840 p0 t7200 met r0'],
    ],
    [
      'a live start that comes after it but happened before it: that one counts',
      `${opened('03-02T09:00')}10:00:30 O10:00:00 A10:10`,
      ['stopped 10:00:00→10:10:00 e600 w600 p0 t7200 met r0'],
    ],
    ['one that would have expired by then is not begun', `${opened('2025-11-01T10:00')}10:00 A10:20`, []],
    [
      'reopened afterwards: a new run',
      `${opened('03-02T09:30')}10:00 A10:20 R11:00 A11:30`,
      [
        'stopped 09:30:00→10:20:00 e3000 w3000 p0 t7200 met r0',
        'stopped 11:00:00→11:30:00 e1800 w1800 p0 t7200 met r1',
      ],
    ],
  ])('%s', (_name, script, expected) => {
    // Warnings are the point of the first only.
    expect(said(script.includes('T09:00:00+08:00)10:31') ? F : calm, script)).toEqual(expected);
  });

  it('a clock that is not begun by the opening of a case has none, unless it names the snapshot', () => {
    const other = calm.replace('start: {on: cx.case.opened}', 'start: {on: cx.case.assigned}');
    const script = `${opened('03-02T09:30')}10:00 A10:20`;
    expect(said(other, script)).toEqual([]);
    const named = other.replace('start: {on: cx.case.assigned}', 'start: {on: [cx.case.assigned, cx.case.snapshot]}');
    expect(said(named, script)).toEqual(['stopped 09:30:00→10:20:00 e3000 w3000 p0 t7200 met r0']);
  });

  it('the condition of the start holds for snapshots, and another verb may take them', () => {
    const answered = `${opened('03-02T09:30', 'answered=yes')}10:00 A10:20`;
    const where = calm.replace(
      'start: {on: cx.case.opened}',
      'start: {on: cx.case.opened, where: "!has(data.answered)"}',
    );
    expect(said(where, answered)).toEqual([]);
    const stops = calm.replace('cancel: {on: cx.case.closed}', 'cancel: {on: [cx.case.closed, cx.case.snapshot]}');
    expect(said(stops, `O09:50 ${answered}`)).toEqual(['cancelled 09:50:00→10:00:00 e600 w600 p0 t7200 – r0']);
  });
});

const levels = configOf(`${F}kpis:
  - {id: backlog, measure: {kind: open, clock: first_response}, window: {kind: sliding, size: 1m, slide: 1m}, by: [[], [team]]}
  - {id: overdue, measure: {kind: overdue, clock: first_response}, window: {kind: sliding, size: 1m, slide: 1m}}
  - {id: longest, measure: {kind: oldest, clock: first_response}, window: {kind: sliding, size: 1m, slide: 1m}}
  - {id: intake, from: cx.case.opened, measure: {kind: count}, window: {kind: tumbling, size: 1h}}
`);
const stock54 = [
  'S(c1,opened=2026-03-01T10:00:00+08:00,team=a)10:00',
  'S(c2,opened=2026-03-02T09:30:00+08:00,team=b)10:00',
  'O(c3,team=a)10:00:30',
  'Z12:40',
].map(eventOf);

function valueAt(values: Readonly<Record<string, unknown>>, kpi: string, end: string, key: object = {}): unknown {
  const found = Object.entries(values).find(([name]) => {
    const [id, of, , until] = JSON.parse(name) as [string, object, string, string];
    return id === kpi && JSON.stringify(of) === JSON.stringify(key) && until === `2026-03-02T${end}:00.000Z`;
  });
  return (found?.[1] as { value: unknown } | undefined)?.value;
}

describe('case 54: levels with opening stock', () => {
  it.each([1, 2, 4])('are right from the first slide on, in %i partitions', (partitions) => {
    const places = new Map(stock54.map((event, i) => [event.id, i % partitions]));
    const everywhere = Array.from({ length: partitions }, (_, p) => p);
    const partitionOf = ({ id, value }: Envelope<CxEvent>): readonly number[] =>
      value.type === 'cx.page.viewed' ? everywhere : [places.get(id) ?? 0];
    const { sent } =
      partitions === 1 ? playSingle(levels, stock54) : playSeveral(levels, stock54, partitions, partitionOf, 2);
    const values = standingValues(sent);
    expect(['backlog', 'overdue', 'longest'].map((kpi) => valueAt(values, kpi, '02:01'))).toEqual([3, 1, 86_460]);
    expect(['a', 'b'].map((team) => valueAt(values, 'backlog', '02:01', { team }))).toEqual([2, 1]);
    // 9:30 and two hours: due at 11:30, given then, overdue at the next reading.
    expect(['03:30', '03:31'].map((end) => valueAt(values, 'overdue', end))).toEqual([1, 2]);
    const breaches = standingOutcomes(sent).flatMap((text) => {
      const { key, outcome, ended, due } = JSON.parse(text) as Readonly<Record<string, unknown>>;
      return outcome === 'breached' && ended === null ? [[key, due]] : [];
    });
    expect(breaches.sort()).toEqual([
      ['c2', '2026-03-02T03:30:00.000Z'],
      ['c3', '2026-03-02T04:00:30.000Z'],
    ]);
    expect(valueAt(values, 'intake', '03:00')).toBe(1);
  });
});
