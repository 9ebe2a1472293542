import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FactTable } from './fact-table.ts';

const table = (history = 8, maxBytes = 1e6): FactTable => new FactTable({ history, maxBytes });

describe('facts by key', () => {
  it('are those that stood at the instant that is asked for', () => {
    const facts = table();
    facts.put('c1', 100, { tier: 'gold' });
    facts.put('c1', 200, { tier: 'vip' });
    facts.put('c1', 300, null);
    expect([99, 100, 199, 200, 299, 300].map((instant) => facts.fieldsAt('c1', instant)?.['tier'] ?? null)).toEqual([
      null,
      'gold',
      'gold',
      'vip',
      'vip',
      null,
    ]);
    expect(facts.fieldsAt('c2', 500)).toBeNull();
  });

  it('that come later are found by when they were stored: the first, and not one that was deleted', () => {
    const facts = table();
    facts.put('c1', 100, null);
    facts.put('c1', 200, { tier: 'gold' });
    facts.put('c1', 300, { tier: 'vip' });
    const tierIn = (after: number, until: number): unknown => facts.firstFieldsIn('c1', after, until)?.['tier'] ?? null;
    expect([tierIn(50, 199), tierIn(50, 200), tierIn(199, 400), tierIn(200, 299), tierIn(200, 300)]).toEqual([
      ...[null, 'gold', 'gold', null, 'vip'],
    ]);
    expect(facts.firstFieldsIn('c2', 0, 500)).toBeNull();
  });

  it('before all versions that the bucket kept are the oldest of them', () => {
    const facts = table(2);
    for (const since of [2, 3]) facts.put('c1', since, { since });
    expect([1, 2, 3].map((instant) => facts.fieldsAt('c1', instant)?.['since'])).toEqual([2, 2, 3]);
  });

  it('that were replaced longer ago than any event is read again are forgotten', () => {
    const day = 86_400_000;
    const facts = table();
    for (const n of [0, 1, 2, 3, 4, 5, 6]) facts.put('c1', n * day, { n });
    expect([0, 1, 2.5, 5.5].map((days) => facts.fieldsAt('c1', days * day)?.['n'])).toEqual([2, 2, 2, 5]);
    const bytes = facts.bytes;
    for (let n = 0; n < 1000; n += 1) facts.put('c1', 6 * day + n, { n: 0 });
    expect(facts.fieldsAt('c1', 7 * day)).toEqual({ n: 0 });
    expect(facts.bytes).toBeLessThan(20 * bytes);
  });

  it('keep the order of storing though the broker’s clock is set back', () => {
    const facts = table();
    facts.put('c1', 200, { n: 1 });
    facts.put('c1', 150, { n: 2 });
    expect([199, 200].map((instant) => facts.fieldsAt('c1', instant)?.['n'] ?? null)).toEqual([null, 2]);
  });

  it('are what a plain list of everything stored gives, as long as no more versions come than are kept', () => {
    const put = fc.record({
      key: fc.constantFrom('a', 'b'),
      after: fc.integer({ min: 0, max: 3 }),
      n: fc.option(fc.integer({ min: 0, max: 9 })),
    });
    fc.assert(
      fc.property(fc.array(put, { maxLength: 12 }), fc.integer({ min: 0, max: 40 }), (puts, instant) => {
        const facts = table(12);
        let now = 0;
        const all = puts.map(({ key, after, n }) => {
          now += after;
          facts.put(key, now, n === null ? null : { n });
          return { key, since: now, n };
        });
        for (const key of ['a', 'b']) {
          const stood = all.filter((one) => one.key === key && one.since <= instant).at(-1)?.n ?? null;
          // A key of which all 12 versions are kept and came later is answered with its oldest.
          if (all.filter((one) => one.key === key).length < 12)
            expect(facts.fieldsAt(key, instant)?.['n'] ?? null).toBe(stood);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('take no more memory than they may, and say so', () => {
    const facts = table(2, 1000);
    for (let i = 0; i < 3; i += 1) facts.put('c1', i * 100 * 86_400_000, { text: 'x'.repeat(200) });
    expect([facts.isFull, facts.keys]).toEqual([false, 1]);
    for (let i = 0; i < 3; i += 1) facts.put(`k${i}`, 1, { text: 'x'.repeat(200) });
    expect(facts.isFull).toBe(true);
    expect(facts.bytes).toBeLessThanOrEqual(1000);
    facts.clear();
    expect([facts.isFull, facts.keys, facts.bytes]).toEqual([false, 0, 0]);
  });

  it('may take all the memory they may, to the last byte', () => {
    const one = table();
    one.put('c1', 1, { n: 1 });
    for (const [maxBytes, isFull] of [
      [one.bytes, false],
      [one.bytes - 1, true],
    ] as const) {
      const facts = table(8, maxBytes);
      facts.put('c1', 1, { n: 1 });
      expect([facts.isFull, facts.keys]).toEqual([isFull, isFull ? 0 : 1]);
    }
  });

  it('that are replaced again and again are kept 64 versions back', () => {
    const facts = table(100);
    for (let n = 1; n <= 200; n += 1) facts.put('c1', n, { n });
    expect([136, 137, 200].map((instant) => facts.fieldsAt('c1', instant)?.['n'])).toEqual([137, 137, 200]);
  });
});
