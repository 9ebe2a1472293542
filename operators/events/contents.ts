/**
 * What a message holds: one CloudEvent in structured or binary mode, or a batch (CloudEvents NATS binding; batches as in
 * the JSON event format, and as a MessagePack list). Attributes and data are handed on unchecked.
 */
import { decodeBinaryHeaders } from '../../engine/core/cloud-events.ts';
import { byteAt } from '../../engine/core/must.ts';
import type { Steps } from '../../engine/core/steps/steps.ts';
import type { Codec, Decoded, Rejection } from './decode-ports.ts';

/** One would-be event. */
export interface Candidate {
  /** Everything but the data; values of any kind. */
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly data: unknown;
  /** Where the attributes come from, for pointers in faults. */
  readonly mode: 'structured' | 'binary';
}
export interface Contents {
  /** In the message's order: candidates, and what could not even be taken for one. */
  readonly items: readonly (Candidate | Rejection)[];
  /** Each item's own bytes; undefined: the message is one event. */
  readonly batch?: readonly Uint8Array[];
}
export interface ContentLimits {
  readonly maxEventBytes: number;
  readonly maxBatchEvents: number;
}

/** Lower-case header names. Never throws. */
export function* contentsOf(
  headers: Readonly<Record<string, string>>,
  bytes: Uint8Array,
  codec: Codec,
  limits: ContentLimits,
): Steps<Contents | Rejection> {
  const one = oneOf(headers, bytes, codec, limits);
  if (typeof one === 'string') return yield* batchOf(bytes, codec, one, limits);
  return 'reason' in one ? one : { items: [one] };
}

/** The event of a message that is one event: most are, and are read without the steps of a batch. Of a batch, what it is encoded in. */
export function oneOf(
  headers: Readonly<Record<string, string>>,
  bytes: Uint8Array,
  codec: Codec,
  limits: ContentLimits,
): Candidate | Rejection | Encoding {
  const { media, format, isCloudEvents } = contentTypeOf(headers['content-type']);
  const isBinary = !isCloudEvents && (headers['ce-specversion'] !== undefined || headers['ce-id'] !== undefined);
  if (format === null || (isBinary && format === 'sniff' && media !== '')) {
    return malformed(`the content type ${shown(media)} is neither JSON nor MessagePack`, 'header:content-type');
  }
  if (bytes.length === 0) {
    return malformed(isBinary ? 'the payload, which should hold the data, is empty' : 'the payload is empty', '');
  }
  const encoding = format === 'sniff' ? sniff(bytes) : format;
  if (encoding === null) return malformed('the payload is neither JSON nor a MessagePack map or list', '');
  if (!isBinary && opensList(bytes, encoding)) return encoding;
  const large = tooLarge(bytes, limits);
  if (large !== null) return large;
  const decoded = decodedAs(encoding, bytes, codec);
  if ('fault' in decoded) return malformed(decoded.fault, '');
  const { value } = decoded;
  if (isBinary) {
    const attributes = decodeBinaryHeaders(headers);
    return typeof attributes === 'string' ? badHeader(attributes) : { attributes, data: value, mode: 'binary' };
  }
  return media.startsWith('application/cloudevents-batch')
    ? malformed(`a batch must be a list of events, found ${kindOf(value)}`, '')
    : candidateOf(value, codec);
}

export type Encoding = 'json' | 'messagepack';

interface ContentType {
  readonly media: string;
  readonly format: Encoding | 'sniff' | null;
  readonly isCloudEvents: boolean;
}
function contentTypeOf(header: string | undefined): ContentType {
  if (header === undefined) return UNNAMED;
  return USUAL_TYPES.get(header) ?? readType(header); // any other: read each time
}
function readType(header: string): ContentType {
  const media = mediaType(header);
  return { media, format: formatOf(media), isCloudEvents: media.startsWith('application/cloudevents') };
}
const UNNAMED = readType('');
/** As senders write them. */
const USUAL_TYPES: ReadonlyMap<string, ContentType> = new Map(
  [
    ...['application/cloudevents+json', 'application/cloudevents+json; charset=utf-8', 'application/json'],
    ...['application/cloudevents-batch+json', 'application/cloudevents+msgpack', 'application/msgpack'],
  ].map((header) => [header, readType(header)]),
);

/** Item by item: the list may be many times as long as an event. One that cannot be decoded spoils it all. */
function* batchOf(
  bytes: Uint8Array,
  codec: Codec,
  encoding: Encoding,
  limits: ContentLimits,
): Steps<Contents | Rejection> {
  const most = limits.maxBatchEvents;
  const list = yield* encoding === 'json' ? codec.jsonItems(bytes, most) : codec.messagePackItems(bytes, most);
  if ('fault' in list) return malformed(list.fault, '');
  if ('more' in list)
    return { reason: 'too_large', error: `the batch has more than the ${most} events allowed`, at: '' };
  const items: (Candidate | Rejection)[] = [];
  let bytesLeft = BYTES_A_STEP;
  for (const [index, item] of list.items.entries()) {
    const large = tooLarge(item, limits);
    if (large === null) {
      const decoded = decodedAs(encoding, item, codec);
      if ('fault' in decoded) return malformed(`item ${index} of the batch: ${decoded.fault}`, '');
      items.push(candidateOf(decoded.value, codec));
    } else items.push(large);
    bytesLeft -= item.length;
    if (bytesLeft > 0) continue;
    yield;
    bytesLeft = BYTES_A_STEP;
  }
  return { items, batch: list.items };
}
const BYTES_A_STEP = 32 * 1024;

function decodedAs(encoding: Encoding, bytes: Uint8Array, codec: Codec): Decoded {
  return encoding === 'json' ? codec.json(bytes) : codec.messagePack(bytes);
}

function tooLarge(bytes: Uint8Array, { maxEventBytes }: ContentLimits): Rejection | null {
  return bytes.length <= maxEventBytes
    ? null
    : {
        reason: 'too_large',
        error: `the event has ${bytes.length} bytes, more than the ${maxEventBytes} allowed`,
        at: '',
      };
}

/** A decoded value as JSON; `null` for one that nests too deep to be written out. */
export function writtenOut(value: unknown): string {
  try {
    return value === undefined ? 'null' : JSON.stringify(value);
  } catch {
    return 'null';
  }
}

function candidateOf(value: unknown, codec: Codec): Candidate | Rejection {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return malformed(`an event must be an object, found ${kindOf(value)}`, '');
  }
  const attributes = value as Readonly<Record<string, unknown>>;
  const base64 = attributes['data_base64'];
  if (base64 === undefined || base64 === null) {
    return { attributes, data: attributes['data'], mode: 'structured' };
  }
  if (attributes['data'] !== undefined) return malformed('an event has data or data_base64, not both', '/data_base64');
  const bytes = typeof base64 === 'string' ? codec.fromBase64(base64) : null;
  if (bytes === null) return malformed('data_base64 must be a string in base64', '/data_base64');
  const named = attributes['datacontenttype'];
  const format = formatOf(typeof named === 'string' ? mediaType(named) : '');
  const decoded = format === 'messagepack' ? codec.messagePack(bytes) : codec.json(bytes);
  return 'fault' in decoded
    ? malformed(`data_base64: ${decoded.fault}`, '/data_base64')
    : { attributes, data: decoded.value, mode: 'structured' };
}

function mediaType(header: string): string {
  const end = header.indexOf(';');
  return (end < 0 ? header : header.slice(0, end)).trim().toLowerCase();
}

/** null: a format we do not read; `sniff`: nothing was said that would tell. */
function formatOf(media: string): Encoding | 'sniff' | null {
  if (media === '' || media === 'application/octet-stream' || media === 'application/cloudevents') return 'sniff';
  if (media === 'application/cloudevents-batch') return 'sniff';
  if (media === 'application/json' || media === 'text/json' || media.endsWith('+json')) return 'json';
  return /^application\/(?:x-|vnd\.)?(?:msgpack|messagepack)$|\+(?:x-)?(?:msgpack|messagepack)$/.test(media)
    ? 'messagepack'
    : null;
}

/** By the first byte: what opens a JSON text means a small integer in MessagePack, which is no event. */
function sniff(bytes: Uint8Array): Encoding | null {
  const first = firstByte(bytes);
  if (first === 0x7b || first === 0x5b) return 'json';
  const marker = bytes[0] ?? 0; // nothing at all opens neither
  return (marker >= 0x80 && marker < 0xa0) || (marker >= 0xdc && marker <= 0xdf)
    ? 'messagepack'
    : first === 0x22 || (first >= 0x2d && first <= 0x39) || first === 0x74 || first === 0x66 || first === 0x6e
      ? 'json'
      : null;
}

function opensList(bytes: Uint8Array, encoding: Encoding): boolean {
  const first = encoding === 'json' ? firstByte(bytes) : (bytes[0] ?? 0); // nothing at all is no list
  return encoding === 'json' ? first === 0x5b : (first >= 0x90 && first < 0xa0) || first === 0xdc || first === 0xdd;
}

/** The first that is neither JSON's white space nor a byte order mark. */
function firstByte(bytes: Uint8Array): number {
  const isMarked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  for (let at = isMarked ? 3 : 0; at < bytes.length; at += 1) {
    const byte = byteAt(bytes, at);
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return byte;
  }
  return 0;
}

function malformed(error: string, at: string): Rejection {
  return { reason: 'malformed', error, at };
}

function badHeader(name: string): Rejection {
  return malformed(
    `the header ${shown(name)} is not percent-encoded UTF-8`,
    `header:${isTechnical(name) ? name : '…'}`,
  );
}

/** A technical name a sender chose, if it looks like one; never a stretch of free text. */
export function shown(name: string): string {
  return isTechnical(name) ? `"${name}"` : `(${name.length} characters)`;
}

/** May a fault quote this name? None with six digits, whatever stands between them: it may be somebody's number. */
export function isTechnical(name: string): boolean {
  return /^[\w.+/-]{1,80}$/.test(name) && !/\d(?:\D?\d){5}/.test(name);
}

export function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
