/** From a candidate to an event that may go on: attributes, type, channel, time and data checked, masked and flagged. */
import { parseInstant } from '../../engine/core/cloud-events.ts';
import type { Steps } from '../../engine/core/steps/steps.ts';
import type { Json, JsonObject, Millis } from '../../engine/core/types.ts';
import type { CxEnvelope, Enrichment } from '../shared/messages.ts';
import { USUAL_SCALES, type AnswerBounds } from './answer-bounds.ts';
import { at, badText, furtherAttributes, isText, oddAttribute, refuse } from './attributes.ts';
import { BUILT_IN_CHANNELS, channelOfSubject, INTERNAL_CHANNEL } from './channels.ts';
import { type Candidate, kindOf, shown } from './contents.ts';
import { createMasker, type MaskedData, type Masker } from './masking/mask.ts';
import type { Fault, Rejection, ValidateData } from './decode-ports.ts';
import { detectLang } from './lang.ts';
import { qualityOf } from './quality.ts';
import { rangeFaults } from './ranges.ts';
import { EVENT_TYPE_NAMES, familyOf, wordsOf } from './types/event-types.ts';
import { shapeFault } from './shape.ts';
import { subjectKeyOf } from './subject-key.ts';

export interface EventRules {
  readonly validate: ValidateData;
  /** Built-in and configured. */
  readonly channels: ReadonlySet<string>;
  readonly maxFutureMs: Millis;
  readonly answers: AnswerBounds;
  /** See EventOptions. */
  readonly isTimeRequired: boolean;
  readonly masker: Masker;
}

/** What both ways in, the stream and HTTP, are given. */
export interface EventOptions {
  readonly validate: ValidateData;
  readonly channels: readonly string[];
  readonly maxFutureMs: Millis;
  /** What answers without a scale of their own may be; the usual scales by default. */
  readonly answers?: AnswerBounds;
  /** Whether an event must say its time, because there is no broker whose time could stand in for it. */
  readonly isTimeRequired?: boolean;
  readonly maskKey?: string;
}

export function rulesOf({
  validate,
  channels,
  maxFutureMs,
  answers,
  isTimeRequired = false,
  maskKey,
}: EventOptions): EventRules {
  return {
    validate,
    channels: new Set([...BUILT_IN_CHANNELS, ...channels]),
    maxFutureMs,
    answers: answers ?? USUAL_SCALES,
    isTimeRequired,
    masker: createMasker({ key: maskKey ?? '' }),
  };
}

/** Where and when the message was stored. */
export interface Arrival {
  readonly subject: string;
  readonly stored: Millis;
  /** What "the future" is measured from. */
  readonly now: Millis;
}

/** What every event must have, already checked. */
export interface Checked {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly family: string;
  readonly channel: string;
  /** null: the event says none. */
  readonly time: Millis | null;
  /** Fits its schema; not masked. Names its channel. */
  readonly data: JsonObject;
}

/** Checks a candidate without changing anything. */
export function checkEvent(candidate: Candidate, rules: EventRules, arrival: Arrival): Checked | Rejection {
  const { attributes, mode } = candidate;
  const specversion = attributes['specversion'];
  if (specversion !== '1.0') {
    return refuse(
      'malformed',
      specversion === undefined
        ? 'specversion is missing: this is not a CloudEvents 1.0 event'
        : typeof specversion === 'string'
          ? `specversion must be "1.0", found ${shown(specversion)}`
          : `specversion must be the string "1.0", found ${kindOf(specversion)}`,
      at(mode, 'specversion'),
    );
  }
  const id = attributes['id'];
  if (!isText(id, 256)) return badText('id', id, 256, mode);
  const source = attributes['source'];
  if (!isText(source, 512)) return badText('source', source, 512, mode);
  const type = attributes['type'];
  if (!isText(type, 128)) return badText('type', type, 128, mode);
  const badName = oddAttribute(attributes, mode);
  if (badName !== null) return badName;

  const family = familyOf(type);
  const isInternal = channelOfSubject(arrival.subject) === INTERNAL_CHANNEL;
  if (family === undefined || (family === 'control' && !isInternal)) {
    return refuse('unknown_type', unknownType(type), at(mode, 'type'));
  }
  const written = attributes['time'];
  let time: Millis | null = null;
  if (written !== undefined && written !== null && written !== '') {
    time = typeof written === 'string' ? parseInstant(written) : null;
    if (time === null) {
      return refuse(
        'malformed',
        `time must be an RFC 3339 instant with an offset, such as 2026-03-02T09:15:04.120+08:00, found ${
          typeof written === 'string' ? `another string of ${written.length} characters` : kindOf(written)
        }`,
        at(mode, 'time'),
      );
    }
    if (time > arrival.now + rules.maxFutureMs) {
      const ahead = Math.round((time - arrival.now) / 1000);
      return refuse(
        'future_time',
        `time lies ${ahead} s ahead of the clock, more than the ${rules.maxFutureMs / 1000} s allowed`,
        at(mode, 'time'),
      );
    }
  }

  if (time === null && rules.isTimeRequired) {
    return refuse(
      'malformed',
      'time is missing: in a file nothing else says when it happened; expected an RFC 3339 instant with an offset, such as 2026-03-02T09:15:04.120+08:00',
      at(mode, 'time'),
    );
  }

  const { data } = candidate;
  if (data === undefined || data === null)
    return refuse('schema', 'data is missing: it holds what happened, and on which channel', '/data');
  const fault = shapeFault(data);
  if (fault !== null) return refuse('schema', sentence([fault]), `/data${fault.at}`);
  const faults = rules.validate(type, data) ?? rangeFaults(type, data, rules.answers);
  if (faults !== null && faults.length > 0) return refuse('schema', sentence(faults), `/data${faults[0]?.at ?? ''}`);

  const checked = data as JsonObject;
  const named = checked['channel'];
  const channel = typeof named === 'string' ? named : channelOfSubject(arrival.subject);
  if (
    channel === null ||
    !(isInternal ? channel === INTERNAL_CHANNEL && family === 'control' : rules.channels.has(channel))
  ) {
    return refuse(
      'unknown_channel',
      channel === null
        ? 'data.channel is missing and the subject names none'
        : `the channel ${shown(channel)} is neither built in nor listed under channels in the configuration`,
      '/data/channel',
    );
  }
  return { id, source, type, family, channel, time, data: named === channel ? checked : { ...checked, channel } };
}

/** Checks, masks and flags. */
export function readEvent(candidate: Candidate, rules: EventRules, arrival: Arrival): CxEnvelope | Rejection {
  const checked = checkEvent(candidate, rules, arrival);
  return 'reason' in checked
    ? checked
    : envelopeOf(checked, maskedOf(checked, rules.masker), candidate, rules, arrival);
}

/** The same, for events that may be large. */
export function* readLargeEvent(
  candidate: Candidate,
  rules: EventRules,
  arrival: Arrival,
): Steps<CxEnvelope | Rejection> {
  const checked = checkEvent(candidate, rules, arrival);
  if ('reason' in checked) return checked;
  yield;
  const { masker } = rules;
  const masked = checked.family === 'control' ? maskedOf(checked, masker) : yield* masker.inSteps(checked.data);
  yield;
  return envelopeOf(checked, masked, candidate, rules, arrival);
}

function maskedOf({ family, data }: Checked, masker: Masker): MaskedData {
  return family === 'control' ? { data: remarksMasked(data, masker), masked: 0 } : masker.data(data);
}

function envelopeOf(
  checked: Checked,
  { data, masked }: MaskedData,
  candidate: Candidate,
  { masker }: EventRules,
  arrival: Arrival,
): CxEnvelope {
  const { type, family, channel, time } = checked;
  const id = masker.identifier(checked.id);
  const source = masker.identifier(checked.source);
  const text = wordsOf(type, data);
  const quality: Record<string, Json> = qualityOf(data, text);
  if (masked > 0) quality['masked'] = masked;
  if (time === null) quality['time_missing'] = true;
  const eventId = eventIdOf(source, id);
  const key = subjectKeyOf(data);
  return {
    id: eventId,
    key,
    ts: time ?? arrival.stored,
    value: {
      source,
      eventId: id,
      type,
      family,
      channel,
      subjectKey: key,
      attributes: furtherAttributes(candidate.attributes, masker),
      data,
      time: time ?? arrival.stored,
      received: arrival.stored,
      enrichment: unscored(text === null ? null : detectLang(text), quality),
    },
    ...(family === 'control' ? CONTROL : null),
  };
}
const CONTROL = { isControl: true } as const;

/**
 * What tells events apart: source and id together, as CloudEvents has it. No two pairs share one: a `|` inside the source is
 * escaped, since the id may hold one too.
 */
export function eventIdOf(source: string, id: string): string {
  return `${source.replace(/[\\|]/g, '\\$&')}|${id}`;
}

/** What people decide here is for the audit: names and ids of alerts as they are, what they wrote beside them masked. */
function remarksMasked(data: JsonObject, masker: Masker): JsonObject {
  let masked = data;
  for (const name of ['note', 'reason']) {
    const remark = data[name];
    if (typeof remark === 'string') masked = { ...masked, [name]: masker.text(remark) };
  }
  return masked;
}

/** What scoring starts from. */
export function unscored(lang: string | null, quality: JsonObject): Enrichment {
  return { status: 'skipped', lang, sentiment: null, issues: NONE, owner: null, urgency: null, quality, model: null };
}
const NONE: Enrichment['issues'] = [];
function sentence(faults: readonly Fault[]): string {
  return faults
    .slice(0, 5)
    .map((fault) => `data${fault.at.replaceAll('/', '.')} ${fault.error}`)
    .join('; ');
}

function unknownType(type: string): string {
  if (type.startsWith('earshot.')) return `the type ${shown(type)} is Earshot's own and not accepted from outside`;
  const prefix = type.split('.').slice(0, 2).join('.');
  const near = EVENT_TYPE_NAMES.filter((known) => known.startsWith(`${prefix}.`));
  return `there is no event type ${shown(type)}; known are ${(near.length > 0 ? near : EVENT_TYPE_NAMES).join(', ')}`;
}
