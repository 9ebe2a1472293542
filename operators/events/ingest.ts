/** `POST /v1/events`: the body of a request to messages for the input, or the faults of its events. All of it or none. */
import { encodeAttribute } from '../../engine/core/cloud-events.ts';
import type { Steps } from '../../engine/core/steps/steps.ts';
import type { Json, Millis } from '../../engine/core/types.ts';
import { type Candidate, contentsOf, writtenOut } from './contents.ts';
import type { DecodeOptions } from './decode.ts';
import { checkEvent, type Checked } from './checks/check-event.ts';
import { eventIdOf, rulesOf, type EventRules } from './event.ts';
import type { RejectReason } from './decode-ports.ts';
import { subjectKeyOf } from './subject-key.ts';

/** One event, to be stored as it is. */
export interface IngestMessage {
  /** The event's CloudEvents id. */
  readonly id: string;
  readonly subject: string;
  /** With `Nats-Msg-Id`, so that a request sent twice within the broker's window is stored once. */
  readonly headers: Readonly<Record<string, string>>;
  readonly data: Uint8Array;
}
export interface IngestFault {
  /** Place in the batch; 0 for a single event. */
  readonly index: number;
  /** If it could be read. */
  readonly id?: string;
  readonly reason: RejectReason;
  readonly error: string;
  /** JSON pointer into the event. */
  readonly at: string;
}
export interface Ingested {
  /** Empty if there is any fault. */
  readonly accepted: readonly IngestMessage[];
  readonly faults: readonly IngestFault[];
}

export type IngestOptions = Omit<DecodeOptions, 'now' | 'maxRejectBytes' | 'maybeYield'>;

const STRUCTURED = 'application/cloudevents+json';
const encoder = new TextEncoder();

/** Lower-case names: `content-type`, and `ce-*` of an event in binary mode (CloudEvents HTTP binding). */
type RequestHeaders = Readonly<Record<string, string>>;

/** @returns a function of the request's headers, its body, and the time it came in */
export function createIngest(
  options: IngestOptions,
): (headers: RequestHeaders, body: Uint8Array, now: Millis) => Steps<Ingested> {
  const rules: EventRules = rulesOf(options);
  const limits = { maxEventBytes: options.maxEventBytes, maxBatchEvents: options.maxBatchEvents ?? 1000 };
  return function* (headers: RequestHeaders, body: Uint8Array, now: Millis): Steps<Ingested> {
    const contents = yield* contentsOf(headers, body, options.codec, limits);
    if ('reason' in contents) return { accepted: [], faults: [{ index: 0, ...contents }] };
    const { items, batch } = contents;
    if (items.length === 0) {
      return { accepted: [], faults: [{ index: 0, reason: 'malformed', error: 'the batch holds no event', at: '' }] };
    }
    const accepted: IngestMessage[] = [];
    const faults: IngestFault[] = [];
    for (const [index, item] of items.entries()) {
      if ('reason' in item) {
        faults.push({ index, ...item });
        continue;
      }
      const checked = checkEvent(item, rules, { subject: '', stored: now, now });
      if ('reason' in checked) {
        const id = item.attributes['id'];
        faults.push({ index, ...(typeof id === 'string' && id.length <= 256 ? { id } : {}), ...checked });
      } else accepted.push(messageOf(checked, item, batch?.[index] ?? body, rules));
      yield;
    }
    return faults.length > 0 ? { accepted: [], faults } : { accepted, faults };
  };
}

function messageOf(
  { id, source, channel, family, data }: Checked,
  item: Candidate,
  bytes: Uint8Array,
  { masker }: EventRules,
): IngestMessage {
  return {
    id,
    // The key is public, like all of a subject: as it will be once the event is masked.
    subject: `cx.events.${channel}.${family}.${subjectKeyOf(data, (id) => masker.identifier(id))}`,
    headers: { 'content-type': STRUCTURED, 'Nats-Msg-Id': encodeAttribute(eventIdOf(source, id)) },
    // What was sent as JSON goes on byte by byte; what was in binary mode or MessagePack is written as JSON.
    data: item.mode === 'structured' && isJson(bytes) ? bytes : encoder.encode(writtenOut(eventOf(item))),
  };
}

function eventOf({ attributes, data, mode }: Candidate): unknown {
  if (mode === 'binary') return { ...attributes, datacontenttype: 'application/json', data };
  return 'data_base64' in attributes ? attributes : { ...attributes, data };
}

function isJson(body: Uint8Array): boolean {
  const first = body.find((byte) => byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09);
  return first === 0x7b;
}

/** What the gateway answers: 202 with the ids once they are stored, 413 or 422 or 400 with the faults. */
export function ingestAnswer({ accepted, faults }: Ingested): { readonly status: number; readonly body: Json } {
  if (faults.length === 0) return { status: 202, body: { accepted: accepted.map(({ id }) => id) } };
  const has = (reason: RejectReason): boolean => faults.some((fault) => fault.reason === reason);
  const [status, code] = has('too_large')
    ? [413, 'too_large']
    : has('malformed')
      ? [400, 'bad_request']
      : [422, 'invalid'];
  const message = 'nothing was stored: see the faults, by the index of the event';
  return { status, body: { error: { code, message, faults: faults.map((fault) => ({ ...fault })) } } };
}
