import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { linesOf, ndjsonMessages } from './ndjson.ts';

const text = (line: Uint8Array): string => Buffer.from(line).toString('utf8');

async function lines(chunks: readonly Buffer[], max = 1_000): Promise<string[]> {
  const found: string[] = [];
  for await (const line of linesOf(
    (async function* () {
      yield* chunks;
    })(),
    max,
  ))
    found.push(text(line));
  return found;
}

describe('linesOf', () => {
  it('finds the same lines however the bytes arrive', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'grapheme' }).filter((s) => !/[\r\n]/.test(s))),
        fc.integer({ min: 1, max: 7 }),
        async (wanted, size) => {
          const bytes = Buffer.from(wanted.map((line) => `${line}\n`).join(''));
          const chunks = [];
          for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
          expect(await lines(chunks)).toEqual(wanted);
        },
      ),
    );
  });

  it('takes \\r\\n, a last line without an end, and cuts what is too long to one byte past the limit', async () => {
    expect(await lines([Buffer.from('a\r\n\r\nb')])).toEqual(['a', '', 'b']);
    expect(await lines([Buffer.from('abcdefgh\nxy\n')], 3)).toEqual(['abcd', 'xy']);
  });
});

describe('ndjsonMessages', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'earshot-ndjson-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  const options = { maxLineBytes: 100, batchLines: 2, stored: () => 7 };

  it('numbers lines as a person would, blank ones included', async () => {
    const file = join(folder, 'events.ndjson');
    writeFileSync(file, '{"a":1}\n\n{"b":2}\n{"c":3}');
    const seen: (readonly [number, string][])[] = [];
    for await (const batch of ndjsonMessages(file, options)) seen.push(batch.map((m) => [m.seq, text(m.data)]));
    expect(seen).toEqual([
      [
        [1, '{"a":1}'],
        [3, '{"b":2}'],
      ],
      [[4, '{"c":3}']],
    ]);
  });

  it('says which file it could not read', async () => {
    const read = async (): Promise<void> => {
      for await (const batch of ndjsonMessages(join(folder, 'none.ndjson'), options)) expect(batch).toEqual([]);
    };
    await expect(read()).rejects.toMatchObject({ code: 'FILE_UNUSABLE' });
  });
});
