import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ScoringRetries, type Batch, type Fault } from './scoring-retries.ts';

const fresh = (items: readonly string[]): Batch<string> => ({ items, tries: 0, isAlone: false });
const letters = 'abcdefghijklmnop'.split('');
const died = (suspect?: number): Fault => ({ kind: 'died', suspect });

/** Items of what is run until nothing is left; `run` says what becomes of each batch. */
function play(
  retries: ScoringRetries<string>,
  run: (items: readonly string[]) => Fault | null,
): { runs: string[]; scored: string[]; failed: string[] } {
  const log = { runs: [] as string[], scored: [] as string[], failed: [] as string[] };
  for (let batch = retries.next(false); batch !== undefined; batch = retries.next(false)) {
    log.runs.push(batch.items.join(''));
    const fault = run(batch.items);
    if (fault === null) {
      retries.scored();
      log.scored.push(...batch.items);
    } else log.failed.push(...retries.failed(batch, fault));
  }
  return log;
}

describe('what is run again', () => {
  it('the others at once, then the suspected text alone', () => {
    const retries = new ScoringRetries<string>();
    expect(retries.failed(fresh(letters), died(2))).toEqual([]);
    expect(play(retries, () => null).runs).toEqual(['abdefghijklmnop', 'c']);
  });

  it('the whole batch once where nobody is suspected, then its eighths, then each text', () => {
    const retries = new ScoringRetries<string>();
    retries.failed(fresh(letters), died());
    const { runs, failed } = play(retries, (items) => (items.includes('c') ? died() : null));
    expect(runs.slice(0, 9)).toEqual([letters.join(''), 'ab', 'cd', 'ef', 'gh', 'ij', 'kl', 'mn', 'op']);
    expect(runs.slice(9)).toEqual(['c', 'd', ...'ccccc'.split('')]);
    expect(failed).toEqual(['c']);
  });

  it.each([
    ['died', 5],
    ['hung', 4],
    ['threw', 1],
  ] as const)('a suspect whose worker %s alone %i times is reported as failed', (kind, times) => {
    const retries = new ScoringRetries<string>();
    retries.failed(fresh(['a', 'b']), { kind, suspect: 0 });
    const { runs, failed } = play(retries, (items) => (items.includes('a') ? { kind, suspect: 0 } : null));
    expect(runs).toEqual(['b', ...Array.from({ length: times }, () => 'a')]);
    expect(failed).toEqual(['a']);
  });

  it('suspects take turns with what is new; innocents do not wait', () => {
    const retries = new ScoringRetries<string>();
    retries.failed(fresh(['a']), died(0));
    retries.failed(fresh(['b', 'c']), died(0));
    expect(retries.next(true)?.items).toEqual(['c']);
    expect(retries.next(true)?.items).toEqual(['a']);
    expect(retries.next(true)).toBeUndefined();
    expect(retries.next(true)?.items).toEqual(['b']);
    expect(retries.next(true)).toBeUndefined();
  });

  it('nothing more than twice once every worker is lost, until one scores again', () => {
    const retries = new ScoringRetries<string>();
    let lost = 0;
    const failed: string[] = [];
    for (let batch = 0; batch < 4; batch++) {
      retries.failed(fresh(letters), died(0));
      lost++;
      const played = play(retries, () => {
        lost++;
        return died(0);
      });
      failed.push(...played.failed);
    }
    expect(failed.length).toBe(4 * letters.length);
    expect(lost).toBeLessThanOrEqual(12 + 12 + 3 * 3);
    retries.scored();
    retries.failed(fresh(['a', 'b']), died(0));
    let faults = 1;
    const after = play(retries, (items) => (items[0] === 'a' && faults-- > 0 ? died(0) : null));
    expect(after).toMatchObject({ scored: ['b', 'a'], failed: [] });
  });

  it('each text ends once; only poisonous ones fail, wherever they stand, named or not', () => {
    const poison = fc.uniqueArray(fc.constantFrom(...letters), { maxLength: 3 });
    const kinds = fc.constantFrom('died' as const, 'hung' as const, 'threw' as const);
    fc.assert(
      fc.property(poison, kinds, fc.boolean(), (bad, kind, isNamed) => {
        const retries = new ScoringRetries<string>();
        const run = (items: readonly string[]): Fault | null => {
          const at = items.findIndex((item) => bad.includes(item));
          return at < 0 ? null : { kind, suspect: isNamed ? at : undefined };
        };
        const first = run(letters);
        if (first === null) return;
        const early = retries.failed(fresh(letters), first);
        const { scored, failed } = play(retries, run);
        expect([...early, ...failed].sort()).toEqual([...bad].sort());
        expect([...scored].sort()).toEqual(letters.filter((one) => !bad.includes(one)));
      }),
      { endOnFailure: true },
    );
  });
});
