import { describe, expect, it } from 'vitest';
import { lineStage, silentLogger, type Reading } from '../testing/line-pipeline.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { END_OF_TIME, START_OF_TIME, type Envelope, type Millis, type RawMessage } from '../core/types.ts';
import { dedupe } from '../../operators/dedupe/dedupe.ts';
import { reread, type RereadInput, type RereadOptions } from './reread.ts';

const BOUND = 100;

/** Messages, `[when it was stored, its line]`, from this sequence on. */
function input(partition: number, lines: readonly (readonly [Millis, string])[], first = 1): RereadInput {
  const messages = lines.map(([stored, line], i): RawMessage => ({
    ...{ seq: first + i, stored, subject: 'cx.events.a.b.c', headers: {} },
    data: new TextEncoder().encode(line),
  }));
  return { partition, until: first + lines.length - 1, batches: inTwos(messages) };
}
async function* inTwos(messages: readonly RawMessage[]): AsyncGenerator<readonly RawMessage[]> {
  for (let i = 0; i < messages.length; i += 2) yield await Promise.resolve(messages.slice(i, i + 2));
}

async function read(
  inputs: readonly RereadInput[],
  more: Partial<RereadOptions<Reading>> & { readonly dueAt?: (watermark: Millis) => Millis } = {},
): Promise<{ readonly lines: readonly string[]; readonly goneUntil: Millis }> {
  const lines: string[] = [];
  let reached = START_OF_TIME;
  const goneUntil = await reread<Reading>({
    ...{ inputs, stage: lineStage, gate: dedupe<Reading>({ horizonMs: 60_000, maxIds: 100 }) },
    into: {
      event: ({ ts }: Envelope<Reading>, watermark, { partition, watermark: own }) =>
        lines.push(`${String(partition)}: ${String(ts)} at ${said(watermark)}, own ${said(own)}`),
      dueAt: () => more.dueAt?.(reached) ?? Infinity,
      advance: (watermark) => {
        reached = watermark;
        lines.push(`time ${said(watermark)}`);
      },
    },
    ...{ outOfOrdernessMs: BOUND, idleAfterMs: 10_000, untilTime: END_OF_TIME, maybeYield: () => undefined },
    ...{ clock: new ManualClock(), logger: silentLogger, signal: new AbortController().signal },
    ...more,
  });
  return { lines, goneUntil };
}
const said = (time: Millis): string => (time === START_OF_TIME ? 'start' : String(time));

describe('input that is read again', () => {
  it('comes as it came, each event at the time that those before it had brought', async () => {
    const { lines } = await read([
      input(0, [
        [1000, '1000 k 1'],
        [1500, '1500 k 1'],
        [1600, '1200 k 1'],
      ]),
    ]);
    expect(lines).toEqual(['0: 1000 at start, own start', '0: 1500 at 900, own 900', '0: 1200 at 1400, own 1400']);
  });

  it('after a silence comes at the time to which the silence had taken it', async () => {
    const silent = input(0, [
      [1000, '1000 k 1'],
      [61_000, '1100 k 1'],
      [70_900, '1200 k 1'],
    ]);
    expect((await read([silent])).lines.slice(1)).toEqual([
      '0: 1100 at 60900, own 60900',
      // No silence: less than `idle_after`.
      '0: 1200 at 60900, own 60900',
    ]);
  });

  it('that a clock ahead sent takes time no further than when it was stored', async () => {
    const ahead = input(0, [
      [1000, '9000 k 1'],
      [1010, '1010 k 1'],
    ]);
    expect((await read([ahead])).lines[1]).toBe('0: 1010 at 900, own 900');
  });

  it('of several partitions comes from the one furthest behind, at the lowest of their times', async () => {
    const fast = input(0, [
      [1000, '1000 k 1'],
      [3000, '3000 k 1'],
    ]);
    const slow = input(1, [
      [1000, '1000 k 2'],
      [2000, '2000 k 2'],
      [2500, '2500 k 2'],
    ]);
    expect((await read([fast, slow])).lines).toEqual([
      '0: 1000 at start, own start',
      '1: 1000 at start, own start',
      '0: 3000 at 900, own 900',
      '1: 2000 at 900, own 900',
      '1: 2500 at 1900, own 1900',
    ]);
  });

  it('takes time on step by step where something is due, and no further than it is to go', async () => {
    const dueAt = (reached: Millis): Millis => (reached < 500 ? 500 : reached < 1500 ? 1500 : 5000);
    const both = input(0, [
      [2000, '2000 k 1'],
      [9000, '9000 k 1'],
    ]);
    const { lines } = await read([both], { dueAt, untilTime: 6000 });
    expect(lines).toEqual([
      '0: 2000 at start, own start',
      'time 500',
      'time 1500',
      '0: 9000 at 1900, own 1900',
      'time 5000',
      'time 6000',
    ]);
  });

  it('leaves out controls, what is refused, and of each partition what it has seen', async () => {
    const twice = input(0, [
      [1000, '1000 k 1'],
      [1000, '!bad'],
      [1000, '@1000 k 1'],
    ]);
    expect((await read([twice])).lines).toHaveLength(1);
  });

  it('says how far back it goes: all of it, from the first event that is there, or unknown', async () => {
    const from = (first: number) =>
      input(
        0,
        [
          [1000, '950 k 1'],
          [2000, '2000 k 1'],
        ],
        first,
      );
    expect((await read([from(1)])).goneUntil).toBe(START_OF_TIME);
    expect((await read([from(7)])).goneUntil).toBe(1000);
    expect((await read([input(0, [[5000, '950 k 1']], 7)])).goneUntil).toBe(950 + BOUND);
    expect((await read([from(1), from(7)])).goneUntil).toBe(1000);
    expect((await read([{ ...input(0, []), until: 5 }])).goneUntil).toBe(Infinity);
    expect((await read([{ ...input(0, []), until: 0 }])).goneUntil).toBe(START_OF_TIME);
  });

  it('ends with the signal', async () => {
    const control = new AbortController();
    const lines = input(0, [
      [1000, '1000 k 1'],
      [2000, '2000 k 1'],
    ]);
    const maybeYield = (): undefined => {
      control.abort(new Error('stopped'));
    };
    await expect(read([lines], { signal: control.signal, maybeYield })).rejects.toThrow('stopped');
  });
});
