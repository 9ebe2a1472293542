import { describe, expect, it } from 'vitest';
import { isDirect, noProxyEntry, type NoProxyEntry } from './no-proxy.ts';

const entries = (...texts: readonly string[]): readonly NoProxyEntry[] =>
  texts.map((text) => noProxyEntry(text) ?? expect.unreachable(`${text} is an entry`));

describe('hosts that are called without the proxy', () => {
  it.each([
    ['example.com', 'example.com', true],
    ['example.com', 'EXAMPLE.com.', true],
    ['example.com', 'hooks.example.com', true],
    ['.example.com', 'hooks.example.com', true],
    ['.example.com', 'example.com', true],
    ['example.com', 'badexample.com', false],
    ['example.com', 'example.com.evil.net', false],
    ['10.0.0.0/8', '10.1.2.3', true],
    ['10.0.0.0/8', '11.1.2.3', false],
    ['10.0.0.0/8', '10.example.com', false],
    ['10.0.0.0/8', '[::ffff:a01:203]', true],
    ['192.168.7.9', '192.168.7.9', true],
    ['192.168.7.9', '192.168.7.90', false],
    ['fd00::/8', '[fd12:3456::1]', true],
    ['fd00::/8', '[fe80::1]', false],
    ['fd00::/8', '253.1.1.1', false],
    ['0.0.0.0/0', '8.8.8.8', true],
    ['0.0.0.0/0', 'example.com', false],
    ['::1', '[::1]', true],
    ['*', 'anything.at.all', true],
  ])('%s: %s is one: %s', (entry, host, expected) => {
    expect(isDirect(host, entries(entry))).toBe(expected);
  });

  it('any of several is enough, none is none', () => {
    expect(isDirect('b.net', entries('a.net', 'b.net'))).toBe(true);
    expect(isDirect('b.net', [])).toBe(false);
  });

  it.each([
    '',
    'http://example.com',
    'example.com:443',
    'a b',
    '10.0.0.0/33',
    '10.0.0.0/x',
    '10.0.0.256/8',
    '10.0.0.0/8/8',
    'fd00::/129',
    '*.example.com',
    '-a.com',
  ])('%j is no entry', (text) => {
    expect(noProxyEntry(text)).toBeNull();
  });
});
