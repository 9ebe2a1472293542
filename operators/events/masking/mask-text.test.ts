import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NOT_PERSONAL, PERSONAL } from './testing/mask-corpus.ts';
import { allAtOnce } from '../../../engine/core/steps/steps.ts';
import { numbersIn } from './mask-numbers.ts';
import { maskInSteps, maskText } from './mask-text.ts';

const digitsOf = (text: string): string =>
  text.replace(/[０-９]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0)).replace(/\D/g, '');

function parts(row: string): { text: string; pattern: RegExp; secrets: string[] } {
  const secrets: string[] = [];
  let pattern = '';
  for (const part of row.split(/(\{[^}]*\})/)) {
    if (part.startsWith('{')) {
      secrets.push(part.slice(1, -1));
      pattern += '([^]*?)';
    } else pattern += part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  }
  return { text: row.replace(/[{}]/g, ''), pattern: new RegExp(`^${pattern}$`), secrets };
}

describe('the corpus', () => {
  it('has at least 150 rows of each kind together', () => {
    expect(PERSONAL.length).toBeGreaterThanOrEqual(150);
    expect(NOT_PERSONAL.length).toBeGreaterThanOrEqual(80);
  });

  it.each(PERSONAL)('%s', (row) => {
    const { text, pattern, secrets } = parts(row);
    const masked = maskText(text);
    // What stands outside the braces comes out unchanged …
    const found = pattern.exec(masked.text);
    expect(found, masked.text).not.toBeNull();
    // … and what stands inside has lost what identifies.
    secrets.forEach((secret, i) => {
      const rest = found?.[i + 1] ?? '';
      expect(rest, masked.text).toContain('*');
      expect(digitsOf(rest).length).toBeLessThanOrEqual(Math.max(8, digitsOf(secret).length - 3));
      expect(rest.length).toBeGreaterThan(0);
      expect(masked.text).not.toContain(secret);
    });
    expect(masked.count).toBeGreaterThanOrEqual(secrets.length);
    expect(maskText(masked.text)).toEqual({ text: masked.text, count: 0 });
  });

  it.each(NOT_PERSONAL)('%s', (text) => {
    expect(maskText(text)).toEqual({ text, count: 0 });
  });
});

describe('the form of what is masked', () => {
  it.each([
    ['13812345678', '138****5678'],
    ['+86 138-1234-5678', '+86 138****5678'],
    ['１３８１２３４５６７８', '138****5678'],
    ['110105 19491231 002X', '110***********002X'],
    ['6222021234567890128', '6222***********0128'],
    ['010-12345678', '010****5678'],
    ['0755 8655 1234', '0755****1234'],
    ['+14155552671', '+141******71'],
    ['415-555-2671', '415***2671'],
    ['zhangsan@example.com', 'z***@example.com'],
    ['我叫张三', '我叫张*'],
    ['我叫李小明', '我叫李**'],
    ['my name is John Smith', 'my name is J** S**'],
    ['京A12345', '京A****5'],
    ['护照E12345678', '护照E*****678'],
    ['192.168.10.25', '192.168.*.*'],
    ['SSN 123-45-6789', 'SSN ***-**-6789'],
  ])('%s → %s', (text, masked) => {
    expect(maskText(text).text).toBe(masked);
  });
});

describe('any text', () => {
  const pieces = fc.array(
    fc.oneof(
      fc.constantFrom(...PERSONAL.map((row) => row.replace(/[{}]/g, ''))),
      fc.constantFrom(...PERSONAL.flatMap((row) => parts(row).secrets)),
      fc.constantFrom(...NOT_PERSONAL),
      fc.constantFrom(
        ' ',
        '-',
        '*',
        '***',
        '+',
        '.',
        '@',
        '，',
        '\n',
        '0',
        '1',
        '86',
        '138',
        '5678',
        '00',
        '(',
        ')',
        'X',
        ':',
        '::',
        '我叫',
        '微信',
        'QQ',
      ),
      fc.string({ unit: fc.constantFrom(...Array.from('0123456789０１ -.()+*@xX张三我叫京A')), maxLength: 12 }),
      fc.string({ unit: 'binary', maxLength: 6 }),
    ),
    { maxLength: 6 },
  );
  it('is masked in steps as it is at once', () => {
    fc.assert(
      fc.property(pieces, (list) => {
        expect(allAtOnce(maskInSteps(list.join('')))).toEqual(maskText(list.join('')));
      }),
      { numRuns: 2000 },
    );
  });

  it('holds no number that the short way does not see', () => {
    const groups = fc.array(
      fc.tuple(
        fc.oneof(
          fc.constantFrom(
            '86',
            '0086',
            '138',
            '13812345678',
            '1',
            '0',
            '00',
            '0755',
            '6222',
            '415',
            '110105',
            '19491231',
          ),
          fc.constantFrom(...PERSONAL.flatMap((row) => parts(row).secrets)),
          fc.string({ unit: fc.constantFrom(...Array.from('0123456789０１')), minLength: 1, maxLength: 8 }),
        ),
        fc.constantFrom(' ', '-', '', '.', '  ', '(', ') ', '，'),
      ),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(groups, (list) => {
        const text = list.flat().join('');
        expect(allAtOnce(numbersIn(text))).toEqual(allAtOnce(numbersIn(text, true)));
      }),
      { numRuns: 5000 },
    );
  });

  it.each([
    ['spaced digits', '1 '],
    ['phone numbers', '13812345678 '],
    ['mail addresses', 'a@b.cc '],
    ['network addresses', '1.2.3.4 '],
    ['names', '我叫张三，'],
    ['English names', 'my name is Bob Ray. '],
    ['plates', '京A12345 '],
  ])('hands the loop over often: %s', (_name, piece) => {
    const steps = maskInSteps(piece.repeat(200_000 / piece.length));
    let count = 0;
    while (steps.next().done !== true) count += 1;
    expect(count).toBeGreaterThan(50);
  });

  it('is the same after masking twice', () => {
    fc.assert(
      fc.property(pieces, (list) => {
        // A word glued to a number that is hidden whole becomes a word of its own: only then is there more to see.
        const once = maskText(list.join('').replace(/(?<=[0-9A-Za-z])(?=[A-Z][a-z])/g, ' ')).text;
        expect(maskText(once).text).toBe(once);
      }),
      { numRuns: 5000 },
    );
  });

  it.each([
    ['digits', '1'.repeat(100_000)],
    ['spaced digits', '1 '.repeat(50_000)],
    ['letters', 'a'.repeat(100_000)],
    ['local parts', 'a.'.repeat(50_000) + '@'],
    ['at signs', '@'.repeat(100_000)],
    ['hex and colons', 'ab:'.repeat(33_000)],
    ['double colons', 'a::'.repeat(33_000)],
    ['dots', '1.1.'.repeat(25_000)],
    ['addresses', '地址'.repeat(50_000)],
    ['one address', `地址${'路'.repeat(100_000)}`],
    ['names', '我叫张'.repeat(33_000)],
    ['messengers', '微信号：a'.repeat(20_000)],
    ['English names', 'my name is A '.repeat(8_000)],
    ['streets', '1 A'.repeat(33_000)],
    ['passports', 'E1'.repeat(50_000)],
    ['spaces after a word', `身份证${' '.repeat(100_000)}`],
    ['plates', '京A1'.repeat(33_000)],
    ['numerals', '一三'.repeat(50_000)],
    ['separators', `1${' '.repeat(100_000)}1`],
  ])('is quick: %s', (_name, text) => {
    const start = process.cpuUsage();
    maskText(text);
    expect(process.cpuUsage(start).user / 1000).toBeLessThan(2000);
  });
});
