/** A choice that is remembered is the one that its expressions give, and an expression without a result is asked each time. */
import { expect, it } from 'vitest';
import type { Json } from '../../../engine/core/types.ts';
import { Choices } from './choices.ts';
import type { Values } from '../clock.ts';

const asked: string[] = [];
/** Its first value decides, and says nothing of what it does not know. */
const tierIs =
  (tier: Json) =>
  ([value]: Values): boolean | undefined => {
    asked.push(`tier ${JSON.stringify(tier)}`);
    return value === undefined ? undefined : JSON.stringify(value) === JSON.stringify(tier);
  };
const choices = (): Choices => {
  asked.length = 0;
  return new Choices(
    [
      { holds: tierIs('vip'), then: 10 },
      { holds: tierIs({ a: 1 }), then: 20 },
      { holds: ([, urgent]) => urgent === true, then: null },
      { holds: () => true, then: 30 },
    ],
    [{ holds: ([, urgent]) => urgent === true, then: 0 }],
    [0, 1],
  );
};

it('gives the first that holds, the first time and every time after', () => {
  const of = choices();
  const rows: readonly Values[] = [
    ['vip', true],
    ['vip', false],
    [{ a: 1 }, false],
    ['basic', true],
    ['basic', undefined],
    [7, '7'],
    ['7', 7],
  ];
  const once = rows.map((values) => of.of([...values]));
  expect(once.map(({ targetMs, calendar }) => [targetMs, calendar])).toEqual([
    ...[
      [10, 0],
      [10, -1],
      [20, -1],
      [null, 0],
    ],
    ...[
      [30, -1],
      [30, -1],
      [30, -1],
    ],
  ]);
  expect(rows.map((values) => of.of([...values]))).toEqual(once);
});

it('asks no expression again for equal plain values', () => {
  const of = choices();
  of.of(['vip', true]);
  of.of(['vip', true]);
  expect(asked).toEqual(['tier "vip"']);
  of.of(['vip', false]);
  expect(asked).toEqual(['tier "vip"', 'tier "vip"']);
});

it('asks each time where an expression has no result, or a value is no plain one', () => {
  const of = choices();
  const twice = (values: Values): number => {
    asked.length = 0;
    expect(of.of(values)).toEqual(of.of(values));
    return asked.length;
  };
  expect([twice([undefined, true]), twice([{ a: 1 }, true])]).toEqual([4, 4]);
});

it('where nothing decides there is one choice', () => {
  const of = new Choices([{ holds: () => true, then: 5 }], [], []);
  expect([of.of([]), of.of(['x'])]).toEqual([
    { targetMs: 5, calendar: -1 },
    { targetMs: 5, calendar: -1 },
  ]);
});
