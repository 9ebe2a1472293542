/**
 * How much of a labelled set a masking hides, by kind, and how much of what is not personal it leaves untouched.
 * `cases.ndjson`: one sentence a line, made for Earshot with invented people (values of @faker-js/faker, the example numbers of
 * libphonenumber and generators with valid check digits); nobody real is meant.
 * `written-cases.ndjson`: 671 more, written for Earshot under its licence, with generated values. Rules were adjusted on those of
 * `set: dev`; on those of `set: kept` not before they were committed, and then for seven of them.
 * `held-out-cases.ndjson`: 819 more, of which 634 (`open` and `closed`) were written before the rules were looked at, the `last` when all of
 * them had been mended; card.md has what was found when.
 * `forms-cases.ndjson`: ways to write a number, one sentence each, made by a generator; rules were adjusted on those that are `tuned`.
 */
import { readFileSync } from 'node:fs';

export interface Case {
  /** What it was used for. */
  readonly set?: 'dev' | 'kept' | 'open' | 'closed' | 'last' | 'tuned' | 'unseen';
  readonly kind: string;
  /** How the value is written. */
  readonly form: string;
  /** What must not be readable any more; null: the text must stay as it is. */
  readonly value: string | null;
  readonly text: string;
}
export interface Recall {
  readonly kind: string;
  readonly right: number;
  readonly all: number;
  readonly missed: readonly { readonly one: Case; readonly masked: string }[];
}

export function casesOf(file: URL): readonly Case[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Case);
}

/** One row a kind. `kind: none` counts the texts left as they were. */
export function recallOf(cases: readonly Case[], mask: (text: string) => string): readonly Recall[] {
  const kinds = new Set(cases.map(({ kind }) => kind));
  return [...kinds].map((kind) => {
    const ofKind = cases.filter((one) => one.kind === kind);
    const missed = ofKind.map((one) => ({ one, masked: mask(one.text) })).filter((found) => !isRight(found));
    return { kind, right: ofKind.length - missed.length, all: ofKind.length, missed };
  });
}

function isRight({ one, masked }: { readonly one: Case; readonly masked: string }): boolean {
  return one.value === null ? masked === one.text : isHidden(one.kind, one.value, masked);
}

/** However it is written: no more than half of its letters and digits may still stand in a row (of a mail address: of its name). */
function isHidden(kind: string, value: string, masked: string): boolean {
  const wanted = plain(kind === 'email' ? value.replace(AT_AND_DOMAIN, '') : value);
  const left = plain(masked);
  // Half of a network address stays.
  const most = kind === 'ip' ? 6 : Math.max(wanted.length <= 4 ? 1 : 4, Math.floor(wanted.length / 2));
  if (wanted.length <= most) return !left.includes(wanted);
  for (let at = 0; at + most < wanted.length; at += 1) {
    if (left.includes(wanted.slice(at, at + most + 1))) return false;
  }
  return true;
}

/** The sign, or what people write for it, and all behind it. */
const AT_AND_DOMAIN =
  /(?:\s?[@＠#Ⓐⓐ]|\s?[([{<【（]\s?(?:at|a|艾特|圈a)\s?[)\]}>】）]|%40|&#64;|\s?艾特|\s?圈a|[\s_-](?:at|ät)[\s_-]).*$/isu;

function plain(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}*]/gu, '');
}

/** Of all that is personal, and of all that is not. */
export function totals(rows: readonly Recall[]): { readonly hidden: number; readonly untouched: number } {
  const share = (some: readonly Recall[]): number =>
    some.reduce((sum, { right }) => sum + right, 0) / some.reduce((sum, { all }) => sum + all, 0);
  return {
    hidden: share(rows.filter(({ kind }) => kind !== 'none')),
    untouched: share(rows.filter(({ kind }) => kind === 'none')),
  };
}

export function tableOf(rows: readonly Recall[]): string {
  const { hidden, untouched } = totals(rows);
  const percent = (share: number): string => `${(100 * share).toFixed(1).padStart(5)} %`;
  return [
    ...rows.map(
      ({ kind, right, all }) => `${kind.padEnd(18)} ${String(right).padStart(4)}/${all}  ${percent(right / all)}`,
    ),
    `${'hidden'.padEnd(18)} ${percent(hidden)}`,
    `${'untouched'.padEnd(18)} ${percent(untouched)}`,
  ].join('\n');
}
