/** The operators around a running table, of one partition and where several come together, over a table that notes what it is handed. */
import { describe, expect, it } from 'vitest';
import type { Collector, Envelope } from '../../engine/core/types.ts';
import type { CxEnvelope, CxEvent } from '../shared/messages.ts';
import type { BetweenCollector, Matcher, Running } from './between.ts';
import { combinedOperator } from './combined-operator.ts';
import { singleOperator } from './single-operator.ts';

interface Noted {
  readonly owner: string;
  readonly at: number;
}

class NotingTable implements Running<Noted> {
  readonly heard: string[] = [];
  reached(at: number): void {
    this.heard.push(`reached ${String(at)}`);
  }
  take({ owner, at }: Noted, watermark: number, out: BetweenCollector): void {
    this.heard.push(`${owner} at ${String(at)}, time ${String(watermark)}`);
    out.count(`taken_${owner}`);
  }
  dueAt(): number {
    return 17;
  }
  pass(watermark: number, out: BetweenCollector): void {
    out.count(`passed_${String(watermark)}`);
  }
  delta(): string {
    return 'delta';
  }
  *snapshot(): Iterable<string> {
    yield 'part';
  }
  size(): { readonly keys: number } {
    return { keys: 3 };
  }
}

/** Two owners; an event of nobody is keyless for both. */
const matcher = (readsDerived: boolean): Matcher<Noted> => ({
  readsDerived,
  match({ id, ts }, hearing) {
    for (const owner of ['a', 'b']) {
      if (id === 'nobody') hearing.keyless(owner);
      else hearing.record({ owner, at: ts });
    }
  },
});

class Outlet implements Collector<unknown> {
  readonly emitted: string[] = [];
  readonly counted: string[] = [];
  emit({ id }: Envelope<unknown>): void {
    this.emitted.push(id);
  }
  count(name: string): void {
    this.counted.push(name);
  }
  readonly send = (): never => {
    throw new Error('nothing is sent here');
  };
  readonly forward = this.send;
  readonly show = this.send;
  readonly urgent = this.send;
}

const eventOf = (id: string, ts: number, more: Partial<CxEnvelope> = {}): CxEnvelope => ({
  ...{ id, key: 'k', ts, value: {} as CxEvent },
  ...more,
});

describe('the operator of one partition', () => {
  it('hands every event on before what follows from it, and only asks time of those that came in', () => {
    const [table, out] = [new NotingTable(), new Outlet()];
    const operator = singleOperator('clock', matcher(false), table);
    operator.onEvent(eventOf('e1', 5), 3, out);
    operator.onEvent(eventOf('e2', 900, { arrived: 6 }), 4, out);
    operator.onEvent(eventOf('control', 7, { isControl: true }), 4, out);
    operator.onEvent(eventOf('outcome', 8, { derived: 'added' }), 4, out);
    operator.onEvent(eventOf('nobody', 9), 4, out);
    expect(out.emitted).toEqual(['e1', 'e2', 'control', 'outcome', 'nobody']);
    expect(table.heard).toEqual([
      ...['reached 5', 'a at 5, time 3', 'b at 5, time 3'],
      ...['reached 6', 'a at 900, time 4', 'b at 900, time 4', 'reached 9'],
    ]);
    expect(out.counted).toEqual([
      ...['taken_a', 'taken_b', 'taken_a', 'taken_b', 'clock_keyless_a', 'clock_keyless_b'],
    ]);
  });

  it('has outcomes of others matched where the matcher reads them, though they are no step of time', () => {
    const [table, out] = [new NotingTable(), new Outlet()];
    singleOperator('action', matcher(true), table).onEvent(eventOf('outcome', 8, { derived: 'added' }), 4, out);
    expect(table.heard).toEqual(['a at 8, time 4', 'b at 8, time 4']);
  });

  it('hands time on, and gives what the table saves', () => {
    const [table, out] = [new NotingTable(), new Outlet()];
    const operator = singleOperator('clock', matcher(false), table);
    operator.onWatermark?.(20, out);
    expect(out.counted).toEqual(['passed_20']);
    expect([operator.dueAt?.(), operator.delta?.(), [...(operator.snapshot?.() ?? [])], operator.size?.()]).toEqual([
      ...[17, 'delta', ['part'], { keys: 3 }],
    ]);
  });
});

describe('the operator where partitions come together', () => {
  it('takes the records of each message in their order, and none of what another operator said', () => {
    const [table, out] = [new NotingTable(), new Outlet()];
    const operator = combinedOperator<Noted, { readonly noted: readonly Noted[] }>(table, ({ noted }) => noted);
    const message = (id: string, ...noted: Noted[]): Envelope<{ readonly noted: readonly Noted[] }> => ({
      ...{ id, key: '0', ts: 1, value: { noted } },
    });
    operator.onEvent(message('p1', { owner: 'b', at: 4 }, { owner: 'a', at: 2 }), 1, out);
    operator.onEvent({ ...message('outcome', { owner: 'a', at: 9 }), derived: 'added' }, 1, out);
    operator.onEvent(message('p2'), 1, out);
    expect(out.emitted).toEqual(['p1', 'outcome', 'p2']);
    expect(table.heard).toEqual(['reached 4', 'b at 4, time 1', 'reached 2', 'a at 2, time 1']);
  });
});
