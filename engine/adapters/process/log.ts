/** Structured logs on stderr: JSON lines for machines, `pretty` for a person. Never event data: callers log counts, ids and codes. */
import { EngineError } from '../../core/errors.ts';
import type { LogFields, Logger } from '../../core/types.ts';
import { systemClock } from './system-clock.ts';

export type LogFormat = 'json' | 'pretty';
export type LogLevel = 'info' | 'warn' | 'error';

const COLOURS: Readonly<Record<LogLevel, string>> = { info: '\x1b[36m', warn: '\x1b[33m', error: '\x1b[31m' };

export function makeLogger(
  format: LogFormat,
  write: (line: string) => void,
  now: () => number,
  isColoured = false,
): Logger {
  const log = (level: LogLevel, message: string, fields: LogFields = {}): void => {
    const time = new Date(now()).toISOString();
    if (format === 'json') {
      write(`${JSON.stringify({ time, level, message, ...fields })}\n`);
      return;
    }
    const detail = Object.entries(fields)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `${name}=${String(value)}`)
      .join(' ');
    const word = isColoured ? `${COLOURS[level]}${level.padEnd(5)}\x1b[0m` : level.padEnd(5);
    write(`${time.slice(11, 23)} ${word} ${message}${detail === '' ? '' : `  ${detail}`}\n`);
  };
  return {
    info: (message, fields) => log('info', message, fields),
    warn: (message, fields) => log('warn', message, fields),
    error: (message, fields) => log('error', message, fields),
  };
}

export function stderrLogger(format: LogFormat): Logger {
  return makeLogger(
    format,
    (line) => process.stderr.write(line),
    () => systemClock.now(),
    process.stderr.isTTY,
  );
}

/** The log fields of a failure: its code where there is one, the message, never a stack with data in it. */
export function failureFields(thrown: unknown): LogFields {
  if (thrown instanceof EngineError) return { code: thrown.code, error: thrown.message, help: thrown.help };
  return { error: thrown instanceof Error ? thrown.message : String(thrown) };
}
