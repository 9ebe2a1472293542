/**
 * How far long work is: on a terminal a line that is rewritten in place, at most five times a second; where nobody looks (a pipe, a
 * timer, a log) one line of the log a minute, so that what runs for an hour is not silent for an hour.
 */
import type { Logger, Millis } from '../../core/types.ts';

export interface Progress {
  show(text: string): void;
  end(): void;
}

const ON_TERMINAL_MS = 200;
const IN_LOG_MS = 60_000;

export function progressLine(
  stream: { readonly isTTY?: boolean; write(text: string): unknown },
  now: () => Millis,
  logger: Pick<Logger, 'info'>,
): Progress {
  let isShown = false;
  if (stream.isTTY !== true) {
    let last = now();
    return {
      show(text) {
        if (now() - last < IN_LOG_MS) return;
        last = now();
        logger.info('under way', { progress: text });
      },
      end: () => undefined,
    };
  }
  let last = Number.NEGATIVE_INFINITY;
  return {
    show(text) {
      if (now() - last < ON_TERMINAL_MS) return;
      last = now();
      isShown = true;
      stream.write(`\r\x1b[2K${text}`);
    },
    end() {
      if (isShown) stream.write('\r\x1b[2K');
    },
  };
}
