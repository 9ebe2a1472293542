/** The event behind a message of `cx.enriched.>`: the way back from enriched.ts. */
import { parseInstant } from '../../engine/core/cloud-events.ts';
import type { Json, JsonObject, Millis, RawMessage } from '../../engine/core/types.ts';
import type { CxEvent, Enrichment, ModelName, Sentiment } from '../shared/messages.ts';
import { familyOf } from './types/event-types.ts';

const STATUSES: readonly Enrichment['status'][] = ['ok', 'partial', 'skipped', 'failed'];
const URGENCIES: readonly Enrichment['urgency'][] = ['urgent', 'high', 'normal', 'low'];

type Stored = Pick<RawMessage, 'subject' | 'headers' | 'data'>;

/** Those of one message: of `outputs.enriched.batch` several, in their order. What is none of ours is left out. */
export function readEnrichedAll(message: Stored): readonly CxEvent[] {
  const parsed = parse(message.data);
  if (!Array.isArray(parsed)) return [readEnriched(message)].filter((event) => event !== undefined);
  // What is of a case leaves alone: the subject of a batch names no key.
  return parsed.flatMap((one: unknown) => (isObject(one) ? (eventOf(one['time'], '', one['data']) ?? []) : []));
}

/** undefined: it is none of ours, or several. `time` is that of the header `ce-time`. */
export function readEnriched({ subject, headers, data }: Stored): CxEvent | undefined {
  return eventOf(headers['ce-time'], keyOf(subject), parse(data));
}

/** Of five tokens; others are not ours. */
function keyOf(subject: string): string {
  return subject.split('.')[4] ?? ''; // somebody else's subject
}

function eventOf(at: unknown, subjectKey: string, parsed: unknown): CxEvent | undefined {
  const time = typeof at === 'string' ? parseInstant(at) : null; // somebody else's message has none
  if (time === null || !isObject(parsed)) return undefined;
  const { enrichment, ...rest } = parsed;
  if (!isObject(enrichment) || !isObject(enrichment['event'])) return undefined;
  const { id, source, type, attributes } = enrichment['event'];
  const { channel } = rest;
  if (typeof id !== 'string' || typeof source !== 'string' || typeof type !== 'string' || typeof channel !== 'string')
    return undefined;
  const family = familyOf(type);
  if (family === undefined) return undefined;
  return {
    ...{ source, eventId: id, type, family, channel, subjectKey, time, data: rest },
    attributes: isObject(attributes) ? (attributes as Readonly<Record<string, string>>) : {},
    received: instantOf(enrichment['received'], time),
    emitted: instantOf(enrichment['emitted'], time),
    enrichment: enrichmentOf(enrichment),
  };
}

function enrichmentOf(said: JsonObject): Enrichment {
  const { status, lang, sentiment, issues, owner, urgency, quality, model } = said;
  return {
    status: STATUSES.find((one) => one === status) ?? 'skipped', // a later version's word
    lang: typeof lang === 'string' ? lang : null,
    sentiment: isObject(sentiment) ? (sentiment as unknown as Sentiment) : null,
    issues: Array.isArray(issues) ? issues : [],
    owner: typeof owner === 'string' ? owner : null,
    urgency: URGENCIES.find((one) => one === urgency) ?? null, // none was said
    quality: isObject(quality) ? quality : {},
    model: isObject(model) ? (model as unknown as ModelName) : null,
  };
}

function instantOf(value: Json | undefined, otherwise: Millis): Millis {
  const instant = typeof value === 'string' ? parseInstant(value) : null;
  return instant ?? otherwise;
}

function parse(data: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(data));
  } catch {
    return undefined;
  }
}
function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
