/** Near duplicates against labelled pairs: alone, and among thousands of other texts. */
import { describe, expect, it } from 'vitest';
import { NearDuplicates } from './near-duplicates.ts';
import { labelledPairs, type Pair } from './testing/labelled-pairs.ts';

const pairs = labelledPairs();
const CONFIG = { windowMs: 3_600_000, leastWords: 8, maxTexts: 20_000 };

/** Of the pairs that thresholds may be chosen on; of the others nobody looks at more than how many. */
const shown = (set: Pair['set'], wrong: readonly Pair[]): string =>
  set === 'kept'
    ? `${String(wrong.length)} wrong`
    : wrong.map(({ form, one, other }) => `${form}:\n  ${one.slice(0, 90)}\n  ${other.slice(0, 90)}`).join('\n');

it('the pairs are what their generator makes', async () => {
  await expect(`${pairs.map((pair) => JSON.stringify(pair)).join('\n')}\n`).toMatchFileSnapshot(
    'testing/labelled-pairs.ndjson',
  );
});

describe.each(['tune', 'kept'] as const)('of the labelled pairs to %s', (set) => {
  const all = pairs.filter((pair) => pair.set === set);
  const isFound = ({ one, other }: Pair, senders: readonly [number, number]): boolean => {
    const texts = new NearDuplicates(CONFIG);
    texts.judge(one, senders[0], 0, 0);
    return texts.judge(other, senders[1], 1000, 1000) !== null;
  };

  it.each([
    ['the same customer', [7, 7]],
    ['another', [7, 8]],
  ] as const)('precision and recall are 0.98 and more where both are by %s', (_, senders) => {
    const copies = all.filter(({ isCopy }) => isCopy);
    const found = all.filter((pair) => isFound(pair, senders));
    const right = found.filter(({ isCopy }) => isCopy).length;
    const wrong = all.filter((pair) => pair.isCopy !== found.includes(pair));
    expect(copies.length).toBeGreaterThan(300);
    expect(right / found.length, shown(set, wrong)).toBeGreaterThanOrEqual(0.98);
    expect(right / copies.length, shown(set, wrong)).toBeGreaterThanOrEqual(0.98);
  });

  it('copies are found among thousands of other texts, and few of these are taken for copies of each other', () => {
    const texts = new NearDuplicates(CONFIG);
    const others = all.filter(({ isCopy }) => !isCopy);
    const seen = new Set<string>();
    const first = others.flatMap(({ one, other }) => [one, other]).filter((text) => !seen.has(text) && seen.add(text));
    const taken = first.filter((text, i) => texts.judge(text, i + 1, i, i) !== null);
    expect(taken.length / first.length, taken.slice(0, 20).join('\n')).toBeLessThanOrEqual(0.02);
    const copies = all.filter(({ isCopy }) => isCopy);
    copies.forEach(({ one }, i) => texts.judge(one, 100_000 + i, 5000, 5000));
    const found = copies.filter(({ other }, i) => texts.judge(other, 200_000 + i, 6000, 6000) !== null);
    expect(found.length / copies.length).toBeGreaterThanOrEqual(0.98);
  });
});
