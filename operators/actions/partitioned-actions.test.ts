/** Actions of several partitions: the same as of one, wherever the events of a customer come in. */
import { describe, expect, it } from 'vitest';
import { RandomYields } from '../../engine/testing/random-yields.ts';
import { at as elementAt } from '../../engine/core/must.ts';
import { playSeveral, playSingle } from '../clocks/testing/played.ts';
import type { CxEnvelope } from '../shared/messages.ts';
import { configOf, eventOf, sentShort } from './testing/action-script.ts';

const CONFIG = configOf(`
clocks:
  - {id: reply, key: data.case, start: {on: cx.case.opened}, stop: {on: cx.case.replied}, target: [{within: 5m}]}
actions:
  - {id: ask, on: cx.case.resolved, kind: survey, after: 5m, unless: {on: cx.case.reopened}, at_most: {in: 1h}}
  - {id: follow, on: cx.survey.answered, where: data.score <= 2, kind: follow_up, key: data.customer.id, due: 20m, done: {on: cx.interaction.call}}
  - {id: chase, on: clock.reply, where: data.outcome == "breached", kind: dispatch, due: 10m, done: {on: cx.case.closed}}
`);
const LETTERS = ['O', 'A', 'V', 'V', 'R', 'S', 'S', 'C', 'X'] as const;

/** In the order of arrival, up to a second out of order. */
function script(seed: number): readonly CxEnvelope[] {
  const random = new RandomYields(seed);
  const events = Array.from({ length: 150 }, (_, i) => {
    const second = random.below(3600);
    const [minute, rest] = [Math.floor(second / 60), second % 60].map((part) => String(part).padStart(2, '0'));
    const customer = random.below(6);
    const inside = `c${String(customer * 10 + random.below(3))},u${String(customer)},score=${String(1 + random.below(4))}`;
    const event = eventOf(
      `${elementAt(LETTERS, random.below(LETTERS.length))}(${inside})10:${minute ?? ''}:${rest ?? ''}`,
      i,
    );
    return { event, arrives: event.ts + random.below(1000) };
  });
  return [...events.sort((a, b) => a.arrives - b.arrives).map(({ event }) => event), eventOf('W12:00', 1000)];
}

describe('actions of events that lie in several partitions', () => {
  it.each([1, 2])('are those of one partition (script %i)', (seed) => {
    const events = script(seed);
    const expected = [...sentShort(playSingle(CONFIG, events).sent)].sort();
    expect(expected.length).toBeGreaterThan(40);
    for (const partitions of [2, 4]) {
      const random = new RandomYields(seed);
      const all = Array.from({ length: partitions }, (_, i) => i);
      // The last says everywhere that time has come.
      const partitionOf = ({ ts }: CxEnvelope): readonly number[] =>
        ts >= eventOf('W12:00', 0).ts ? all : [random.below(partitions)];
      const several = playSeveral(CONFIG, events, partitions, partitionOf, 3);
      expect([...sentShort(several.sent)].sort()).toEqual(expected);
    }
  });
});
