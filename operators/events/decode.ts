/** The first stage: stored messages in, checked, masked and flagged events out; what is bad becomes a DLQ message. */
import { parseInstant } from '../../engine/core/cloud-events.ts';
import type { LetterSeal } from '../../engine/core/safety/dead-letter.ts';
import {
  type BatchStage,
  type Envelope,
  type Millis,
  type OutputMessage,
  type Prepared,
  type PreparedItem,
  type RawMessage,
} from '../../engine/core/types.ts';
import type { CxEvent } from '../shared/messages.ts';
import type { AnswerBounds } from './answer-bounds.ts';
import { contentsOf, oneOf, type Candidate, type ContentLimits } from './contents.ts';
import {
  isOnControlSubject,
  refusedControl,
  signatureFault,
  staleFault,
  type VerifyControl,
} from './checks/control-check.ts';
import type { Arrival } from './checks/check-event.ts';
import { readEvent, readLargeEvent, rulesOf, type EventRules } from './event.ts';
import { deadLetter, type LetterForm } from './refused-letter.ts';
import type { Codec, Rejection, ValidateData } from './decode-ports.ts';
import type { QualityRules } from './quality/quality.ts';

export interface DecodeOptions {
  readonly codec: Codec;
  readonly validate: ValidateData;
  /** Beyond the built-in ones (`config.channels`). */
  readonly channels: readonly string[];
  /** `config.limits.maxEventBytes` */
  readonly maxEventBytes: number;
  /** `config.time.maxFutureMs` */
  readonly maxFutureMs: Millis;
  /** What answers without a scale of their own may be; the usual scales by default. */
  readonly answers?: AnswerBounds;
  /**
   * The messages are lines of a file. An event's arrival, which the future is measured from, is not when the broker stored its
   * message, but when it was recorded (`recordedtime`); where it says nothing of that, only the events around it can tell.
   */
  readonly isFile?: boolean;
  /** A file has no time of storing either, which stands in for the time of an event that says none: it must say one. */
  readonly isTimeRequired?: boolean;
  /** Key of the tokens that stand for identifiers which are themselves personal; secret, and the same for ever. */
  readonly maskKey: string;
  /** Fields that are labels (`config.mask.labels`); the usual ones by default. */
  readonly labels?: readonly string[];
  /** What is no opinion of a customer; the usual rules by default. */
  readonly quality?: QualityRules;
  readonly maxBatchEvents?: number;
  /** Whether a control is the gateway's; left out where nothing on the control subject can come from elsewhere (files, tests). */
  readonly verifyControl?: VerifyControl;
  /** Seals what a dead letter keeps of the original; left out: it is kept as it came. */
  readonly seal?: LetterSeal | null;
  /**
   * Asked by the stage after each event, and during large ones: a promise hands the event loop over until it resolves. A batch of
   * messages, one message that is a batch, or one long text is more work than the loop should be held for.
   */
  readonly maybeYield?: () => Promise<void> | undefined;
  /** Longest original kept in a DLQ message, its headers included beyond an eighth of that; base64 makes 4/3 of it, which must fit the broker's payload limit. */
  readonly maxRejectBytes?: number;
}

/** By default a reject fits a server with the usual limit of 1 MiB a message. */
const MAX_REJECT_BYTES = 700 * 1024;
const MAX_BATCH_EVENTS = 10_000;

export function decodeStage(options: DecodeOptions): BatchStage<RawMessage, Prepared<CxEvent>> {
  const reading = readingOf(options);
  const [read, readOne] = [reader(options, reading), oneReader(options, reading)];
  const { maybeYield } = options;
  return {
    name: 'decode',
    async apply(batch, signal) {
      const prepared: Prepared<CxEvent>[] = [];
      for (const message of batch) {
        const items: PreparedItem<CxEvent>[] = [];
        const one = readOne(message);
        for (const item of one === undefined ? read(message) : [one]) {
          if (item !== undefined) items.push(item);
          const yielded = maybeYield?.();
          if (yielded === undefined) continue;
          await yielded;
          signal.throwIfAborted();
        }
        prepared.push({ seq: message.seq, stored: message.stored, items });
      }
      return prepared;
    },
  };
}

/** One message at a time, synchronously. Never throws, whatever the bytes. */
export function createDecoder(options: DecodeOptions): (message: RawMessage) => Prepared<CxEvent> {
  const reading = readingOf(options);
  const [read, readOne] = [reader(options, reading), oneReader(options, reading)];
  return (message) => {
    const one = readOne(message);
    const items = one === undefined ? [...read(message)].filter((item) => item !== undefined) : [one];
    return { seq: message.seq, stored: message.stored, items };
  };
}

/**
 * The item of a message that is one small event, as nearly all are: in one go, without what others need. `undefined`: it is another,
 * or lies where controls do.
 */
function oneReader(
  { codec, isFile = false, verifyControl }: DecodeOptions,
  { rules, form, limits }: Reading,
): (message: RawMessage) => PreparedItem<CxEvent> | undefined {
  return (message) => {
    const { headers, data, stored } = message;
    if (isFile || data.length > LARGE_BYTES || (verifyControl !== undefined && isOnControlSubject(message)))
      return undefined;
    const one = oneOf(headers, data, codec, limits);
    if (typeof one === 'string') return undefined;
    const result = 'reason' in one ? one : readEvent(one, rules, { subject: message.subject, stored, now: stored });
    return 'reason' in result ? { rejected: deadLetter(message, result, data, form, undefined) } : { event: result };
  };
}

interface Reading {
  readonly rules: EventRules;
  readonly form: LetterForm;
  readonly limits: ContentLimits;
}
function readingOf(options: DecodeOptions): Reading {
  const { codec, seal = null, maxRejectBytes = MAX_REJECT_BYTES, isFile = false } = options;
  const { maxEventBytes, maxBatchEvents = MAX_BATCH_EVENTS } = options;
  return {
    rules: rulesOf(options),
    form: { codec, seal, maxBytes: maxRejectBytes, isFile },
    limits: { maxEventBytes, maxBatchEvents },
  };
}

/** The items of a message, one at a time: a batch may hold thousands. `undefined` where the loop may be handed over. */
function reader(
  options: DecodeOptions,
  { rules, form, limits }: Reading,
): (message: RawMessage) => Generator<PreparedItem<CxEvent> | undefined, void, undefined> {
  const { codec, isFile = false } = options;
  return function* (message) {
    const { stored } = message;
    const reject = (
      rejection: Rejection,
      original: Uint8Array,
      headers: RawMessage['headers'],
      index?: number,
    ): PreparedItem<CxEvent> => ({
      rejected: deadLetter({ ...message, headers }, rejection, original, form, index),
    });
    const verify = isOnControlSubject(message) ? options.verifyControl : undefined;
    const unsigned = verify === undefined ? null : signatureFault(message, verify);
    if (unsigned !== null) {
      yield reject(unsigned, message.data, message.headers);
      yield { event: refusedControl(message, unsigned) };
      return;
    }
    const contents = yield* contentsOf(message.headers, message.data, codec, limits);
    if ('reason' in contents) {
      yield reject(contents, message.data, message.headers);
      return;
    }
    const arrival: Arrival = { subject: message.subject, stored, now: stored };
    const { batch } = contents;
    let { headers } = message;
    for (const [index, item] of contents.items.entries()) {
      const isLarge = (batch?.[index] ?? message.data).length > LARGE_BYTES;
      const recorded = isFile && 'attributes' in item ? recordedOf(item) : undefined;
      const arrived = isFile ? { ...arrival, now: recorded ?? Infinity } : arrival;
      const result =
        'reason' in item
          ? item
          : isLarge
            ? yield* readLargeEvent(item, rules, arrived)
            : readEvent(item, rules, arrived);
      const stale = verify === undefined || 'reason' in result ? null : staleFault(result, message);
      if (stale !== null) {
        yield reject(stale, message.data, headers);
        yield { event: refusedControl(message, stale) };
      } else if (!('reason' in result)) {
        if (!isFile) yield { event: result };
        else {
          const original = batch?.[index] ?? message.data;
          const place = batch === undefined ? undefined : index;
          const refuse = (aheadMs: Millis): OutputMessage =>
            deadLetter(message, aheadOfOthers(aheadMs), original, form, place);
          yield { event: receivedAt(result, recorded ?? result.ts), filed: { recorded, refuse } };
        }
      } else if (batch === undefined) yield reject(result, message.data, headers);
      else {
        // Of a batch only the event itself, and the headers with its first bad one only: the whole of it with each would
        // square its size.
        yield reject(result, batch[index] ?? message.data, headers, index);
        headers = NO_HEADERS;
      }
    }
  };
}

/** No broker received an event of a file. */
function receivedAt(event: Envelope<CxEvent>, received: Millis): Envelope<CxEvent> {
  return { ...event, value: { ...event.value, received } };
}

/** When an event in a file was recorded; undefined: it says nothing of that, or nothing that can be read. */
function recordedOf({ attributes }: Candidate): Millis | undefined {
  const { recordedtime } = attributes;
  return typeof recordedtime === 'string' ? (parseInstant(recordedtime) ?? undefined) : undefined;
}

function aheadOfOthers(aheadMs: Millis): Rejection {
  const ahead = Math.round(aheadMs / 1000);
  const error = `time lies ${ahead} s ahead of the events before and after it, as only a clock that is wrong would have it; an event that is right says when it was recorded in recordedtime`;
  return { reason: 'future_time', error, at: '/time' };
}

/** Smaller events are read in one step. */
const LARGE_BYTES = 8 * 1024;
const NO_HEADERS: RawMessage['headers'] = {};
