import { expect, it } from 'vitest';
import type { Degradation } from '../core/wire.ts';
import { DegradationLog } from './degradation-log.ts';

const ahead = (...about: string[]): Degradation => ({ code: 'clock_ahead', message: 'ahead', values: {}, about });

function logging() {
  const lines: unknown[] = [];
  const log = new DegradationLog({ warn: (message, fields) => void lines.push([message, fields?.['about']]) });
  return { log, lines };
}

it('says each thing once an hour, however often it is looked at and by how many seconds it changes', () => {
  const { log, lines } = logging();
  for (let now = 0; now < 3_600_000; now += 5000) log.look([ahead(`/kiosk (${now} s)`)], now);
  expect(lines).toEqual([['ahead', '/kiosk (0 s)']]);
  log.look([ahead('/kiosk (9 s)')], 3_600_000);
  expect(lines).toHaveLength(2);
});

it('says it again at once where another source is named', () => {
  const { log, lines } = logging();
  log.look([ahead('/kiosk (5 s)')], 0);
  log.look([ahead('/till (9 s)', '/kiosk (5 s)')], 5000);
  expect(lines).toEqual([
    ['ahead', '/kiosk (5 s)'],
    ['ahead', '/till (9 s), /kiosk (5 s)'],
  ]);
});

it('says what is about nobody', () => {
  const { log, lines } = logging();
  for (const now of [0, 5000]) log.look([{ code: 'time_ahead', message: 'ahead', values: {}, about: [] }], now);
  expect(lines).toEqual([['ahead', undefined]]);
});
