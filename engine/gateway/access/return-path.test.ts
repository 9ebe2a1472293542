import fc from 'fast-check';
import { expect, test } from 'vitest';
import { returnPath } from './return-path.ts';

test.each(['/', '/alerts/?lang=en&alert=a%2F1#ack', '/earshot/kpi/?kpi=csat', '/%2F%2Fevil.example'])(
  'goes back to the page of this host that was asked for: %s',
  (path) => expect(returnPath(path, '/home')).toBe(path),
);

test.each([
  null,
  '',
  'https://evil.example/',
  '//evil.example',
  '///evil.example',
  '/\\evil.example',
  '\\/evil.example',
  '/\t/evil.example',
  '/\n/evil.example',
  '/.//evil.example',
  '/..//evil.example',
  '/%2e//evil.example',
  ' /',
  'javascript:alert(1)',
  'alerts/',
  `/${'a'.repeat(2_000)}`,
])('leads nowhere else: %j', (path) => expect(returnPath(path, '/home')).toBe('/home'));

test('a browser that follows it stays on this host, whatever is asked', () => {
  const piece = fc.constantFrom(
    '/',
    '\\',
    '.',
    '..',
    '%2e',
    '%5c',
    '\t',
    '\n',
    '@',
    ':',
    '?',
    '#',
    'evil.example',
    'https:',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const place = new URL(returnPath(pieces.join(''), '/'), 'https://board.example.com/v1/sign-in/callback');
      expect(place.origin).toBe('https://board.example.com');
    }),
  );
});
