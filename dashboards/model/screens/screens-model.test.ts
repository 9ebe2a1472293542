import { expect, test } from 'vitest';
import type { ScreenEntry } from '../../line/screens-client.ts';
import { DESCRIPTIONS } from '../../testing/scenario.ts';
import { SCREEN_TEXTS } from './screen-strings.ts';
import { boardChoices, boardText, factsOf, screenName } from './screens-model.ts';

const now = Date.parse('2026-03-02T01:10:00.000Z');
const view = { lang: 'en', zone: 'UTC', now, kpis: DESCRIPTIONS } as const;
const entry: ScreenEntry = {
  ...{ screen: 'abcdefgh', name: '', lang: 'zh-CN', theme: 'light' },
  board: { page: 'overview', query: '' },
  ...{ size: '1920x1080', version: '1.2', state: 'live', since: '2026-03-02T01:00:00.000Z' },
  ...{ seen: '2026-03-02T01:09:58.000Z', frames_per_s: 4.04 },
};

test('a board is named by its page, its KPI and its slice', () => {
  expect(boardText({ page: 'heat', query: 'where=region%3Aeast' }, view)).toBe('Heat map · East');
  expect(boardText({ page: 'kpi', query: 'kpi=csat' }, view)).toBe('CSAT');
  expect(boardText({ page: 'kpi', query: 'kpi=gone' }, { ...view, lang: 'zh-CN' })).toBe('gone');
});

test('a wall says how it looks, since when, how often it is sent something and when it answered', () => {
  expect(factsOf(entry, view).join('; ')).toBe(
    'Chinese; light; 1920×1080; version 1.2; since 01:00:00; 4.0 frames/s; answered 2 s ago',
  );
  expect(factsOf({ ...entry, state: 'gone', lang: 'fr' }, view).slice(-1)).toEqual(['gone for 2 s']);
  expect(factsOf({ ...entry, lang: 'fr' }, view)[0]).toBe('fr');
  expect([screenName(entry, 'en'), screenName({ ...entry, name: 'Hall' }, 'en')]).toEqual(['No name abcd', 'Hall']);
});

test('a wall can be sent its own board, each page and each KPI', () => {
  const choices = boardChoices(DESCRIPTIONS, 'en');
  expect(choices.slice(0, 3).map(({ label }) => label)).toEqual(['Its own board', 'Overview', 'Alerts']);
  expect(choices[0]?.board).toBe(null);
  expect(choices.at(-1)?.board).toEqual({ page: 'kpi', query: `kpi=${DESCRIPTIONS.at(-1)?.id}` });
});

test('both languages have the same places in each text', () => {
  const places = (texts: object): unknown =>
    Object.entries(texts).map(([name, text]) => [
      name,
      typeof text === 'string' ? [...text.matchAll(/\{\w+\}/g)].map(([place]) => place).sort() : places(text as object),
    ]);
  expect(places(SCREEN_TEXTS.en)).toEqual(places(SCREEN_TEXTS['zh-CN']));
});
