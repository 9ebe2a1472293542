/** The MessagePack form of the live protocol: the same frames as JSON, as plain maps and arrays any MessagePack reader takes. */
import { Packr, Unpackr } from 'msgpackr';
import { cellPiece, type Codec, type Piece } from '../../live/frame-codec.ts';
import { MessagePackScanner } from '../../core/messagepack/messagepack-scan.ts';

// No records, no shared structures, no bundled strings: extensions that only msgpackr reads.
const packr = new Packr({ useRecords: false, variableMapSize: true, moreTypes: false, encodeUndefinedAsNil: false });
const unpackr = new Unpackr({ useRecords: false, mapsAsObjects: true });
const scanner = new MessagePackScanner();

export const msgpackCodec: Codec = {
  protocol: 'earshot.v1.msgpack',
  version: 1,
  index: 1,
  binary: true,
  readsText: false,
  // Copied out of msgpackr's working buffer, which the next pack would go on in.
  piece: (value) => Uint8Array.prototype.slice.call(packr.pack(dense(value))),
  kpis: (cells, filter) => cells.map((cell) => cellPiece(cell, filter, msgpackCodec)),
  frame(head, lists = []) {
    const parts: Uint8Array[] = [];
    const fields = Object.entries(head).filter(([, value]) => value !== undefined);
    parts.push(mapHeader(fields.length + lists.length));
    for (const [name, value] of fields) parts.push(packed(name), packed(value));
    for (const [name, pieces] of lists) {
      parts.push(packed(name), arrayHeader(pieces.length), ...pieces.map(bytesOf));
    }
    return Buffer.concat(parts);
  },
  decode(bytes) {
    // The decoder recurses as deep as the sender likes, and knows extensions that are no data.
    const scan = scanner.scan(bytes);
    if ('fault' in scan) throw new TypeError(scan.fault);
    return unpackr.unpack(bytes) as unknown;
  },
};

function packed(value: unknown): Uint8Array {
  return Uint8Array.prototype.slice.call(packr.pack(dense(value)));
}

/** As JSON sees it: no fields that are undefined, so that both forms say the same. */
function dense(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(dense);
  if (typeof value !== 'object' || value === null) return value;
  const plain: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(value)) if (field !== undefined) plain[name] = dense(field);
  return plain;
}

function bytesOf(piece: Piece): Uint8Array {
  return typeof piece === 'string' ? Buffer.from(piece) : piece;
}

function mapHeader(size: number): Uint8Array {
  return size < 16 ? Uint8Array.of(0x80 | size) : Uint8Array.of(0xde, size >> 8, size & 0xff);
}

function arrayHeader(size: number): Uint8Array {
  if (size < 16) return Uint8Array.of(0x90 | size);
  if (size < 65_536) return Uint8Array.of(0xdc, size >> 8, size & 0xff);
  return Uint8Array.of(0xdd, size >>> 24, (size >>> 16) & 0xff, (size >>> 8) & 0xff, size & 0xff);
}
