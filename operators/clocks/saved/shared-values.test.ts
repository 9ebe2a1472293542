/** Values that a key and what was said of it share are written as if each had its own, and read so. */
import { expect, it } from 'vitest';
import type { Fact, Values } from '../clock.ts';
import { KeyColumns } from '../keys/key-columns.ts';
import { freshKey, type ClockKey } from '../key-log.ts';
import { readPart } from './clock-reader.ts';
import { ClockPartWriter } from './clock-writer.ts';
import type { SavedClock } from './saved-form.ts';

const SAVED: SavedClock = { id: 'c', fields: ['keep a', 'keep b'], timing: '', choosing: '' };
const AT = 1_700_000_000_000;

/** An ended key, of which it was said twice with these values, and once with others. */
function ended(key: string, ofState: Values, ofFacts: readonly Values[]): ClockKey {
  const entry = freshKey(0, key);
  Object.assign(entry.state, { run: 1, since: AT, values: ofState });
  const fact = (values: Values, percent: number): Fact => ({
    ...{ run: 1, life: 0, kind: 'warning', percent, at: AT, started: AT, ended: null, due: null, elapsedMs: 5 },
    ...{ workingMs: 5, pausedMs: 0, targetMs: 9, met: null, restarts: 0, isLate: false, values },
  });
  const said = ofFacts.map((values, i) => ({ fact: fact(values, i), revision: 0, isWithdrawn: false, lateByMs: 0 }));
  entry.tail = { base: null, records: [], applied: 0, said, ignored: [], from: null };
  return entry;
}
function written(entries: readonly ClockKey[]): Uint8Array {
  const columns = new KeyColumns(1);
  const writer = new ClockPartWriter();
  writer.begin({ maxTs: AT, now: AT });
  writer.clock(SAVED, entries.length);
  for (const entry of entries) {
    const slot = columns.add(0, entry.key);
    columns.store(slot, entry);
    writer.slot(columns, slot);
  }
  return writer.take();
}

it('the same bytes whether they are one object or many, and what is read is what was written', () => {
  const [values, others]: readonly [Values, Values] = [
    ['app', 7],
    ['web', undefined],
  ];
  const shared = [
    ended('k1', values, [values, others, values]),
    ended('k2', values, [values]),
    ended('k3', others, [values, others]),
  ];
  const apart = [
    ended('k1', [...values], [[...values], [...others], [...values]]),
    ended('k2', [...values], [[...values]]),
    ended('k3', [...others], [[...values], [...others]]),
  ];
  expect(written(shared)).toEqual(written(apart));

  const read: ClockKey[] = [];
  readPart(written(shared), {
    clock: () => ({ number: 0, fields: SAVED.fields, columns: null }),
    key: (entry) => read.push(structuredClone(entry)),
    gone: () => {
      throw new Error('none is gone');
    },
  });
  expect(read).toEqual(shared);
});
