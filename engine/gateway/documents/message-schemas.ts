/** JSON Schemas of what leaves the engine, shared by the OpenAPI and the AsyncAPI document. */
import type { JsonObject } from '../../core/types.ts';
import { DEGRADATION_CODES } from '../../core/wire.ts';
import { list, object, text, texts } from './schema-forms.ts';

const number = { type: 'number' } as const;
const count = { type: 'integer', minimum: 0 } as const;
const instant = { type: 'string', format: 'date-time', description: 'RFC 3339, UTC, with milliseconds' } as const;
const key = {
  type: 'object',
  additionalProperties: text,
  description: 'Dimension → value; {} is the whole company, "" lacks the dimension, "~other" is folded',
} as const;
const window = object({ start: instant, end: instant });
const interval = {
  type: ['array', 'null'],
  items: number,
  minItems: 2,
  maxItems: 2,
  description: '95 % interval',
} as const;
const nullable = (schema: JsonObject): JsonObject => ({ anyOf: [schema, { type: 'null' }] });
const states = { type: 'string', enum: ['pending', 'firing', 'recovering', 'resolved'] } as const;

export const MESSAGE_SCHEMAS: JsonObject = {
  Kpi: object(
    {
      kpi: text,
      key,
      window,
      value: { type: ['number', 'null'], description: 'null when n is 0' },
      n: count,
      interval,
      revision: count,
      final: { type: 'boolean' },
      watermark: instant,
      partial: { type: 'boolean', description: 'The KPI joined only after this window had begun: it may lack events' },
      retracted: { type: 'boolean', description: 'What was said of this window no longer holds' },
      detail: {},
    },
    ['partial', 'retracted', 'detail'],
  ),
  Alert: object(
    {
      alert: text,
      rule: text,
      kpi: text,
      key,
      state: states,
      previous: nullable(states),
      value: { type: ['number', 'null'] },
      n: count,
      interval,
      threshold: text,
      window,
      since: instant,
      at: instant,
      reason: text,
      causes: list(object({ key, value: { type: ['number', 'null'] }, n: count, share: number, contribution: number })),
      samples: { ...list(text), description: 'Masked quotes' },
      owner: nullable(text),
      runbook: nullable(text),
      severity: text,
      acked: nullable(object({ by: text, at: instant, via: text, note: text }, ['via', 'note'])),
      silenced: { type: 'boolean' },
      reason_zh: text,
      title: object({ 'zh-CN': text, en: text }),
      flaps: { ...count, description: 'How often a recovery did not hold' },
    },
    ['reason_zh', 'title', 'flaps'],
  ),
  NoticeNote: object({
    ...{ hook: text, kind: text, state: { type: 'string', enum: ['waiting', 'delivered', 'unknown', 'given_up'] } },
    ...{ first: nullable(instant), last: nullable(instant), escalated: count },
  }),
  Rule: object({
    ...{ id: text, title: object({ 'zh-CN': text, en: text }), kpi: text, by: nullable(list(text)) },
    ...{ fire: text, recover: nullable(text), for_ms: count, min_n: count },
    ...{ severity: text, owner: nullable(text), runbook: nullable(text) },
  }),
  Degradation: {
    ...object({
      code: { type: 'string', enum: [...DEGRADATION_CODES] },
      message: text,
      values: { type: 'object', additionalProperties: { type: 'number' } },
      about: { ...texts, description: 'Whose it is, such as sources or hooks; empty for who may not see everything' },
    }),
    description: 'What is amiss though the engine works',
  },
};
