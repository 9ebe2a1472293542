import { expect, test } from 'vitest';
import { parseMark, QUIET_MS, shouldReload, writeMark } from './reload-guard.ts';

test.each([
  ['the first version seen', null, '2', null, false],
  ['the same version', '1', '1', null, false],
  ['a new version', '1', '2', null, true],
  ['one this screen already reloaded for', '1', '2', { version: '2', at: 0 }, false],
  ['another one soon after: two gateways that differ', '2', '1', { version: '2', at: 1_000_000 - 1 }, false],
  ['another one later', '2', '3', { version: '2', at: 1_000_000 - QUIET_MS - 1 }, true],
])('%s', (_name, first, now, mark, reload) => {
  expect(shouldReload(first, now, mark, 1_000_000)).toBe(reload);
});

test('the mark survives being written', () => {
  expect(parseMark(writeMark({ version: '1.2.3 beta', at: 7 }))).toEqual({ version: '1.2.3 beta', at: 7 });
  expect([parseMark(null), parseMark('x')]).toEqual([null, null]);
});
