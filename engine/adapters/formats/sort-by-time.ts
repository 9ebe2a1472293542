/**
 * The events of a file in the order of their time, those of one time in the order of the file; lines without a time that can be
 * read come first. Memory is bounded: what is more than `memoryBytes` goes in sorted runs to a temporary folder, which takes as
 * much space as the file, and is merged from there. Line numbers (`seq`) stay those of the file.
 */
import { createReadStream } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EngineError, reasonOf } from '../../core/errors.ts';
import type { Millis, RawMessage } from '../../core/types.ts';
import { linesOf } from './ndjson.ts';
import { timeOfLine } from './time-order.ts';

/** Of lines held at once; what they are held in takes about as much again. */
export const SORT_MEMORY_BYTES = 128 * 1024 * 1024;
/** Each is an open file while they are merged. With the memory above: files of up to 64 GiB. */
const MAX_RUNS = 512;
const BATCH_LINES = 256;

export interface SortOptions {
  readonly memoryBytes?: number;
  readonly maxRuns?: number;
  /** Where temporary files lie. */
  readonly folder?: string;
}

interface TimedLine {
  readonly time: Millis;
  readonly message: RawMessage;
}

/** Throws FILE_UNUSABLE where the file is too large to be sorted, or the temporary folder cannot be written. */
export async function* sortedByTime(
  name: string,
  batches: AsyncIterable<readonly RawMessage[]>,
  options: SortOptions = {},
): AsyncGenerator<readonly RawMessage[]> {
  const { memoryBytes = SORT_MEMORY_BYTES, maxRuns = MAX_RUNS } = options;
  const runs = new SpilledRuns(options.folder ?? tmpdir());
  try {
    let held: TimedLine[] = [];
    let bytes = 0;
    for await (const batch of batches) {
      for (const message of batch) {
        held.push({ time: timeOfLine(message.data) ?? Number.NEGATIVE_INFINITY, message });
        bytes += message.data.length;
      }
      if (bytes < memoryBytes) continue;
      if (runs.count === maxRuns) {
        const most = Math.round((maxRuns * memoryBytes) / 2 ** 30);
        throw new EngineError('FILE_UNUSABLE', [name, `--sort takes up to ${most} GiB: sort it before, or in parts`]);
      }
      await runs.spill(held.sort(inOrder));
      held = [];
      bytes = 0;
    }
    held.sort(inOrder);
    yield* inBatches(runs.count === 0 ? held : merged([...runs.read(), each(held)]));
  } finally {
    await runs.remove();
  }
}

function inOrder(a: TimedLine, b: TimedLine): number {
  // Both may be −∞, whose difference is no number.
  if (a.time !== b.time) return a.time < b.time ? -1 : 1;
  return a.message.seq - b.message.seq;
}

async function* inBatches(
  lines: Iterable<TimedLine> | AsyncIterable<TimedLine>,
): AsyncGenerator<readonly RawMessage[]> {
  let batch: RawMessage[] = [];
  for await (const { message } of lines) {
    batch.push(message);
    if (batch.length < BATCH_LINES) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

// eslint-disable-next-line @typescript-eslint/require-await -- one more run, of those that never left memory
async function* each(lines: readonly TimedLine[]): AsyncGenerator<TimedLine> {
  yield* lines;
}

async function* merged(runs: readonly AsyncGenerator<TimedLine>[]): AsyncGenerator<TimedLine> {
  const heads: { line: TimedLine; readonly run: AsyncGenerator<TimedLine> }[] = [];
  for (const run of runs) {
    const first = await run.next();
    if (first.done !== true) heads.push({ line: first.value, run });
  }
  for (;;) {
    let least = heads[0];
    if (least === undefined) return;
    for (const head of heads) if (inOrder(head.line, least.line) < 0) least = head;
    yield least.line;
    const next = await least.run.next();
    if (next.done === true) heads.splice(heads.indexOf(least), 1);
    else least.line = next.value;
  }
}

/** Sorted runs on disk: `<time> <line number> <line>`, one a line. */
class SpilledRuns {
  readonly #parent: string;
  readonly #files: string[] = [];
  #folder: string | null = null;
  #like: RawMessage | null = null;

  constructor(parent: string) {
    this.#parent = parent;
  }

  get count(): number {
    return this.#files.length;
  }

  async spill(lines: readonly TimedLine[]): Promise<void> {
    try {
      this.#folder ??= await mkdtemp(join(this.#parent, 'earshot-sort-'));
      const file = join(this.#folder, String(this.#files.length));
      this.#files.push(file);
      this.#like ??= lines[0]?.message ?? null;
      const handle = await open(file, 'wx', 0o600);
      try {
        for (let from = 0; from < lines.length; from += 4096) {
          const parts = lines
            .slice(from, from + 4096)
            .flatMap(({ time, message: { seq, data } }) => [Buffer.from(`${time} ${seq} `), data, NEWLINE]);
          await handle.writeFile(Buffer.concat(parts));
        }
      } finally {
        await handle.close();
      }
    } catch (thrown) {
      throw new EngineError('FILE_UNUSABLE', [this.#parent, reasonOf(thrown)], { cause: thrown });
    }
  }

  read(): readonly AsyncGenerator<TimedLine>[] {
    return this.#files.map((file) => this.#lines(file));
  }

  async *#lines(file: string): AsyncGenerator<TimedLine> {
    const like = this.#like;
    if (like === null) return;
    for await (const line of linesOf(createReadStream(file), Number.MAX_SAFE_INTEGER)) {
      const bytes = Buffer.from(line.buffer, line.byteOffset, line.byteLength);
      const afterTime = bytes.indexOf(SPACE);
      const afterSeq = bytes.indexOf(SPACE, afterTime + 1);
      const time = Number(bytes.toString('latin1', 0, afterTime));
      const seq = Number(bytes.toString('latin1', afterTime + 1, afterSeq));
      yield { time, message: { ...like, seq, data: bytes.subarray(afterSeq + 1) } };
    }
  }

  async remove(): Promise<void> {
    if (this.#folder !== null) await rm(this.#folder, { recursive: true, force: true });
  }
}

const SPACE = 0x20;
const NEWLINE = Buffer.from('\n');
