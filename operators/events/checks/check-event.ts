/** What every event must have: attributes, type, time, data and channel, looked at in this order; the first fault is said. */
import { parseInstant } from '../../../engine/core/cloud-events.ts';
import type { JsonObject, Millis } from '../../../engine/core/types.ts';
import type { AnswerBounds } from '../answer-bounds.ts';
import { channelOfSubject, INTERNAL_CHANNEL } from '../channels.ts';
import { type Candidate, kindOf, shown } from '../contents.ts';
import type { Fault, Rejection, ValidateData } from '../decode-ports.ts';
import { EVENT_TYPE_NAMES, familyOf } from '../types/event-types.ts';
import { at, badText, isText, oddAttribute, refuse } from './attributes.ts';
import { rangeFaults } from './ranges.ts';
import { shapeFault } from './shape.ts';

export interface CheckRules {
  readonly validate: ValidateData;
  /** Built-in and configured. */
  readonly channels: ReadonlySet<string>;
  readonly maxFutureMs: Millis;
  readonly answers: AnswerBounds;
  /** Whether an event must say its time, because there is no broker whose time could stand in for it. */
  readonly isTimeRequired: boolean;
}

/** Where and when the message was stored. */
export interface Arrival {
  readonly subject: string;
  readonly stored: Millis;
  /** What "the future" is measured from. */
  readonly now: Millis;
}

interface Identity {
  readonly id: string;
  readonly source: string;
  readonly type: string;
}

/** What every event must have, already checked. */
export interface Checked extends Identity {
  readonly family: string;
  readonly channel: string;
  /** null: the event says none. */
  readonly time: Millis | null;
  /** Fits its schema; not masked. Names its channel. */
  readonly data: JsonObject;
}

/** Checks a candidate without changing anything. */
export function checkEvent(candidate: Candidate, rules: CheckRules, arrival: Arrival): Checked | Rejection {
  const { attributes, mode } = candidate;
  const identity = identityOf(candidate);
  if ('reason' in identity) return identity;
  const badName = oddAttribute(attributes, mode);
  if (badName !== null) return badName;

  const { id, source, type } = identity;
  const family = familyOf(type);
  const isInternal = channelOfSubject(arrival.subject) === INTERNAL_CHANNEL;
  if (family === undefined || (family === 'control' && !isInternal)) {
    return refuse('unknown_type', unknownType(type), at(mode, 'type'));
  }
  const time = timeOf(candidate, rules, arrival);
  if (time !== null && typeof time !== 'number') return time;
  const badData = dataFault(candidate, type, rules, time ?? arrival.stored);
  if (badData !== null) return badData;

  const data = candidate.data as JsonObject;
  const named = data['channel'];
  const channel = typeof named === 'string' ? named : channelOfSubject(arrival.subject);
  const isKnown = isInternal
    ? channel === INTERNAL_CHANNEL && family === 'control'
    : channel !== null && rules.channels.has(channel);
  if (channel === null || !isKnown) return refuse('unknown_channel', unknownChannel(channel), '/data/channel');
  return { id, source, type, family, channel, time, data: named === channel ? data : { ...data, channel } };
}

function identityOf({ attributes, mode }: Candidate): Identity | Rejection {
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
  return { id, source, type };
}

const INSTANT = 'an RFC 3339 instant with an offset, such as 2026-03-02T09:15:04.120+08:00';

/** null: the event says none. */
function timeOf({ attributes, mode }: Candidate, rules: CheckRules, arrival: Arrival): Millis | Rejection | null {
  const written = attributes['time'];
  if (written === undefined || written === null || written === '') {
    if (!rules.isTimeRequired) return null;
    const error = `time is missing: in a file nothing else says when it happened; expected ${INSTANT}`;
    return refuse('malformed', error, at(mode, 'time'));
  }
  const time = typeof written === 'string' ? parseInstant(written) : null;
  if (time === null) {
    const found = typeof written === 'string' ? `another string of ${written.length} characters` : kindOf(written);
    return refuse('malformed', `time must be ${INSTANT}, found ${found}`, at(mode, 'time'));
  }
  if (time <= arrival.now + rules.maxFutureMs) return time;
  const ahead = Math.round((time - arrival.now) / 1000);
  return refuse(
    'future_time',
    `time lies ${ahead} s ahead of the clock, more than the ${rules.maxFutureMs / 1000} s allowed`,
    at(mode, 'time'),
  );
}

/** null: it is an object that fits its schema. */
function dataFault({ data }: Candidate, type: string, rules: CheckRules, time: Millis): Rejection | null {
  if (data === undefined || data === null)
    return refuse('schema', 'data is missing: it holds what happened, and on which channel', '/data');
  const fault = shapeFault(data);
  if (fault !== null) return refuse('schema', sentence([fault]), `/data${fault.at}`);
  const [first, ...others] = rules.validate(type, data) ?? rangeFaults(type, data, rules.answers, time) ?? []; // without a fault
  return first === undefined ? null : refuse('schema', sentence([first, ...others]), `/data${first.at}`);
}

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

function unknownChannel(channel: string | null): string {
  return channel === null
    ? 'data.channel is missing and the subject names none'
    : `the channel ${shown(channel)} is neither built in nor listed under channels in the configuration`;
}
