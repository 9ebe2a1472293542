import { describe, expect, it } from 'vitest';
import { progressLine } from './terminal-progress.ts';

function watched(isTTY: boolean) {
  const clock = { now: 1_000 };
  const written: string[] = [];
  const logged: unknown[] = [];
  const stream = { isTTY, write: (text: string) => written.push(text) };
  const logger = { info: (message: string, fields?: unknown) => void logged.push([message, fields]) };
  return { clock, written, logged, progress: progressLine(stream, () => clock.now, logger) };
}

describe('progress of long work', () => {
  it('is shown at once on a terminal, rewritten at most five times a second, and wiped at the end', () => {
    const { clock, written, logged, progress } = watched(true);
    progress.show('1 row');
    clock.now += 199;
    progress.show('2 rows');
    clock.now += 1;
    progress.show('3 rows');
    progress.end();
    expect(written).toEqual(['\r\x1b[2K1 row', '\r\x1b[2K3 rows', '\r\x1b[2K']);
    expect(logged).toEqual([]);
  });

  it('is a line of the log a minute where nobody looks, and none of what takes less', () => {
    const { clock, written, logged, progress } = watched(false);
    for (let second = 0; second < 150; second++) {
      progress.show(`${second} rows`);
      clock.now += 1_000;
    }
    progress.end();
    expect(logged).toEqual([
      ['under way', { progress: '60 rows' }],
      ['under way', { progress: '120 rows' }],
    ]);
    expect(written).toEqual([]);
  });

  it('writes nothing at the end of what was never shown', () => {
    const { written, progress } = watched(true);
    progress.end();
    expect(written).toEqual([]);
  });
});
