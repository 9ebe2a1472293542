/** A dead letter (`cx.dlq.<reason>`): what was wrong and where, and the original, sealed where there is a key for that. */
import { formatInstant } from '../../engine/core/cloud-events.ts';
import { cutText } from '../../engine/core/json/well-formed.ts';
import { letterPart, type LetterSeal } from '../../engine/core/safety/dead-letter.ts';
import {
  START_OF_TIME,
  type Json,
  type JsonObject,
  type OutputMessage,
  type RawMessage,
} from '../../engine/core/types.ts';
import type { Codec, Rejection } from './decode-ports.ts';

const MAX_HEADERS = 32;
const MAX_HEADER = 1024;

export interface LetterForm {
  readonly codec: Codec;
  readonly seal: LetterSeal | null;
  readonly maxBytes: number;
  /** Nothing was stored at any time: how far the file's time is only the run over it knows, which dates the message. */
  readonly isFile: boolean;
}

/** `message`: where the original came from; `index`: of its event in a batch. */
export function deadLetter(
  message: RawMessage,
  { reason, error, at }: Rejection,
  original: Uint8Array,
  { codec, seal, maxBytes, isFile }: LetterForm,
  index: number | undefined,
): OutputMessage {
  const { headers, bytes: headerBytes } = keptHeaders(message.headers, maxBytes);
  const most = maxBytes - Math.max(0, headerBytes - maxBytes / 8);
  const truncated = original.length > most;
  const bytes = truncated ? original.subarray(0, most) : original;
  const letter = { subject: message.subject, seq: message.seq, index: index ?? null };
  return {
    subject: `cx.dlq.${reason}`,
    type: 'cx.dlq.rejected',
    time: isFile ? START_OF_TIME : message.stored,
    data: {
      reason,
      error,
      at,
      subject: message.subject,
      seq: message.seq,
      ...(isFile ? {} : { stored: formatInstant(message.stored) }),
      headers: seal === null ? headers : {},
      ...(index === undefined ? {} : { index }),
      size: original.length,
      ...(truncated ? { truncated } : {}),
      bytes: codec.toBase64(seal === null ? bytes : seal.seal(bytes, letterPart(letter, 'bytes'))),
      ...(seal === null ? {} : { sealed: sealedHeaders(seal, codec, headers, letterPart(letter, 'headers')) }),
    },
  };
}

/** Headers as far as they fit, and what they take as JSON. */
function keptHeaders(
  all: RawMessage['headers'],
  maxBytes: number,
): { readonly headers: JsonObject; readonly bytes: number } {
  const headers: Record<string, Json> = {};
  let bytes = 0;
  for (const [name, value] of Object.entries(all).slice(0, MAX_HEADERS)) {
    if (name === '__proto__') continue;
    const [keptName, kept] = [cutText(name, 128), cutText(value, MAX_HEADER)];
    const more = encoder.encode(JSON.stringify([keptName, kept])).length;
    if (bytes + more > maxBytes) break;
    bytes += more;
    headers[keptName] = kept;
  }
  return { headers, bytes };
}

/** They may hold what the bytes do: in binary mode they are the event's attributes. */
function sealedHeaders(seal: LetterSeal, codec: Codec, headers: JsonObject, of: string): JsonObject {
  const sealed = seal.seal(encoder.encode(JSON.stringify(headers)), of);
  return { alg: seal.algorithm, key: seal.keyId, headers: codec.toBase64(sealed) };
}

const encoder = new TextEncoder();
