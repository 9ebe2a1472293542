/** Reading single values of a configuration that may hold anything: a wrong one is a fault, and its default goes on. */
import type { Millis } from '../../engine/core/types.ts';
import { BYTES_PATTERN, DURATION_PATTERN } from './config-schema-forms.ts';

/** What people read, in each language. */
export type Titles = { readonly 'zh-CN': string; readonly en: string };

export type Path = readonly (string | number)[];

/** What is wrong at one place. `message` says what was found and what was expected, and quotes no secret. */
export interface Fault {
  readonly at: Path;
  readonly message: string;
}

const DURATION = new RegExp(DURATION_PATTERN);
const MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `250ms`, `5s`, `15m`, `1h`, `7d` in ms; 0 for the number 0; undefined for anything else. */
export function durationMs(value: unknown): Millis | undefined {
  if (value === 0) return 0;
  if (typeof value !== 'string') return undefined;
  const unit = DURATION.exec(value)?.[1];
  if (unit === undefined) return undefined;
  const ms = Number.parseInt(value, 10) * (MS[unit] ?? Number.NaN);
  return Number.isSafeInteger(ms) ? ms : undefined;
}

const UNITS: readonly (readonly [string, number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
];
/** The shortest way to write it: 90000 → `90s`, 900000 → `15m`. */
export function durationText(ms: Millis): string {
  for (const [unit, size] of UNITS) if (ms !== 0 && ms % size === 0) return `${ms / size}${unit}`;
  return ms === 0 ? '0s' : `${ms}ms`;
}

const BYTES = new RegExp(BYTES_PATTERN);
const SIZES: Readonly<Record<string, number>> = {
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
};

/** `256KiB`, `10GB` or a number of bytes; undefined for anything else. */
export function byteCount(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value > 0 ? value : undefined;
  if (typeof value !== 'string') return undefined;
  const unit = BYTES.exec(value)?.[1];
  const bytes = unit === undefined ? Number.NaN : Number.parseInt(value, 10) * (SIZES[unit] ?? Number.NaN);
  return Number.isSafeInteger(bytes) && bytes > 0 ? bytes : undefined;
}

/** A map of the configuration with its place. What has the wrong type reads as absent: the schema has named it. */
export class Section {
  readonly at: Path;
  readonly #map: Readonly<Record<string, unknown>>;

  constructor(value: unknown, at: Path) {
    this.#map = typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
    this.at = at;
  }
  raw(name: string): unknown {
    return Object.hasOwn(this.#map, name) ? this.#map[name] : undefined;
  }
  has(name: string): boolean {
    const value = this.raw(name);
    return value !== undefined && value !== null;
  }
  names(): readonly string[] {
    return Object.keys(this.#map);
  }
  path(...steps: (string | number)[]): Path {
    return [...this.at, ...steps];
  }
  section(name: string): Section {
    return new Section(this.raw(name), this.path(name));
  }
  sections(name: string): readonly Section[] {
    return this.list(name).map((item, i) => new Section(item, [...this.at, name, i]));
  }
  list(name: string): readonly unknown[] {
    const value = this.raw(name);
    return Array.isArray(value) ? (value as readonly unknown[]) : [];
  }
  strings(name: string): readonly string[] {
    return this.list(name).filter((item) => typeof item === 'string');
  }
  text<T>(name: string, initial: T): string | T {
    const value = this.raw(name);
    return typeof value === 'string' ? value : initial;
  }
  number<T>(name: string, initial: T): number | T {
    const value = this.raw(name);
    return typeof value === 'number' && Number.isFinite(value) ? value : initial;
  }
  flag(name: string, initial: boolean): boolean {
    const value = this.raw(name);
    return typeof value === 'boolean' ? value : initial;
  }
  choice<T extends string>(name: string, values: readonly T[], initial: T): T {
    return values.find((value) => value === this.raw(name)) ?? initial;
  }
  durationMs(name: string, initial: Millis): Millis {
    return durationMs(this.raw(name)) ?? initial;
  }
  bytes(name: string, initial: number): number {
    return byteCount(this.raw(name)) ?? initial;
  }
  /** `true` and `"true"` alike. */
  expression<T>(name: string, initial: T): string | T {
    const value = this.raw(name);
    return typeof value === 'string' ? value : typeof value === 'boolean' ? String(value) : initial;
  }
  titles(name: string, initial: string): Titles {
    const value = this.raw(name);
    if (typeof value === 'string') return { 'zh-CN': value, en: value };
    const both = this.section(name);
    const en = both.text('en', initial);
    return { 'zh-CN': both.text('zh-CN', en), en };
  }
}
