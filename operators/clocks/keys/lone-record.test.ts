/** A key with one record lies in columns, and comes out as it was put in: its state, its record and how far that has come. */
import { expect, it } from 'vitest';
import { VERBS, type VerbRecord } from '../clock.ts';
import { KeyColumns } from './key-columns.ts';
import { freshKey, type ClockKey } from '../key-log.ts';
import { LONE, loneIn, tailOfLone } from './lone-record.ts';

const record = (more: Partial<VerbRecord> = {}): VerbRecord => ({
  ...{ clock: 1, key: 'k', verb: 'start', at: 1_700_000_000_000, id: '/s|e1', values: ['app', 7] },
  ...more,
});
function awaited(of: VerbRecord): ClockKey {
  const entry = freshKey(1, 'k');
  entry.tail = { base: null, records: [of], applied: 0, said: [], ignored: [], from: null };
  return entry;
}
function ignored(of: VerbRecord): ClockKey {
  const entry = freshKey(1, 'k');
  entry.tail = { base: null, records: [of], applied: 1, said: [], ignored: [of.verb], from: null };
  return entry;
}
function begun(of: VerbRecord): ClockKey {
  const entry = freshKey(1, 'k');
  const { at: since, values } = of;
  Object.assign(entry.state, { run: 1, isOpen: true, since, values, targetMs: 5000, warned: 1, next: since + 5000 });
  entry.tail = { base: null, records: [of], applied: 1, said: [], ignored: [], from: null };
  return entry;
}
function throughColumns(entry: ClockKey): { readonly lone: number; readonly loaded: ClockKey } {
  const columns = new KeyColumns(2);
  // Another key stood in this slot before.
  columns.store(columns.add(1, 'before'), begun(record({ key: 'before', verb: 'again' })));
  columns.remove(0);
  const slot = columns.add(1, 'k');
  columns.store(slot, entry);
  return { lone: columns.loneOf(slot), loaded: columns.load(slot) };
}

it.each(VERBS.filter((verb) => verb !== 'stock'))('%s: awaited, begun or ignored, it comes out as it was', (verb) => {
  for (const [lone, entry] of [
    [LONE.awaited, awaited(record({ verb }))],
    [LONE.begun, begun(record({ verb }))],
    [LONE.ignored, ignored(record({ verb }))],
  ] as const) {
    const through = throughColumns(entry);
    expect(through.lone).toBe(lone);
    expect(through.loaded).toEqual(entry);
    expect(entry.tail).toEqual(tailOfLone(entry, lone, record({ verb })));
  }
});

it('what says more stays a tail of its own', () => {
  const more: readonly ClockKey[] = [
    awaited(record({ lateOf: 5 })),
    awaited(record({ isMove: true })),
    awaited(record({ verb: 'stock', stock: { opened: 1, pausedMs: 0, isPaused: false } })),
    ignored(record()),
    begun(record()),
    begun(record()),
    awaited(record()),
  ];
  if (more[3]?.tail) more[3].tail.ignored = ['stop'];
  if (more[4]) more[4].state.restarts = 1;
  if (more[5]) more[5].state.values = ['web', 7];
  if (more[6]) more[6].state.life = 2;
  for (const entry of more) {
    expect(entry.tail === null ? LONE.awaited : loneIn(entry.state, entry.tail)).toBe(LONE.none);
    expect(throughColumns(entry)).toEqual({ lone: LONE.none, loaded: entry });
  }
});
