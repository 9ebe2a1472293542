import { describe, expect, test } from 'vitest';
import { iso, T0, value } from '../../testing/live-script.ts';
import { csvOf, extentOf, gapsOf, isSame, pointsOf, shifted, stepOf, valueAt } from './chart-points.ts';
import { limitOf, limitText } from './rule-limits.ts';

const STEP = 60_000;
const SPAN = { from: T0, to: T0 + 30 * STEP };
const at = (minute: number, more: object = {}) => value({ end: T0 + minute * STEP, final: true, ...more });
const course = (...messages: ReturnType<typeof at>[]) => pointsOf(messages, SPAN, STEP);

describe('points', () => {
  test('are one a step: the last window in it, and of that what stands', () => {
    const points = course(
      at(2, { value: 1 }),
      at(2, { value: 3, revision: 1 }),
      at(1),
      at(2, { value: 9, final: false }),
    );
    expect(points.map(({ t, v, revision }) => [(t - T0) / STEP, v, revision])).toEqual([
      [1, 88, 0],
      [2, 3, 1],
    ]);
  });
  test('lie within the span, without what was taken back', () => {
    expect(course(at(-5), at(3, { retracted: true }), at(99))).toEqual([]);
  });
  test('say whether their window is whole', () => {
    const states = course(at(1), at(2, { final: false }), at(3, { partial: true })).map(({ state }) => state);
    expect(states).toEqual(['final', 'open', 'partial']);
  });
  test('of an earlier time are moved here', () => {
    const week = 7 * 86_400_000;
    const [point] = shifted([value({ end: T0 + STEP - week, final: true })], week, SPAN, STEP);
    expect(point?.t).toBe(T0 + STEP);
  });
});

test('a hole is where three steps say nothing, not two', () => {
  expect(gapsOf(course(at(1), at(4), at(8)), STEP)).toEqual([{ from: T0 + 4 * STEP, to: T0 + 8 * STEP }]);
  // A value of null says nothing either.
  expect(gapsOf(course(at(1), at(3, { value: null }), at(6)), STEP)).toHaveLength(1);
});

test.each([
  [3_600_000, { slideMs: 5000 }, 15_000],
  [6 * 3_600_000, { slideMs: 5000 }, 120_000],
  [3_600_000, { slideMs: 300_000 }, 300_000],
  [30 * 86_400_000, null, 10_800_000],
])('a span of %d ms has a point each so often', (length, window, due) => {
  expect(stepOf({ from: 0, to: length }, window)).toBe(due);
});

test('the value at a time is the nearest, but none from far off', () => {
  const points = course(at(1), at(5));
  expect(valueAt(points, T0 + 2 * STEP, STEP)?.t).toBe(T0 + STEP);
  expect(valueAt(points, T0 + 9 * STEP, STEP)).toBeNull();
});

test('a change is one only where the intervals part', () => {
  const [a, b, c] = course(at(1, { interval: [1, 4] }), at(2, { interval: [4, 7] }), at(3, { interval: [5, 7] }));
  expect([isSame(a!, b!), isSame(a!, c!)]).toEqual([true, false]);
});

test('a table of it has a line a window, empty where there is no value', () => {
  expect(csvOf(course(at(1), at(2, { value: null, interval: null, revision: 2 }))).split('\r\n')).toEqual([
    'window_end,value,n,low,high,revision,state',
    `${iso(T0 + STEP)},88,400,84,91,0,final`,
    `${iso(T0 + 2 * STEP)},,400,,,2,final`,
    '',
  ]);
});

test.each([
  [[50, 60], true, [48.8, 61.2]],
  [[0.5, 100], true, [0, 100]],
  [[null], true, [0, 100]],
  [[7], false, [6.16, 7.84]],
] as const)('the axis over %o', (values, isPercent, due) => {
  expect(extentOf(values, isPercent).map((one) => Number(one.toFixed(2)))).toEqual(due);
});

test.each([
  ['value < 80', { side: 'value', sign: '<', at: 80 }, '< 80%'],
  ['low > 27.5', { side: 'low', sign: '>', at: 27.5 }, '95% low end > 27.5%'],
  ['n > 30 && value >= 8', { side: 'value', sign: '>=', at: 8 }, '≥ 8%'],
  ['value < baseline * 0.8', null, 'value < baseline * 0.8'],
  [null, null, ''],
])('the rule %s is drawn and read', (expression, limit, words) => {
  expect(limitOf(expression)).toEqual(limit);
  expect(limitText(expression, (one) => `${one}%`, 'en')).toBe(words);
});
