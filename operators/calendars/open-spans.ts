/**
 * The open instants of a stretch of time, laid out once: pieces in order, each with the working time before it, so that a question
 * about one instant is a search by halves.
 */
import { at, must } from '../../engine/core/must.ts';
import type { Millis } from '../../engine/core/types.ts';
import { DAY_MS } from './calendar-dates.ts';
import type { DayPlan } from './day-plan.ts';
import type { ZoneOffset } from '../shared/zone-offset.ts';

interface Span {
  readonly from: Millis;
  readonly to: Millis;
}
interface OffsetSpan extends Span {
  readonly offset: Millis;
}

export class OpenSpans {
  readonly #from: Float64Array;
  readonly #to: Float64Array;
  /** Working time of the stretch before each piece. */
  readonly #before: Float64Array;
  readonly total: Millis;

  constructor(pieces: readonly Span[]) {
    this.#from = Float64Array.from(pieces, ({ from }) => from);
    this.#to = Float64Array.from(pieces, ({ to }) => to);
    this.#before = new Float64Array(pieces.length);
    let total = 0;
    pieces.forEach(({ from, to }, i) => {
      this.#before[i] = total;
      total += to - from;
    });
    this.total = total;
  }

  /** Working time before `instant`, an instant of the stretch or its end. */
  workedBefore(instant: Millis): Millis {
    const i = this.#begunBy(instant) - 1;
    if (i < 0) return 0;
    return at(this.#before, i) + Math.min(instant, at(this.#to, i)) - at(this.#from, i);
  }

  /** The earliest instant by which so much of its working time has passed: more than none, and at most `total`. */
  instantOf(worked: Millis): Millis {
    let low = 0;
    let high = this.#from.length - 1;
    // The first piece at whose end it has passed: at a closing bell, the bell and not the next opening.
    while (low < high) {
      const middle = (low + high) >> 1;
      if (at(this.#before, middle) + at(this.#to, middle) - at(this.#from, middle) >= worked) high = middle;
      else low = middle + 1;
    }
    return at(this.#from, low) + worked - at(this.#before, low);
  }

  isOpen(instant: Millis): boolean {
    const i = this.#begunBy(instant) - 1;
    return i >= 0 && instant < at(this.#to, i);
  }

  /** When `isOpen` changes next within the stretch, after `instant`; null: not before its end. */
  changeAfter(instant: Millis): Millis | null {
    const begun = this.#begunBy(instant);
    if (begun > 0 && instant < at(this.#to, begun - 1)) return at(this.#to, begun - 1);
    return begun < this.#from.length ? at(this.#from, begun) : null;
  }

  /** How many pieces have begun by then. */
  #begunBy(instant: Millis): number {
    let low = 0;
    let high = this.#from.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (at(this.#from, middle) <= instant) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/**
 * An instant is open where its local time lies in an interval of the plan. Where the clocks go back, an interval over the repeated
 * hour holds it twice; where they go forward, the hour that is left out is missing from it.
 */
export function openSpans(plan: DayPlan, offsetAt: ZoneOffset, from: Millis, to: Millis): OpenSpans {
  const local = localPieces(plan, Math.floor(from / DAY_MS) - 2, Math.floor(to / DAY_MS) + 1);
  const pieces: Span[] = [];
  for (const span of offsetSpans(offsetAt, from, to)) {
    for (const one of local) {
      const start = Math.max(one.from - span.offset, span.from);
      const end = Math.min(one.to - span.offset, span.to);
      if (start < end) addPiece(pieces, start, end);
    }
  }
  return new OpenSpans(pieces);
}

/** The intervals of these local days as one line of local time: in order, what overlaps or touches made one. */
function localPieces(plan: DayPlan, first: number, last: number): readonly Span[] {
  const all: Span[] = [];
  for (let day = first; day <= last; day += 1) {
    for (const { from, to } of plan(day).hours) all.push({ from: day * DAY_MS + from, to: day * DAY_MS + to });
  }
  all.sort((a, b) => a.from - b.from);
  const merged: Span[] = [];
  for (const { from, to } of all) addPiece(merged, from, to);
  return merged;
}

/** `from` is not before that of the last piece. */
function addPiece(pieces: Span[], from: Millis, to: Millis): void {
  const last = pieces.at(-1);
  if (last === undefined || last.to < from) pieces.push({ from, to });
  else if (to > last.to) pieces[pieces.length - 1] = { from: last.from, to };
}

/** The stretch in parts of one offset each. Zones change at most once a day. */
export function offsetSpans(offsetAt: ZoneOffset, from: Millis, to: Millis): readonly OffsetSpan[] {
  const spans: OffsetSpan[] = [{ from, to, offset: offsetAt(from) }];
  for (let instant = from; instant < to; instant += DAY_MS) {
    const next = Math.min(instant + DAY_MS, to);
    const last = must(spans.at(-1));
    const offset = offsetAt(next);
    if (offset === last.offset) continue;
    const change = changeBetween(offsetAt, instant, next, last.offset);
    spans[spans.length - 1] = { ...last, to: change };
    if (change < to) spans.push({ from: change, to, offset });
  }
  return spans;
}

/** The first instant after `low` that no longer has its offset; `high` has another. */
function changeBetween(offsetAt: ZoneOffset, low: Millis, high: Millis, offset: Millis): Millis {
  let [before, after] = [low, high];
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (offsetAt(middle) === offset) before = middle;
    else after = middle;
  }
  return after;
}
