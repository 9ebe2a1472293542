/** What a key adds up to in closed windows that follow each other, at little more cost than one of them. */
import type { Millis } from '../../engine/core/types.ts';
import type { Lowered } from '../aggregates/types.ts';
import type { KeyEntry } from './key-entry.ts';
import type { RunningWindow } from './running-window.ts';

/** The values of the windows with these ends, which rise and are next to each other. */
export function lateValues(running: RunningWindow, ends: readonly Millis[], entry: KeyEntry): readonly Lowered[] {
  const { windows, ops } = running;
  if (windows.shape === 'sliding')
    return running.isStacked ? stacked(running, ends, entry) : stepBack(running, ends, entry);
  // The total of a period that is over is gone.
  const isPresent = windows.startOf(ends[0] ?? 0) >= running.left;
  return isPresent && ops.invertible ? stepBack(running, ends, entry) : growing(running, ends, entry);
}

/** From the running total back, window by window. */
function stepBack(running: RunningWindow, ends: readonly Millis[], entry: KeyEntry): readonly Lowered[] {
  const { windows, ops, table } = running;
  const part = running.totalOf(entry);
  const values: Lowered[] = [];
  const first = ends[0] ?? 0;
  const last = ends.at(-1) ?? 0;
  for (let end = running.entered; end >= first;) {
    const start = windows.startOf(end);
    if (end <= last) values.push(ops.lower(part, { spanMs: end - start }));
    const before = windows.endAtOrBefore(end - 1);
    table.overRows(entry, before, end, (bucket, row) => ops.drop(part, bucket, row));
    if (windows.shape === 'sliding') {
      table.overRows(entry, windows.startOf(before), start, (bucket, row) => ops.take(part, bucket, row));
    }
    end = before;
  }
  return values.reverse();
}

/** From the start of the period on. */
function growing({ windows, ops, table }: RunningWindow, ends: readonly Millis[], entry: KeyEntry): readonly Lowered[] {
  const part = ops.fresh();
  const start = windows.startOf(ends[0] ?? 0);
  let from = start;
  return ends.map((end) => {
    table.overRows(entry, from, end, (bucket, row) => ops.take(part, bucket, row));
    from = end;
    return ops.lower(part, { spanMs: end - start });
  });
}

/** Through stacks of their own. */
function stacked(running: RunningWindow, ends: readonly Millis[], entry: KeyEntry): readonly Lowered[] {
  const { windows, ops, table } = running;
  const stacks = running.newStacks(entry);
  let from = windows.startOf(ends[0] ?? 0);
  return ends.map((end) => {
    table.overRows(entry, from, end, (bucket) => stacks.enter(bucket.start));
    from = end;
    const start = windows.startOf(end);
    stacks.leaveBefore(start);
    return ops.lower(stacks.query(start), { spanMs: end - start });
  });
}
