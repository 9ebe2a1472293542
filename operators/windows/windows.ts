/**
 * Which windows an instant belongs to. All windows are half-open, `[start, end)`, in event time, and made of slices: the
 * stretches between two neighbouring window edges. An event goes into one slice; a window is a run of whole slices, so that
 * the cost of an event depends neither on how long windows are nor on how many overlap.
 *
 * Sizes under a day align to the Unix epoch, a day and more to local midnight; what steps by whole weeks begins on Monday.
 */
import { EngineError } from '../../engine/core/errors.ts';
import type { Millis } from '../../engine/core/types.ts';
import type { WindowConfig } from './window-config.ts';
import { calendarOf, DAY_MS, mondayOf, monthOf, type Calendar } from './zone-days.ts';
import { floorMod, floorTo } from './floor.ts';

export interface SlicedWindows {
  /** How windows share slices: one slice each · overlapping · growing from the start of a period. */
  readonly shape: 'single' | 'sliding' | 'growing';
  /** Canonical text: equal texts cut time into the same slices. */
  readonly slices: string;
  /** Start of the slice that holds `ts`. */
  sliceOf(ts: Millis): Millis;
  /** End of the slice that starts at `start`. */
  sliceEnd(start: Millis): Millis;
  /** The smallest window end above `ts`; the window that ends there holds `ts`. */
  endAfter(ts: Millis): Millis;
  /** The largest window end at or below `ts`. */
  endAtOrBefore(ts: Millis): Millis;
  /** Start of the window that ends at `end`. */
  startOf(end: Millis): Millis;
  /** The end of the last window that holds `ts`. */
  lastEnd(ts: Millis): Millis;
}

export type SlicedConfig = Exclude<WindowConfig, { kind: 'session' }>;

/**
 * Throws EngineError WINDOW_INVALID with what is wrong. `zone` counts for windows of a day and more: its name, or what gives
 * its calendar where several share one.
 */
export function slicedWindows(config: SlicedConfig, zone: string | (() => Calendar)): SlicedWindows {
  const calendar = typeof zone === 'string' ? () => calendarOf(zone) : zone;
  if (config.kind === 'cumulative') return cumulativeWindows(config.period, config.everyMs, calendar());
  const size = config.sizeMs;
  const slide = config.kind === 'sliding' ? config.slideMs : size;
  requireDuration('size', size);
  requireDuration('slide', slide);
  if (slide > size) throw invalid('the slide is longer than the size');
  const fromMidnight = config.kind === 'sliding' && config.fromMidnight === true;
  if (slide < DAY_MS && !fromMidnight) return epochWindows(size, slide);
  if (fromMidnight && size % DAY_MS === 0 && DAY_MS % slide === 0) {
    return steppedDayWindows(size / DAY_MS, slide, calendar());
  }
  if (slide % DAY_MS !== 0 || size % DAY_MS !== 0) {
    throw invalid('windows that step by a day and more have sizes and slides of whole days');
  }
  return dayWindows(size / DAY_MS, slide / DAY_MS, calendar());
}

/** The largest gap of sessions is bounded by nothing but the state it keeps; it only has to be a duration. */
export function requireDuration(what: string, ms: number): void {
  if (!Number.isSafeInteger(ms) || ms <= 0)
    throw invalid(`the ${what} is not a positive number of milliseconds: ${String(ms)}`);
}

function invalid(reason: string): EngineError {
  return new EngineError('WINDOW_INVALID', [reason]);
}

/** Windows `[k·slide + offset, k·slide + offset + size)` for all integers k. */
export function epochWindows(size: Millis, slide: Millis, offset: Millis = 0): SlicedWindows {
  const start = floorMod(offset, slide);
  // Edges lie at the starts and, where the slide does not divide the size, at the ends: at most two slices a slide.
  const rest = size % slide;
  const endPhase = start + rest;
  return {
    shape: size === slide ? 'single' : 'sliding',
    slices: `epoch:${slide}:${start}:${rest}`,
    sliceOf(ts) {
      const base = floorTo(ts - start, slide) + start;
      return rest > 0 && ts >= base + rest ? base + rest : base;
    },
    sliceEnd(sliceStart) {
      if (rest === 0) return sliceStart + slide;
      return floorMod(sliceStart - start, slide) === 0 ? sliceStart + rest : sliceStart - rest + slide;
    },
    endAfter: (ts) => floorTo(ts - endPhase, slide) + endPhase + slide,
    endAtOrBefore: (ts) => floorTo(ts - endPhase, slide) + endPhase,
    startOf: (end) => end - size,
    lastEnd: (ts) => floorTo(ts - start, slide) + start + size,
  };
}

/**
 * The same in local days; steps of whole weeks begin on a Monday. A day that the zone skipped (Apia had no 2011-12-30) has no
 * length: of windows that end there and where the next day begins, which is the same instant, only the longer is one.
 */
export function dayWindows(sizeDays: number, slideDays: number, calendar: Calendar): SlicedWindows {
  const offset = slideDays % 7 === 0 ? mondayOf(0) : 0;
  const days = epochWindows(sizeDays, slideDays, offset);
  const day = (ts: Millis): number => calendar.dayOf(ts);
  const at = (number: number): Millis => calendar.startOfDay(number);
  return {
    shape: days.shape,
    slices: `days:${calendar.zone}:${days.slices}`,
    sliceOf: (ts) => at(days.sliceOf(day(ts))),
    // A day that a zone skipped begins where the next one does: edges are numbered from within, not by the day they fall on.
    sliceEnd: (start) => at(days.sliceEnd(days.sliceOf(day(start)))),
    endAfter: (ts) => at(days.endAfter(day(ts))),
    endAtOrBefore: (ts) => at(days.endAtOrBefore(day(ts))),
    startOf: (end) => at(days.startOf(days.endAfter(day(end - 1)))),
    lastEnd: (ts) => at(days.lastEnd(day(ts))),
  };
}

/** Steps within days: each day's begin at its midnight, and its last one is as long as the clocks leave it. */
function stepsOfDays(step: Millis, calendar: Calendar): { of(ts: Millis): Millis; endOf(start: Millis): Millis } {
  return {
    of(ts) {
      const midnight = calendar.startOfDay(calendar.dayOf(ts));
      return midnight + floorTo(ts - midnight, step);
    },
    endOf: (start) => Math.min(start + step, calendar.startOfDay(calendar.dayOf(start) + 1)),
  };
}

/**
 * So many days up to each step of a day: a window that ends 6 h after midnight began 6 h after the midnight so many days
 * before, and no later than that day ended.
 */
export function steppedDayWindows(sizeDays: number, slide: Millis, calendar: Calendar): SlicedWindows {
  const steps = stepsOfDays(slide, calendar);
  const at = (day: number, since: Millis): Millis =>
    Math.min(calendar.startOfDay(day) + since, calendar.startOfDay(day + 1));
  function startOf(end: Millis): Millis {
    // From within: a day that the zone skipped begins where the next one does.
    const day = calendar.dayOf(end - 1);
    if (end === calendar.startOfDay(day + 1)) return calendar.startOfDay(day + 1 - sizeDays);
    return at(day - sizeDays, end - calendar.startOfDay(day));
  }
  const endAfter = (ts: Millis): Millis => steps.endOf(steps.of(ts));
  return {
    shape: 'sliding',
    slices: `steps:${calendar.zone}:${slide}`,
    sliceOf: (ts) => steps.of(ts),
    sliceEnd: (start) => steps.endOf(start),
    endAfter,
    endAtOrBefore: (ts) => steps.of(ts),
    startOf,
    lastEnd(ts) {
      const day = calendar.dayOf(ts);
      let end = at(day + sizeDays, steps.of(ts) - calendar.startOfDay(day));
      // Days of other lengths: a step or two away.
      while (startOf(end) > ts) end = steps.of(end - 1);
      while (startOf(endAfter(end)) <= ts) end = endAfter(end);
      return end;
    },
  };
}

/**
 * Day, week or month to date: windows `[start of the period, b)` for each boundary b: every so many days, or within each day
 * every so long after its midnight, and the end of the period.
 */
export function cumulativeWindows(period: 'day' | 'week' | 'month', every: Millis, calendar: Calendar): SlicedWindows {
  requireDuration('update interval', every);
  const everyDays = every % DAY_MS === 0 ? every / DAY_MS : 0;
  if (everyDays === 0 && every > DAY_MS) throw invalid('an update interval of more than a day is one of whole days');
  const steps = stepsOfDays(every, calendar);
  const firstDay = (day: number): number =>
    period === 'day' ? day : period === 'week' ? mondayOf(day) : monthOf(day).first;
  const nextFirstDay = (day: number): number =>
    period === 'day' ? day + 1 : period === 'week' ? mondayOf(day) + 7 : monthOf(day).next;
  const periodStart = (ts: Millis): Millis => calendar.startOfDay(firstDay(calendar.dayOf(ts)));
  const periodEnd = (ts: Millis): Millis => calendar.startOfDay(nextFirstDay(calendar.dayOf(ts)));

  function sliceOf(ts: Millis): Millis {
    if (everyDays === 0) return steps.of(ts);
    const day = calendar.dayOf(ts);
    return calendar.startOfDay(day - floorMod(day - firstDay(day), everyDays));
  }
  function sliceEnd(start: Millis): Millis {
    if (everyDays === 0) return steps.endOf(start);
    const end = periodEnd(start);
    const day = calendar.dayOf(start);
    const first = firstDay(day);
    // From the period's first day, not from this one: the day that the zone skipped counts too.
    return Math.min(calendar.startOfDay(first + floorTo(day - first, everyDays) + everyDays), end);
  }
  return {
    shape: 'growing',
    slices: `to-date:${calendar.zone}:${period}:${every}`,
    sliceOf,
    sliceEnd,
    endAfter: (ts) => sliceEnd(sliceOf(ts)),
    endAtOrBefore: (ts) => sliceOf(ts),
    startOf: (end) => periodStart(end - 1),
    lastEnd: periodEnd,
  };
}
