/** `sources`, as it is written. */
import type { JsonObject } from '../../engine/core/types.ts';
import { choice, duration, flag, object, text } from '../config/config-schema-forms.ts';
import { EVENT_TYPE_NAMES } from '../events/types/event-types.ts';
import { PRESET_NAMES } from './presets/presets.ts';
import { SCHEME_NAMES } from './proofs/proof.ts';
import { DATE_ORDERS } from './time/mapped-time.ts';

export const SOURCE_KINDS = ['webhook', 'csv'] as const;
/** What a question asks for: a score of a metric, or words. */
export const QUESTION_METRICS = ['nps', 'csat', 'ces', 'other', 'text'] as const;
export const ENCODINGS = [
  'auto',
  'utf-8',
  'gbk',
  'gb18030',
  'big5',
  'utf-16le',
  'utf-16be',
  'windows-1252',
  'shift_jis',
  'euc-kr',
] as const;

const secretOrList: JsonObject = {
  type: ['string', 'array', 'null'],
  description: 'what both sides know; a list while it rotates',
  writeOnly: true,
  default: null,
  items: { type: 'string', minLength: 1, maxLength: 4096 },
  minItems: 1,
  maxItems: 10,
  maxLength: 4096,
};

const maybe = (description: string, values: readonly string[]): JsonObject => ({
  description,
  default: null,
  enum: [...values, null],
});

const verify = object('how senders prove themselves; a preset knows its own way and needs the secret only', {
  scheme: maybe('which way; `none`: whoever knows the address may send', SCHEME_NAMES),
  secret: secretOrList,
  header: text('the header of the signature or the secret'),
  prefix: text('what stands before it there, such as `sha256=` or `Bearer `'),
  encoding: maybe('of an HMAC; `hex` unless given', ['hex', 'base64']),
  timestamp: text('the header of a time that is signed too'),
  signed: text('what is signed, with `{timestamp}` and `{body}`; `{body}` unless given'),
  within: duration('by its signed time, a request is taken for so long', '5m'),
  parameter: text('of the address, for `query`; `key` unless given'),
});

const anyExpression: JsonObject = { type: ['string', 'boolean', 'number'], minLength: 1, maxLength: 4096 };

const mapRule = object('one rule; every rule whose `when` holds gives its events', {
  when: { ...anyExpression, type: ['string', 'boolean'], description: 'which payloads or rows; all unless given' },
  each: { type: 'string', minLength: 1, maxLength: 4096, description: 'a list, of which each `item` gives an event' },
  ignore: flag('what it takes gives no event, and no dead letter', false),
  type: { type: 'string', description: 'of the event', enum: [...EVENT_TYPE_NAMES] },
  id: {
    type: 'string',
    minLength: 1,
    maxLength: 4096,
    description: 'tells repeats apart: the same id counts once; of the whole payload unless given',
  },
  time: {
    type: 'string',
    minLength: 1,
    maxLength: 4096,
    description: 'an instant, Unix time or local time; when it came unless given (rows must have one)',
  },
  key: {
    type: 'string',
    minLength: 1,
    maxLength: 4096,
    description: 'what it belongs to, where its data names no case, conversation, call or customer',
  },
  data: {
    type: 'object',
    description:
      'fields of the event, each an expression, a number, true or false, or fields of its own; `\'"app"\'` is a text',
    default: {},
    maxProperties: 100,
  },
});

export const SOURCE_SCHEMA: JsonObject = object(
  'whose messages, or whose files, become events',
  {
    id: {
      $ref: '#/$defs/id',
      description: 'in its address (`POST /v1/in/<id>`), its metrics and the `source` of its events',
    },
    kind: choice('messages over HTTP, or rows of a file', 'webhook', SOURCE_KINDS),
    preset: maybe('a tool whose messages are known; `map` adds to it', PRESET_NAMES),
    verify,
    questions: {
      type: 'object',
      description: 'of surveys, which question asks for what: `{q1: nps, q2: text, q3: {metric: nps, add: -1}}`',
      default: {},
      maxProperties: 200,
      additionalProperties: {
        type: ['string', 'object'],
        maxLength: 16,
      },
    },
    zone: text('IANA zone of times that name none; `time.zone` unless given'),
    dates: maybe('in which order dates are read that do not begin with their year', DATE_ORDERS),
    max_body: { $ref: '#/$defs/bytes', description: 'longer messages are refused', default: '1MiB' },
    delimiter: text('of columns; found by itself unless given'),
    encoding: choice('of the file', 'auto', ENCODINGS),
    map: {
      type: 'array',
      description: 'what becomes of what comes; what no rule takes goes to `cx.dlq.unmapped`',
      default: [],
      items: mapRule,
      maxItems: 100,
    },
  },
  ['id'],
);

export const SOURCES_SCHEMA: JsonObject = {
  type: ['array', 'null'],
  description: "others' webhooks and files as events, without code",
  default: [],
  items: SOURCE_SCHEMA,
  maxItems: 100,
};
