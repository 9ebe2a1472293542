/** What a key adds up to in closed windows that follow each other, at little more cost than one of them. */
import { ensure, numberAt } from '../../../engine/core/must.ts';
import type { Millis } from '../../../engine/core/types.ts';
import type { Lowered } from '../../aggregates/aggregate.ts';
import type { KeyEntry } from '../keys/key-entry.ts';
import type { RunningWindow } from './running-window.ts';
import { Detour, totalOver, type Selective } from './total.ts';

/** The values of the windows with these ends, which rise and are next to each other. */
export function lateValues(running: RunningWindow, ends: readonly Millis[], entry: KeyEntry): readonly Lowered[] {
  const { windows, ops } = running;
  // The total of a period that is over is gone.
  const isPresent = windows.shape === 'sliding' || windows.startOf(numberAt(ends, 0)) >= running.left;
  if (!isPresent) return pastPeriod(running, ends, entry);
  return ops.selective === null ? stepBack(running, ends, entry) : bestBack(running, ops.selective, ends, entry);
}

/** From the running total back, window by window. */
function stepBack(running: RunningWindow, ends: readonly Millis[], entry: KeyEntry): readonly Lowered[] {
  const { windows, ops, table } = running;
  const detour = new Detour(ops, table, entry, running.totalOf(entry));
  const values: Lowered[] = [];
  const first = numberAt(ends, 0);
  const last = numberAt(ends, ends.length - 1);
  for (let end = running.entered; end >= first;) {
    const start = windows.startOf(end);
    if (end <= last) values.push(detour.lower(start, end, { spanMs: end - start }));
    const before = windows.endAtOrBefore(end - 1);
    detour.drop(before, end);
    if (windows.shape === 'sliding') detour.take(windows.startOf(before), start);
    end = before;
  }
  detour.undo();
  return values.reverse();
}

/**
 * The same where only the best of the running window is known: it is that of an earlier window too, unless it came after its
 * end; then, and only then, that window is searched.
 */
function bestBack(
  running: RunningWindow,
  selective: Selective,
  ends: readonly Millis[],
  entry: KeyEntry,
): readonly Lowered[] {
  const { windows, ops, table, left } = running;
  const total = running.totalOf(entry);
  const known = selective.bestOf(total);
  const values: Lowered[] = [];
  const first = numberAt(ends, 0);
  const last = numberAt(ends, ends.length - 1);
  let n = ops.n(total);
  // Of the slices before the running window.
  let older: number | undefined;
  const valueOver = (start: Millis, end: Millis): Lowered => {
    const context = { spanMs: end - start };
    if (end <= left || (known !== undefined && known.start >= end))
      return ops.lower(totalOver(ops, table, entry, start, end), context);
    const inside = known?.value;
    const value = older !== undefined && (inside === undefined || selective.better(older, inside)) ? older : inside;
    ensure(value !== undefined || n === 0, 'where something was measured one of it is the best');
    return selective.lowerOf(n, value ?? 0, context); // of nothing there is no best
  };
  for (let end = running.entered; end >= first;) {
    const start = windows.startOf(end);
    if (end <= last) values.push(valueOver(start, end));
    const before = windows.endAtOrBefore(end - 1);
    table.overRows(entry, before, end, (bucket, row) => (n -= selective.nOf(bucket, row)));
    if (windows.shape === 'sliding') {
      table.overRows(entry, windows.startOf(before), start, (bucket, row) => {
        const added = selective.nOf(bucket, row);
        n += added;
        const value = selective.valueOf(bucket, row);
        if (added > 0 && (older === undefined || selective.better(value, older))) older = value;
      });
    }
    end = before;
  }
  return values.reverse();
}

/** From the start of the period on. */
function pastPeriod(
  { windows, ops, table }: RunningWindow,
  ends: readonly Millis[],
  entry: KeyEntry,
): readonly Lowered[] {
  const total = ops.fresh();
  const start = windows.startOf(numberAt(ends, 0));
  let from = start;
  return ends.map((end) => {
    table.overRows(entry, from, end, (bucket, row) => ops.take(total, bucket, row));
    from = end;
    return ops.lower(total, { spanMs: end - start });
  });
}
