import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openCsvTable, type TableRow } from './csv-table.ts';

const folder = mkdtempSync(join(tmpdir(), 'earshot-csv-table-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function table(bytes: Uint8Array | string, given: { delimiter?: string; encoding?: string } = {}) {
  const file = join(folder, 't.csv');
  writeFileSync(file, bytes);
  const open = await openCsvTable(file, { delimiter: given.delimiter ?? null, encoding: given.encoding ?? null });
  const rows: TableRow[] = [];
  for await (const row of open.rows()) rows.push(row);
  return { encoding: open.encoding, delimiter: open.delimiter, columns: open.columns, rows };
}

/** 工单;评分 / 一;5 in GBK. */
const GBK = Buffer.from('b9a4b5a53bc6c0b7d60ad2bb3b350a', 'hex');
const TEXT = '工单;评分\n一;5\n';

describe('a CSV file as a table', () => {
  it.each([
    ['UTF-8', Buffer.from(TEXT), 'utf-8'],
    ['UTF-8 with a mark', Buffer.from(`\ufeff${TEXT}`), 'utf-8'],
    ['GBK', GBK, 'gb18030'],
    ['UTF-16 with a mark', Buffer.from(`\ufeff${TEXT}`, 'utf16le'), 'utf-16le'],
    ['UTF-16, big-endian', Buffer.from(`\ufeff${TEXT}`, 'utf16le').swap16(), 'utf-16be'],
    ['UTF-16 of ASCII without a mark', Buffer.from('a;b\nc;d\n', 'utf16le'), 'utf-16le'],
  ])('is read in %s, which is found', async (_, bytes, encoding) => {
    const read = await table(bytes);
    expect([read.encoding, read.delimiter]).toEqual([encoding, ';']);
    const [first, second] = read.columns as [string, string];
    expect(read.rows).toEqual([
      { line: 2, row: { [first]: expect.any(String) as string, [second]: expect.any(String) as string } },
    ]);
    if (encoding !== 'utf-16le' || bytes.length > 20)
      expect(read.rows).toEqual([{ line: 2, row: { 工单: '一', 评分: '5' } }]);
  });

  it('finds the delimiter that divides all rows, not one within quotes', async () => {
    expect((await table('a;b\n"1,2,3";x\n"4,5,6";y\n')).delimiter).toBe(';');
    expect((await table('a\tb\n1,5\t2\n')).delimiter).toBe('\t');
    expect((await table('a|b\n1|2\n')).delimiter).toBe('|');
    expect((await table('a\n1\n')).delimiter).toBe(',');
    expect((await table('a,b;c\n1,2;3\n', { delimiter: ',' })).columns).toEqual(['a', 'b;c']);
  });

  it('trims names and cells, numbers names that repeat or lack, and fills empty cells at the end', async () => {
    const { columns, rows } = await table(' a ,b,b,\n x ,"y ""z""",w\n');
    expect(columns).toEqual(['a', 'b', 'b 2', 'column 4']);
    expect(rows).toEqual([{ line: 2, row: { a: 'x', b: 'y "z"', 'b 2': 'w', 'column 4': '' } }]);
  });

  it('hands a row that does not fit on as a fault with its line, and goes on', async () => {
    const { rows } = await table('a,b\n1,2,3\n"x\ny",2\nalone\n1,2\n');
    expect(rows).toEqual([
      { line: 2, fault: expect.stringContaining('it has 3 fields, the first line has 2: put a field') as string },
      { line: 4, row: { a: 'x\ny', b: '2' } },
      { line: 5, fault: expect.stringContaining('it has 1 fields') as string },
      { line: 6, row: { a: '1', b: '2' } },
    ]);
  });

  it.each([
    ['', 'it is empty'],
    ['a,b\n"1,2\n', 'a quote is opened and never closed'],
  ])('%j is no table: it says so', async (text, said) => {
    await expect(table(text)).rejects.toThrow(said);
  });
});
