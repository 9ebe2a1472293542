/**
 * Sessions in saved state: of each key all of them, in their order, since merging makes fewer of several. What was added up in
 * one is written whole, as what changed since it was written, or, where nothing did, not at all: it is known by its number.
 */
import type { ByteReader, ByteWriter } from '../saved/bytes.ts';
import type { PartOps } from '../slices/part.ts';
import type { SavedSession, Session } from './session.ts';

type OfKeys = readonly (readonly [serial: number, sessions: readonly Session[]])[];

/** `changes`: those since this was last called for the changes; to be read over what was written before. */
export function writeSessions(to: ByteWriter, ops: PartOps, keys: OfKeys, form: 'whole' | 'changes'): void {
  to.uint(keys.length);
  for (const [serial, sessions] of keys) {
    to.uint(serial);
    to.uint(sessions.length);
    let before = 0;
    for (const session of sessions) {
      const { id, start, end, revision, part } = session;
      to.uint(id);
      to.number(start - before);
      to.uint(end - start);
      to.uint(revision + 1);
      if (form === 'whole') ops.save(part, to);
      else {
        if (session.touched) ops.saveChanges(part, to);
        else ops.save(undefined, to);
        session.touched = false;
      }
      before = end;
    }
  }
}
/** `into`: what was read before, by key. */
export function readSessions(from: ByteReader, ops: PartOps, into: Map<number, readonly SavedSession[]>): void {
  for (let count = from.uint(); count > 0; count--) {
    const serial = from.uint();
    const known = new Map(into.get(serial)?.map(({ id, part }) => [id, part]));
    let before = 0;
    into.set(
      serial,
      Array.from({ length: from.uint() }, () => {
        const id = from.uint();
        const start = before + from.number();
        const end = start + from.uint();
        before = end;
        const revision = from.uint() - 1;
        return { id, start, end, revision, part: ops.load(from, known.get(id)) };
      }),
    );
  }
}

/** Without numbers, and always whole: what partitions send on, and former versions saved. */
export function writeStretches(to: ByteWriter, ops: PartOps, keys: OfKeys): void {
  to.uint(keys.length);
  for (const [serial, sessions] of keys) {
    to.uint(serial);
    to.uint(sessions.length);
    for (const { start, end, revision, part } of sessions) {
      to.number(start);
      to.number(end);
      to.uint(revision + 1);
      ops.write(part, to);
    }
  }
}
export function readStretches(from: ByteReader, ops: PartOps, into: Map<number, readonly SavedSession[]>): void {
  for (let count = from.uint(); count > 0; count--) {
    const serial = from.uint();
    into.set(
      serial,
      Array.from({ length: from.uint() }, () => ({
        id: 0,
        start: from.number(),
        end: from.number(),
        revision: from.uint() - 1,
        part: ops.read(from),
      })),
    );
  }
}
