import { expect, it } from 'vitest';
import { checkConfig } from './config-file.ts';
import { tooDeepAt } from './config-depth.ts';

const form = { schema: {}, parse: (raw: unknown) => ({ config: raw }) };

it.each([
  ['lists', '[', 1001],
  ['maps', '{a: ', 1 + 1000 * 4],
  ['lists by dashes', '- ', 1],
  ['keys', '? ', 1],
])('half a million %s one within the other are refused before they are parsed', (_, opening, column) => {
  const found = checkConfig(opening.repeat(1_000_000 / opening.length), form, {});
  expect(found).toEqual({ faults: [{ path: '', line: 1, column, message: 'the file is nested too deeply' }] });
});

it('leaves alone what is deep and no attack, and brackets that close', () => {
  expect(tooDeepAt(`${'['.repeat(900)}${']'.repeat(900)}\n`.repeat(20))).toBeNull();
  expect(tooDeepAt(`- - - [a, {b: c}]\n${'-'.repeat(300)}\n# ${'- '.repeat(90)}`)).toBeNull();
});
