import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { judgeHead } from './event-file-kind.ts';

const EVENT = '{"specversion":"1.0","id":"1","data":{"text":"太慢了"}}';
const whole = (content: Buffer | string): unknown => judgeHead(Buffer.from(content), true);
const faultOf = (content: Buffer | string): unknown => (whole(content) as { fault?: string }).fault;
/** As GBK has it. */
const GBK = Buffer.concat([Buffer.from('{"text":"'), Buffer.from([0xcc, 0xab, 0xc2, 0xfd]), Buffer.from('"}\n')]);

describe('the beginning of a file of events', () => {
  it.each([
    ['one event a line', `${EVENT}\n${EVENT}\n`],
    ['a last line without an end', EVENT],
    ['a byte order mark', `\ufeff${EVENT}\n`],
    ['a batch on a line', `[${EVENT},${EVENT}]\n`],
    ['bad lines before a good one', `# a remark\nno event\n${EVENT}\n`],
    ['blank lines first', `\n\r\n${EVENT}\n`],
  ])('is good with %s', (_, content) => {
    expect(whole(content)).toBe('good');
  });

  it.each([
    ['gzip', gzipSync(EVENT), /gzip.*gunzip -c/],
    ['a zip archive', 'PK\x03\x04rest', /zip archive/],
    ['Parquet', 'PAR1rest', /Parquet/],
    ['UTF-16 with a mark', Buffer.from(`\ufeff${EVENT}`, 'utf16le'), /UTF-16.*iconv/],
    ['UTF-16 without a mark', Buffer.from(`${EVENT}\n`, 'utf16le'), /UTF-16/],
    ['GBK', GBK, /not UTF-8.*iconv -f GB18030/],
    ['a JSON list over lines', `[\n${EVENT},\n${EVENT}\n]\n`, /JSON list.*jq -c '\.\[\]'/],
    ['JSON over several lines', JSON.stringify(JSON.parse(EVENT), null, 2), /several lines.*jq -c \./],
    ['CSV', 'id,time,score\n1,2026-03-02,5\n2,2026-03-02,"a,b"\n', /CSV/],
    ['a table of tabs', 'id\ttime\n1\t2026-03-02\n', /CSV/],
    ['XML', '<events><event/></events>', /XML/],
    ['a log', 'hello\nworld\n', /JSON object/],
    ['numbers', '1\n2\n', /JSON object/],
    ['nothing', '', /empty/],
    ['blank lines', '\n\n \n', /empty/],
  ])('says what it is where it is %s', (_, content, fault) => {
    expect(faultOf(content)).toMatch(fault);
  });

  it('waits for more only while it has seen no event and few lines', () => {
    expect(judgeHead(Buffer.from('no event\n'), false)).toBe('more');
    expect(judgeHead(Buffer.from('{"id":'), false)).toBe('more');
    expect(judgeHead(Buffer.from(`no event\n${EVENT}\n`), false)).toBe('good');
    expect(judgeHead(Buffer.from('no event\n'.repeat(20)), false)).toMatchObject({
      fault: expect.anything() as string,
    });
    expect(judgeHead(Buffer.alloc(64 * 1024, '{'), false)).toBe('good');
  });
});
