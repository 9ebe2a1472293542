/**
 * Urgency from wording. urgent: safety, health, legal or public threat, theft · high: threat to leave, repeated contact, a
 * demand for a manager · else undefined, and the sentiment decides. Rules, not a model: each can be read and argued with.
 * Texts are read as the models read them: traditional characters, full-width letters and hidden marks are no way around.
 */
import { MAX_UNITS, normalise } from '../models/text/normalise.mjs';
import { LOOKALIKES, NEGATED, RULES } from './urgency-rules.ts';

export type Urgency = 'urgent' | 'high' | 'normal' | 'low';

/** What the wording alone says; undefined: nothing out of the ordinary. Of a long text the beginning and the end are read. */
export function urgencyOfWording(
  text: string,
): { readonly urgency: 'urgent' | 'high'; readonly rule: string } | undefined {
  const read = folded(text).replace(LOOKALIKES, (found) => ' '.repeat(found.length));
  for (const { name, urgency, patterns } of RULES) {
    for (const pattern of patterns) {
      // Not matchAll: it copies the expression at each call, which is most of what a text then costs.
      pattern.lastIndex = 0;
      for (let match = pattern.exec(read); match !== null; match = pattern.exec(read)) {
        const { index } = match;
        if (!NEGATED.test(read.slice(Math.max(0, index - NEGATED_UNITS), index))) return { urgency, rule: name };
      }
    }
  }
  return undefined;
}

/** What of the text before a match NEGATED has to see. */
const NEGATED_UNITS = 40;

const units = new Uint16Array(MAX_UNITS + 1);
function folded(text: string): string {
  return Reflect.apply(String.fromCharCode, null, units.subarray(0, normalise(text, units))) as string;
}

/** Wording first; then how strong the sentiment is (score −1…1). Praise that mentions a lawyer is no emergency. */
export function urgencyOf(text: string, score: number | null): Urgency {
  const wording = score !== null && score > 0.3 ? undefined : urgencyOfWording(text);
  if (wording !== undefined) return wording.urgency;
  if (score === null) return 'normal';
  return score <= -0.9 ? 'high' : score < 0.1 ? 'normal' : 'low';
}
