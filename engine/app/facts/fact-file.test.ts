import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { openFactFile, type FactRow } from './fact-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'earshot-facts-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = join(folder, 'customers.csv');
async function read(content: string | Uint8Array, text: readonly string[] = []) {
  writeFileSync(file, content);
  const opened = await openFactFile(file, { key: 'id', text });
  const rows: FactRow[] = [];
  for await (const row of opened.rows()) rows.push(row);
  return { rows, count: opened.count, kinds: Object.fromEntries(opened.kinds) };
}

describe('a file of facts', () => {
  it('with a BOM, quotes, line breaks within them, and empty cells is read as it is meant', async () => {
    const { rows, count, kinds } = await read(
      '\ufeffid,tier,spend,is_new,code,note\r\nc1,vip,12000.5,true,007,"a ""quoted"",\nnote"\r\n\r\nc2,,0,false,12,\r\n',
    );
    expect(rows).toEqual([
      { key: 'c1', fields: { tier: 'vip', spend: 12_000.5, is_new: true, code: '007', note: 'a "quoted",\nnote' } },
      { key: 'c2', fields: { spend: 0, is_new: false, code: '12' } },
    ]);
    expect([count, kinds]).toEqual([
      2,
      { tier: 'text', spend: 'number', is_new: 'boolean', code: 'text', note: 'text' },
    ]);
  });

  it('keeps text what is to stay text, and ids as they are', async () => {
    expect(await read('id,store\n0012,7\n', ['store'])).toMatchObject({
      rows: [{ key: '0012', fields: { store: '7' } }],
    });
  });

  it.each([
    ['nothing', '', /it is empty/],
    ['another key', 'customer,tier\nc1,vip\n', /line 1: there is no column "id".*there are: customer, tier/],
    ['a column in Chinese', 'id,等级\nc1,vip\n', /line 1: column 2, "等级", is no name of a field/],
    ['a column twice', 'id,tier,tier\nc1,a,b\n', /line 1: there are two columns "tier"/],
    ['a row that is too short', 'id,tier\nc1,vip\nc2\n', /line 3: it has 1 fields, the first line has 2/],
    ['a key twice', 'id,tier\nc1,a\nc2,b\nc1,c\n', /line 4: its id stands in line 2 already/],
    ['no key', 'id,tier\n,vip\n', /line 2: its id is empty/],
    ['a quote that is never closed', 'id,tier\nc1,"vip\nc2,x\n', /line \d: a quote is opened and never closed/],
    ['gzip', gzipSync('id,tier\n'), /it is gzip: unpack it first/],
    [
      'GBK',
      Buffer.concat([Buffer.from('id,tier\nc1,'), Buffer.from([0xb9, 0xf3, 0xb1, 0xf6, 0x0a])]),
      /it is not UTF-8 \(perhaps GBK/,
    ],
    ['UTF-16', Buffer.from('\ufeffid,tier\n', 'utf16le'), /it is UTF-16/],
  ])('with %s is refused, with its line', async (_what, content, message) => {
    await expect(read(content)).rejects.toThrow(message);
  });

  it('has quotes that enclose no whole value as they stand', async () => {
    expect(await read('id,tier\nc1,"vip"x\n')).toMatchObject({ rows: [{ key: 'c1', fields: { tier: '"vip"x' } }] });
  });

  it('names several faults at once, and quotes no value', async () => {
    const thrown: unknown = await read('id,tier\nc1\nc2,vip,13800138000\n,x\n').catch((error: unknown) => error);
    expect(String(thrown)).toMatch(/line 2: .*\n.*line 3: .*\n.*line 4: /);
    expect(String(thrown)).not.toMatch(/13800138000|vip/);
  });

  it('that is not there is refused', async () => {
    await expect(openFactFile(join(folder, 'none.csv'), { key: 'id', text: [] })).rejects.toThrow(
      /cannot use .*none\.csv/,
    );
  });
});
