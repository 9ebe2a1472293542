/**
 * Files of events, one JSON object a line, as an input: line n is the message with sequence n. Streams, so that memory stays
 * constant whatever the size of the file; a line longer than the limit is handed on cut, and so rejected, not buffered.
 */
import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { EngineError, reasonOf } from '../../core/errors.ts';
import type { RawMessage } from '../../core/types.ts';
import { HEAD_BYTES, judgeHead } from './event-file-kind.ts';

const STRUCTURED = { 'content-type': 'application/cloudevents+json' } as const;
const NEWLINE = 0x0a;

export interface NdjsonOptions {
  readonly maxLineBytes: number;
  readonly batchLines: number;
  /** `stored` of each message. */
  readonly stored: () => number;
}

/** `-` is stdin. Throws FILE_UNUSABLE where the file can't be read, or its beginning says that it is something else. */
export async function* ndjsonMessages(path: string, options: NdjsonOptions): AsyncGenerator<readonly RawMessage[]> {
  const input: Readable = path === '-' ? process.stdin : createReadStream(path, { highWaterMark: 256 * 1024 });
  let batch: RawMessage[] = [];
  try {
    let seq = 0;
    for await (const line of linesOf(withGoodHead(path, input), options.maxLineBytes)) {
      seq += 1;
      if (line.length === 0) continue;
      batch.push({ subject: 'cx.events.file', headers: STRUCTURED, data: line, seq, stored: options.stored() });
      if (batch.length >= options.batchLines) {
        yield batch;
        batch = [];
      }
    }
  } catch (thrown) {
    if (isFileError(thrown)) throw new EngineError('FILE_UNUSABLE', [path, reasonOf(thrown)], { cause: thrown });
    throw thrown;
  }
  if (batch.length > 0) yield batch;
}

/** The chunks, once the first of them have been judged. */
async function* withGoodHead(path: string, input: AsyncIterable<unknown>): AsyncGenerator<Buffer> {
  const name = path === '-' ? 'stdin' : path;
  let head: Buffer | null = Buffer.alloc(0);
  for await (const chunk of input) {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    if (head === null) {
      yield bytes;
      continue;
    }
    head = Buffer.concat([head, bytes]);
    const verdict = judgeHead(head.subarray(0, HEAD_BYTES), false);
    if (verdict === 'more') continue;
    if (verdict !== 'good') throw new EngineError('FILE_UNUSABLE', [name, verdict.fault]);
    yield head;
    head = null;
  }
  if (head === null) return;
  const verdict = judgeHead(head, true);
  if (verdict !== 'good' && verdict !== 'more') throw new EngineError('FILE_UNUSABLE', [name, verdict.fault]);
  yield head;
}

function isFileError(thrown: unknown): boolean {
  return thrown instanceof Error && 'syscall' in thrown && 'code' in thrown;
}

/** Lines without their ends (`\n` or `\r\n`), blank ones as empty; what passes `max` bytes of a line is dropped beyond `max` + 1. */
export async function* linesOf(input: AsyncIterable<unknown>, max: number): AsyncGenerator<Uint8Array> {
  let parts: Buffer[] = [];
  let length = 0;
  const keep = (part: Buffer): void => {
    const free = max + 1 - length;
    if (free > 0 && part.length > 0) parts.push(part.length > free ? part.subarray(0, free) : part);
    length = Math.min(length + part.length, max + 1);
  };
  const take = (): Uint8Array => {
    let line = parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
    if (line.at(-1) === 0x0d) line = line.subarray(0, -1);
    parts = [];
    length = 0;
    return line;
  };
  for await (const chunk of input) {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    let from = 0;
    for (;;) {
      const end = bytes.indexOf(NEWLINE, from);
      if (end < 0) break;
      keep(bytes.subarray(from, end));
      yield take();
      from = end + 1;
    }
    keep(bytes.subarray(from));
  }
  if (length > 0) yield take();
}
