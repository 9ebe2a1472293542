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

/** The same in Big5 and windows-1252 (no encoder of the platform writes them). */
const BIG5 = Buffer.concat([
  Buffer.from('id;text\n1;'),
  Buffer.from('b5a5a446a8e2add3a470aec9c1d9a853b065a8eca141a4d3ba43a446', 'hex'), // 等了兩個小時還沒送到，太慢了
]);
const WESTERN = Buffer.from(
  'id;text\n1;sch\xf6n f\xfcr Z\xfcrich; Gr\xf6\xdfe pa\xdft\n'.replace('; ', ', '),
  'latin1',
);
const CUT = Buffer.from('id;text\n1;好的').subarray(0, -1);

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

  it.each([
    ['Big5', BIG5, 'big5', '等了兩個小時還沒送到，太慢了'],
    ['windows-1252', WESTERN, 'windows-1252', 'schön für Zürich, Größe paßt'],
  ])('is read in %s where its bytes pair like that', async (_, bytes, encoding, text) => {
    const read = await table(bytes, { delimiter: ';' });
    expect([read.encoding, read.rows]).toEqual([encoding, [{ line: 2, row: { id: '1', text } }]]);
  });

  it('that broke off within a character of UTF-8 is not read as Chinese', async () => {
    await expect(table(CUT)).rejects.toThrow('it is not UTF-8');
  });

  it('finds the delimiter where every cell stands in quotes', async () => {
    const { delimiter, rows } = await table('\ufeff"a"\t"b"\r\n"1"\t"2, 3"\r\n');
    expect([delimiter, rows]).toEqual(['\t', [{ line: 2, row: { a: '1', b: '2, 3' } }]]);
  });

  it("takes Excel's own first line for what it is", async () => {
    for (const hint of ['sep=;', '\ufeffsep=;', '"sep=;"']) {
      const { delimiter, columns, rows } = await table(`${hint}\r\na;b\r\n1,5;2\r\n`);
      expect([delimiter, columns, rows]).toEqual([';', ['a', 'b'], [{ line: 3, row: { a: '1,5', b: '2' } }]]);
    }
  });

  it('reads line ends of several kinds in one file, those within quotes as they are', async () => {
    const { rows } = await table('a,b\r\n1,x\n2,"y\r\nz"\r3,w');
    expect(rows).toMatchObject([
      { row: { a: '1', b: 'x' } },
      { row: { a: '2', b: 'y\r\nz' } },
      { row: { a: '3', b: 'w' } },
    ]);
  });

  it('keeps a quote that stands in the middle of a cell, and goes on', async () => {
    const { rows } = await table('a,b\n1,a 5" screen\n2,"he said "no" twice"\n3,ok\n');
    expect(rows.map((one) => ('row' in one ? one.row['b'] : one.fault))).toEqual([
      'a 5" screen',
      expect.stringMatching(/he said "no" twice/),
      'ok',
    ]);
  });

  it('passes over rows whose cells were emptied', async () => {
    expect((await table('a,b\n,\n  ,\n\n1,2\n   \n')).rows).toEqual([{ line: 5, row: { a: '1', b: '2' } }]);
  });

  it('takes no space of any width for a part of a name', async () => {
    expect((await table('id\u00a0,\u3000time,text\u200b\n1,2,3\n')).columns).toEqual(['id', 'time', 'text']);
  });

  it('says on which line a quote was opened that is never closed', async () => {
    const rows = Array.from({ length: 100 }, (_, i) => `${i},x\n`).join('');
    await expect(table(`a,b\n${rows}100,"y\n${rows}`)).rejects.toThrow('line 102: a quote is opened and never closed');
  });

  it('of many chunks is read with no more listeners than one', async () => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error): void => void warnings.push(warning);
    process.on('warning', onWarning);
    const { rows } = await table(`a,b\n${'12345678,abcdefgh\n'.repeat(60_000)}`);
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', onWarning);
    expect([rows.length, warnings]).toEqual([60_000, []]);
  });

  it.each([
    ['a workbook', Buffer.from('PK\x03\x04xl/workbook.xml'), 'it is a workbook'],
    ['an old workbook', Buffer.from('d0cf11e0a1b11ae1', 'hex'), 'it is an Excel workbook (.xls)'],
    ['a web page', '\ufeff<html><table><tr><td>id', 'it is a web page'],
    ['XML', '<?xml version="1.0"?><Workbook>', 'it is a web page or XML'],
    ['a PDF', '%PDF-1.7', 'it is a PDF'],
  ])('is not %s, which is named', async (_, bytes, said) => {
    await expect(table(bytes)).rejects.toThrow(said);
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
