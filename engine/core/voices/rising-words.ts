/**
 * Which words customers use more than before: the share of voices with a word now, against its share before. Exact for the voices it is
 * given. A word that fewer than `LEAST_PERSONS` said is never shown: it may tell who said it. In steps, and in time and memory that grow
 * with what was said alone: others may write their texts so that each word rises.
 */
import { fnv1a, spread } from '../hash.ts';
import { byteAt, must } from '../must.ts';
import type { Steps } from '../steps/steps.ts';
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

interface Weighed extends RisingWord {
  readonly weight: number;
}

/** The most telling first. Empty where too little was heard before. */
export function* risingWords(
  now: readonly Voice[],
  before: readonly Voice[],
  most: number,
  terms: TermsOf,
): Steps<readonly RisingWord[]> {
  if (before.length < LEAST_BEFORE) return [];
  const seldom = yield* seldomIn(now, terms);
  const counts = yield* countOf(now, terms, (word) => !seldom(word));
  const earlier = yield* countOf(before, terms, (word) => (counts.get(word) ?? 0) >= LEAST_PERSONS); // nobody says it now
  const rising = new Map<string, Weighed>();
  for (const [word, n] of counts) {
    yield;
    if (n < LEAST_PERSONS) continue;
    const was = earlier.get(word) ?? 0; // nobody used it
    const expected = (was / before.length) * now.length;
    if (n <= expected + SWAY * Math.sqrt(Math.max(expected, 1))) continue;
    const times = was === 0 ? null : n / expected;
    rising.set(word, { word, n, before: was, times, weight: weightOf(n, expected) });
  }
  yield* withoutFew(rising, now, terms);
  const wholes = yield* wholesOf(rising.values());
  let best: Weighed[] = [];
  for (const one of rising.values()) {
    yield;
    const whole = wholes.get(one.word) ?? 0; // part of none
    if (one.n <= ONLY_IN_PHRASE * whole) continue;
    best.push(one);
    // Now and then, not with each: sorting costs.
    if (best.length > 4 * most + 64) best = heaviest(best, most);
  }
  return heaviest(best, most).map(({ word, n, before: was, times }) => ({ word, n, before: was, times }));
}

function heaviest(words: readonly Weighed[], most: number): Weighed[] {
  return words.toSorted((a, b) => b.weight - a.weight || (a.word < b.word ? -1 : 1)).slice(0, most);
}

/** How surprising so many are (the Poisson deviance): both a large number and a steep rise weigh. */
function weightOf(n: number, expected: number): number {
  const usual = Math.max(expected, 0.5);
  return n * Math.log(n / usual) - (n - usual);
}

const SLOTS = 1 << 20;
const slotOf = (word: string): number => spread(fnv1a(word)) >>> 12;

/** Whether a word is said too seldom to be counted by itself: most are, and would fill the memory. Never of one that is said often. */
function* seldomIn(voices: readonly Voice[], terms: TermsOf): Steps<(word: string) => boolean> {
  const counts = new Uint8Array(SLOTS);
  for (const voice of voices) {
    yield;
    for (const word of terms(voice)) {
      const slot = slotOf(word);
      const n = byteAt(counts, slot);
      if (n < LEAST_PERSONS) counts[slot] = n + 1;
    }
  }
  return (word) => byteAt(counts, slotOf(word)) < LEAST_PERSONS;
}

function* countOf(
  voices: readonly Voice[],
  terms: TermsOf,
  isWanted: (word: string) => boolean,
): Steps<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for (const voice of voices) {
    yield;
    for (const word of terms(voice)) if (isWanted(word)) counts.set(word, (counts.get(word) ?? 0) + 1); // the first
  }
  return counts;
}

/** Leaves out what too few persons said. Whoever is not known counts as one for each voice. */
function* withoutFew(rising: Map<string, Weighed>, voices: readonly Voice[], terms: TermsOf): Steps<void> {
  const persons = new Map<string, Set<unknown>>();
  for (const voice of voices) {
    yield;
    for (const word of terms(voice)) {
      if (!rising.has(word)) continue;
      let who = persons.get(word);
      if (who === undefined) persons.set(word, (who = new Set()));
      if (who.size < LEAST_PERSONS) who.add(voice.who ?? voice); // none is known of it
    }
  }
  for (const word of rising.keys()) {
    yield;
    if (must(persons.get(word), 'the persons of a word').size < LEAST_PERSONS) rising.delete(word);
  }
}

/** Of each part of a phrase that rises: how often the phrase is said at most. */
function* wholesOf(rising: Iterable<Weighed>): Steps<ReadonlyMap<string, number>> {
  const wholes = new Map<string, number>();
  for (const { word, n } of rising) {
    yield;
    for (const part of partsOf(word)) wholes.set(part, Math.max(wholes.get(part) ?? 0, n)); // the first of it
  }
  return wholes;
}

/** The two words of a phrase; of a Chinese one, which has no space, whatever it begins or ends with. */
function partsOf(phrase: string): readonly string[] {
  if (phrase.includes(' ')) return phrase.split(' ');
  if (!IDEOGRAPHS.test(phrase)) return [];
  return Array.from({ length: phrase.length - 1 }, (_, i) => [phrase.slice(0, i + 1), phrase.slice(i + 1)]).flat();
}
const IDEOGRAPHS = /^\p{Script=Han}+$/u;
