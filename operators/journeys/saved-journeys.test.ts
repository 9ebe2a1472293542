import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { START_OF_TIME, type Json } from '../../engine/core/types.ts';
import type { Run } from './journey-run.ts';
import { JourneyPartWriter, readPart, type SavedKey, type SavedPart, type SavedStep } from './saved-journeys.ts';

const NOW = Date.UTC(2026, 2, 2);
const instant = fc.integer({ min: NOW - 9e8, max: NOW });
const text = fc.string({ unit: 'grapheme', maxLength: 8 });
const kept = fc.array(fc.oneof(fc.constant(null), text, fc.integer(), fc.boolean(), fc.constant(['a', { b: 1 }])), {
  maxLength: 3,
}) as fc.Arbitrary<Json[]>;
const reachedAt = fc.option(fc.record({ first: instant, more: fc.nat(1e7) }));
const run: fc.Arbitrary<Run> = fc
  .record({
    ...{ started: instant, times: fc.array(reachedAt, { minLength: 2, maxLength: 4 }), step: fc.nat(3) },
    ...{ since: instant, seen: instant, stalls: fc.nat(9), isStalled: fc.boolean(), kept },
  })
  .map(({ times, ...rest }) => ({
    ...rest,
    first: times.map((time) => time?.first ?? null),
    last: times.map((time) => (time === null ? null : time.first + time.more)),
  }));
const step: fc.Arbitrary<SavedStep> = fc.tuple(fc.nat(29), instant, text, kept);
const key: fc.Arbitrary<SavedKey> = fc.oneof(
  fc.tuple(fc.constantFrom('checkout', 'signup'), text, fc.option(run), fc.array(step, { maxLength: 3 })),
  fc.tuple(fc.constantFrom('checkout', 'signup'), text, fc.constant(null)),
);
const part: fc.Arbitrary<SavedPart> = fc.record({
  ...{ passed: fc.constantFrom(START_OF_TIME, NOW - 2000), reached: fc.constantFrom(START_OF_TIME, NOW) },
  keys: fc.array(key, { maxLength: 6 }),
});

describe('saved journeys', () => {
  it('read as they were written, one part after the other', () => {
    const writer = new JourneyPartWriter();
    fc.assert(
      fc.property(part, (saved) => {
        expect(readPart(writer.part(saved))).toEqual(saved);
      }),
      { numRuns: 500 },
    );
  });

  it('of the form before read too, and of a later one are refused', () => {
    const saved: SavedPart = { passed: 1, reached: 2, keys: [['checkout', 'u1', null]] };
    expect(readPart(JSON.parse(JSON.stringify(saved)) as never)).toEqual(saved);
    expect(() => readPart(Uint8Array.of(9))).toThrow('another version');
  });

  it('take a quarter of what they took as text', () => {
    const keys = Array.from({ length: 200 }, (_, i): SavedKey => {
      const started = NOW - i * 1000;
      const base: Run = {
        ...{ started, first: [started, started + 60_000, null], last: [started, started + 90_000, null], step: 1 },
        ...{ since: started + 60_000, seen: started + 90_000, stalls: 0, isStalled: false, kept: ['app', 'east'] },
      };
      return ['checkout', `customer-${String(i)}`, base, []];
    });
    const saved: SavedPart = { passed: NOW - 2000, reached: NOW, keys };
    const bytes = new JourneyPartWriter().part(saved).length;
    expect(bytes / 200).toBeLessThan(60);
    expect(bytes).toBeLessThan(JSON.stringify(saved).length / 4);
  });
});
