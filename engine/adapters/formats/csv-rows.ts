/** Rows of a CSV file (RFC 4180: quotes, line breaks within them, a BOM), one at a time, with their lines. */
import { open } from 'node:fs/promises';
import type { CsvError, Parser } from 'csv-parse';
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
/** What is no text at all, and how to make a table of it. */
const OTHER_FILES: readonly (readonly [begins: RegExp, why: string])[] = [
  [/^\x1f\x8b/, 'it is gzip: unpack it first (gunzip)'],
  [/^PK\x03\x04/, 'it is a workbook (.xlsx, .ods) or a zip file: save the sheet as CSV (UTF-8), or unpack it first'],
  [/^\xd0\xcf\x11\xe0/, 'it is an Excel workbook (.xls): save the sheet as CSV (UTF-8)'],
  [/^%PDF/, 'it is a PDF: export a CSV file'],
  [
    /^(?:\xef\xbb\xbf)?\s*<(?:!|\?xml|html|table|meta)/i,
    'it is a web page or XML, as some tools call .xls: open it in a spreadsheet, and save it as CSV (UTF-8)',
  ],
];
const MAGIC_BYTES = 64;
/** Files of several tools put together have several. */
const LINE_ENDS = ['\r\n', '\n', '\r'];

/** Throws FILE_UNUSABLE, with the line; what stands there is not quoted. */
export async function* csvRows(file: string, form: CsvForm = USUAL): AsyncGenerator<CsvRow> {
  const unusable = (why: string, cause?: unknown): EngineError =>
    new EngineError('FILE_UNUSABLE', [file, why], { cause });
  const handle = await open(file).catch((thrown: unknown) => {
    throw unusable(reasonOf(thrown), thrown);
  });
  try {
    if ((await handle.stat()).isDirectory()) throw unusable('it is a folder: name a file in it');
    const start = Buffer.alloc(MAGIC_BYTES);
    const { bytesRead } = await handle.read(start, 0, MAGIC_BYTES, 0);
    const magic = start.toString('latin1', 0, bytesRead);
    for (const [begins, why] of OTHER_FILES) if (begins.test(magic)) throw unusable(why);
    if (UTF16.test(magic) && !form.encoding.startsWith('utf-16')) throw unusable('it is UTF-16: save it as UTF-8');
    let parsedTo = 0;
    // Loaded with the first table: most runs read none.
    const csv = await import('csv-parse');
    const parser = csv.parse({
      bom: true,
      info: true,
      relax_column_count: true,
      relax_quotes: true, // people write 5" and forget to double it: one cell must not end a file
      record_delimiter: LINE_ENDS,
      on_record: (record: string[], { lines }) => {
        parsedTo = lines;
        return record;
      },
      delimiter: form.delimiter,
      max_record_size: form.maxRowChars,
      skip_empty_lines: true,
    });
    const writing = writeAll(handle.createReadStream({ autoClose: false, start: 0 }), parser, form.encoding);
    writing.catch((thrown: unknown) => parser.destroy(thrown instanceof Error ? thrown : new Error(String(thrown))));
    try {
      for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>)
        yield { line: info.lines, cells: record };
    } catch (thrown) {
      throw unusable(faultOf(thrown, parsedTo, form, thrown instanceof csv.CsvError ? thrown : null), thrown);
    } finally {
      parser.destroy();
    }
  } finally {
    await handle.close();
  }
}

async function writeAll(bytes: AsyncIterable<Uint8Array>, parser: Parser, encoding: string): Promise<void> {
  const decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
  for await (const chunk of bytes) {
    if (parser.destroyed) return;
    if (!parser.write(decoder.decode(chunk, { stream: true }))) await drained(parser);
  }
  parser.end(decoder.decode());
}

/** Or closed. */
async function drained(parser: Parser): Promise<void> {
  await new Promise<void>((resolve) => {
    const goOn = (): void => {
      parser.off('drain', goOn).off('close', goOn);
      resolve();
    };
    parser.on('drain', goOn).on('close', goOn);
  });
}

/** `before`: the line on which the last good row ends. */
function faultOf(
  thrown: unknown,
  before: number,
  { encoding, maxRowChars }: CsvForm,
  ofTable: CsvError | null,
): string {
  if (ofTable === null) {
    return thrown instanceof TypeError
      ? `after line ${before}: it is not ${encoding === 'utf-8' ? 'UTF-8 (perhaps GBK: iconv -f GBK -t UTF-8; of a source: encoding: gb18030)' : encoding}`
      : reasonOf(thrown);
  }
  // The line that the error names is where the file ended, or the patience.
  const line = before + 1;
  if (ofTable.code === 'CSV_MAX_RECORD_SIZE')
    return `line ${line}: a row is longer than ${maxRowChars} characters: perhaps a quote is not closed`;
  if (ofTable.code === 'CSV_QUOTE_NOT_CLOSED') return `line ${line}: a quote is opened and never closed`;
  return `line ${line}: it is no CSV (${ofTable.code})`;
}
