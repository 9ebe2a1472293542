/** What becomes of an event never depends on how far another sender's clock runs ahead: live, and in a file. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BatchStage, Prepared, RawMessage } from '../core/types.ts';
import {
  noLiveFeed,
  lineStage,
  prepareLines,
  silentLogger,
  tumblingSum,
  type Reading,
} from '../testing/line-pipeline.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { connect, MemoryBroker } from '../testing/memory.ts';
import { runPartition } from './driver.ts';
import { runFile } from './file-run.ts';

const BOUND = 2000;
const WINDOW = 5000;
const START = 1_000_000;

interface Step {
  /** Until this one, by the wall clock. */
  readonly gapMs: number;
  /** How long an honest event takes; how far ahead the other clock is. */
  readonly delayMs: number;
  readonly leadMs: number;
  readonly isAhead: boolean;
  readonly source: string;
}
interface Line {
  readonly line: string;
  readonly stored: number;
}

/** Honest sources are late by less than the bound, and speak often enough for it; the source `x` is ahead. */
const steps = (maxLead: number): fc.Arbitrary<readonly Step[]> =>
  fc.array(
    fc.record({
      gapMs: fc.nat(900),
      delayMs: fc.nat(1000),
      leadMs: fc.integer({ min: 0, max: maxLead }),
      isAhead: fc.boolean(),
      source: fc.constantFrom('a', 'b', 'c'),
    }),
    { minLength: 1, maxLength: 80 },
  );

function linesOf(all: readonly Step[]): readonly Line[] {
  let wall = START;
  const lines: Line[] = [];
  for (const { gapMs, delayMs, leadMs, isAhead, source } of all) {
    // Who is ahead speaks between the others: what they say comes no less often for it.
    if (!isAhead) wall += gapMs;
    const stored = wall;
    lines.push({ line: isAhead ? `${wall + leadMs} x 1` : `${wall - delayMs} ${source} 1`, stored });
  }
  for (const end = wall + 4 * WINDOW; wall < end; wall += 900) lines.push({ line: `${wall} end 1`, stored: wall });
  return lines;
}

/** Sums by window and honest source, as a batch would give them. */
function batch(lines: readonly Line[]): Readonly<Record<string, number>> {
  const sums: Record<string, number> = {};
  for (const { line } of lines) {
    const [ts = '', key = ''] = line.split(' ');
    if (key === 'x' || key === 'end') continue;
    const id = `${(Math.floor(Number(ts) / WINDOW) + 1) * WINDOW}/${key}`;
    sums[id] = (sums[id] ?? 0) + 1;
  }
  return sums;
}

/** The same of what was sent; late events show as well. */
function honestOf(data: readonly unknown[]): Readonly<Record<string, number>> {
  const all = (data as readonly { readonly id: string; readonly sum: number }[]).filter(
    ({ id }) => !/\/(x|end)$/.test(id),
  );
  return Object.fromEntries(all.map(({ id, sum }) => [id, sum]));
}

async function live(lines: readonly Line[]): Promise<Readonly<Record<string, number>>> {
  const clock = new ManualClock(START);
  const broker = new MemoryBroker({ now: () => clock.now() });
  for (const { line, stored } of lines) {
    clock.advanceTo(stored);
    broker.offer(line);
  }
  const ports = connect(broker);
  await runPartition<Reading>({
    ...{ partition: 0, stage: lineStage, chain: tumblingSum(WINDOW), live: noLiveFeed, logger: silentLogger, clock },
    ...{ sink: ports, commits: ports, source: ports.source(0, { ends: true }), signal: new AbortController().signal },
    config: { outOfOrdernessMs: BOUND, idleAfterMs: 10_000, commit: { everyMs: 1000, maxEvents: 1000 } },
  });
  return honestOf((broker.outputs.get('CX_KPI') ?? []).map(({ message }) => message.data));
}

const decoder = new TextDecoder();
/** Each key is a source of its own. */
const fileStage: BatchStage<RawMessage, Prepared<Reading>> = {
  name: 'lines',
  apply: (messages) =>
    Promise.resolve(
      messages.map((message) => {
        const { seq, stored, items } = prepareLines(message);
        const [, key = ''] = decoder.decode(message.data).split(' ');
        return {
          ...{ seq, stored },
          items: items.map((item) =>
            'event' in item ? { event: { ...item.event, id: `${key}|${item.event.id}` } } : item,
          ),
        };
      }),
    ),
};

async function inFile(lines: readonly Line[], size = 7): Promise<Readonly<Record<string, number>>> {
  const encoder = new TextEncoder();
  async function* input(): AsyncGenerator<readonly RawMessage[]> {
    const raw = lines.map(({ line }, i) => ({
      ...{ subject: 's', headers: {}, data: encoder.encode(line), seq: i + 1, stored: 0 },
    }));
    for (let from = 0; from < raw.length; from += size) yield raw.slice(from, from + size);
  }
  const sent: unknown[] = [];
  await runFile<Reading>({
    ...{ input: input(), stage: fileStage, chain: tumblingSum(WINDOW), outOfOrdernessMs: BOUND },
    ...{ clock: new ManualClock(0), logger: silentLogger, signal: new AbortController().signal },
    write: (messages) =>
      Promise.resolve(
        void sent.push(...messages.filter(({ subject }) => subject === 'cx.kpi.sum').map(({ data }) => data)),
      ),
  });
  return honestOf(sent);
}

describe('a clock that runs ahead', () => {
  it('by up to max_future makes no event of another sender late (property, against a batch)', async () => {
    await fc.assert(
      fc.asyncProperty(steps(300_000), async (all) => {
        const lines = linesOf(all);
        expect(await live(lines)).toEqual(batch(lines));
      }),
    );
  });

  it('by minutes or by decades makes no event of another source late in a file, however it is read (property)', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(steps(300_000), steps(2_000_000_000_000)),
        fc.integer({ min: 1, max: 100 }),
        async (all, size) => {
          const lines = linesOf(all);
          expect(await inFile(lines, size)).toEqual(batch(lines));
        },
      ),
    );
  });

  it('has its own events counted in their own windows', async () => {
    const lines = linesOf([
      { gapMs: 0, delayMs: 0, leadMs: 0, isAhead: false, source: 'a' },
      { gapMs: 0, delayMs: 0, leadMs: WINDOW, isAhead: true, source: 'a' },
    ]);
    const clock = new ManualClock(START);
    const broker = new MemoryBroker({ now: () => clock.now() });
    for (const { line, stored } of lines) {
      clock.advanceTo(stored);
      broker.offer(line);
    }
    const ports = connect(broker);
    await runPartition<Reading>({
      ...{ partition: 0, stage: lineStage, chain: tumblingSum(WINDOW), live: noLiveFeed, logger: silentLogger, clock },
      ...{ sink: ports, commits: ports, source: ports.source(0, { ends: true }), signal: new AbortController().signal },
      config: { outOfOrdernessMs: BOUND, idleAfterMs: 10_000, commit: { everyMs: 1000, maxEvents: 1000 } },
    });
    const sums = (broker.outputs.get('CX_KPI') ?? []).map(({ message }) => message.data);
    expect(sums).toContainEqual({ id: `${String(START + 2 * WINDOW)}/x`, sum: 1 });
  });
});
