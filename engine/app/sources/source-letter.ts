/** A payload of a source that became no event, as a dead letter: under one id however often it is sent again. */
import { createHash } from 'node:crypto';
import { createCodec } from '../../adapters/formats/codec.ts';
import type { StorableMessage } from '../../adapters/nats/publisher.ts';
import { binaryHeaders, type MessageOrigin } from '../../core/cloud-events.ts';
import type { LetterSeal } from '../../core/safety/dead-letter.ts';
import type { Millis } from '../../core/types.ts';
import { deadLetter } from '../../../operators/events/refused-letter.ts';
import type { Rejection } from '../../../operators/events/decode-ports.ts';

export interface LetterOptions {
  readonly origin: MessageOrigin;
  readonly seal: LetterSeal | null;
  /** Of the original that is kept. */
  readonly maxBytes: number;
}

export interface Original {
  readonly source: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly at: Millis;
}

const codec = createCodec();
const encoder = new TextEncoder();

export function letterWriter({
  origin,
  seal,
  maxBytes,
}: LetterOptions): (original: Original, why: Rejection) => StorableMessage {
  const headersOf = binaryHeaders(origin);
  return ({ source, headers, body, at }, why) => {
    // No stream has numbered it.
    const message = { subject: `/sources/${source}`, seq: 0, headers, data: body, stored: at };
    const letter = deadLetter(message, why, body, { codec, seal, maxBytes, isFile: false }, undefined);
    const id = `sources.${source}.${why.reason}.${bodyHash(body)}`;
    return {
      subject: letter.subject,
      headers: { ...headersOf({ ...letter, id }), 'Nats-Msg-Id': id },
      data: encoder.encode(JSON.stringify(letter.data)),
    };
  };
}

/** The same for the same bytes. */
export function bodyHash(body: Uint8Array): string {
  return createHash('sha256').update(body).digest('hex').slice(0, 32);
}
