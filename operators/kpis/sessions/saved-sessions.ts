/**
 * Sessions in saved state: of each key all of them, in their order, since merging makes fewer of several. What was added up in
 * one is written whole, as what changed since it was written, or, where nothing did, not at all: it is known by its number.
 * Each form is described once, for writing and for reading.
 */
import { at } from '../../../engine/core/must.ts';
import type { Part } from '../../aggregates/aggregate.ts';
import type { ByteReader, Bytes, ByteWriter } from '../saved/bytes.ts';
import type { PartOps } from '../slices/part.ts';
import type { SavedSession, Session } from './session.ts';

export type SessionsOfKey<S extends SavedSession = SavedSession> = readonly [serial: number, sessions: readonly S[]];
/** What was read, by key. */
type Into = Map<number, readonly SavedSession[]>;

/** Goes over one session, `before`: the end of the one before it; `part` goes over what was added up in it. */
type WalkSession = (
  bytes: Bytes,
  value: SavedSession,
  before: number,
  part: (id: number) => Part | undefined,
) => SavedSession;

const numbered: WalkSession = (bytes, value, before, part) => {
  const id = bytes.uint(value.id);
  const start = before + bytes.number(value.start - before);
  const end = start + bytes.uint(value.end - start);
  const revision = bytes.uint(value.revision + 1) - 1;
  return { id, start, end, revision, part: part(id) };
};
/** Without numbers, and always whole: what partitions send on, and former versions saved. */
const stretch: WalkSession = (bytes, value, _before, part) => ({
  id: 0,
  start: bytes.number(value.start),
  end: bytes.number(value.end),
  revision: bytes.uint(value.revision + 1) - 1,
  part: part(0),
});

function write<S extends SavedSession>(
  to: ByteWriter,
  keys: readonly SessionsOfKey<S>[],
  session: WalkSession,
  part: (session: S) => void,
): void {
  to.uint(keys.length);
  for (const [serial, sessions] of keys) {
    to.uint(serial);
    to.uint(sessions.length);
    for (let i = 0; i < sessions.length; i++) {
      const one = at(sessions, i);
      session(to, one, i === 0 ? 0 : at(sessions, i - 1).end, () => (part(one), one.part));
    }
  }
}
const BLANK: SavedSession = { id: 0, start: 0, end: 0, revision: 0, part: undefined };
function read(
  from: ByteReader,
  into: Into,
  session: WalkSession,
  part: (known: Part | undefined) => Part | undefined,
): void {
  for (let count = from.uint(); count > 0; count--) {
    const serial = from.uint();
    const known = new Map(into.get(serial)?.map((one) => [one.id, one.part]));
    const all: SavedSession[] = [];
    for (let left = from.uint(); left > 0; left--) {
      all.push(session(from, BLANK, all.at(-1)?.end ?? 0, (id) => part(known.get(id))));
    }
    into.set(serial, all);
  }
}

/** `changes`: those since this was last called for the changes; to be read over what was written before. */
export function writeSessions(
  to: ByteWriter,
  ops: PartOps,
  keys: readonly SessionsOfKey<Session>[],
  form: 'whole' | 'changes',
): void {
  write(to, keys, numbered, (session) => {
    if (form === 'whole') ops.save(session.part, to);
    else {
      if (session.touched) ops.saveChanges(session.part, to);
      else ops.save(undefined, to);
      session.touched = false;
    }
  });
}
/** `into`: what was read before, by key. */
export function readSessions(from: ByteReader, ops: PartOps, into: Into): void {
  read(from, into, numbered, (known) => ops.load(from, known));
}

export function writeStretches(to: ByteWriter, ops: PartOps, keys: readonly SessionsOfKey<Session>[]): void {
  write(to, keys, stretch, (session) => ops.write(session.part, to));
}
export function readStretches(from: ByteReader, ops: PartOps, into: Into): void {
  read(from, into, stretch, () => ops.read(from));
}
