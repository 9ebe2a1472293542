import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Chain, fingerprintsOf } from '../../engine/core/chain.ts';
import { END_OF_TIME, type Collector, type State } from '../../engine/core/types.ts';
import { at, observe, verifyOperator, type Observed, type Step } from '../../engine/testing/verify-operator.ts';
import { dedupe } from './dedupe.ts';

const def = dedupe<number>({ horizonMs: 1000, maxIds: 1000 });

function idsOf(output: readonly Observed[]): readonly string[] {
  return output.flatMap((one) => ('emit' in one ? [one.emit.id] : []));
}

describe('dedupe', () => {
  it('lets each id through once within the horizon, restored or not (case 32)', () => {
    const a = at(100, 1, 'k', 'a');
    const again = at(120, 2, 'k', 'a');
    const b = at(300, 3, 'k', 'b');
    const old = at(10, 4, 'k', 'c');
    verifyOperator({
      def,
      script: [a, again, b, { watermark: 500 }, again, old, { watermark: 1500 }, old, b, { watermark: 9000 }, a],
      expected: [
        { emit: a.event },
        { emit: b.event },
        { watermark: 500 },
        { emit: old.event },
        { watermark: 1500 },
        // b came in the generation that ended at 500, and so was remembered until 1500; c came at 500, until 1750.
        { emit: b.event },
        { watermark: 9000 },
        { emit: a.event },
        { watermark: END_OF_TIME },
      ],
      counts: { events_duplicate: 3 },
      twin: {
        of: ({ id, ts, value }) => ({ id: `twin-${id}`, key: 'twin', ts, value }),
        owns: (output) => 'emit' in output && output.emit.key === 'twin',
      },
    });
  });

  it('remembers an id for at least the horizon after it came, and forgets it within the horizon and a quarter', () => {
    fc.assert(
      fc.property(fc.integer({ min: -5000, max: 5000 }), fc.integer({ min: 0, max: 3000 }), (start, later) => {
        const event = at(start - 700, 0, 'k', 'x');
        const output = observe(def, [{ watermark: start }, event, { watermark: start + later }, event]);
        const times = idsOf(output).length;
        if (later < 1000) expect(times).toBe(1);
        if (later >= 1250) expect(times).toBe(2);
      }),
    );
  });

  it('remembers the event that ends a silence from then on, not from when the silence began', () => {
    const first = at(100, 1, 'k', 'a');
    const awaited = at(50_000, 2, 'k', 'b');
    verifyOperator({
      def,
      script: [first, { watermark: 90 }, awaited, { watermark: 49_990 }, awaited, { watermark: 50_990 }, awaited],
      expected: [
        { emit: first.event },
        { watermark: 90 },
        { emit: awaited.event },
        { watermark: 49_990 },
        { watermark: 50_990 },
        { watermark: END_OF_TIME },
      ],
      counts: { events_duplicate: 2 },
      twin: {
        of: ({ id, ts, value }) => ({ id: `twin-${id}`, key: 'twin', ts, value }),
        owns: (output) => 'emit' in output && output.emit.key === 'twin',
      },
    });
  });

  it('remembers it as long where older events come after it', () => {
    const newest = at(10_000, 1, 'k', 'newest');
    const older = at(0, 2, 'k', 'older');
    const output = observe(def, [{ watermark: 0 }, newest, older, { watermark: 10_990 }, newest]);
    expect(idsOf(output)).toEqual(['newest', 'older']);
  });

  it('keeps its pace where a control of another time comes first, restored or not', () => {
    const control = { event: { ...at(9_000_000, 0, 'k', 'ack').event, isControl: true as const } };
    const a = at(100, 1, 'k', 'a');
    verifyOperator({
      def,
      script: [control, control, a, a, { watermark: 150 }, control, { watermark: 1249 }, a, { watermark: 1250 }, a],
      expected: [
        { emit: control.event },
        { emit: a.event },
        { watermark: 150 },
        { watermark: 1249 },
        // Both came in the generation that ended at 250.
        { watermark: 1250 },
        { emit: a.event },
        { watermark: END_OF_TIME },
      ],
      counts: { events_duplicate: 4 },
      twin: { none: 'controls are of no key' },
    });
  });

  it('forgets the oldest generation early rather than hold more than maxIds, and says so', () => {
    const counts = new Map<string, number>();
    const out: Collector<unknown> = {
      ...{ emit: () => undefined, send: () => undefined, forward: () => undefined },
      ...{ show: () => undefined, urgent: () => undefined },
      count: (name, by = 1) => counts.set(name, (counts.get(name) ?? 0) + by),
    };
    const chain = new Chain(dedupe<number>({ horizonMs: 1000, maxIds: 100 }), { partition: 0 }, out);
    for (let i = 0; i < 1000; i++) {
      chain.event(at(0, 0, 'k', `e${i}`).event);
      expect(chain.size()['dedupe']!['ids']).toBeLessThanOrEqual(100);
    }
    // A quarter goes at a time, the newest never.
    expect(chain.size()['dedupe']!['ids']).toBeGreaterThanOrEqual(75);
    expect(counts.get('dedupe_forgotten')).toBe(1000 - chain.size()['dedupe']!['ids']!);
  });

  it('gives the same output from any log of deltas over any snapshot part (property)', () => {
    const step = fc.oneof(
      {
        weight: 4,
        arbitrary: fc.record({ id: fc.integer({ min: 0, max: 5 }), ts: fc.integer({ min: 0, max: 4000 }) }),
      },
      { weight: 1, arbitrary: fc.record({ by: fc.integer({ min: 1, max: 2500 }) }) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let watermark = 0;
        const script = steps.map((one): Step<number> => {
          if ('by' in one) return { watermark: (watermark += one.by) };
          return at(one.ts, 0, 'k', `e${one.id}`);
        });
        verifyOperator({
          def: dedupe<number>({ horizonMs: 1000, maxIds: 4 }),
          script,
          expected: observe(dedupe<number>({ horizonMs: 1000, maxIds: 4 }), [...script, { watermark: END_OF_TIME }]),
          twin: { none: 'maxIds is shared by all keys' },
        });
      }),
      { numRuns: 200 },
    );
  });

  it('does not bring back what a newer part says is gone', () => {
    const none = (): undefined => undefined;
    const out = { emit: none, send: none, forward: none, show: none, urgent: none, count: none };
    const make = (parts: readonly State[], watermark: number) =>
      new Chain(def, { partition: 0 }, out, { parts: { dedupe: parts }, fingerprints: fingerprintsOf(def), watermark });
    const chain = make([], 0);
    chain.event(at(0, 0, 'k', 'old').event);
    const older = chain.delta()['dedupe']!;
    chain.advance(5000);
    chain.event(at(5000, 0, 'k', 'new').event);
    const newer = [...chain.snapshot()].map(([, part]) => part);
    expect(make([...newer, older], 5000).size()).toEqual({ dedupe: { ids: 1, generations: 1 } });
  });

  it('writes each id down once, and nothing where nothing came, restored or not', () => {
    const none = (): undefined => undefined;
    const out = { emit: none, send: none, forward: none, show: none, urgent: none, count: none };
    const saved: State[] = [];
    const make = (): Chain<number, unknown> => {
      const state = saved.length === 0 ? undefined : { parts: { dedupe: saved }, fingerprints: fingerprintsOf(def) };
      return new Chain(def, { partition: 0 }, out, state && { ...state, watermark: 0 });
    };
    const written = (chain: Chain<number, unknown>): number => {
      const { dedupe: delta } = chain.delta();
      if (delta === undefined) return 0;
      saved.push(delta);
      const { generations } = delta as unknown as { generations: readonly { ids: Uint8Array }[] };
      return generations.reduce((sum, { ids }) => sum + ids.length, 0);
    };
    let chain = make();
    for (const id of ['a', 'b', 'c']) chain.event(at(0, 0, 'k', id).event);
    expect(written(chain)).toBe(3 * 8);
    chain.event(at(0, 0, 'k', 'a').event);
    expect(chain.delta()).toEqual({});
    chain.event(at(0, 0, 'k', 'd').event);
    expect(written(chain)).toBe(8);
    chain = make();
    expect(chain.size()).toEqual({ dedupe: { ids: 4, generations: 1 } });
    expect(chain.delta()).toEqual({});
  });

  it('keeps 100,000 ids through deltas', () => {
    const make = (saved?: readonly State[]) => {
      const none = (): undefined => undefined;
      const out = { emit: none, send: none, forward: none, show: none, urgent: none, count: none };
      const big = dedupe<number>({ horizonMs: 1_000_000, maxIds: 1_000_000 });
      const state = saved && { parts: { dedupe: saved }, fingerprints: fingerprintsOf(big), watermark: 0 };
      return new Chain(big, { partition: 0 }, out, state);
    };
    const chain = make();
    const deltas: State[] = [];
    for (let i = 0; i < 100_000; i++) {
      chain.event(at(i, 0, 'k', `source|${i}`).event);
      if (i % 10_000 === 9_999) deltas.push(chain.delta()['dedupe']!);
    }
    expect(make(deltas).size()).toEqual(chain.size());
    expect(chain.size()['dedupe']!['ids']).toBe(100_000);
  });
});
