/** Which stretch of event time a value covers: type, schema and reading. */
import type { Millis } from '../../engine/core/types.ts';
import { choice, duration, tagged } from '../config/config-schema-forms.ts';
import { durationMs, durationText, type Section } from '../config/config-values.ts';
import type { Report } from '../config/config-part.ts';

export type WindowConfig =
  | { readonly kind: 'tumbling'; readonly sizeMs: Millis }
  /** `fromMidnight`: a size of a day and more that slides within the day; each day's steps begin at its midnight. */
  | { readonly kind: 'sliding'; readonly sizeMs: Millis; readonly slideMs: Millis; readonly fromMidnight?: true }
  | { readonly kind: 'session'; readonly gapMs: Millis }
  | { readonly kind: 'cumulative'; readonly period: 'day' | 'week' | 'month'; readonly everyMs: Millis };

export const WINDOW_SCHEMA = tagged('which stretch of event time a value covers', {
  tumbling: { fields: { size: duration('length', '1m') }, required: ['size'] },
  sliding: {
    fields: { size: duration('length', '15m'), slide: duration('how often a new one begins', '5s') },
    required: ['size', 'slide'],
  },
  session: { fields: { gap: duration('silence that ends one', '30m') }, required: ['gap'] },
  cumulative: {
    fields: {
      period: choice('from which midnight on', 'day', ['day', 'week', 'month']),
      every: duration('how often a value is made', '1m'),
    },
    required: ['period', 'every'],
  },
});

const DAY_MS = 86_400_000;
/** A window is cut into slices at its edges; more than this many in one window is a mistake in a unit. */
const MAX_SLICES = 1_000_000;
/** The longest of them: `every` as long as that gives one value a period. */
const PERIOD_MS = { day: DAY_MS, week: 7 * DAY_MS, month: 31 * DAY_MS } as const;

/** A window that cannot be meant is reported under the key that has to change. */
export function readWindow(section: Section, report: Report): WindowConfig {
  const positive = (name: string): Millis => {
    const ms = durationMs(section.raw(name));
    if (ms !== undefined && ms <= 0)
      report(section.path(name), `a ${name} of 0 was given: it must be longer than that`);
    return ms === undefined || ms <= 0 ? 60_000 : ms;
  };
  const sizeMs = (): Millis => {
    const ms = positive('size');
    if (ms > DAY_MS && ms % DAY_MS !== 0) {
      report(
        section.path('size'),
        `${durationText(ms)} is more than a day but not whole days: write whole days, e.g. 2d`,
      );
    }
    return ms;
  };
  switch (section.raw('kind')) {
    case 'sliding': {
      const size = sizeMs();
      const slide = positive('slide');
      if (slide > size) {
        report(
          section.path('slide'),
          `the slide ${durationText(slide)} is longer than the size ${durationText(size)}: events would fall between windows`,
        );
      } else if (size / greatestDivisor(size, slide) > MAX_SLICES) {
        report(
          section.path('slide'),
          `${durationText(size)} by ${durationText(slide)} needs more than 1,000,000 slices`,
        );
      } else if (size >= DAY_MS && slide % DAY_MS !== 0 && DAY_MS % slide !== 0) {
        report(
          section.path('slide'),
          `windows of a day and more step from midnight, and ${durationText(slide)} does not divide a day, nor is it whole days: write e.g. 5m, 1h, 1d`,
        );
      }
      if (size < DAY_MS || slide >= DAY_MS) return { kind: 'sliding', sizeMs: size, slideMs: slide };
      return { kind: 'sliding', sizeMs: size, slideMs: slide, fromMidnight: true };
    }
    case 'session':
      return { kind: 'session', gapMs: positive('gap') };
    case 'cumulative': {
      const period = section.choice('period', ['day', 'week', 'month'], 'day');
      const every = positive('every');
      if (every > PERIOD_MS[period])
        report(section.path('every'), `${durationText(every)} is longer than the ${period}`);
      else if (DAY_MS % every !== 0 && every % DAY_MS !== 0) {
        report(section.path('every'), `${durationText(every)} does not divide a day: write e.g. 1m, 5m, 1h`);
      }
      return { kind: 'cumulative', period, everyMs: every };
    }
    default:
      return { kind: 'tumbling', sizeMs: sizeMs() };
  }
}

function greatestDivisor(a: number, b: number): number {
  while (b !== 0) [a, b] = [b, a % b];
  return a;
}
