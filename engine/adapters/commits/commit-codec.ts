/** How commits and snapshots lie in the state stream: MessagePack, and a byte stream of records cut into chunks. */
import { Packr } from 'msgpackr';
import { EngineError, reasonOf } from '../../core/errors.ts';
import type { Commit, State } from '../../core/types.ts';

/** Form of all that is written here. Raise it with every change, and keep reading the ones before. */
export const STATE_FORMAT = 1;

/** What one message of a partition's commit subject says. */
export type StateRecord =
  | { readonly kind: 'commit'; readonly format: number; readonly commit: Commit }
  /** A commit too large for one message: it lies in the chunks of that generation. */
  | {
      readonly kind: 'chunked';
      readonly format: number;
      readonly number: number;
      readonly generation: string;
      readonly chunks: number;
      readonly bytes: number;
    }
  /** The state as of the commit at stream sequence `base`, or newer in parts: later deltas are to be replayed over it. */
  | {
      readonly kind: 'snapshot';
      readonly format: number;
      readonly base: number;
      readonly generation: string;
      readonly chunks: number;
      readonly bytes: number;
    };

export interface SnapshotPart {
  readonly operator: string;
  readonly part: State;
}

// Plain MessagePack: no record extension, since what is saved must be readable without what came before it.
const packr = new Packr({ useRecords: false, moreTypes: false, copyBuffers: true });

export function encodeRecord(record: StateRecord): Uint8Array {
  return packr.pack(record);
}

/** The record that holds a commit already encoded: what turns out too large for one message is not encoded twice. */
export function recordOfCommit(encoded: Uint8Array): Uint8Array {
  return joined(COMMIT_OPENING, encoded);
}
/** All but the last value, which is one byte as null. */
const COMMIT_OPENING = Uint8Array.from(packr.pack({ kind: 'commit', format: STATE_FORMAT, commit: null })).slice(0, -1);

/** Throws EngineError STATE_UNREADABLE on bytes that are no record of a form known here. */
export function decodeRecord(bytes: Uint8Array, partition: number): StateRecord {
  const record = unpack(bytes, partition);
  if (!isObject(record) || typeof record['format'] !== 'number') throw unreadable(partition, 'a record has no format');
  const { format } = record;
  if (format !== STATE_FORMAT) {
    const who = format > STATE_FORMAT ? 'a later version wrote it' : 'it is of before the first release';
    const why = `it has format ${String(format)}, this version reads ${String(STATE_FORMAT)}: ${who}`;
    throw unreadable(partition, why);
  }
  if (!isStateRecord(record)) throw unreadable(partition, 'a record is incomplete');
  return record;
}

export function encodeCommit(commit: Commit): Uint8Array {
  return packr.pack(commit);
}

export function decodeCommit(bytes: Uint8Array, partition: number): Commit {
  const commit = unpack(bytes, partition);
  if (!isCommit(commit)) throw unreadable(partition, 'a commit is incomplete');
  return commit;
}

/** A part with its length before it (4 bytes, big-endian), so that a byte stream of parts can be cut anywhere. */
export function encodePart(part: SnapshotPart): Uint8Array {
  const body = packr.pack([part.operator, part.part]);
  const bytes = new Uint8Array(4 + body.length);
  new DataView(bytes.buffer).setUint32(0, body.length);
  bytes.set(body, 4);
  return bytes;
}

/** The parts in the chunks of a snapshot, in the order they were written. */
export function decodeParts(chunks: readonly Uint8Array[], partition: number): readonly SnapshotPart[] {
  const parts: SnapshotPart[] = [];
  let rest: Uint8Array = new Uint8Array(0);
  for (const chunk of chunks) {
    const bytes = rest.length === 0 ? chunk : joined(rest, chunk);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let at = 0;
    while (at + 4 <= bytes.length) {
      const end = at + 4 + view.getUint32(at);
      if (end > bytes.length) break;
      const part = unpack(bytes.subarray(at + 4, end), partition);
      if (!Array.isArray(part) || typeof part[0] !== 'string')
        throw unreadable(partition, 'a snapshot part is damaged');
      parts.push({ operator: part[0], part: part[1] as State });
      at = end;
    }
    rest = bytes.subarray(at);
  }
  if (rest.length > 0) throw unreadable(partition, 'the snapshot ends within a part');
  return parts;
}

/** The bytes in pieces of at most `size`. */
export function* pieces(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, Math.min(bytes.length, at + size));
}

export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

export function unreadable(partition: number, why: string, cause?: unknown): EngineError {
  return new EngineError('STATE_UNREADABLE', [partition, why], { cause });
}

function unpack(bytes: Uint8Array, partition: number): unknown {
  try {
    // A plain view: from a Buffer it would make Buffers, which are not the Uint8Arrays that were saved.
    return packr.unpack(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  } catch (error) {
    throw unreadable(partition, `it is damaged: ${reasonOf(error)}`, error);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isStateRecord(record: Record<string, unknown>): record is Record<string, unknown> & StateRecord {
  if (record['kind'] === 'commit') return isCommit(record['commit']);
  const isChunked = typeof record['generation'] === 'string' && typeof record['chunks'] === 'number';
  if (record['kind'] === 'chunked') return isChunked && typeof record['number'] === 'number';
  return record['kind'] === 'snapshot' && isChunked && typeof record['base'] === 'number';
}

function isCommit(value: unknown): value is Commit {
  return (
    isObject(value) &&
    ['format', 'epoch', 'number', 'position'].every((field) => Number.isSafeInteger(value[field])) &&
    ['time', 'counters', 'marks', 'deltas', 'fingerprints'].every((field) => isObject(value[field])) &&
    Array.isArray(value['outbox'])
  );
}
