import { expect, it } from 'vitest';
import { AWAY_MS, PATIENCE_MS, untilJudging, whileJudging } from './judging-here.ts';

/** A clock that moves with each pause; it ends with the last answer. */
function rehearsal(isJudgingAt: (now: number) => boolean, end = 10 * PATIENCE_MS) {
  let now = 0;
  const pause = async (ms: number, signal: AbortSignal): Promise<void> => {
    await Promise.resolve();
    signal.throwIfAborted();
    now += ms;
    if (now >= end) throw new Error('the end of the test');
  };
  return { here: { isJudging: () => isJudgingAt(now), pause }, now: () => now };
}
const { signal } = new AbortController();

it('begins when rules are judged here, at once where they are, and after a while where nobody judges', async () => {
  const ready = rehearsal(() => true);
  await untilJudging(ready.here, signal);
  expect(ready.now()).toBe(0);
  const later = rehearsal((now) => now >= 3000);
  await untilJudging(later.here, signal);
  expect(later.now()).toBe(3000);
  const never = rehearsal(() => false);
  await untilJudging(never.here, signal);
  expect(never.now()).toBe(PATIENCE_MS);
});

it('is asked to end while it waits', async () => {
  const ending = new AbortController();
  const waiting = untilJudging(rehearsal(() => false).here, ending.signal);
  ending.abort(new Error('stopping'));
  await expect(waiting).rejects.toThrow('stopping');
});

it('gives up when rules are judged elsewhere, and not while a partition starts again', async () => {
  const short = rehearsal((now) => now < 5000 || now >= 5000 + AWAY_MS - 1000);
  const kept = whileJudging(short.here, signal);
  await expect.poll(short.now).toBeGreaterThanOrEqual(9 * PATIENCE_MS);
  expect(kept.aborted).toBe(false);
  const gone = rehearsal((now) => now < 5000);
  const given = whileJudging(gone.here, signal);
  await expect.poll(() => given.aborted).toBe(true);
  expect(gone.now()).toBeLessThanOrEqual(5000 + AWAY_MS + 500);
});
