import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { RawMessage } from '../../core/types.ts';
import { sortedByTime } from './sort-by-time.ts';
import { notNewestFirst } from './time-order.ts';

const folder = mkdtempSync(join(tmpdir(), 'earshot-sorting-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const START = Date.UTC(2026, 2, 2);
const lineAt = (minute: number | null): string =>
  minute === null ? 'no event' : JSON.stringify({ time: new Date(START + minute * 60_000).toISOString() });

async function* batchesOf(minutes: readonly (number | null)[], size = 3): AsyncGenerator<readonly RawMessage[]> {
  const messages = minutes.map((minute, i) => ({
    ...{ subject: 's', headers: {}, stored: 0, seq: i + 1 },
    data: Buffer.from(lineAt(minute)),
  }));
  for (let i = 0; i < messages.length; i += size) yield await Promise.resolve(messages.slice(i, i + size));
}

async function sorted(
  minutes: readonly (number | null)[],
  options: Parameters<typeof sortedByTime>[2],
): Promise<{ seq: number; line: string }[]> {
  const found: { seq: number; line: string }[] = [];
  for await (const batch of sortedByTime('x', batchesOf(minutes), { folder, ...options }))
    for (const { seq, data } of batch) found.push({ seq, line: Buffer.from(data).toString() });
  return found;
}

describe('sorting a file by time', () => {
  it('gives every line once, in order and stable, with its number, whatever fits into memory', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constant(null)), { maxLength: 40 }),
        fc.integer({ min: 1, max: 1000 }),
        async (minutes, memoryBytes) => {
          const expected = minutes
            .map((minute, i) => ({ minute: minute ?? -1, seq: i + 1, line: lineAt(minute) }))
            .sort((a, b) => a.minute - b.minute || a.seq - b.seq)
            .map(({ seq, line }) => ({ seq, line }));
          expect(await sorted(minutes, { memoryBytes })).toEqual(expected);
        },
      ),
      { numRuns: 60 },
    );
    expect(readdirSync(folder), 'temporary files are gone').toEqual([]);
  });

  it('refuses what is larger than it may be, and leaves nothing behind', async () => {
    const many = Array.from({ length: 30 }, (_, i) => 30 - i);
    await expect(sorted(many, { memoryBytes: 1, maxRuns: 4 })).rejects.toMatchObject({ code: 'FILE_UNUSABLE' });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('says which folder cannot hold its temporary files', async () => {
    await expect(sorted([2, 1], { memoryBytes: 1, folder: join(folder, 'none') })).rejects.toThrow(/none/);
  });
});

describe('a file that is sorted newest first', () => {
  const read = async (minutes: readonly (number | null)[], graceMs = 62_000): Promise<number> => {
    let count = 0;
    for await (const batch of notNewestFirst('calls.ndjson', batchesOf(minutes), graceMs)) count += batch.length;
    return count;
  };

  it.each([
    ['three events', [500, 300, 10]],
    ['events of one minute among them', [9, 9, 7, 7, 5, 3, 1]],
    ['lines that are no events among them', [9, null, 7, null, 5]],
    ['one step forward in ten', [90, 80, 70, 71, 60, 50, 40, 30, 20, 10, 5, 4]],
  ])('is noticed: %s', async (_, minutes) => {
    await expect(read(minutes)).rejects.toThrow(/calls\.ndjson: its events come newest first.*--sort/);
  });

  it.each([
    ['in order', [1, 2, 3, 4]],
    ['in no order', [5, 1, 4, 2, 3]],
    ['two events', [9, 1]],
    ['less apart than events may be late', [1, 0.6, 0.3, 0.1]],
    ['of one time', [3, 3, 3]],
    ['without times', [null, null, null]],
  ])('is not seen in one %s', async (_, minutes) => {
    expect(await read(minutes)).toBe(minutes.length);
  });

  it('is noticed before all of a long one was read', async () => {
    let read = 0;
    const counted = (async function* () {
      for await (const batch of batchesOf(Array.from({ length: 5_000 }, (_, i) => 5_000 - i))) {
        read += batch.length;
        yield batch;
      }
    })();
    await expect(
      (async () => {
        for await (const batch of notNewestFirst('x', counted, 0)) expect(batch.length).toBeGreaterThan(0);
      })(),
    ).rejects.toThrow(/newest first/);
    expect(read).toBeLessThan(1_010);
  });
});
