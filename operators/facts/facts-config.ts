/** `facts`: what is known of customers, stores and the like besides the events, joined to each event by a key. */
import { bytes, choice, duration, expression, names, object } from '../config/config-schema-forms.ts';
import { reportRepeatedIds, type Checks, type ConfigPart } from '../config/config-part.ts';
import type { Section } from '../config/config-values.ts';
import type { Millis } from '../../engine/core/types.ts';

export interface FactConfig {
  readonly id: string;
  /** JetStream KV. */
  readonly bucket: string;
  /** CEL over an event: whose facts. */
  readonly key: string;
  /** Fields that an event is given, under `data.<id>`. */
  readonly take: readonly string[];
  /** What becomes of an event whose key is not in the bucket. */
  readonly miss: 'keep' | 'drop' | 'wait';
  /** With `wait`: facts that are stored so long after an event still count for it. */
  readonly waitMs: Millis;
  /** CEL over the event with its facts, by the name of the field. */
  readonly derive: Readonly<Record<string, string>>;
  /** Of what is kept in memory. */
  readonly maxBytes: number;
}

/** The engine's own: keys and notices must not get into events. */
const OWN_BUCKET = /^CX_(KEYS|LEASES|HOOKS)$/;
const MAX_BYTES = 256 * 1024 ** 2;
const WAIT_MS = 2000;
/** A partition waits as a whole. */
const LONGEST_WAIT_MS = 30_000;
const FIELD = '^[A-Za-z_][A-Za-z0-9_]{0,63}$';
/** No field of an event may reach the prototype of one. */
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype']);

const MISSES = ['keep', 'drop', 'wait'] as const satisfies readonly FactConfig['miss'][];

const fact = object(
  'one lookup',
  {
    id: { $ref: '#/$defs/id', description: 'where events carry it: `data.<id>`' },
    bucket: {
      type: 'string',
      description: 'JetStream KV bucket, made if it is missing',
      pattern: '^[A-Za-z0-9_-]{1,64}$',
    },
    key: expression('whose: text or a number, e.g. data.customer.id'),
    take: names('fields of the value that events are given', { type: 'string', pattern: FIELD }, 50),
    miss: choice(
      'an event whose key is not there: goes on without, is left out (and counted), or waits for it and then goes on without',
      'keep',
      MISSES,
    ),
    wait: duration('with `miss: wait`: how long after an event its facts may be stored, at most 30s', '2s'),
    derive: {
      type: 'object',
      description: 'fields worked out from the event with its facts, by name: {vip: data.customer.spend > 10000}',
      default: {},
      maxProperties: 20,
      propertyNames: { pattern: FIELD },
      additionalProperties: { $ref: '#/$defs/expression' },
    },
    max_bytes: bytes('how much of the bucket is kept in memory', '256MiB'),
  },
  ['id', 'bucket', 'key', 'take'],
);

export const FACTS_PART: ConfigPart<readonly FactConfig[]> = {
  fields: {
    facts: { type: ['array', 'null'], description: 'lookups', default: [], items: fact, maxItems: 20 },
  },
  read(root, checks) {
    const sections = root.sections('facts');
    reportRepeatedIds(sections, 'facts', checks.report);
    return sections.map((section) => readFact(section, checks));
  },
};

function readFact(section: Section, { report, expressions }: Checks): FactConfig {
  const id = section.text('id', '');
  const bucket = section.text('bucket', '');
  if (OWN_BUCKET.test(bucket))
    report(
      section.path('bucket'),
      `${bucket} is a bucket of the engine itself: expected one of your own, e.g. CX_CUSTOMERS`,
    );
  const key = section.expression('key', '');
  if (section.has('key')) expressions.event(section, 'key', key, 'label');
  const take = section.strings('take');
  take.forEach((name, i) => {
    if (FORBIDDEN.has(name)) report(section.path('take', i), `"${name}" cannot be a field`);
    else if (take.indexOf(name) < i) report(section.path('take', i), `"${name}" is taken twice`);
  });
  // The enriched event carries the engine's own there.
  if (FORBIDDEN.has(id) || id === 'enrichment') report(section.path('id'), `"${id}" cannot be a field`);
  const given = section.section('derive');
  const derive = given.names().map((name) => {
    const source = given.expression(name, '');
    if (FORBIDDEN.has(name)) report(given.path(name), `"${name}" cannot be a field`);
    else expressions.event(given, name, source, 'label');
    return [name, source] as const;
  });
  const miss = section.choice('miss', MISSES, 'keep');
  const waitMs = section.durationMs('wait', WAIT_MS);
  if (section.has('wait') && miss !== 'wait')
    report(section.path('wait'), `nothing waits with miss: ${miss}: expected miss: wait, or no wait`);
  else if (waitMs === 0 || waitMs > LONGEST_WAIT_MS)
    report(section.path('wait'), 'expected more than 0 and at most 30s: everything behind an event waits with it');
  return {
    id,
    bucket,
    key,
    take,
    miss,
    waitMs,
    derive: Object.fromEntries(derive),
    maxBytes: section.bytes('max_bytes', MAX_BYTES),
  };
}
