import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pipe, type ChainDef } from '../core/chain.ts';
import type { OperatorDef, Outgoing, RawMessage } from '../core/types.ts';
import { echo, lineStage, silentLogger, tumblingSum, type Reading } from '../testing/line-pipeline.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { runFile } from './file-run.ts';

const encoder = new TextEncoder();

async function run(lines: readonly string[], sizes: readonly number[], chain: ChainDef<Reading, unknown>) {
  async function* input(): AsyncGenerator<readonly RawMessage[]> {
    const raw = lines.map((line, i): RawMessage => {
      return { subject: 's', headers: {}, data: encoder.encode(line), seq: i + 1, stored: 0 };
    });
    for (let at = 0, i = 0; at < raw.length; i++) {
      const size = sizes[i % sizes.length] ?? 1;
      yield raw.slice(at, at + size);
      at += size;
    }
  }
  const written: Outgoing[] = [];
  const result = await runFile<Reading>({
    ...{ input: input(), stage: lineStage, chain, outOfOrdernessMs: 100 },
    ...{ clock: new ManualClock(0), logger: silentLogger, signal: new AbortController().signal },
    write: async (messages) => {
      await Promise.resolve();
      written.push(...messages);
    },
  });
  return { written, result };
}

/** Says half a second of event time later that an event was there. */
const reminder: OperatorDef<Reading, Reading> = {
  name: 'reminder',
  create: () => {
    const waiting: number[] = [];
    return {
      onEvent: ({ ts }) => void waiting.push(ts + 500),
      wakeAt: () => waiting[0],
      onWake: (now, out) => {
        const time = waiting.shift() ?? 0;
        out.send({ subject: 'cx.actions.due', type: 'cx.action', time, data: { now } });
      },
    };
  },
};

describe('a run over a file', () => {
  it('gives forwards and sums in the order of their causes, and everything at the end of input', async () => {
    const { written, result } = await run(
      ['100 k 1', '!bad', '200 k 2\n1150 k 4', '300 k 8'],
      [2],
      pipe(echo, tumblingSum(1000)),
    );
    expect(written.map(({ id, data }) => [id, data])).toEqual([
      ['0:1:0', { id: 'e-1-0', amount: 1 }],
      ['0:2:0', '!bad'],
      ['0:3:0', { id: 'e-3-0', amount: 2 }],
      ['0:3:1', { id: 'e-3-1', amount: 4 }],
      ['0:3:2', { id: '1000/k', sum: 3 }],
      ['0:4:0', { id: 'e-4-0', amount: 8 }],
      ['0:4:1', { id: 'e-4-0' }],
      ['0:5:0', { id: '2000/k', sum: 4 }],
    ]);
    expect(result).toEqual({
      counters: { events_in: 5, events_rejected: 1, events_processed: 3, events_late: 1 },
      position: 4,
    });
  });

  it('lets no control move time', async () => {
    const chain = pipe(tumblingSum(1000), reminder);
    const events = ['100 k 1', '300 k 2', '1150 k 4'];
    const { result, written } = await run([...events.slice(0, 1), '@90000 people 0', ...events.slice(1)], [10], chain);
    const alone = await run(events, [10], chain);
    expect(result.counters).toEqual({ events_in: 4, events_processed: 4 });
    const timesOf = (messages: readonly Outgoing[]): readonly unknown[] =>
      messages.filter(({ time }) => time < 90_000).map(({ time, data }) => [time, data]);
    expect(timesOf(written)).toEqual(timesOf(alone.written));
  });

  it('wakes by event time, and whoever still waits at the end', async () => {
    const { written } = await run(['0 k 1', '400 k 1', '600 k 1'], [10], reminder);
    expect(written.map(({ id, time, data }) => [id, time, data])).toEqual([
      ['0:3:0', 500, { now: 600 }],
      ['0:4:0', 900, { now: 900 }],
      ['0:4:1', 1100, { now: 1100 }],
    ]);
  });

  it('gives the same bytes however the input is split into batches (property)', async () => {
    const line = fc.tuple(fc.nat(5000), fc.constantFrom('a', 'b'), fc.nat(9)).map((parts) => parts.join(' '));
    const chain = pipe(echo, pipe(tumblingSum(1000), reminder));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof({ weight: 9, arbitrary: line }, { weight: 1, arbitrary: fc.constant('!bad') }), {
          maxLength: 60,
        }),
        fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 5 }),
        async (lines, sizes) => {
          const whole = await run(lines, [1000], chain);
          const split = await run(lines, sizes, chain);
          expect(JSON.stringify(split)).toBe(JSON.stringify(whole));
          const ids = whole.written.map(({ id }) => id);
          expect(new Set(ids).size).toBe(ids.length);
        },
      ),
    );
  });

  it('ends with the failure of a stage', async () => {
    const broken = runFile<Reading>({
      ...{ stage: { name: 'broken', apply: () => Promise.reject(new Error('oh')) }, chain: echo, outOfOrdernessMs: 0 },
      ...{ clock: new ManualClock(0), logger: silentLogger, signal: new AbortController().signal },
      input: (async function* () {
        yield [{ subject: 's', headers: {}, data: new Uint8Array(), seq: 1, stored: 0 }];
      })(),
      write: () => Promise.resolve(),
    });
    await expect(broken).rejects.toThrow(/^the operator broken failed: Error at \S+file-run\.test\.ts:\d+$/);
  });

  it('ends with the signal', async () => {
    const stop = new AbortController();
    const endless = runFile<Reading>({
      ...{ stage: lineStage, chain: echo, outOfOrdernessMs: 0, clock: new ManualClock(0), logger: silentLogger },
      signal: stop.signal,
      input: (async function* () {
        for (let seq = 1; ; seq++) {
          await Promise.resolve();
          yield [{ subject: 's', headers: {}, data: encoder.encode('1 k 1'), seq, stored: 0 }];
        }
      })(),
      write: async () => {
        stop.abort();
      },
    });
    await expect(endless).rejects.toThrow('aborted');
  });
});
