/** Windows over the past. The zone is Asia/Shanghai, eight hours ahead all year. */
import type { Dice } from '../dice.ts';
import type { Span } from './batch.ts';

export const MINUTE = 60_000;
export const HOUR = 3_600_000;
export const DAY = 86_400_000;
const AHEAD = 8 * HOUR;

const fixed =
  (size: number, offset: number) =>
  (time: number): readonly Span[] => {
    const start = Math.floor((time - offset) / size) * size + offset;
    return [[start, start + size]];
  };
export const hours = (count: number): ((time: number) => readonly Span[]) => fixed(count * HOUR, 0);
export const days = fixed(DAY, -AHEAD);
/** The epoch was a Thursday: the Monday before it. */
export const weeks = fixed(7 * DAY, -AHEAD - 3 * DAY);

/** Windows of `size` that end every `slide`, counted from midnight where they are of a day and more, else from the epoch. */
export const sliding =
  (size: number, slide: number) =>
  (time: number): readonly Span[] => {
    const offset = size >= DAY ? -AHEAD : 0;
    const spans: Span[] = [];
    const first = Math.floor((time - offset) / slide) * slide + offset + slide;
    for (let end = first; end - size <= time; end += slide) spans.push([end - size, end]);
    return spans;
  };

/** From the first of the month to the end of each day. */
export function monthToDate(time: number): readonly Span[] {
  const local = new Date(time + AHEAD);
  const [year, month] = [local.getUTCFullYear(), local.getUTCMonth()];
  const start = Date.UTC(year, month, 1) - AHEAD;
  const last = Date.UTC(year, month + 1, 1) - AHEAD;
  const spans: Span[] = [];
  for (let end = days(time)[0]?.[1] ?? last; end <= last; end += DAY) spans.push([start, end]); // every instant has a day
  return spans;
}

/** As events arrive: most within a second of their order, a few up to 50 s late, one in fifty twice. */
export function arriving<T extends { readonly time: string }>(events: readonly T[], roll: Dice): readonly T[] {
  const placed = events.flatMap((event) => {
    const at = Date.parse(event.time) + (roll.percent(4) ? roll.below(50_000) : roll.below(1000));
    return roll.percent(2)
      ? [
          { event, at },
          { event, at: at + roll.below(5000) },
        ]
      : [{ event, at }];
  });
  return placed.sort((a, b) => a.at - b.at).map(({ event }) => event);
}
