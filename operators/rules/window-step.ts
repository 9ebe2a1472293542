/** When the window after one ends: silence until then means there was no data. */
import type { Millis } from '../../engine/core/types.ts';
import type { WindowConfig } from '../windows/window-config.ts';
import { DAY_MS } from '../windows/zone-days.ts';
import { slicedWindows } from '../windows/windows.ts';

export interface WindowSteps {
  /** The end of the first window that ends after this instant; of a session, what another one would need. */
  endAfter(ts: Millis): Millis;
  /** The end of the first window that begins at or after this instant, and where it begins. */
  wholeAfter(ts: Millis): { readonly start: Millis; readonly end: Millis };
  /** No two ends that follow each other are further apart. */
  readonly longestMs: Millis;
}

/** Days are as long as the zone's clocks make them: one of 25 hours is not over, and not silent, after 24. */
export function windowSteps(window: WindowConfig, zone: string): WindowSteps {
  if (window.kind === 'session') {
    const { gapMs } = window;
    return { endAfter: (ts) => ts + gapMs, wholeAfter: (ts) => ({ start: ts, end: ts + gapMs }), longestMs: gapMs };
  }
  const windows = slicedWindows(window, zone);
  const step = stepMs(window);
  return {
    endAfter: (ts) => windows.endAfter(ts),
    wholeAfter(ts) {
      // Of what grows through a period a whole step is enough: the whole period may be a month.
      let end = windows.endAfter(window.kind === 'cumulative' ? windows.endAfter(ts) : ts + window.sizeMs - 1);
      // Days are not all of one length.
      while (window.kind !== 'cumulative' && windows.startOf(end) < ts) end = windows.endAfter(end);
      return { start: windows.startOf(end), end };
    },
    longestMs: step < DAY_MS ? step : step + DAY_MS,
  };
}

/** The same as the configuration has it. */
export function stepMs(window: WindowConfig): Millis {
  switch (window.kind) {
    case 'tumbling':
      return window.sizeMs;
    case 'sliding':
      return window.slideMs;
    case 'session':
      return window.gapMs;
    case 'cumulative':
      return window.everyMs;
  }
}
