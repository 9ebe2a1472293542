/** What a thread logs is logged by whoever opened it: one log, one form, one place it goes to. */
import type { LogFields, Logger } from '../../core/types.ts';

export interface ThreadLogLine {
  readonly kind: 'log';
  readonly level: keyof Logger;
  readonly message: string;
  readonly fields: LogFields;
}

/** `more`: what every line says besides. */
export function loggerTo(port: { postMessage(line: ThreadLogLine): void }, more: LogFields = {}): Logger {
  const to =
    (level: keyof Logger) =>
    (message: string, fields: LogFields = {}): void =>
      port.postMessage({ kind: 'log', level, message, fields: { ...more, ...fields } });
  return { info: to('info'), warn: to('warn'), error: to('error') };
}
