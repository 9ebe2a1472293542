/**
 * The data of every event type (CONTRACT §3) as JSON Schema 2020-12. Unknown fields are welcome everywhere; every known
 * string, list and number is bounded. Optional fields may be null. Required is what gives the event its meaning: whom or
 * what it is about and what happened; measures a source may not have (a duration, a price) are optional.
 */
import type { JsonObject } from '../../engine/core/types.ts';
import { USUAL_SCALES } from './answer-bounds.ts';

/** Longest message or comment, and longest transcript, in characters. */
export const MAX_TEXT = 100_000;
export const MAX_TRANSCRIPT = 500_000;

const string = (maxLength: number, minLength = 0): JsonObject => ({
  type: 'string',
  ...(minLength > 0 ? { minLength } : {}),
  maxLength,
});
const id = string(256, 1);
const optional = (schema: JsonObject): JsonObject => ({ ...schema, type: [schema['type'] ?? 'string', 'null'] });
const optionalString = optional(string(256));
const optionalId = optionalString;
const optionalText = optional(string(MAX_TEXT));
const oneOf = (...values: string[]): JsonObject => ({ type: 'string', enum: values });
const number = (minimum: number, maximum: number): JsonObject => ({ type: 'number', minimum, maximum });
const optionalNumber = (minimum: number, maximum: number): JsonObject => optional(number(minimum, maximum));
const optionalSeconds = optionalNumber(0, 31_536_000);
const optionalBool: JsonObject = { type: ['boolean', 'null'] };
/** Any finite number a sum stays exact enough with. */
const LIMIT = 1e15;

const customer: JsonObject = {
  type: ['object', 'null'],
  properties: {
    id: optionalId,
    name: optionalString,
    phone: { type: ['string', 'integer', 'null'], maxLength: 64, minimum: 0, maximum: LIMIT },
    email: optionalString,
    tier: optional(string(64)),
    segment: optional(string(64)),
  },
};

const common: JsonObject = {
  channel: { ...string(32, 1), pattern: '^[a-z][a-z0-9_]*$' },
  customer,
  region: optional(string(128)),
  product: optional(string(128)),
  store: optional(string(128)),
  team: optional(string(128)),
  agent: optional(string(128)),
  lang: optional(string(35)),
};

const priority: JsonObject = { type: ['string', 'null'], enum: ['urgent', 'high', 'normal', 'low', null] };

function scale(min: string, max: string): JsonObject {
  return {
    type: 'object',
    required: [min, max],
    properties: { [min]: number(-LIMIT, LIMIT), [max]: number(-LIMIT, LIMIT) },
  };
}
const optionalScale: JsonObject = { ...scale('min', 'max'), type: ['object', 'null'] };
const rating: JsonObject = {
  type: ['object', 'null'],
  required: ['value', 'min', 'max'],
  properties: { value: number(-LIMIT, LIMIT), min: number(-LIMIT, LIMIT), max: number(-LIMIT, LIMIT) },
};

const METRICS = ['nps', 'csat', 'ces', 'other'] as const;
/** The scale of NPS is its definition. Others bring their own, or are held to their usual one (ranges.ts). */
const npsScale: JsonObject = {
  if: { properties: { metric: { const: 'nps' } }, required: ['metric'] },
  then: { properties: { score: number(USUAL_SCALES.nps.min, USUAL_SCALES.nps.max) } },
};

const survey: JsonObject = {
  survey: optionalId,
  metric: oneOf(...METRICS),
  score: {
    ...number(-LIMIT, LIMIT),
    description:
      'Within `scale`, else within the usual scale of its metric: nps 0–10 always, csat 1–5, ces 1–7, or the wider one that a measure is configured for.',
  },
  scale: optionalScale,
  text: optionalText,
  touchpoint: optional(string(128)),
  case: optionalId,
};
const caseFields: JsonObject = {
  case: id,
  class: optional(string(128)),
  priority,
  complaint: optionalBool,
  owner: optional(string(128)),
  satisfied: optionalBool,
  text: optionalText,
};
const order: JsonObject = {
  order: id,
  order_type: optional(string(64)),
  amount: optionalNumber(0, LIMIT),
  currency: { type: ['string', 'null'], pattern: '^[A-Z]{3}$' },
};
const page: JsonObject = {
  page: string(2048, 1),
  dwell_ms: optionalNumber(0, 86_400_000),
  action: optional(string(128)),
};

function data(properties: JsonObject, required: readonly string[], extra: JsonObject = {}): JsonObject {
  return { type: 'object', properties: { ...common, ...properties }, required, maxProperties: 200, ...extra };
}

export interface EventType {
  readonly family: string;
  readonly title: string;
  /** Schema of `data`. */
  readonly data: JsonObject;
}

const event = (family: string, title: string, schema: JsonObject): EventType => ({ family, title, data: schema });
const caseEvent = (title: string, required: readonly string[] = ['case']): EventType =>
  event('case', title, data(caseFields, required));

/** Every type a channel may send. */
export const EVENT_TYPES: Readonly<Record<string, EventType>> = {
  'cx.survey.sent': event('survey', 'A survey was sent to a customer', data(survey, [])),
  'cx.survey.answered': event(
    'survey',
    'A customer answered a survey question',
    data(survey, ['metric', 'score'], npsScale),
  ),
  'cx.feedback.posted': event(
    'feedback',
    'A customer left a review or a comment',
    data(
      {
        text: optionalText,
        rating,
        permalink: optional(string(2048)),
        media: { type: ['array', 'null'], maxItems: 100 },
      },
      [],
      { anyOf: [{ required: ['text'] }, { required: ['rating'] }] },
    ),
  ),
  'cx.interaction.message': event(
    'interaction',
    'A message in a conversation',
    data({ conversation: id, author: oneOf('customer', 'agent', 'bot'), text: string(MAX_TEXT), case: optionalId }, [
      'conversation',
      'author',
      'text',
    ]),
  ),
  'cx.interaction.call': event(
    'interaction',
    'A phone call ended',
    data(
      {
        call: id,
        outcome: oneOf('answered', 'abandoned', 'missed'),
        wait_s: optionalSeconds,
        talk_s: optionalSeconds,
        hold_s: optionalSeconds,
        wrap_s: optionalSeconds,
        transcript: optional(string(MAX_TRANSCRIPT)),
        transcript_confidence: optionalNumber(0, 1),
        case: optionalId,
      },
      ['call', 'outcome'],
    ),
  ),
  'cx.interaction.handoff': event(
    'interaction',
    'A conversation went from one to another, e.g. from bot to agent',
    data(
      {
        conversation: id,
        from: optional(string(128)),
        to: optional(string(128)),
        repeated: optionalBool,
        case: optionalId,
      },
      ['conversation'],
    ),
  ),
  'cx.case.opened': caseEvent('A case (ticket) was opened'),
  'cx.case.assigned': caseEvent('A case got an owner'),
  'cx.case.replied': caseEvent('A case was answered by us'),
  'cx.case.pending': caseEvent('A case waits for the customer or a third party'),
  'cx.case.resolved': caseEvent('A case was solved'),
  'cx.case.reopened': caseEvent('A solved case came back'),
  'cx.case.closed': caseEvent('A case was closed'),
  'cx.case.evaluated': caseEvent('A customer judged how a case was handled', ['case', 'satisfied']),
  'cx.order.completed': event('order', 'An order was completed', data(order, ['order'])),
  'cx.order.refunded': event('order', 'An order was refunded', data(order, ['order'])),
  'cx.journey.step': event(
    'journey',
    'A customer took a step of a journey',
    data(
      {
        journey: id,
        step: id,
        outcome: oneOf('entered', 'completed', 'failed'),
        duration_ms: optionalNumber(0, 31_536_000_000),
      },
      ['journey', 'step', 'outcome'],
    ),
  ),
  'cx.page.viewed': event('page', 'A page was viewed', data(page, ['page'])),
  'cx.page.acted': event('page', 'Something was done on a page', data(page, ['page'])),
};

/**
 * What Earshot tells itself through its own input, so that commands of people take part in replay like everything else.
 * Never accepted from outside.
 */
export const CONTROL_TYPES: Readonly<Record<string, EventType>> = {
  'earshot.alert.acked': event('control', 'Somebody took charge of an alert', {
    type: 'object',
    properties: { alert: id, by: string(256, 1), note: optional(string(2000)) },
    required: ['alert', 'by'],
    maxProperties: 50,
  }),
  'earshot.silence.created': event('control', 'Somebody silenced alerts for a while', {
    type: 'object',
    properties: { silence: id, by: string(256, 1), reason: optional(string(2000)) },
    required: ['silence', 'by'],
    maxProperties: 50,
  }),
  'earshot.model.switched': event('control', 'Somebody changed the model that scores, or tried to', {
    type: 'object',
    properties: { by: string(256, 1), outcome: oneOf('done', 'refused'), because: optional(string(2000)) },
    required: ['by', 'outcome'],
    maxProperties: 50,
  }),
  'earshot.silence.deleted': event('control', 'A silence was taken back', {
    type: 'object',
    properties: { silence: id, by: string(256, 1) },
    required: ['silence', 'by'],
    maxProperties: 50,
  }),
};

const families = new Map(
  [...Object.entries(EVENT_TYPES), ...Object.entries(CONTROL_TYPES)].map(([type, { family }]) => [type, family]),
);

/** `survey` of `cx.survey.answered`; `control` of Earshot's own; undefined: there is no such type. */
export function familyOf(type: string): string | undefined {
  return families.get(type);
}

/** Schema of the data by type, control types included: what a validator compiles. */
export function dataSchemas(): Readonly<Record<string, JsonObject>> {
  return Object.fromEntries(
    [...Object.entries(EVENT_TYPES), ...Object.entries(CONTROL_TYPES)].map(([type, { data: schema }]) => [
      type,
      schema,
    ]),
  );
}
