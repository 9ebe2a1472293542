/** A CSV file of facts: a key in one column, fields in the others. Looked through as a whole before a row of it is used. */
import { csvRows } from '../../adapters/formats/csv-rows.ts';
import { EngineError } from '../../core/errors.ts';
import { at } from '../../core/must.ts';
import { didYouMean } from '../../core/text/spelling.ts';
import type { Json, JsonObject } from '../../core/types.ts';

export interface FactRow {
  readonly key: string;
  readonly fields: JsonObject;
}

export type ColumnKind = 'text' | 'number' | 'boolean';

export interface FactFile {
  /** Of the fields, by column. */
  readonly kinds: ReadonlyMap<string, ColumnKind>;
  readonly count: number;
  rows(): AsyncGenerator<FactRow>;
}

export interface FactFileOptions {
  /** The column of keys. */
  readonly key: string;
  /** Columns that stay text, whatever they look like. */
  readonly text: readonly string[];
}

const MOST_FAULTS = 20;
const MOST_ROWS = 5_000_000;
const MAX_CELL_CHARS = 4096;
const MAX_KEY_CHARS = 512;
const FIELD = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;
/** Exactly what a number would be written as again: no leading zeros, no more digits than it holds. */
const NUMBER = /^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,9})?$/;
const BOOLEAN = /^(?:true|false)$/;

/** Throws FILE_UNUSABLE with the first faults, each with its line; values are not quoted. */
export async function openFactFile(file: string, options: FactFileOptions): Promise<FactFile> {
  const look = new FirstLook(file, options);
  for await (const { line, cells } of csvRows(file)) {
    look.see(line, cells);
    if (look.faults.length >= MOST_FAULTS) break;
  }
  look.check();
  const { header, count } = look;
  const kinds = look.kinds();
  const keyAt = header.indexOf(options.key);
  return {
    kinds,
    count,
    async *rows() {
      let isHeader = true;
      for await (const { cells } of csvRows(file)) {
        if (isHeader) {
          isHeader = false;
          continue;
        }
        const fields: Record<string, Json> = {};
        header.forEach((name, i) => {
          const cell = cells[i];
          if (i !== keyAt && cell !== undefined && cell !== '') fields[name] = valueOf(cell, kinds.get(name));
        });
        yield { key: at(cells, keyAt).trim(), fields };
      }
    },
  };
}

function valueOf(cell: string, kind: ColumnKind | undefined): Json {
  if (kind === 'number') return Number(cell);
  return kind === 'boolean' ? cell === 'true' : cell;
}

class FirstLook {
  readonly faults: string[] = [];
  readonly #file: string;
  readonly #options: FactFileOptions;
  header: readonly string[] = [];
  count = 0;
  #keyAt = -1;
  /** Lines by key. */
  readonly #lines = new Map<string, number>();
  readonly #isNumber: boolean[] = [];
  readonly #isBoolean: boolean[] = [];
  readonly #hasValue: boolean[] = [];

  constructor(file: string, options: FactFileOptions) {
    this.#file = file;
    this.#options = options;
  }

  see(line: number, cells: readonly string[]): void {
    if (this.header.length === 0) return this.#seeHeader(line, cells);
    const fault = this.#faultOf(cells);
    if (fault !== null) {
      this.faults.push(`line ${line}: ${fault}`);
      return;
    }
    this.#lines.set(at(cells, this.#keyAt).trim(), line);
    this.count += 1;
    cells.forEach((cell, i) => {
      if (cell === '') return;
      this.#hasValue[i] = true;
      if (!NUMBER.test(cell)) this.#isNumber[i] = false;
      if (!BOOLEAN.test(cell)) this.#isBoolean[i] = false;
    });
  }

  #seeHeader(line: number, cells: readonly string[]): void {
    this.header = cells.map((cell) => cell.trim());
    const { key, text } = this.#options;
    this.#keyAt = this.header.indexOf(key);
    const say = (what: string): void => void this.faults.push(`line ${line}: ${what}`);
    if (this.#keyAt < 0)
      say(`there is no column "${key}"${didYouMean(key, this.header)} (there are: ${this.header.join(', ')})`);
    for (const name of text)
      if (!this.header.includes(name)) say(`there is no column "${name}"${didYouMean(name, this.header)}`);
    this.header.forEach((name, i) => {
      if (i !== this.#keyAt && !FIELD.test(name))
        say(`column ${i + 1}, "${name}", is no name of a field: expected letters, digits and _`);
      if (this.header.indexOf(name) < i) say(`there are two columns "${name}"`);
      this.#isNumber[i] = this.#isBoolean[i] = true;
      this.#hasValue[i] = false;
    });
    // Rows cannot be judged by it.
    if (this.faults.length > 0) this.check();
  }

  #faultOf(cells: readonly string[]): string | null {
    if (cells.length !== this.header.length)
      return `it has ${cells.length} fields, the first line has ${this.header.length}`;
    const key = at(cells, this.#keyAt).trim();
    if (key === '') return `its ${this.#options.key} is empty`;
    if (key.length > MAX_KEY_CHARS) return `its ${this.#options.key} is longer than ${MAX_KEY_CHARS} characters`;
    const before = this.#lines.get(key);
    if (before !== undefined) return `its ${this.#options.key} stands in line ${before} already`;
    const long = cells.findIndex((cell) => cell.length > MAX_CELL_CHARS);
    if (long >= 0) return `its ${at(this.header, long)} is longer than ${MAX_CELL_CHARS} characters`;
    return this.count >= MOST_ROWS ? `there are more than ${MOST_ROWS} rows` : null;
  }

  check(): void {
    if (this.header.length === 0) this.faults.push('it is empty: expected a line of column names, then rows');
    if (this.faults.length === 0) return;
    const more = this.faults.length >= MOST_FAULTS ? '\n  and perhaps more' : '';
    throw new EngineError('FILE_UNUSABLE', [this.#file, `\n  ${this.faults.join('\n  ')}${more}`]);
  }

  kinds(): ReadonlyMap<string, ColumnKind> {
    const kinds = new Map<string, ColumnKind>();
    this.header.forEach((name, i) => {
      if (i === this.#keyAt) return;
      const isOpen = this.#hasValue[i] === true && !this.#options.text.includes(name);
      kinds.set(
        name,
        isOpen && this.#isNumber[i] === true ? 'number' : isOpen && this.#isBoolean[i] === true ? 'boolean' : 'text',
      );
    });
    return kinds;
  }
}
