/** Cleaning against its labelled set: how much of what it marks is to be marked, and how much of what is to be marked it marks. */
import { describe, expect, it } from 'vitest';
import { qualityOf } from './quality.ts';
import { labelledSet, type Labelled } from './testing/labelled-set.ts';

const labelled = labelledSet();
const MARKS = ['garbled', 'keyboard_mash', 'boilerplate'] as const;

interface Judged extends Labelled {
  readonly given: readonly string[];
}
const judged = (set: Labelled['set']): readonly Judged[] =>
  labelled.filter((one) => one.set === set).map((one) => ({ ...one, given: Object.keys(qualityOf({}, one.text)) }));
const isRight = ({ mark, given }: Judged): boolean =>
  mark === null ? given.length === 0 : given.length === 1 && given[0] === mark;
/** Of the texts that thresholds may be chosen on; of the others nobody looks at more than how many. */
const shown = (set: Labelled['set'], wrong: readonly Judged[]): string =>
  set === 'kept'
    ? `${wrong.length} wrong`
    : wrong
        .map(({ form, given, text }) => `${form}: ${given.join('+')} ${JSON.stringify(text.slice(0, 80))}`)
        .join('\n');

it('the set is what its generator makes', async () => {
  const lines = labelled.map((one) => JSON.stringify(one)).join('\n');
  await expect(`${lines}\n`).toMatchFileSnapshot('testing/labelled.ndjson');
});

describe.each(['tune', 'kept'] as const)('of the labelled texts to %s', (set) => {
  const all = judged(set);

  it('98 in 100 are marked right', () => {
    const wrong = all.filter((one) => !isRight(one));
    expect(all.length).toBeGreaterThan(2000);
    expect(1 - wrong.length / all.length, shown(set, wrong)).toBeGreaterThanOrEqual(0.98);
  });

  it.each(MARKS)('%s has precision and recall of 0.98 and more', (mark) => {
    const meant = all.filter((one) => one.mark === mark);
    const given = all.filter((one) => one.given.includes(mark));
    const both = meant.filter((one) => one.given.includes(mark)).length;
    const wrong = [...meant, ...given].filter((one) => !isRight(one));
    expect(both / given.length, shown(set, wrong)).toBeGreaterThanOrEqual(0.98);
    expect(both / meant.length, shown(set, wrong)).toBeGreaterThanOrEqual(0.98);
  });

  it.each([...new Set(labelled.map(({ form }) => form))])('of %s at least 94 in 100 are right', (form) => {
    const of = all.filter((one) => one.form === form);
    const wrong = of.filter((one) => !isRight(one));
    expect(of.length).toBeGreaterThan(20);
    expect(1 - wrong.length / of.length, shown(set, wrong)).toBeGreaterThanOrEqual(0.94);
  });
});
