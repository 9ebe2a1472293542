import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { nameOfKey } from './dimension-names.ts';
import { HEALTH_TEXTS } from './health/health-strings.ts';
import { OVERVIEW_TEXTS } from './overview/overview-strings.ts';
import { KPI_PAGE_TEXTS } from './pages/kpi-page-strings.ts';
import { PAGE_TEXTS } from './pages/page-strings.ts';
import { SHIFT_TEXTS } from './pages/shift/shift-strings.ts';
import { SCREEN_TEXTS } from './screens/screen-strings.ts';
import { fill, LANGUAGES, TEXTS } from './strings.ts';

const places = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map(([place]) => place).sort();

describe('both languages', () => {
  test('have the same texts with the same places', () => {
    const [zh, en] = [TEXTS['zh-CN'], TEXTS.en];
    expect(Object.keys(en)).toEqual(Object.keys(zh));
    for (const key of Object.keys(zh) as (keyof typeof zh)[])
      expect([key, places(en[key])]).toEqual([key, places(zh[key])]);
  });

  test('leave no text empty but units that go without saying', () => {
    const empty = LANGUAGES.flatMap((lang) => Object.entries(TEXTS[lang]).filter(([, text]) => text === ''));
    expect(empty.map(([key]) => key)).toEqual(['unitPoints', 'unitScore']);
  });
});

test('words after a number are of one or of many', () => {
  const text = '{n} {n:cell|cells} of {all} {all:alert is|alerts are} open';
  expect(fill(text, { n: 1, all: 2 })).toBe('1 cell of 2 alerts are open');
  expect(fill(text, { n: '0', all: '1' })).toBe('0 cells of 1 alert is open');
  expect(fill(text, { n: 3 })).toBe('3 cells of {all} {all:alert is|alerts are} open');
});

test('no English text says “1 alerts”: a word of many after a number has its word of one beside it', () => {
  const all = [TEXTS, OVERVIEW_TEXTS, HEALTH_TEXTS, SCREEN_TEXTS, SHIFT_TEXTS, PAGE_TEXTS, KPI_PAGE_TEXTS];
  const texts = all
    .flatMap((one): readonly unknown[] => Object.values(one.en))
    .filter((text) => typeof text === 'string');
  const fixed = texts.filter((text) =>
    /\{(?:n|count|off|open|days|rules|keys|now)\} (?!pass\b|ms\b)[a-z]+s\b(?!\/)/.test(text),
  );
  // The hours of a shift are 4, 8, 12 or 24.
  expect(fixed).toEqual([SHIFT_TEXTS.en.hours]);
});

test('a text’s places are filled; one without a value stays to be seen', () => {
  expect(fill('{a} of {b}', { a: 1 })).toBe('1 of {b}');
});

test('keys are named in the reader’s language, region first; the company’s own names as they are', () => {
  const key = { product: 'delivery', channel: 'mini_program', region: 'east' };
  expect(nameOfKey(key, 'zh-CN')).toBe('华东 / 小程序 / delivery');
  expect(nameOfKey(key, 'en')).toBe('East / Mini program / delivery');
  expect(nameOfKey({ channel: '' }, 'en')).toBe('–');
});

describe('no word is written elsewhere', () => {
  const sources = readdirSync(new URL('..', import.meta.url), { recursive: true, encoding: 'utf8' }).filter(
    (name) =>
      name.endsWith('.ts') &&
      !name.endsWith('.test.ts') &&
      !name.startsWith('testing/') &&
      ![
        'model/strings.ts',
        'model/health/health-strings.ts',
        'model/overview/overview-strings.ts',
        'model/pages/page-strings.ts',
        'model/pages/board-strings.ts',
        'model/pages/sign-in-strings.ts',
        'model/pages/kpi-page-strings.ts',
        'model/pages/shift/shift-strings.ts',
        'model/screens/screen-strings.ts',
        'model/dimension-names.ts',
      ].includes(name),
  );
  const codeOf = (name: string): string =>
    readFileSync(new URL(`../${name}`, import.meta.url), 'utf8').replace(/\/\*[\s\S]*?\*\/|(?<=\s)\/\/.*/g, '');

  test.each(sources)('%s', (name) => {
    const code = codeOf(name);
    expect(code.match(/.*\p{Script=Han}.*/gu)).toBeNull();
    // What goes on the screen goes through setText or an attribute that is read out: never a literal with letters.
    expect(
      code
        .replace(/\$\{[^}]*\}/g, '')
        .match(
          /(setText\([^,]+,|'(aria-label|title|placeholder)'[:,]|\b(title|placeholder):) *['"`][^'"`]*[A-Za-z]{2,}/g,
        ),
    ).toBeNull();
    expect(code.match(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b/g)).toBeNull();
  });
});
