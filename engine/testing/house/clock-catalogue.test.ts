/**
 * The worked cases of clocks between events, by their number: where each is a test in one partition, and where in several. A test that
 * moves or is renamed takes its line along. Nearly all are also held over a file and with every chain restored after every event
 * (partition-cases.test.ts), and in every mode of `verifyOperator` (clock-cases, calendar-cases).
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../adapters/process/package-root.ts';

const ONE = 'operators/clocks/cases/clock-cases.test.ts';
const CALENDAR = 'operators/clocks/cases/calendar-cases.test.ts';
const CRASH = 'operators/clocks/cases/clock-crash.test.ts';
const CHANGED = 'operators/clocks/cases/changed-configuration.test.ts';
const STOCK = 'operators/clocks/cases/opening-stock.test.ts';
const SEVERAL = 'operators/clocks/cases/partition-cases.test.ts';
const LEVELS = 'operators/levels/level-cases.test.ts';
const JOURNEYS = 'operators/journeys/journey-cases.test.ts';
const ACTIONS = 'operators/actions/action-cases.test.ts';
const BACKFILL = 'engine/app/backfill.test.ts';
const KILLED = 'engine/testing/end-to-end/faults/actions-killed.integration.test.ts';

type Place = readonly [file: string, words: string];
/** In one partition; in several it is a line of partition-cases.test.ts, unless that stands beside it. */
const CASES: readonly (readonly [number: number, one: Place, several?: Place])[] = [
  [1, [ONE, "'1 start, stop'"]],
  [2, [ONE, "'2 a bot is no answer'"]],
  [3, [ONE, "'3 two agents"]],
  [4, [ONE, "'4 pause'"], [SEVERAL, "['4, 5', "]],
  [5, [ONE, "'5 twice, stray'"], [SEVERAL, "['4, 5', "]],
  [6, [ONE, "'6 stop in a pause'"]],
  [7, [ONE, "'7 restart, running'"]],
  [8, [ONE, "'8 restart, weeks after'"]],
  [9, [ONE, "'9 cancel'"]],
  [10, [ONE, "'10 merge'"]],
  [11, [CRASH, "'11: what nothing stops"]],
  [12, [ONE, "'12 expires in a pause"]],
  [13, [ONE, "'13 zero length'"]],
  [14, [ONE, "'14 stop before start'"]],
  [15, [ONE, "'15 arrives before its start'"]],
  [16, [ONE, "'16 a start that is too late"]],
  [17, [ONE, "'17 duplicates'"]],
  [18, [ONE, "'18 breach, then stop'"]],
  [19, [ONE, "'19 a stop at the target"]],
  [20, [ONE, "'20 a late stop revises"]],
  [21, [ONE, "'21 one that is too late"]],
  [22, [CRASH, "'22, 23: a breach"], [KILLED, "'22, 23: "]],
  [23, [CRASH, "'22, 23: a breach"], [KILLED, "'22, 23: "]],
  [24, [ONE, "'24 the first target that holds'"], [SEVERAL, "    '24',\n"]],
  [25, [ONE, "'25 priority up'"]],
  [26, [ONE, "'26 up into the past'"]],
  [27, [ONE, "'27 up, with a pause'"]],
  [28, [ONE, "'28 loosened after a breach'"]],
  [29, [CALENDAR, "'29 weekend'"]],
  [30, [CALENDAR, "'30 lunch'"]],
  [30, [CALENDAR, "'30b a day of working hours"], [SEVERAL, "['30b', "]],
  [31, [CALENDAR, "'31 outside hours'"]],
  [32, [CALENDAR, "'32 an own day'"]],
  [33, [CALENDAR, "'33 a make-up Saturday"]],
  [34, [CALENDAR, "'34 Spring Festival'"]],
  [35, [CALENDAR, "'35 National Day'"]],
  [36, [CALENDAR, "'36 a closed day"]],
  [37, [CALENDAR, "'37 overnight"]],
  [38, [CALENDAR, "'38 a night into a holiday'"]],
  [39, [CALENDAR, "'39 DST, spring"]],
  [40, [CALENDAR, "'40 DST, autumn"]],
  [41, [CALENDAR, "'41 DST, day hours'"]],
  [42, [CALENDAR, "'42 the bell"]],
  [43, [CALENDAR, "'43 a pause over closing'"]],
  [44, [CALENDAR, "'44 reopened on a make-up Saturday'"]],
  [45, [ONE, "'45 two clocks, one key'"]],
  [46, [ONE, "'46 next reply'"]],
  [47, [SEVERAL, "it.each([1, 2, 4])('47: "], [SEVERAL, "it.each([1, 2, 4])('47: "]],
  [48, [SEVERAL, "'48: a partition that is silent"], [SEVERAL, "'48: a partition that is silent"]],
  [49, [CRASH, "'49: what fell due"], [KILLED, "'49, 50: "]],
  [50, [CRASH, "'50: a reply that came"], [KILLED, "'49, 50: "]],
  [51, [CRASH, "'51: at every moment"], [SEVERAL, 'for (const restores of [false, true])']],
  [52, [CHANGED, "'52 keep:"], [SEVERAL, "'52: another configuration"]],
  [53, [CHANGED, "'53 a clock that is added"], [BACKFILL, "'53 of %i partition(s)"]],
  [54, [STOCK, "'case 54: levels with opening stock'"], [SEVERAL, "    '54',\n"]],
  [55, [LEVELS, "'55: what is open"]],
  [56, [LEVELS, "'56: due exactly"]],
  [57, [LEVELS, "'57: a level changes hands"]],
  [58, [LEVELS, "'58: nothing is read"]],
  [59, [ACTIONS, "'59: a survey after a case"], [SEVERAL, "    '59',\n"]],
  [60, [ACTIONS, "'60: a low score"]],
  [61, [JOURNEYS, '(case 61)']],
  [62, [JOURNEYS, '(case 62)'], [SEVERAL, "    '62',\n"]],
  [63, [JOURNEYS, '(case 63)']],
  [64, [ONE, "'64 an event that belongs to nobody"]],
];

describe('the catalogue of clocks', () => {
  it('has 64 cases, each of which is a test', () => {
    const numbers = new Set(CASES.map(([number]) => number));
    expect([...numbers].sort((a, b) => a - b)).toEqual(Array.from({ length: 64 }, (_, i) => i + 1));
  });
  it.each(CASES.map(([number, one, several]) => ({ number, one, several })))(
    'case $number is $one in one partition, and stands in several',
    ({ number, one, several }) => {
      const line: Place = [SEVERAL, `['${String(number)}', `];
      for (const [file, words] of [one, several ?? line]) {
        const text = readFileSync(join(packageRoot(), file), 'utf8');
        expect(text, file).toContain(words);
        expect(text).not.toMatch(/\b(?:it|describe)\.(?:skip|todo)\b/);
      }
    },
  );
});
