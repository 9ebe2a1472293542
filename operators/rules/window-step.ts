/** How long after one window's end the next one ends: silence longer than that means there was no data. */
import type { Millis } from '../../engine/core/types.ts';
import type { WindowConfig } from '../config.ts';

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
