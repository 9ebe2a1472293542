/**
 * What the client received, read from the bytes it keeps: its own getters decode every text and make lists of headers that nobody asks
 * for, which costs more than what is done with a small message. What is not plain there (printable ASCII, a header of each name) is asked
 * of the client, and so is everything of a version that keeps no such bytes.
 */
import type { Msg, MsgHdrs } from '@nats-io/transport-node';

type Headers = Readonly<Record<string, string>>;

/** Of the client's messages. */
interface Kept {
  readonly _msg?: { readonly subject?: unknown; readonly reply?: unknown; readonly hdr?: unknown };
  /** Headers, then data. */
  readonly _rdata?: unknown;
}

const NO_HEADERS: Headers = {};
const encoder = new TextEncoder();
const PLAIN_SUBJECT = /^[\x21-\x7e]+$/;
const FIRST_LINE = 'NATS/1.0\r\n';
/** A name has no colon, and no status stands in the first line. */
const PLAIN_HEADERS = /^NATS\/1\.0\r\n(?:[\x21-\x39\x3b-\x7e]+:[\x20-\x7e]*\r\n)*\r\n$/;

export function subjectOf(message: Msg): string {
  const bytes = (message as Kept)._msg?.subject;
  if (!(bytes instanceof Uint8Array)) return message.subject;
  const text = latin1(bytes, bytes.length);
  return PLAIN_SUBJECT.test(text) ? text : message.subject;
}

/** The number that stands in the subject from there on; NaN: none does. */
export function subjectNumberOf(message: Msg, from: number): number {
  const bytes = (message as Kept)._msg?.subject;
  if (!(bytes instanceof Uint8Array)) return Number(message.subject.slice(from) || NaN);
  let value = bytes.length > from ? 0 : NaN;
  for (let i = from; i < bytes.length; i++) {
    const digit = (bytes[i] as number) - 0x30;
    if (digit < 0 || digit > 9) return NaN;
    value = value * 10 + digit;
  }
  return value;
}

/** Where to answer; undefined: nowhere. */
export function replyOf(message: Msg): Uint8Array | undefined {
  const kept = (message as Kept)._msg;
  if (kept !== undefined && 'reply' in kept) {
    const { reply } = kept;
    if (reply === undefined) return undefined;
    if (reply instanceof Uint8Array) return reply.length === 0 ? undefined : reply;
  }
  const { reply } = message;
  return reply === undefined || reply === '' ? undefined : encoder.encode(reply);
}

/** By lower-case name, the first of several of one name. The same object for messages that follow each other with the same headers. */
export function headersOf(message: Msg): Headers {
  const { _msg: kept, _rdata: bytes } = message as Kept;
  const length = kept?.hdr;
  if (length === -1) return NO_HEADERS;
  if (typeof length !== 'number' || !(bytes instanceof Uint8Array)) return headerRecord(message.headers);
  const block = latin1(bytes, length);
  if (block === last.block) return last.headers;
  const headers = plainHeaders(block);
  if (headers === undefined) return headerRecord(message.headers);
  last = { block, headers };
  return headers;
}
let last: { readonly block: string; readonly headers: Headers } = { block: '', headers: NO_HEADERS };

/** undefined: they are not plain. */
function plainHeaders(block: string): Headers | undefined {
  if (!PLAIN_HEADERS.test(block)) return undefined;
  const record: Record<string, string> = {};
  const end = block.length - 2;
  for (let at = FIRST_LINE.length; at < end;) {
    const colon = block.indexOf(':', at);
    const next = block.indexOf('\r\n', colon);
    const name = block.slice(at, colon).toLowerCase();
    if (Object.hasOwn(record, name)) return undefined;
    record[name] = block.slice(colon + 1, next).trim();
    at = next + 2;
  }
  return record;
}

function headerRecord(headers: MsgHdrs | undefined): Headers {
  if (headers === undefined) return NO_HEADERS;
  const record: Record<string, string> = {};
  for (const [name, values] of headers) record[name.toLowerCase()] = values[0] ?? ''; // a header without a value
  return record;
}

function latin1(bytes: Uint8Array, end: number): string {
  const buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return buffer.toString('latin1', 0, end);
}
