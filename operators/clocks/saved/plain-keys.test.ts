/** Saved keys that go straight into the columns stand there as those that are heard one by one do, whatever stood there before. */
import { expect, it } from 'vitest';
import type { KeyState, VerbRecord } from '../clock.ts';
import { freshKey, type ClockKey, type Tail } from '../key-log.ts';
import { freshState } from '../key-state.ts';
import { KeyColumns } from '../keys/key-columns.ts';
import { LONE, type Lone } from '../keys/lone-record.ts';
import { readPart } from './clock-reader.ts';
import { ClockPartWriter } from './clock-writer.ts';
import type { SavedClock } from './saved-form.ts';

const AT = 1_700_000_000_000;
const SAVED: SavedClock = { id: 'c', fields: ['keep a', 'keep b', 'keep c'], timing: '', choosing: '' };
const VALUES = ['app', 7, undefined];
const running: Partial<KeyState> = { run: 1, isOpen: true, since: AT, targetMs: 9e6, warned: 2, next: AT + 5 };

function keyOf(key: string, state: Partial<KeyState>, tail: ((key: string) => Partial<Tail>) | null = null): ClockKey {
  const rest: Tail = { base: null, records: [], applied: 0, said: [], ignored: [], from: null };
  return Object.assign(freshKey(0, key), {
    state: { ...freshState(), values: VALUES, ...state },
    tail: tail === null ? null : { ...rest, ...tail(key) },
  });
}
const record = (key: string, more: Partial<VerbRecord> = {}): VerbRecord => ({
  ...{ clock: 0, key, verb: 'start', at: AT, id: '/s|e1', values: VALUES, ...more },
});
const begunBy =
  (more: Partial<VerbRecord> = {}) =>
  (key: string): Partial<Tail> => ({ records: [record(key, more)], applied: 1 });

/** By whether it goes straight, each of another kind. */
const STRAIGHT: readonly ClockKey[] = [
  keyOf('open', running),
  keyOf('breached', { ...running, isBreached: true, next: Infinity, run: 300, life: 2, restarts: 129, calendar: 0 }),
  keyOf('ended', { run: 1, since: AT + 8, values: ['web', { a: [1] }, '7'] }),
  keyOf('keeps nothing', { run: 1, since: AT, values: [] }),
  keyOf('begun', running, begunBy()),
  keyOf('again', running, begunBy({ verb: 'again', id: '' })),
];
const HEARD: readonly ClockKey[] = [
  keyOf('工单-1', running),
  keyOf('paused', { ...running, pauses: [AT + 1, AT + 2, AT + 3] }),
  keyOf('begun by 事件', running, begunBy({ id: '/s|事件' })),
  keyOf('begun in another life', { ...running, life: 1 }, begunBy()),
  keyOf('begun elsewhere', { ...running, since: AT + 1 }, begunBy()),
  keyOf('begun with other values', running, begunBy({ values: ['web', 7, undefined] })),
  keyOf('begun late', running, begunBy({ lateOf: AT - 9 })),
  keyOf('stock', running, begunBy({ verb: 'stock', stock: { opened: AT, pausedMs: 0, isPaused: false } })),
  keyOf('ignores', running, (key) => ({ ...begunBy()(key), ignored: ['pause'] })),
  keyOf('awaited', { values: [] }, (key) => ({ records: [record(key)] })),
  keyOf('will end', running, (key) => ({ ...begunBy()(key), records: [record(key), record(key, { verb: 'stop' })] })),
];

function partOf(entries: readonly ClockKey[], gone: readonly string[] = []): Uint8Array {
  const columns = new KeyColumns(1);
  const writer = new ClockPartWriter();
  writer.begin({ maxTs: AT, now: AT });
  writer.clock(SAVED, entries.length + gone.length);
  for (const entry of entries) {
    const slot = columns.add(0, entry.key);
    columns.store(slot, entry);
    writer.slot(columns, slot);
  }
  for (const key of gone) writer.gone(key);
  return writer.take();
}
interface Restored {
  readonly columns: KeyColumns;
  readonly heard: readonly string[];
}
function restored(parts: readonly Uint8Array[], isStraight: boolean): Restored {
  const columns = new KeyColumns(1);
  const heard: string[] = [];
  for (const part of parts)
    readPart(part, {
      clock: ({ fields }) => ({ number: 0, fields, columns: isStraight ? columns : null }),
      key: (entry) => {
        heard.push(entry.key);
        columns.store(columns.putIn(0, entry.key), entry);
      },
      gone: (clock, key) => {
        columns.remove(columns.find(clock, key));
      },
    });
  return { columns, heard };
}
function standing({ columns }: Restored): ReadonlyMap<string, readonly [lone: Lone, entry: ClockKey]> {
  return new Map(
    [...columns.slotsOf(0)].map((slot) => {
      const { clock, key, state, tail } = columns.load(slot);
      return [key, [columns.loneOf(slot), structuredClone({ clock, key, state, tail })]];
    }),
  );
}

it('what is plain goes straight, what says more is heard; both stand as they were saved', () => {
  const all = [...STRAIGHT, ...HEARD];
  const straight = restored([partOf(all)], true);
  expect(straight.heard).toEqual(HEARD.map(({ key }) => key));
  expect(standing(straight)).toEqual(standing(restored([partOf(all)], false)));
  for (const { key, state, tail } of all) expect(standing(straight).get(key)?.[1]).toMatchObject({ key, state, tail });
  expect(standing(straight).get('begun')?.[0]).toBe(LONE.begun);
});

it('what was put in before is replaced, whatever it was, and what only that held is let go', () => {
  const all = [...STRAIGHT, ...HEARD];
  for (let shift = 1; shift < all.length; shift++) {
    const before = all.map(({ key }, i) => {
      const { state, tail } = all[(i + shift) % all.length]!;
      const values = [`only ${key}`, ...state.values.slice(1)];
      const records = tail === null ? [] : tail.records.map((one) => ({ ...one, key, values }));
      return { clock: 0, key, state: { ...state, values }, tail: tail === null ? null : { ...tail, records } };
    });
    const parts = [partOf(before), partOf(all.slice(1), ['open'])];
    const straight = restored(parts, true);
    expect(standing(straight)).toEqual(standing(restored(parts, false)));
    expect(straight.columns.find(0, 'open')).toBe(-1);
    // Nothing is held once no key is left.
    const { columns } = straight;
    for (const slot of [...columns.slotsOf(0)]) columns.remove(slot);
    const { valueNumbers } = columns;
    const held = Array.from({ length: valueNumbers.count }, (_, number) => valueNumbers.valueOf(number));
    expect(held.filter((value) => value !== undefined)).toEqual([]);
  }
});
