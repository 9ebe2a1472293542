/** Each field is read once an event, however many clocks keep it, and never from the event before. */
import { expect, it } from 'vitest';
import type { CxEvent } from '../../shared/messages.ts';
import { EventValues } from './event-values.ts';
import type { Field } from '../fields.ts';

it('clocks that keep the same field read it once an event, and a next event says its own', () => {
  const reads: string[] = [];
  const field =
    (name: string): Field =>
    ({ data }) => {
      reads.push(name);
      return data[name];
    };
  const values = new EventValues();
  const first = values.placesOf(['keep a', 'keep b'], [field('a'), field('b')]);
  const second = values.placesOf(['keep b', 'keep c', 'when a'], [field('b'), field('c'), field('a')]);
  const eventOf = (data: CxEvent['data']): CxEvent => ({ data }) as CxEvent;

  values.begin(eventOf({ a: 1, b: 'x' }));
  expect([values.of(first), values.of(second)]).toEqual([
    [1, 'x'],
    ['x', undefined, 1],
  ]);
  // `when a` is another field than `keep a`, whatever it reads.
  expect(reads).toEqual(['a', 'b', 'c', 'a']);

  values.begin(eventOf({ c: 'y' }));
  expect([values.of(second), values.of(first)]).toEqual([
    [undefined, 'y', undefined],
    [undefined, undefined],
  ]);
  expect(reads).toHaveLength(8);
});
