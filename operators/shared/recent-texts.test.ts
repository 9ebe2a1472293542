/** What comes again stays, what comes once goes, and there are never more than two halves. */
import { expect, it } from 'vitest';
import { RecentTexts } from './recent-texts.ts';

it('knows a text that comes again, however many others come once', () => {
  const texts = new RecentTexts(4);
  texts.add('app');
  const known: boolean[] = [];
  for (let i = 0; i < 100; i++) {
    texts.add(`once ${i}`);
    if (i % 3 === 0) known.push(texts.has('app'));
  }
  expect(new Set(known)).toEqual(new Set([true]));
  expect(texts.has('app 2')).toBe(false);
});

it('forgets what came once after two halves of others', () => {
  const texts = new RecentTexts(4);
  texts.add('once');
  for (let i = 0; i < 7; i++) texts.add(`other ${i}`);
  expect(texts.has('once')).toBe(true);
  const forgetful = new RecentTexts(4);
  forgetful.add('once');
  for (let i = 0; i < 8; i++) forgetful.add(`other ${i}`);
  expect(forgetful.has('once')).toBe(false);
});
