import { expect, test } from 'vitest';
import { pageAfter, signInClient } from './sign-in-client.ts';

const BASE = 'https://board.example.com/earshot/';

test.each([
  ['/earshot/alerts/?lang=en#ack', 'https://board.example.com/earshot/alerts/?lang=en#ack'],
  ['/earshot/', BASE],
])('after the sign-in comes the page that was asked for: %s', (asked, page) =>
  expect(pageAfter(asked, BASE)).toBe(page),
);

test.each([
  null,
  '',
  'https://evil.example/',
  '//evil.example/',
  '/\\evil.example',
  'javascript:alert(1)',
  '/\t/evil.example',
  '/other/',
  '/earshot/../other/',
  '/earshot',
])('never one of elsewhere: %j', (asked) => expect(pageAfter(asked, BASE)).toBe(BASE));

test('an answer of another shape is no way in', async () => {
  const answer =
    (body: unknown): typeof fetch =>
    () =>
      Promise.resolve(Response.json(body));
  expect(await signInClient(BASE, answer([])).ways()).toEqual({ token: false, sso: null, who: null });
  expect(await signInClient(BASE, answer({ token: true, sso: {}, who: { name: 'li', role: 'king' } })).ways()).toEqual({
    token: true,
    sso: { title: null },
    who: null,
  });
  expect(await signInClient(BASE, () => Promise.reject(new TypeError('away'))).ways()).toBeNull();
  expect(await signInClient(BASE, () => Promise.reject(new TypeError('away'))).signIn('t')).toBe('unreachable');
});
