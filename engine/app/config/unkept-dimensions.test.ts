import { parse } from 'yaml';
import { expect, it } from 'vitest';
import { compileExpression } from '../../adapters/expressions/cel.ts';
import { packWith } from '../../testing/packs/measured.ts';
import { parseConfig } from './config.ts';
import { unkeptDimensions } from './unkept-dimensions.ts';

const notes = (keep: string, by: string, from = 'clock.answer'): readonly string[] => {
  const parsed = parseConfig(
    parse(`
clocks:
  - {id: answer, key: data.case, start: {on: cx.case.opened}, stop: {on: cx.case.replied}, keep: ${keep}}
kpis:
  - {id: answered, from: ${from}, measure: {kind: count}, window: {kind: tumbling, size: 1h}, by: ${by}}
`),
    compileExpression,
  );
  if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
  return unkeptDimensions(parsed.config);
};

it('a KPI of outcomes by what the clock does not keep is named, with what to do', () => {
  expect(notes('[team, stroe]', '[[], [team, store]]')).toEqual([
    'kpis[answered].by: no outcome of clock.answer has "store", so all of it stands under an empty key: add it to `keep` there',
  ]);
});

it.each([
  ['kept', '[team, customer.tier]', '[[team, tier]]', 'clock.answer'],
  ['what every outcome says', '[]', '[[outcome]]', 'clock.answer'],
  ['of events beside it', '[]', '[[store]]', '[clock.answer, cx.case.replied]'],
])('not one that is %s', (_, keep, by, from) => {
  expect(notes(keep, by, from)).toEqual([]);
});

it('the pack has none, nor has a journey with a funnel of its own', () => {
  expect(unkeptDimensions(packWith())).toEqual([]);
  const journey = {
    ...{ id: 'checkout', key: 'data.customer.id', funnel: '1h' },
    steps: ['cart', 'paid'].map((id) => ({ id, on: 'cx.journey.step', where: `data.step == "${id}"` })),
  };
  const parsed = parseConfig({ journeys: [journey] }, compileExpression);
  if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
  expect(parsed.config.kpis.length).toBeGreaterThan(0);
  expect(unkeptDimensions(parsed.config)).toEqual([]);
});
