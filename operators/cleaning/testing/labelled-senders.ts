/**
 * Senders for floods, from a seed: when each of their texts and answers comes. People write in bursts, in pieces and twice; programs
 * send without end. Every second sender is `kept` back.
 */
import { RandomYields } from '../../../engine/testing/random-yields.ts';
import type { Millis } from '../../../engine/core/types.ts';

export interface Sender {
  readonly set: 'tune' | 'kept';
  readonly form: string;
  readonly isBot: boolean;
  readonly times: readonly Millis[];
}

const EACH = 40;
const SECOND: Millis = 1000;
const HOUR: Millis = 3_600_000;

export function labelledSenders(): readonly Sender[] {
  const yields = new RandomYields(20261130);
  const between = (least: Millis, most: Millis): Millis => least + yields.below(most - least + 1);
  const after = (gaps: readonly Millis[]): readonly Millis[] => {
    let at = between(0, 24 * HOUR);
    return gaps.map((gap) => (at += gap));
  };
  const gaps = (count: number, least: Millis, most: Millis): Millis[] =>
    Array.from({ length: count }, () => between(least, most));
  const forms: readonly (readonly [form: string, isBot: boolean, make: () => readonly Millis[]])[] = [
    ['writes now and then', false, () => after(gaps(between(1, 40), 20 * SECOND, HOUR))],
    ['chats for an hour', false, () => after(gaps(between(60, 200), 3 * SECOND, 45 * SECOND))],
    // Word by word, as angry people do, then waits for an answer.
    [
      'writes in short pieces',
      false,
      () =>
        after(
          Array.from({ length: between(2, 12) }, () => [
            between(30 * SECOND, 300 * SECOND),
            ...gaps(between(3, 14), 0.7 * SECOND, 2 * SECOND),
          ]).flat(),
        ),
    ],
    [
      'taps send again',
      false,
      () => after(Array.from({ length: between(3, 20) }, () => [between(8 * SECOND, 90 * SECOND), 120, 150]).flat()),
    ],
    // A phone without a network sends what it has kept, all at once.
    ['was offline', false, () => after([...gaps(5, 20 * SECOND, HOUR), ...gaps(between(5, 24), 1, 20)])],
    ['a loop that posts', true, () => after(gaps(between(200, 600), 5, 50))],
    ['one a second', true, () => after(gaps(between(120, 600), 900, 1100))],
    ['in waves', true, () => after(Array.from({ length: 6 }, () => [5 * SECOND, ...gaps(50, 10, 80)]).flat())],
    ['paced at random', true, () => after(gaps(between(150, 400), 100, 1500))],
  ];
  const all = forms.flatMap(([form, isBot, make]) =>
    Array.from({ length: EACH }, (): Omit<Sender, 'set'> => ({ form, isBot, times: make() })),
  );
  return all.map((one, i) => ({ set: i % 2 === 0 ? 'tune' : 'kept', ...one }));
}
