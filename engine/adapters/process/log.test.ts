import { describe, expect, it } from 'vitest';
import { EngineError } from '../../core/errors.ts';
import { failureFields, makeLogger } from './log.ts';

const AT = Date.UTC(2026, 2, 2, 1, 15, 4, 120);

describe('logs', () => {
  it('writes one JSON line an entry', () => {
    const lines: string[] = [];
    makeLogger(
      'json',
      (line) => lines.push(line),
      () => AT,
    ).warn('stream full', { stream: 'CX_KPI', tries: 3 });
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      { time: '2026-03-02T01:15:04.120Z', level: 'warn', message: 'stream full', stream: 'CX_KPI', tries: 3 },
    ]);
  });

  it('writes a line for a person, leaving out what is undefined', () => {
    const lines: string[] = [];
    makeLogger(
      'pretty',
      (line) => lines.push(line),
      () => AT,
    ).info('ready', { port: 8080, tls: undefined });
    expect(lines).toEqual(['01:15:04.120 info  ready  port=8080\n']);
  });

  it('names the code and the help of a failure', () => {
    expect(failureFields(new EngineError('USAGE_INVALID', ['no such command']))).toEqual({
      code: 'USAGE_INVALID',
      error: 'no such command',
      help: 'see `earshot <command> --help`',
    });
    expect(failureFields('x')).toEqual({ error: 'x' });
  });
});
