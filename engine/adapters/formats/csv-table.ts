/**
 * A CSV file as a table: its encoding and delimiter as they are found or given, its columns by name, its rows one at a time. A row
 * that does not fit the columns is handed on as a fault with its line and how to mend it; the others go on.
 */
import { Buffer } from 'node:buffer';
import { open } from 'node:fs/promises';
import { EngineError, reasonOf } from '../../core/errors.ts';
import { at } from '../../core/must.ts';
import { csvRows, type CsvForm, type CsvRow } from './csv-rows.ts';
import { encodingOf, LOOKED_AT_BYTES } from './text-encoding.ts';

export interface CsvTableOptions {
  /** null: the one that divides the first rows best. */
  readonly delimiter: string | null;
  /** null: it is found. */
  readonly encoding: string | null;
}

export type TableRow =
  | { readonly line: number; readonly row: Readonly<Record<string, string>> }
  | { readonly line: number; readonly fault: string };

export interface CsvTable {
  readonly encoding: string;
  readonly delimiter: string;
  readonly columns: readonly string[];
  rows(): AsyncGenerator<TableRow>;
}

const DELIMITERS = [',', ';', '\t', '|'];
const SAMPLE_CHARS = 64 * 1024;
const SAMPLE_ROWS = 20;
const MAX_ROW_CHARS = 1024 * 1024;
/** Excel's own first line, which names the delimiter. */
const EXCEL_HINT = /^\ufeff?"?sep=([,;|\t])"?\r?(?:\n|$)/i;
/** Around names; spaces that have no width come along where names are copied from web pages. */
const OUTER_SPACE = /^[\s\ufeff\u200b-\u200d\u2060]+|[\s\ufeff\u200b-\u200d\u2060]+$/g;

/** Throws FILE_UNUSABLE where it is no table at all. */
export async function openCsvTable(file: string, options: CsvTableOptions): Promise<CsvTable> {
  const { head, isWhole } = await headOf(file);
  const encoding = options.encoding ?? encodingOf(head, isWhole);
  const start = new TextDecoder(encoding).decode(head).slice(0, SAMPLE_CHARS);
  const hinted = EXCEL_HINT.exec(start)?.[1];
  const delimiter = options.delimiter ?? hinted ?? delimiterOf(start);
  const form = { delimiter, encoding, maxRowChars: MAX_ROW_CHARS };
  const columns = columnNames(await headerOf(file, form, hinted !== undefined));
  return {
    ...{ encoding, delimiter, columns },
    async *rows() {
      let toSkip = hinted === undefined ? 1 : 2;
      for await (const { line, cells } of filledRows(file, form)) {
        if (toSkip === 0) yield rowOf(line, cells, columns);
        else toSkip -= 1;
      }
    },
  };
}

async function headerOf(file: string, form: CsvForm, isHinted: boolean): Promise<readonly string[]> {
  let isHint = isHinted;
  for await (const { cells } of filledRows(file, form)) {
    if (!isHint) return cells;
    isHint = false;
  }
  throw new EngineError('FILE_UNUSABLE', [file, 'it is empty: expected a line of column names, then rows']);
}

/** Spreadsheets write rows whose cells were emptied, too. */
async function* filledRows(file: string, form: CsvForm): AsyncGenerator<CsvRow> {
  for await (const row of csvRows(file, form)) if (row.cells.some((cell) => cell.trim() !== '')) yield row;
}

async function headOf(file: string): Promise<{ readonly head: Buffer; readonly isWhole: boolean }> {
  try {
    const handle = await open(file);
    try {
      if ((await handle.stat()).isDirectory()) throw new Error('it is a folder: name a file in it');
      const buffer = Buffer.alloc(LOOKED_AT_BYTES);
      const { bytesRead } = await handle.read(buffer, 0, LOOKED_AT_BYTES, 0);
      return { head: buffer.subarray(0, bytesRead), isWhole: bytesRead < LOOKED_AT_BYTES };
    } finally {
      await handle.close();
    }
  } catch (thrown) {
    throw new EngineError('FILE_UNUSABLE', [file, reasonOf(thrown)], { cause: thrown });
  }
}

/** The one that stands equally often, and most often, in the first lines; those within quotes do not count. */
function delimiterOf(text: string): string {
  const rows = text
    .replace(/"[^"]*"/g, 'quoted')
    .split(/\r?\n/)
    .filter((row) => row.trim() !== '')
    .slice(0, SAMPLE_ROWS);
  const scored = DELIMITERS.map((delimiter) => {
    const counts = rows.map((row) => row.split(delimiter).length - 1);
    const least = Math.min(...counts);
    return { delimiter, score: least > 0 ? least + (counts.every((count) => count === counts[0]) ? 1000 : 0) : 0 };
  });
  const best = scored.reduce((a, b) => (b.score > a.score ? b : a));
  return best.score > 0 ? best.delimiter : ',';
}

/** Trimmed; a second column of one name is numbered, one without a name too. */
function columnNames(cells: readonly string[]): readonly string[] {
  const seen = new Map<string, number>();
  return cells.map((cell, i) => {
    const name = cell.replace(OUTER_SPACE, '') || `column ${i + 1}`;
    const count = (seen.get(name) ?? 0) + 1; // none before
    seen.set(name, count);
    return count === 1 ? name : `${name} ${count}`;
  });
}

function rowOf(line: number, cells: readonly string[], columns: readonly string[]): TableRow {
  if (cells.length > columns.length || (cells.length < columns.length && cells.length === 1)) {
    const mend = 'put a field that holds the delimiter or a line break in quotes, or name the delimiter';
    return { line, fault: `it has ${cells.length} fields, the first line has ${columns.length}: ${mend}` };
  }
  // Spreadsheets leave out empty cells at the end.
  const row: Record<string, string> = {};
  columns.forEach((name, i) => {
    if (name !== '__proto__') row[name] = i < cells.length ? at(cells, i).trim() : '';
  });
  return { line, row };
}
