/** A file of events, one a line, as `process` and `replay` read it. */
import { access, constants, stat } from 'node:fs/promises';
import { ndjsonMessages } from '../../../adapters/formats/ndjson.ts';
import { sortedByTime } from '../../../adapters/formats/sort-by-time.ts';
import { notNewestFirst } from '../../../adapters/formats/time-order.ts';
import { EngineError, reasonOf } from '../../../core/errors.ts';
import type { RawMessage } from '../../../core/types.ts';
import type { Config } from '../../config/config.ts';

/** `-` is stdin. Throws FILE_UNUSABLE where it cannot be read at all. */
export async function readable(file: string): Promise<void> {
  if (file === '-') return;
  let isFolder: boolean;
  try {
    await access(file, constants.R_OK);
    isFolder = (await stat(file)).isDirectory();
  } catch (thrown) {
    throw new EngineError('FILE_UNUSABLE', [file, reasonOf(thrown)], { cause: thrown });
  }
  if (isFolder) throw new EngineError('FILE_UNUSABLE', [file, 'it is a folder: name a file in it']);
}

export interface EventLinesOptions {
  readonly isSorted: boolean;
  readonly batchLines: number;
  /** Called with how many lines were read, before the first of them goes on. */
  readonly onSorting: (lines: number) => void;
}

/** Its lines. Throws FILE_UNUSABLE where it is no file of events, or comes newest first and is not to be sorted. */
export function eventLines(
  file: string,
  { limits, time }: Config,
  { isSorted, batchLines, onSorting }: EventLinesOptions,
): AsyncIterable<readonly RawMessage[]> {
  const lines = ndjsonMessages(file, { maxLineBytes: limits.maxEventBytes * 2, batchLines, stored: () => 0 });
  const name = nameOf(file);
  return isSorted
    ? sortedByTime(name, counted(lines, onSorting))
    : notNewestFirst(name, lines, time.outOfOrdernessMs + time.allowedLatenessMs);
}

export function nameOf(file: string): string {
  return file === '-' ? 'stdin' : file;
}

async function* counted(
  batches: AsyncIterable<readonly RawMessage[]>,
  onRead: (lines: number) => void,
): AsyncGenerator<readonly RawMessage[]> {
  let lines = 0;
  for await (const batch of batches) {
    lines += batch.length;
    onRead(lines);
    yield batch;
  }
}
