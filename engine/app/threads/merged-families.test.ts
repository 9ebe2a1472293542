import { expect, it } from 'vitest';
import type { Family } from '../../core/metrics.ts';
import { countersOf, mergedFamilies } from './merged-families.ts';

const family = (type: Family['type'], ...values: readonly (readonly [string, number])[]): Family => ({
  ...{ name: `of_${type}`, help: 'h', type },
  samples: values.map(([fact, value]) => ({ labels: { fact }, value })),
});

it('counters of two threads add up label by label, and of gauges the highest is said', () => {
  const one = [family('counter', ['a', 1], ['b', 5]), family('gauge', ['a', 7])];
  const two = [family('counter', ['a', 2]), family('gauge', ['a', 3], ['c', 1])];
  expect(mergedFamilies([...one, ...two])).toEqual([
    family('counter', ['a', 3], ['b', 5]),
    family('gauge', ['a', 7], ['c', 1]),
  ]);
});

it('of a thread that has ended the counters stay, and nothing it held', () => {
  expect(countersOf([family('counter', ['a', 1]), family('gauge', ['a', 7])])).toEqual([family('counter', ['a', 1])]);
});
