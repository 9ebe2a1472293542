/**
 * Which words customers use more than before: the share of voices with a word now, against its share before. Exact for the voices it is
 * given. A word that fewer than `LEAST_PERSONS` said is never shown: it may tell who said it.
 */
import { must } from '../must.ts';
import { LEAST_BEFORE, LEAST_PERSONS } from './least-heard.ts';
import type { Voice } from './voice.ts';

export interface RisingWord {
  readonly word: string;
  /** Voices with it now. */
  readonly n: number;
  /** Voices with it before. */
  readonly before: number;
  /** Its share now over that before; null: nobody used it. */
  readonly times: number | null;
}

/** Counts sway by about the root of what is expected; beyond so many of it a word rises. */
const SWAY = 3;
/** A word that is said nearly only within a phrase goes without saying. */
const ONLY_IN_PHRASE = 1.25;

/** The words and phrases of a voice, each once. */
export type TermsOf = (voice: Voice) => Iterable<string>;

/** The most telling first. Empty where too little was heard before. */
export function risingWords(
  now: readonly Voice[],
  before: readonly Voice[],
  most: number,
  terms: TermsOf,
): readonly RisingWord[] {
  if (before.length < LEAST_BEFORE) return [];
  const counts = countOf(now, null, terms);
  const often = new Set([...counts].filter(([, n]) => n >= LEAST_PERSONS).map(([word]) => word));
  const earlier = countOf(before, often, terms);
  const rising = [...often].flatMap((word) => {
    const [n, was] = [must(counts.get(word), 'the count of a word'), earlier.get(word) ?? 0]; // nobody used it
    const expected = (was / before.length) * now.length;
    if (n <= expected + SWAY * Math.sqrt(Math.max(expected, 1))) return [];
    return [{ word, n, before: was, times: was === 0 ? null : n / expected, weight: weightOf(n, expected) }];
  });
  const found = rising.map(({ word }) => word);
  const persons = personsOf(now, found, terms);
  return withoutParts(rising.filter(({ word }) => must(persons.get(word), 'the persons of a word') >= LEAST_PERSONS))
    .sort((a, b) => b.weight - a.weight || (a.word < b.word ? -1 : 1))
    .slice(0, most)
    .map(({ word, n, before: was, times }) => ({ word, n, before: was, times }));
}

/** How surprising so many are (the Poisson deviance): both a large number and a steep rise weigh. */
function weightOf(n: number, expected: number): number {
  const usual = Math.max(expected, 0.5);
  return n * Math.log(n / usual) - (n - usual);
}
/** @param wanted null: all */
function countOf(voices: readonly Voice[], wanted: ReadonlySet<string> | null, terms: TermsOf): Map<string, number> {
  const counts = new Map<string, number>();
  for (const voice of voices) {
    for (const word of terms(voice)) {
      if (wanted === null || wanted.has(word)) counts.set(word, (counts.get(word) ?? 0) + 1); // the first
    }
  }
  return counts;
}
/** Whoever is not known counts as one for each voice. */
function personsOf(voices: readonly Voice[], words: readonly string[], terms: TermsOf): ReadonlyMap<string, number> {
  const who = new Map(words.map((word) => [word, new Set<unknown>()]));
  for (const voice of voices) {
    for (const word of terms(voice)) who.get(word)?.add(voice.who ?? voice); // none is known of it
  }
  return new Map([...who].map(([word, persons]) => [word, persons.size]));
}
function withoutParts<T extends { readonly word: string; readonly n: number }>(rising: readonly T[]): T[] {
  return rising.filter(
    ({ word, n }) => !rising.some((whole) => isPart(word, whole.word) && n <= ONLY_IN_PHRASE * whole.n),
  );
}
function isPart(word: string, phrase: string): boolean {
  return phrase.length > word.length && (phrase.startsWith(word) || phrase.endsWith(word));
}
