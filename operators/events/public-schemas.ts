/** The JSON Schemas of everything that comes in or goes out, as served under `/schemas/<name>/<version>.json`. */
import { SCHEMA_VERSION } from '../../engine/core/cloud-events.ts';
import type { JsonObject } from '../../engine/core/types.ts';
import { REJECT_REASONS } from './decode-ports.ts';
import { EVENT_TYPES } from './types/event-types.ts';

export interface PublicSchema {
  /** As in `ce-dataschema`: the type of an event in, the kind of a message out. */
  readonly name: string;
  readonly version: string;
  /** Of the data, not of the CloudEvents envelope. */
  readonly schema: JsonObject;
}

/** Event types by their names (`cx.feedback.posted`), then `kpi`, `alert`, `enriched`, `dlq`, `late`, `action`, `clock`, `audit`. */
export function publicSchemas(): readonly PublicSchema[] {
  const events = EVENT_TYPES.map(({ type, about, data }) => published(type, about.en, data));
  const outputs = Object.entries(OUTPUTS).map(([name, { title, schema }]) => published(name, title, schema));
  return [...events, ...outputs];
}

function published(name: string, title: string, schema: JsonObject): PublicSchema {
  return {
    name,
    version: SCHEMA_VERSION,
    schema: {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: `/schemas/${name}/${SCHEMA_VERSION}.json`,
      title,
      ...schema,
    },
  };
}

const text: JsonObject = { type: 'string' };
const textOrNull: JsonObject = { type: ['string', 'null'] };
const number: JsonObject = { type: 'number' };
const numberOrNull: JsonObject = { type: ['number', 'null'] };
const bool: JsonObject = { type: 'boolean' };
const whole: JsonObject = { type: 'integer' };
/** RFC 3339, UTC, milliseconds. */
const instant: JsonObject = {
  type: 'string',
  pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z$',
};
/** SHA-256, in hex. */
const hash: JsonObject = { type: 'string', pattern: '^[0-9a-f]{64}$' };
const texts: JsonObject = { type: 'array', items: text };
const share: JsonObject = { type: 'number', minimum: 0, maximum: 1 };
const dimensions: JsonObject = {
  description: 'Dimension → value; {} is the whole company.',
  type: 'object',
  additionalProperties: text,
};
const interval: JsonObject = {
  description: 'The 95 % interval.',
  type: ['array', 'null'],
  items: number,
  minItems: 2,
  maxItems: 2,
};
const window = object({ start: instant, end: instant });
const severity: JsonObject = { type: 'string', enum: ['critical', 'major', 'minor', 'info'] };
const alertState: JsonObject = { type: 'string', enum: ['pending', 'firing', 'recovering', 'resolved'] };

/** An object with these fields, all of them required but the optional ones; more may follow in a later version. */
function object(required: JsonObject, optional: JsonObject = {}): JsonObject {
  return { type: 'object', properties: { ...required, ...optional }, required: Object.keys(required) };
}

function orNull(schema: JsonObject): JsonObject {
  return { anyOf: [schema, { type: 'null' }] };
}

const sentiment = object({
  label: { type: 'string', enum: ['negative', 'neutral', 'positive'] },
  score: { type: 'number', minimum: -1, maximum: 1 },
  intensity: { type: 'string', enum: ['strong_negative', 'negative', 'neutral', 'positive', 'strong_positive'] },
  confidence: share,
});

const enrichment = object(
  {
    status: { type: 'string', enum: ['ok', 'partial', 'skipped', 'failed'] },
    lang: textOrNull,
    sentiment: orNull(sentiment),
    issues: { type: 'array', items: object({ label: text, confidence: share }) },
    owner: textOrNull,
    urgency: { type: ['string', 'null'], enum: ['urgent', 'high', 'normal', 'low', null] },
    quality: {
      description:
        'Marks of cleaning, each only if set; `masked` counts what was masked; `left_out`: the marks for which KPIs leave the event out.',
      ...object(
        {},
        {
          masked: whole,
          empty: bool,
          garbled: bool,
          boilerplate: bool,
          keyboard_mash: bool,
          repeated: bool,
          straight_lined: bool,
          too_fast: bool,
          low_confidence: bool,
          near_duplicate: bool,
          copied: bool,
          flood: bool,
          left_out: texts,
          time_missing: bool,
        },
      ),
    },
    model: orNull(object({ name: text, version: text }, { issues: object({ name: text, version: text }) })),
    received: instant,
    emitted: instant,
  },
  { event: object({ id: text, source: text, type: text }) },
);

const OUTPUTS: Readonly<Record<string, { readonly title: string; readonly schema: JsonObject }>> = {
  kpi: {
    title: 'One value of a KPI for one key and window (cx.kpi.<kpi>)',
    schema: object(
      {
        kpi: text,
        key: dimensions,
        window,
        value: { description: 'null when n is 0', ...numberOrNull },
        n: { type: 'number', minimum: 0 },
        interval,
        revision: { type: 'integer', minimum: 0 },
        final: bool,
        watermark: instant,
      },
      {
        partial: { ...bool, description: 'The KPI joined only after this window had begun: it may lack events.' },
        retracted: bool,
        detail: {},
      },
    ),
  },
  alert: {
    title: 'A change of state of an alert (cx.alerts.<severity>.<rule>)',
    schema: object(
      {
        alert: text,
        rule: text,
        kpi: text,
        key: dimensions,
        state: alertState,
        previous: orNull(alertState),
        value: numberOrNull,
        n: number,
        interval,
        threshold: text,
        window,
        since: instant,
        at: instant,
        reason: text,
        causes: {
          type: 'array',
          items: object({ key: dimensions, value: numberOrNull, n: number, share: number, contribution: number }),
        },
        samples: { description: 'Masked quotes.', ...texts },
        owner: textOrNull,
        runbook: textOrNull,
        severity,
        acked: orNull(object({ by: text, at: instant }, { via: text })),
        silenced: bool,
      },
      { reason_zh: text, title: object({ 'zh-CN': text, en: text }), flaps: whole },
    ),
  },
  enriched: {
    title: 'An event, masked, and what Earshot makes of it (cx.enriched.<channel>.<family>.<key>)',
    schema: object({ channel: text, enrichment }),
  },
  dlq: {
    title: 'An event that was refused (cx.dlq.<reason>)',
    schema: object(
      {
        reason: { type: 'string', enum: [...REJECT_REASONS] },
        error: { description: 'What was wrong and where.', ...text },
        at: { description: 'JSON pointer into the event, or header:<name>.', ...text },
        subject: text,
        seq: { description: 'Sequence in its stream.', ...whole },
        headers: { type: 'object', additionalProperties: text },
        size: { description: 'Bytes of the original.', ...whole },
        bytes: {
          description: 'The original in base64; sealed where `sealed` says so.',
          contentEncoding: 'base64',
          ...text,
        },
      },
      {
        stored: { description: 'When the broker stored it; not for a line of a file.', ...instant },
        sealed: {
          description:
            'Headers and bytes are encrypted under seal.key (nonce, ciphertext and tag in one; `earshot dlq` opens them).',
          ...object({
            alg: { const: 'A256GCM' },
            key: { description: 'Which key.', ...text },
            headers: { contentEncoding: 'base64', ...text },
          }),
        },
        index: { description: 'Place in its batch; bytes then hold this event only, as JSON.', ...whole },
        truncated: { description: 'The original was too long to keep whole.', ...bool },
      },
    ),
  },
  late: {
    title: 'An event that came too late to change what was said (cx.late.<kpi, clock, journey or action>)',
    schema: object({ id: text, late_by_ms: number }, { kpi: text, clock: text, journey: text, action: text }),
  },
  action: {
    title: 'Something to be done (cx.actions.<kind>)',
    schema: object(
      {},
      {
        ...{
          kind: text,
          action: text,
          id: text,
          name: text,
          at: instant,
          key: text,
          reason: text,
          reason_zh: text,
          sent: instant,
        },
        state: { type: 'string', enum: ['due', 'done', 'suppressed', 'withdrawn', 'expired'] },
        open: { description: 'It is to be done until a message says otherwise.', ...bool },
        ...{ case: textOrNull, owner: textOrNull, due: orNull(instant), priority: number, late_by_s: number },
        event: object({ type: text, time: instant }),
        done: object({ at: instant }, { by: text, on: text, note: text, via: text, in_time: bool }),
        of: {
          description: 'Of an escalation: what is overdue.',
          ...object({ id: text, action: text, owner: textOrNull }),
        },
      },
    ),
  },
  clock: {
    title: 'A breach or an ending of a clock (cx.clocks.<clock>); what the clock keeps comes beside it',
    schema: object(
      {
        clock: text,
        key: text,
        run: { type: 'integer', minimum: 1 },
        revision: { type: 'integer', minimum: 0 },
        outcome: { type: 'string', enum: ['stopped', 'cancelled', 'expired', 'breached'] },
        started: instant,
        ended: { description: 'null: it was breached, and runs on', ...orNull(instant) },
        due: { description: 'null: it has no target', ...orNull(instant) },
        elapsed_s: number,
        working_s: number,
        paused_s: number,
        target_s: numberOrNull,
        over_s: numberOrNull,
        met: { type: ['boolean', 'null'] },
        restarts: { type: 'integer', minimum: 0 },
        late_by_s: number,
      },
      {
        late: { description: 'It came too late to change what was reported.', ...bool },
        withdrawn: { description: 'What was said before is no longer true.', ...bool },
      },
    ),
  },
  audit: {
    title: 'Who did what (cx.audit)',
    schema: object({
      action: text,
      outcome: text,
      by: text,
      at: instant,
      chain: text,
      seq: whole,
      prev: hash,
      prev_at: text,
      hash,
    }),
  },
};
