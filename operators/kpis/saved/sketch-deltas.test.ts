/** States of many labels are saved by what changed in them; whatever is put together from that is the state as it was. */
import { describe, expect, it } from 'vitest';
import { compileExpression } from '../../../engine/adapters/expressions/cel.ts';
import { END_OF_TIME, type Collector, type Operator, type State } from '../../../engine/core/types.ts';
import type { CxEvent, KpiValue } from '../../shared/messages.ts';
import { kpisOperator } from '../kpis.ts';
import { specimenEvent, specimenKpi } from '../testing/specimens.ts';

const window = { kind: 'tumbling', sizeMs: 60_000 } as const;
const labels = specimenKpi({ id: 'labels', measure: { kind: 'distinct', value: 'data.label' }, window });
const count = specimenKpi({ id: 'count', measure: { kind: 'count' }, window });
const options = { zone: 'UTC', liveEveryMs: 250, compile: compileExpression };
const def = kpisOperator([labels], options);
const none = (): undefined => undefined;
const nowhere: Collector<KpiValue> = { emit: none, send: none, forward: none, show: none, urgent: none, count: none };

function make(saved?: readonly State[]): Operator<CxEvent, KpiValue> {
  return def.create({ partition: 0 }, saved);
}
function add(operator: Operator<CxEvent, KpiValue>, from: number, to: number): void {
  for (let i = from; i < to; i++) operator.onEvent(specimenEvent(i, { label: `label ${i}` }), 0, nowhere);
}
function deltaOf(operator: Operator<CxEvent, KpiValue>): Uint8Array {
  const delta = operator.delta?.();
  if (!(delta instanceof Uint8Array)) throw new Error('nothing changed');
  return delta;
}
function valueOf(operator: Operator<CxEvent, KpiValue>): readonly (number | null)[] {
  const values: (number | null)[] = [];
  operator.onWatermark?.(END_OF_TIME, {
    ...nowhere,
    emit: ({ value }) => {
      if (value.final) values.push(value.value, value.n);
    },
  });
  return values;
}

function detailOf(operator: Operator<CxEvent, KpiValue>): readonly unknown[] {
  const values: unknown[] = [];
  operator.onWatermark?.(END_OF_TIME, {
    ...nowhere,
    emit: ({ value: { final, value, n, detail } }) => {
      if (final) values.push([value, n, detail]);
    },
  });
  expect(values.length).toBe(1);
  return values;
}

describe('the deltas of many labels', () => {
  it('hold what changed, whether labels are counted or estimated', () => {
    const operator = make();
    for (const known of [900, 3000]) {
      add(operator, known === 900 ? 0 : 900, known);
      const all = deltaOf(operator).length;
      expect(all).toBeGreaterThan(7 * Math.min(known, 1000));
      add(operator, known, known + 5);
      expect(deltaOf(operator).length).toBeLessThan(80);
      add(operator, known - 5, known);
      expect(deltaOf(operator).length).toBeLessThan(50);
    }
    // More changes than all registers take: all of them.
    add(operator, 3005, 30_000);
    const most = deltaOf(operator).length;
    expect(most).toBeGreaterThan(16_384);
    expect(most).toBeLessThan(17_000);
  });

  it('give the state back from any delta on, over a snapshot that was written meanwhile', () => {
    const steps = [0, 300, 700, 990, 1010, 1500, 1501, 1600, 4000];
    for (let begun = 0; begun < steps.length - 2; begun++) {
      const operator = make();
      const log: State[] = [];
      let early: readonly State[] = [];
      let late: Iterator<State> | undefined;
      steps.slice(1).forEach((to, i) => {
        add(operator, steps[i] ?? 0, to);
        // Deltas before the snapshot are in it.
        const delta = deltaOf(operator);
        if (i > begun) log.push(delta);
        if (i !== begun) return;
        early = [...(operator.snapshot?.() ?? [])];
        late = operator.snapshot?.()[Symbol.iterator]();
      });
      const straight = make();
      add(straight, 0, 4000);
      const value = valueOf(straight);
      const parts: State[] = [];
      for (let next = late?.next(); next?.done === false; next = late?.next()) parts.push(next.value);
      expect(valueOf(make([...parts, ...log]))).toEqual(value);
      expect(valueOf(make([...early, ...log]))).toEqual(value);
    }
  });

  it('give the state back without a snapshot, and after a restore hold only what changed since', () => {
    const operator = make();
    const log: State[] = [];
    for (const to of [200, 950, 1200, 1300, 5000]) {
      add(operator, log.length === 0 ? 0 : to - 400, to);
      log.push(deltaOf(operator));
    }
    const restored = make(log);
    add(restored, 5000, 5010);
    add(operator, 5000, 5010);
    const delta = deltaOf(restored);
    expect(delta.length).toBeLessThan(80);
    const value = valueOf(operator);
    expect(valueOf(restored)).toEqual(value);
    expect(valueOf(make([...log, delta]))).toEqual(value);
  });

  it.each([
    { name: 'top', measure: { kind: 'top', value: 'data.label', k: 3 } as const, most: 3000 },
    { name: 'quantile', measure: { kind: 'quantile', value: 'data.number', q: 0.9 } as const, most: 3000 },
  ])(
    'of $name hold what changed, and give the state back from any delta on, over a snapshot written meanwhile',
    ({ measure, most }) => {
      const other = kpisOperator([specimenKpi({ id: 'other', measure, window })], options);
      const run = (operator: Operator<CxEvent, KpiValue>, from: number, to: number): void => {
        // Some labels and numbers again and again, and new ones all the time.
        for (let i = from; i < to; i++) {
          const one = i % 3 === 0 ? i % 7 : i;
          operator.onEvent(specimenEvent(i, { label: `label ${one}`, number: 1.01 ** (one % 2000) }), 0, nowhere);
        }
      };
      const steps = [0, 10, 25, 300, 305, 310, 900, 2600, 2610, most];
      const straight = other.create({ partition: 0 });
      run(straight, 0, most);
      const value = detailOf(straight);
      for (let begun = 0; begun < steps.length - 2; begun++) {
        const operator = other.create({ partition: 0 });
        const log: State[] = [];
        const all: Uint8Array[] = [];
        let late: Iterator<State> | undefined;
        steps.slice(1).forEach((to, i) => {
          run(operator, steps[i] ?? 0, to);
          const delta = deltaOf(operator);
          all.push(delta);
          if (i > begun) log.push(delta);
          if (i === begun) late = operator.snapshot?.()[Symbol.iterator]();
          if (to === 310) expect(delta.length).toBeLessThan((all[2]?.length ?? 0) / 10);
        });
        const parts: State[] = [];
        for (let next = late?.next(); next?.done === false; next = late?.next()) parts.push(next.value);
        expect(detailOf(other.create({ partition: 0 }, [...parts, ...log]))).toEqual(value);
        expect(detailOf(other.create({ partition: 0 }, all))).toEqual(value);
        // Restored, it goes on with what changes from there.
        const restored = other.create({ partition: 0 }, all.slice(0, -1));
        run(restored, 2610, most);
        const last = deltaOf(restored);
        expect(last.length).toBeLessThan(all[6]?.length ?? 0);
        expect(detailOf(other.create({ partition: 0 }, [...all.slice(0, -1), last]))).toEqual(value);
      }
    },
  );

  it('go over to other KPIs', () => {
    const operator = make();
    add(operator, 0, 1500);
    const log = [deltaOf(operator)];
    add(operator, 1500, 1700);
    log.push(deltaOf(operator));
    const more = kpisOperator([count, labels], options);
    const migrated = more.migrate?.(log, def.fingerprint) ?? [];
    const values = valueOf(more.create({ partition: 0 }, migrated));
    expect(values).toEqual(valueOf(operator));
  });

  it('are refused without what they change', () => {
    const operator = make();
    add(operator, 0, 1500);
    deltaOf(operator);
    add(operator, 1500, 1600);
    const changes = deltaOf(operator);
    const [keys] = operator.snapshot?.() ?? [];
    expect(() => make(keys === undefined ? [] : [keys, changes])).toThrow('changes of what it does not hold');
  });
});
