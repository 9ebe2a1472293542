/**
 * `cx.enriched.<channel>.<family>.<key>`: each event as Earshot understood it. Stateless; late events go out as well, what
 * people tell Earshot itself (acknowledgements, silences) does not: that is for the audit.
 */
import { instantWriter } from '../../engine/core/cloud-events.ts';
import type {
  BatchStage,
  Clock,
  JsonObject,
  Millis,
  OperatorDef,
  OutputMessage,
  Prepared,
} from '../../engine/core/types.ts';
import type { CxEnvelope, CxEvent, ModelName } from '../shared/messages.ts';

/**
 * Forwards one message an event and passes the event on. The type is the event's with `cx.enriched.` in front
 * (`cx.enriched.feedback.posted`); `enrichment.event` says where it came from, with its further attributes
 * (`subject`, `traceparent`, …).
 */
export function enriched(): OperatorDef<CxEvent, CxEvent> {
  return {
    name: 'enriched',
    create: ({ partition }) => {
      const together = `cx.enriched.batch.${partition}`;
      const texts = textsOf();
      return {
        onEvent(event, _watermark, out) {
          if (event.value.family !== 'control') out.forward(enrichedMessage(event, together, texts));
          out.emit(event);
        },
      };
    },
  };
}

/** `together`: where it leaves together with others. Events of a case never do: their story is found by their subject. */
export function enrichedMessage({ ts, value }: CxEnvelope, together?: string, texts = textsOf()): OutputMessage {
  const { enrichment, attributes } = value;
  const subject = `cx.enriched.${value.channel}.${value.family}.${value.subjectKey}`;
  const type = texts.type(value.type);
  const data = {
    ...value.data,
    enrichment: {
      status: enrichment.status,
      lang: enrichment.lang,
      sentiment: enrichment.sentiment === null ? null : { ...enrichment.sentiment },
      issues: enrichment.issues.map((issue) => ({ ...issue })),
      owner: enrichment.owner,
      urgency: enrichment.urgency,
      quality: enrichment.quality,
      model: enrichment.model === null ? null : modelOf(enrichment.model),
      event: {
        id: value.eventId,
        source: value.source,
        type: value.type,
        ...(hasNone(attributes) ? null : { attributes: { ...attributes } }),
      },
      received: texts.instant(value.received),
      emitted: texts.instant(value.emitted ?? value.received),
    },
  };
  return together === undefined || typeof value.data['case'] === 'string'
    ? { subject, type, time: ts, data }
    : { subject, type, time: ts, data, together };
}

interface Texts {
  instant(time: Millis): string;
  /** One text a type, however often it is said: headers are found by it. */
  type(type: string): string;
}
const MOST_TYPES = 100;

function textsOf(): Texts {
  const known = new Map<string, string>();
  return {
    instant: instantWriter(),
    type: (type) => {
      let of = known.get(type);
      if (of !== undefined) return of;
      of = type.startsWith('cx.') ? `cx.enriched.${type.slice(3)}` : 'cx.enriched';
      if (known.size < MOST_TYPES) known.set(type, of);
      return of;
    },
  };
}

/** A copy: scores of one batch share theirs. */
function modelOf({ issues, ...model }: ModelName & { readonly issues?: ModelName }): JsonObject {
  return issues === undefined ? { ...model } : { ...model, issues: { ...issues } };
}

function hasNone(attributes: CxEvent['attributes']): boolean {
  for (const _name in attributes) return false;
  return true;
}

/**
 * The last stage when live: stamps when the stages were done, because operators have no clock. The events themselves: the stages
 * have made them, and nobody else has seen them yet; copies would be a good part of what an event is in memory.
 */
export function stampEmitted(clock: Pick<Clock, 'now'>): BatchStage<Prepared<CxEvent>, Prepared<CxEvent>> {
  return {
    name: 'stamp',
    apply: (batch) => {
      const emitted = clock.now();
      for (const { items } of batch) for (const item of items) if ('event' in item) stamp(item.event.value, emitted);
      return Promise.resolve(batch);
    },
  };
}

function stamp(event: { emitted?: Millis }, emitted: Millis): void {
  event.emitted = emitted;
}
