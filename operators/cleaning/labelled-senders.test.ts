/** Floods against labelled senders, all of them at once: which senders are marked, and how much of what programs send. */
import { describe, expect, it } from 'vitest';
import { Floods } from './floods.ts';
import { labelledSenders } from './testing/labelled-senders.ts';

const senders = labelledSenders();
const CONFIG = { most: 30, withinMs: 60_000, maxSenders: 100_000 };

/** By sender, which of its events are marked. */
function judged(): readonly (readonly boolean[])[] {
  const floods = new Floods(CONFIG);
  const marks: boolean[][] = senders.map(() => []);
  const events = senders.flatMap(({ times }, sender) => times.map((at) => ({ at, sender })));
  events.sort((a, b) => a.at - b.at);
  for (const { at, sender } of events) {
    floods.expire(at);
    marks[sender]?.push(floods.add(sender + 1, at, at));
  }
  return marks;
}
const marks = judged();

describe.each(['tune', 'kept'] as const)('of the labelled senders to %s', (set) => {
  const half = senders.map((sender, i) => ({ ...sender, marks: marks[i] ?? [] })).filter((one) => one.set === set);
  const isMarked = (one: (typeof half)[number]): boolean => one.marks.includes(true);

  it('senders that flood are distinguished from people with precision and recall of 0.98 and more', () => {
    const bots = half.filter(({ isBot }) => isBot);
    const found = half.filter(isMarked);
    const right = found.filter(({ isBot }) => isBot).length;
    expect(bots.length).toBeGreaterThanOrEqual(80);
    expect(
      right / found.length,
      found
        .filter(({ isBot }) => !isBot)
        .map(({ form }) => form)
        .join(),
    ).toBeGreaterThanOrEqual(0.98);
    expect(
      right / bots.length,
      bots
        .filter((one) => !isMarked(one))
        .map(({ form }) => form)
        .join(),
    ).toBeGreaterThanOrEqual(0.98);
  });

  it('of what people send less than 2 in 1,000 is marked; of what programs send all but the first minute', () => {
    const of = (isBot: boolean): readonly boolean[] =>
      half.filter((one) => one.isBot === isBot).flatMap((one) => one.marks);
    expect(of(false).length).toBeGreaterThan(3000);
    expect(of(false).filter(Boolean).length / of(false).length).toBeLessThan(0.002);
    const later = half
      .filter(({ isBot }) => isBot)
      .flatMap((one) => one.marks.filter((_, i) => (one.times[i] ?? 0) - (one.times[0] ?? 0) > 60_000));
    expect(later.length).toBeGreaterThan(3000);
    expect(later.filter(Boolean).length / later.length).toBeGreaterThanOrEqual(0.98);
  });
});
