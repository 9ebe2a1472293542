/**
 * Urgency from wording. urgent: safety, health, legal or public threat, theft · high: threat to leave, repeated contact, a
 * demand for a manager · else undefined, and the sentiment decides. Rules, not a model: each can be read and argued with.
 * Texts are read as the models read them: traditional characters, full-width letters and hidden marks are no way around.
 */
import { MAX_UNITS, normalise } from '../../models/text/normalise.mjs';
import { FirstLook } from './literal-prefilter.ts';
import { LOOKALIKES, NEGATED, RULES } from './urgency-rules.ts';

export type Urgency = 'urgent' | 'high' | 'normal' | 'low';

const EXPRESSIONS = RULES.flatMap(({ name, urgency, patterns }) =>
  patterns.map((pattern) => ({ name, urgency, pattern })),
);
const COUNT = EXPRESSIONS.length;
/** Most texts hold nothing of what most expressions need: those are not tried. */
const firstLook = new FirstLook([...EXPRESSIONS.map(({ pattern }) => pattern), ...LOOKALIKES]);
const may = new Uint8Array(COUNT + LOOKALIKES.length);
const units = new Uint16Array(MAX_UNITS + 1);
const decoder = new TextDecoder('utf-16le');

export interface Wording {
  readonly urgency: 'urgent' | 'high';
  readonly rule: string;
}

/**
 * What the wording alone says; undefined: nothing out of the ordinary. Of a long text the beginning and the end are read.
 * `thorough` tries every expression, which tests hold the first look to.
 */
export function urgencyOfWording(text: string, { thorough = false } = {}): Wording | undefined {
  const length = normalise(text, units);
  if (thorough) may.fill(1);
  else firstLook.mark(units, length, may);
  const first = may.indexOf(1);
  if (first < 0 || first >= COUNT) return undefined;
  let read = decoder.decode(units.subarray(0, length));
  for (let i = may.indexOf(1, COUNT); i >= 0; i = may.indexOf(1, i + 1)) {
    read = read.replace(LOOKALIKES[i - COUNT] as RegExp, (found) => ' '.repeat(found.length));
  }
  for (let i = first; i >= 0 && i < COUNT; i = may.indexOf(1, i + 1)) {
    const { name, urgency, pattern } = EXPRESSIONS[i] as (typeof EXPRESSIONS)[number];
    // Not matchAll: it copies the expression at each call, which is most of what a text then costs.
    pattern.lastIndex = 0;
    for (let match = pattern.exec(read); match !== null; match = pattern.exec(read)) {
      const { index } = match;
      if (!NEGATED.test(read.slice(Math.max(0, index - NEGATED_UNITS), index))) return { urgency, rule: name };
    }
  }
  return undefined;
}

/** What of the text before a match NEGATED has to see. */
const NEGATED_UNITS = 40;

/** Wording first; then how strong the sentiment is (score −1…1). Praise that mentions a lawyer is no emergency. */
export function urgencyOf(text: string, score: number | null): Urgency {
  const wording = score !== null && score > 0.3 ? undefined : urgencyOfWording(text);
  if (wording !== undefined) return wording.urgency;
  if (score === null) return 'normal';
  return score <= -0.9 ? 'high' : score < 0.1 ? 'normal' : 'low';
}
