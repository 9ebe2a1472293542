import { describe, expect, it } from 'vitest';
import type { Operator, OperatorDef, State } from '../core/types.ts';
import { tumblingSum, type Reading } from './line-pipeline.ts';
import { at, END_OF_TIME, verifyOperator, type Observed, type Verification } from './verify-operator.ts';

const sum = (end: number, key: string, amount: number): Observed => ({
  send: { subject: 'cx.kpi.sum', type: 'cx.kpi', time: end, data: { id: `${end}/${key}`, sum: amount } },
});

const first = at<Reading>(100, { amount: 1 });
const second = at<Reading>(999, { amount: 2 });
const third = at<Reading>(1500, { amount: 4 });
const fourth = at<Reading>(1999, { amount: 8 });
const script = [first, second, { watermark: 999 }, third, { watermark: 1000 }, fourth];
const expected: Observed[] = [
  { emit: first.event },
  { emit: second.event },
  { watermark: 999 },
  { emit: third.event },
  sum(1000, 'k', 3),
  { watermark: 1000 },
  { emit: fourth.event },
  sum(2000, 'k', 12),
  { watermark: END_OF_TIME },
];
const verification: Verification<Reading> = {
  def: tumblingSum(1000),
  script,
  expected,
  counts: { events_processed: 4 },
  ignore: ['show'],
  twin: {
    of: ({ ts, value }) => ({ id: `twin-${ts}`, key: 'twin', ts, value }),
    owns: (output) => JSON.stringify(output).includes('twin'),
  },
};

/** The same operator with one thing broken. */
function broken(change: (operator: Operator<Reading, Reading>) => Partial<Operator<Reading, Reading>>) {
  const def = tumblingSum(1000);
  const create: OperatorDef<Reading, Reading>['create'] = (context, saved) => {
    const operator = def.create(context, saved);
    const own = {
      onEvent: operator.onEvent.bind(operator),
      dueAt: () => operator.dueAt!(),
      onWatermark: operator.onWatermark!.bind(operator),
      delta: () => operator.delta!(),
      snapshot: () => operator.snapshot!(),
      size: () => operator.size!(),
    };
    return { ...own, ...change(operator) };
  };
  return { ...verification, def: { ...def, create } };
}

describe('verifyOperator', () => {
  it('passes a right operator', () => {
    expect(() => verifyOperator(verification)).not.toThrow();
  });

  it.each<[string, () => Verification<Reading>, string]>([
    ['another output than expected', () => ({ ...verification, expected: expected.slice(1) }), 'straight'],
    ['a wrong count', () => ({ ...verification, counts: { events_processed: 5 } }), 'counts'],
    ['a delta that forgets', () => broken(() => ({ delta: () => undefined })), 'restored from all deltas'],
    [
      'a snapshot that forgets',
      () => broken(() => ({ snapshot: () => [] })),
      'restored from a snapshot after every step',
    ],
    [
      'a delta that takes removals for nothing',
      () => broken((operator) => ({ delta: () => withoutNulls(operator.delta!()) })),
      'restored',
    ],
    ['state that stays', () => broken(() => ({ size: () => ({ windows: 1 }) })), 'not empty'],
    ['a wake-up that stays', () => broken(() => ({ wakeAt: () => 5 })), 'woken'],
    [
      'undefined in a snapshot',
      () => broken(() => ({ snapshot: () => [{ x: undefined as unknown as State }] })),
      'undefined',
    ],
    [
      'keys that touch',
      () => ({
        ...verification,
        twin: { of: ({ ts, value }) => ({ id: 'twin', key: 'k', ts, value }), owns: () => false },
      }),
      'twin',
    ],
  ])('finds %s', (_, make, message) => {
    expect(() => verifyOperator(make())).toThrow(message);
  });

  it('finds state that two instances share', () => {
    const def = tumblingSum(1000);
    let latest: Operator<Reading, Reading>;
    const create: OperatorDef<Reading, Reading>['create'] = (context, saved) => {
      latest = def.create(context, saved);
      return {
        onEvent: (...given) => latest.onEvent(...given),
        dueAt: () => latest.dueAt!(),
        onWatermark: (...given) => latest.onWatermark!(...given),
        delta: () => latest.delta!(),
        snapshot: () => latest.snapshot!(),
        size: () => latest.size!(),
      };
    };
    expect(() => verifyOperator({ ...verification, def: { ...def, create } })).toThrow('another instance');
  });

  it('names the operator that throws', () => {
    const wrong = broken(() => ({
      onEvent: () => {
        throw new Error('oh');
      },
    }));
    expect(() => verifyOperator(wrong)).toThrow(
      /^the operator tumbling-sum failed: Error at engine.testing.verify-operator\.test\.ts:\d+$/,
    );
  });
});

function withoutNulls(delta: State | undefined): State | undefined {
  if (delta === undefined) return undefined;
  return Object.fromEntries(Object.entries(delta as Record<string, State>).filter(([, value]) => value !== null));
}
