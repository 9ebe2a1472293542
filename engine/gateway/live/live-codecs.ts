/** The live protocols that the gateway speaks, by name. */
import type { Protocol } from '../../core/wire.ts';
import { CompactCodec } from '../../live/compact/compact-codec.ts';
import { type Codec, jsonCodec } from '../../live/frame-codec.ts';
import { msgpackCodec } from './msgpack-codec.ts';

export const CODECS: Readonly<Record<Protocol, Codec>> = {
  'earshot.v1.json': jsonCodec,
  'earshot.v1.msgpack': msgpackCodec,
  'earshot.v2.msgpack': new CompactCodec(),
};

/** The first that both speak. */
export function protocolOf(offered: string | undefined): Protocol | undefined {
  for (const name of offered?.split(',') ?? []) {
    const trimmed = name.trim();
    // Of its own alone: any client may ask for `toString`.
    if (Object.hasOwn(CODECS, trimmed)) return trimmed as Protocol;
  }
  return undefined;
}
