/** What surveys show by themselves, against labelled ones. */
import { describe, expect, it } from 'vitest';
import { qualityOf } from './quality.ts';
import { labelledSurveys } from './testing/labelled-surveys.ts';

const all = labelledSurveys().map((one) => ({ ...one, given: Object.keys(qualityOf(one.data, null)).sort() }));
const isRight = ({ marks, given }: (typeof all)[number]): boolean => given.join() === [...marks].sort().join();

describe.each(['tune', 'kept'] as const)('of the labelled surveys to %s', (set) => {
  const half = all.filter((one) => one.set === set);

  it('98 in 100 are marked right', () => {
    const wrong = half.filter((one) => !isRight(one));
    expect(half.length).toBeGreaterThanOrEqual(600);
    expect(1 - wrong.length / half.length, JSON.stringify(wrong.slice(0, 5))).toBeGreaterThanOrEqual(0.98);
  });

  it.each(['straight_lined', 'too_fast'] as const)('%s has precision and recall of 0.98 and more', (mark) => {
    const meant = half.filter(({ marks }) => marks.includes(mark));
    const given = half.filter((one) => one.given.includes(mark));
    const both = meant.filter((one) => one.given.includes(mark)).length;
    expect(meant.length).toBeGreaterThan(100);
    expect(both / given.length).toBeGreaterThanOrEqual(0.98);
    expect(both / meant.length).toBeGreaterThanOrEqual(0.98);
  });
});
