/** A run that one record ends lies in columns, and comes out as it was put in: as it stands, as it stood before, and what was said. */
import { expect, it } from 'vitest';
import type { Fact, KeyState, VerbRecord } from '../clock.ts';
import { freshKey, type ClockKey } from '../key-log.ts';
import { copyOf, freshState } from '../key-state.ts';
import { endingIn } from './ending-record.ts';
import { KeyColumns } from './key-columns.ts';
import { LONE } from './lone-record.ts';
import { readPart } from '../saved/clock-reader.ts';
import { ClockPartWriter } from '../saved/clock-writer.ts';
import type { SavedClock } from '../saved/saved-form.ts';

const BEGAN = 1_700_000_000_000;
const ENDED = BEGAN + 90_000;
const record = (more: Partial<VerbRecord>): VerbRecord => ({
  ...{ clock: 1, key: 'k', verb: 'start', at: BEGAN, id: '/s|e1', values: ['app', 7, undefined] },
  ...more,
});
const running = (more: Partial<KeyState> = {}): KeyState => ({
  ...{ ...freshState(), run: 1, isOpen: true, since: BEGAN, targetMs: 120_000, warned: 1, next: BEGAN + 120_000 },
  ...{ values: ['app', 7, undefined], ...more },
});
const stop = record({ verb: 'stop', at: ENDED, id: '/s|结束', values: ['web', undefined, { a: 1 }] });

/** A run that `last` will end; `start`: what began it is in the log, too. */
function ending(state: KeyState, last: VerbRecord, start: VerbRecord | null): ClockKey {
  const records = start === null ? [last] : [start, last];
  const base = start === null ? copyOf(state) : null;
  const tail = { base, records, applied: records.length - 1, said: [], ignored: [], from: null };
  return Object.assign(freshKey(1, 'k'), { state, tail });
}
/** The same once it did. */
function ended(before: KeyState, last: VerbRecord, start: VerbRecord | null, more: Partial<Fact> = {}): ClockKey {
  const entry = ending(copyOf(before), last, start);
  const values = ['web', 7, { a: 1 }];
  Object.assign(entry.state, { isOpen: false, since: last.at, next: Infinity, values });
  const fact: Fact = {
    ...{ run: before.run, life: before.life, kind: last.verb === 'stop' ? 'stopped' : 'cancelled', percent: 0 },
    ...{ at: last.at, started: before.since, ended: last.at, due: BEGAN + 120_000, elapsedMs: last.at - before.since },
    ...{ workingMs: 60_000, pausedMs: 0, targetMs: 120_000, met: true, restarts: before.restarts, isLate: false },
    ...{ values, ...more },
  };
  const { tail } = entry;
  if (tail === null) throw new Error('it has one');
  tail.applied += 1;
  tail.said = [{ fact, revision: 0, isWithdrawn: false, lateByMs: 12 }];
  return entry;
}
function throughColumns(entry: ClockKey): { readonly lone: number; readonly loaded: ClockKey } {
  const columns = new KeyColumns(2);
  // Another key stood in this slot before, and one with other values stands beside it.
  columns.store(columns.add(1, 'before'), ended(running(), record({ ...stop, key: 'before' }), null));
  const neighbour = columns.add(1, 'neighbour');
  const other = record({ ...stop, key: 'neighbour', id: '/s|other', values: ['x'.repeat(80)] });
  columns.store(neighbour, ending(running(), other, null));
  columns.remove(0);
  const slot = columns.add(1, 'k');
  columns.store(slot, entry);
  expect(columns.load(neighbour).tail?.records).toEqual([other]);
  return { lone: columns.loneOf(slot), loaded: columns.load(slot) };
}

/** As its columns are saved, twice in one part, so that its texts are new and known. */
function savedAndRead(entry: ClockKey): readonly ClockKey[] {
  const saved: SavedClock = { id: 'c', fields: ['a', 'b', 'c'], timing: '', choosing: '' };
  const columns = new KeyColumns(2);
  const slot = columns.add(1, 'k');
  columns.store(slot, entry);
  const writer = new ClockPartWriter();
  writer.begin({ maxTs: ENDED, now: ENDED });
  writer.clock(saved, 2);
  writer.slot(columns, slot);
  writer.slot(columns, slot);
  const read: ClockKey[] = [];
  readPart(writer.take(), {
    clock: () => ({ number: 1, fields: saved.fields, columns: null }),
    key: (one) => read.push(structuredClone(one)),
    gone: () => undefined,
  });
  return read;
}

const begun = record({});
it.each([
  ['a stop will end it', ending(running(), stop, null), LONE.ending],
  ['a cancel will', ending(running(), { ...stop, verb: 'cancel' }, null), LONE.ending],
  ['it began just now, and a stop will end it', ending(running({ values: begun.values }), stop, begun), LONE.ending],
  ['a stop ended it', ended(running(), stop, null), LONE.ended],
  ['one with the values of the key', ended(running(), { ...stop, values: ['web', 7, { a: 1 }] }, null), LONE.ended],
  [
    'a cancel did, and it had no target',
    ended(running({ run: 3, life: 2, restarts: 4 }), { ...stop, verb: 'cancel' }, null, { met: null, due: null }),
    LONE.ended,
  ],
  ['it began just now, and a stop ended it', ended(running(), stop, begun, { met: false }), LONE.ended],
] as const)('%s: it comes out as it was', (_name, entry, lone) => {
  const through = throughColumns(entry);
  expect(through.lone).toBe(lone);
  expect(through.loaded).toEqual(entry);
  expect(savedAndRead(entry)).toEqual([entry, entry]);
});

it('what says more stays a tail of its own', () => {
  const late = ended(running(), { ...stop, lateOf: BEGAN + 5 }, null);
  const twice = ended(running(), stop, null);
  const revised = ended(running(), stop, null);
  const warned = ended(running({ warned: 0 }), stop, null);
  const paused = ending(running({ pauses: [BEGAN + 1, BEGAN + 2] }), stop, null);
  const ignored = ending(running(), stop, null);
  if (twice.tail) twice.tail.said = [...twice.tail.said, ...twice.tail.said];
  if (revised.tail) revised.tail.said = revised.tail.said.map((said) => ({ ...said, revision: 1 }));
  warned.state.warned = 1;
  if (ignored.tail) ignored.tail.ignored = ['pause'];
  const restarted = ended(running({ run: 2, restarts: 1 }), stop, record({ verb: 'restart' }));
  const otherwise = ended(running(), stop, null, { pausedMs: 1 });
  for (const entry of [late, twice, revised, warned, paused, ignored, restarted, otherwise]) {
    expect(entry.tail === null ? LONE.ended : endingIn(entry.state, entry.tail)).toBe(LONE.none);
    expect(throughColumns(entry)).toEqual({ lone: LONE.none, loaded: entry });
  }
});
