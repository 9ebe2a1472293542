/** The voice behind an event of `CX_ENRICHED`, whose texts are masked. */
import type { Json, JsonObject, RawMessage } from '../../core/types.ts';
import type { Voice } from '../../core/voices/voice.ts';
import type { CxEvent } from '../../../operators/shared/messages.ts';
import { readEnrichedAll } from '../../../operators/events/read-enriched.ts';
import { NO_KEY, subjectKeyOf } from '../../../operators/events/subject-key.ts';

export const STREAM = 'CX_ENRICHED';
const MOST_CHARACTERS = 300;
/** Fields of an event that are dimensions, never persons. */
const FIELDS = ['region', 'product', 'store', 'team', 'class'];

export function voicesIn(message: RawMessage): readonly Voice[] {
  return readEnrichedAll(message).flatMap((event) => voiceOf(event) ?? []); // nobody said anything in it
}

/** undefined: nobody said anything in it. */
export function voiceOf({ data, channel, time, enrichment }: CxEvent): Voice | undefined {
  const { text, author } = data;
  if (typeof text !== 'string' || text.trim() === '' || author === 'agent' || author === 'bot') return undefined;
  const { sentiment, issues } = enrichment;
  const key = FIELDS.flatMap((name): [string, string][] => {
    const value: Json | undefined = data[name];
    return typeof value === 'string' ? [[name, value]] : [];
  });
  return {
    ...{ at: time, text: cut(text), key: { channel, ...Object.fromEntries(key) } },
    issues: issues.map(({ label }) => label),
    sentiment: sentiment?.label ?? null, // it was not scored
    intensity: sentiment?.intensity ?? null,
    who: whoOf(data),
  };
}
/** A pseudonym, as the stream has it. */
function whoOf(data: JsonObject): string | null {
  const { customer } = data;
  const key = subjectKeyOf(customer === undefined ? data : { customer });
  return key === NO_KEY ? null : key;
}

function cut(text: string): string {
  const plain = text.replaceAll(/\s+/g, ' ').trim();
  return plain.length <= MOST_CHARACTERS ? plain : `${plain.slice(0, MOST_CHARACTERS - 1)}…`;
}
