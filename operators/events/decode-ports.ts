/** What reading events needs from outside, and what it says about a bad one. */
import type { ListItems } from '../../engine/core/json/json-items.ts';
import type { Steps } from '../../engine/core/steps/steps.ts';

/** Why an event was refused; the last token of `cx.dlq.<reason>`. */
export const REJECT_REASONS = [
  /** Not readable, or not a CloudEvents 1.0 event. */
  'malformed',
  /** The data does not fit the schema of its type. */
  'schema',
  /** An event, or the number of events in a batch, is over its limit. */
  'too_large',
  /** Its time lies further ahead of the clock than `time.max_future`. */
  'future_time',
  'unknown_type',
  'unknown_channel',
  /** On Earshot's own subject, without the gateway's signature. */
  'unsigned_control',
  /** With a signature that is not the gateway's, or of another message. */
  'forged_control',
  /** The gateway's, but stored far from its own time: published again, perhaps. */
  'stale_control',
  /** Of a source, and no rule of its map takes it, or what one makes of it is no event. */
  'unmapped',
] as const;
export type RejectReason = (typeof REJECT_REASONS)[number];

export interface Rejection {
  readonly reason: RejectReason;
  /** A sentence for the sender. Names fields, types and lengths, never a customer's value. */
  readonly error: string;
  /** JSON pointer into the event (`/data/score`), `` for the whole of it; a header as `header:ce-id`. */
  readonly at: string;
}

/** One thing wrong with the data of an event. */
export interface Fault {
  /** JSON pointer into the data: `/rating/value`, `` for the data itself. */
  readonly at: string;
  /** What was expected and what was found, without the value. */
  readonly error: string;
}

/** What decoding gave: a value of plain JSON types, or a sentence on why there is none (it never holds content). */
export type Decoded = { readonly value: unknown } | { readonly fault: string };

/** Bytes ↔ values. None of its functions throws. */
export interface Codec {
  json(bytes: Uint8Array): Decoded;
  messagePack(bytes: Uint8Array): Decoded;
  /** The items of a message that is a list, undecoded; beyond `most` they are not looked for. */
  jsonItems(bytes: Uint8Array, most: number): Steps<ListItems>;
  messagePackItems(bytes: Uint8Array, most: number): Steps<ListItems>;
  toBase64(bytes: Uint8Array): string;
  fromBase64(text: string): Uint8Array | null;
}

/** Checks the data of a known type; null: nothing is wrong. */
export type ValidateData = (type: string, data: unknown) => readonly Fault[] | null;
