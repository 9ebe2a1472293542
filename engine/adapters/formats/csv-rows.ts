/** Rows of a CSV file (RFC 4180: quotes, line breaks within them, a BOM), one at a time, with their lines. */
import { open } from 'node:fs/promises';
import { CsvError, parse, type CsvErrorCode } from 'csv-parse';
import { EngineError, reasonOf } from '../../core/errors.ts';

export interface CsvRow {
  /** On which it ends. */
  readonly line: number;
  readonly cells: readonly string[];
}

export interface CsvForm {
  /** Of columns. */
  readonly delimiter: string;
  /** As TextDecoder names it. */
  readonly encoding: string;
  readonly maxRowChars: number;
}

const MAX_ROW_CHARS = 65_536;
const USUAL: CsvForm = { delimiter: ',', encoding: 'utf-8', maxRowChars: MAX_ROW_CHARS };
const UTF16 = /^(?:\xff\xfe|\xfe\xff)/;
const GZIP = /^\x1f\x8b/;

/** Throws FILE_UNUSABLE, with the line; what stands there is not quoted. */
export async function* csvRows(file: string, form: CsvForm = USUAL): AsyncGenerator<CsvRow> {
  const unusable = (why: string, cause?: unknown): EngineError =>
    new EngineError('FILE_UNUSABLE', [file, why], { cause });
  const handle = await open(file).catch((thrown: unknown) => {
    throw unusable(reasonOf(thrown), thrown);
  });
  try {
    if ((await handle.stat()).isDirectory()) throw unusable('it is a folder: name a file in it');
    const start = Buffer.alloc(4);
    await handle.read(start, 0, 4, 0);
    const magic = start.toString('latin1');
    if (GZIP.test(magic)) throw unusable('it is gzip: unpack it first (gunzip)');
    if (UTF16.test(magic) && !form.encoding.startsWith('utf-16')) throw unusable('it is UTF-16: save it as UTF-8');
    const parser = parse({
      bom: true,
      info: true,
      relax_column_count: true,
      delimiter: form.delimiter,
      max_record_size: form.maxRowChars,
      skip_empty_lines: true,
    });
    const writing = writeAll(handle.createReadStream({ autoClose: false, start: 0 }), parser, form.encoding);
    writing.catch((thrown: unknown) => parser.destroy(thrown instanceof Error ? thrown : new Error(String(thrown))));
    let line = 0;
    try {
      for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
        line = info.lines;
        yield { line, cells: record };
      }
    } catch (thrown) {
      throw unusable(faultOf(thrown, line, form), thrown);
    } finally {
      parser.destroy();
    }
  } finally {
    await handle.close();
  }
}

async function writeAll(
  bytes: AsyncIterable<Uint8Array>,
  parser: ReturnType<typeof parse>,
  encoding: string,
): Promise<void> {
  const decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
  for await (const chunk of bytes) {
    if (parser.destroyed) return;
    if (!parser.write(decoder.decode(chunk, { stream: true })))
      await new Promise<void>((resolve) => {
        parser.once('drain', resolve);
        parser.once('close', resolve);
      });
  }
  parser.end(decoder.decode());
}

const WORDS: Partial<Record<CsvErrorCode, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'a quote is opened and never closed',
  CSV_INVALID_CLOSING_QUOTE: 'something follows a closing quote: a quote within quotes is written twice',
  INVALID_OPENING_QUOTE: 'a quote stands within a field: put the field in quotes, and write the quote twice',
};

function faultOf(thrown: unknown, before: number, { encoding, maxRowChars }: CsvForm): string {
  if (!(thrown instanceof CsvError)) {
    return thrown instanceof TypeError
      ? `after line ${before}: it is not ${encoding === 'utf-8' ? 'UTF-8 (perhaps GBK: iconv -f GBK -t UTF-8)' : encoding}`
      : reasonOf(thrown);
  }
  const line = typeof thrown['lines'] === 'number' ? thrown['lines'] : before + 1;
  if (thrown.code === 'CSV_MAX_RECORD_SIZE')
    return `line ${line}: a row is longer than ${maxRowChars} characters: perhaps a quote is not closed`;
  return `line ${line}: ${WORDS[thrown.code] ?? `it is no CSV (${thrown.code})`}`;
}
