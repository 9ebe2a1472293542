import { describe, expect, it } from 'vitest';
import type { HttpRequest } from '../server/http-message.ts';
import { isAddressRange, isBasePath, Proxies } from './proxies.ts';

function request(headers: Record<string, string>, fields: Partial<HttpRequest> = {}): HttpRequest {
  return {
    method: 'GET',
    path: '/v1/kpis',
    query: '',
    headers: { host: 'inside:8080', ...headers },
    remote: '10.0.0.1',
    secure: false,
    base: '',
    body: new Uint8Array(),
    ...fields,
  };
}

const behind = new Proxies({ trusted: ['10.0.0.0/8', '::1'], basePath: '' });
const SAID = {
  'x-forwarded-for': '203.0.113.9',
  'x-forwarded-proto': 'https',
  'x-forwarded-host': 'board.example.com',
  'x-forwarded-prefix': '/earshot',
};

describe('what a proxy says', () => {
  it('counts from a trusted address', () => {
    const seen = behind.original(request(SAID));
    expect([seen.remote, seen.secure, seen.headers['host'], seen.base]).toEqual([
      '203.0.113.9',
      true,
      'board.example.com',
      '/earshot',
    ]);
  });

  it('counts from nobody else', () => {
    for (const remote of ['203.0.113.7', '11.0.0.1', '']) {
      const seen = behind.original(request(SAID, { remote }));
      expect([seen.remote, seen.secure, seen.headers['host'], seen.base]).toEqual([remote, false, 'inside:8080', '']);
    }
  });

  it('counts from an IPv4 address that came over an IPv6 socket', () => {
    expect(behind.original(request(SAID, { remote: '::ffff:10.1.2.3' })).remote).toBe('203.0.113.9');
    expect(behind.original(request({}, { remote: '::ffff:203.0.113.7' })).remote).toBe('203.0.113.7');
  });

  it.each([
    ['198.51.100.1, 203.0.113.9', '203.0.113.9'],
    ['198.51.100.1, 203.0.113.9, 10.0.0.2', '203.0.113.9'],
    ['10.0.0.3, 10.0.0.2', '10.0.0.3'],
    ['203.0.113.9:1234', '203.0.113.9'],
    ['[2001:db8::1]:1234', '2001:db8::1'],
    ['2001:db8::1', '2001:db8::1'],
    ['198.51.100.1, unknown', '10.0.0.1'],
    ['198.51.100.1, <script>, 10.0.0.2', '10.0.0.2'],
    ['', '10.0.0.1'],
  ])('names the nearest address that is no proxy: of %s that is %s', (list, address) => {
    expect(behind.original(request({ 'x-forwarded-for': list })).remote).toBe(address);
  });

  it.each([
    // What the client itself sent stands before what the proxy added.
    ['203.0.113.9', 'http, https', true],
    ['203.0.113.9', 'https, http', false],
    ['203.0.113.9, 10.0.0.2', 'https, http', true],
    ['203.0.113.9, 10.0.0.2', 'https', true],
  ])('is of the outermost trusted proxy: for %s over %s', (list, proto, secure) => {
    const seen = behind.original(request({ 'x-forwarded-for': list, 'x-forwarded-proto': proto }));
    expect(seen.secure).toBe(secure);
  });

  it.each([
    ['x-forwarded-host', 'a/b@c'],
    ['x-forwarded-host', 'a b'],
    ['x-forwarded-prefix', '//evil.example'],
    ['x-forwarded-prefix', '/a/../b'],
    ['x-forwarded-prefix', '/"><script>'],
    ['x-forwarded-prefix', 'https://evil.example'],
  ])('is left aside where %s is %s', (name, value) => {
    const seen = behind.original(request({ [name]: value }));
    expect([seen.headers['host'], seen.base]).toEqual(['inside:8080', '']);
  });

  it('keeps TLS of our own where the proxy says nothing of it', () => {
    expect(behind.original(request({}, { secure: true })).secure).toBe(true);
  });
});

describe('the base path', () => {
  const under = new Proxies({ trusted: ['10.0.0.1'], basePath: '/earshot' });
  it.each([
    ['/earshot/v1/kpis', '/v1/kpis'],
    ['/earshot/', '/'],
    ['/earshot', ''],
    ['/v1/kpis', '/v1/kpis'],
    ['/earshots/v1', '/earshots/v1'],
  ])('is taken from %s, which leaves %s', (path, left) => {
    const seen = under.original(request({}, { path, remote: '192.0.2.1' }));
    expect([seen.path, seen.base]).toEqual([left, '/earshot']);
  });

  it('is what a trusted proxy says, whether it took it from the path or not', () => {
    for (const path of ['/cx/v1/kpis', '/v1/kpis', '/earshot/v1/kpis']) {
      const seen = under.original(request({ 'x-forwarded-prefix': '/cx/' }, { path }));
      expect([seen.path, seen.base]).toEqual(['/v1/kpis', '/cx']);
    }
  });
});

it('knows addresses, ranges and base paths', () => {
  for (const range of ['10.0.0.1', '10.0.0.0/8', '::1', 'fd00::/8']) expect(isAddressRange(range)).toBe(true);
  for (const range of ['', '10.0.0', '10.0.0.0/33', 'a', '10.0.0.0/8/8', '::/129', '1.1.1.1/']) {
    expect(isAddressRange(range)).toBe(false);
  }
  for (const path of ['/a', '/a/b', '/a-b_c.d~e']) expect(isBasePath(path)).toBe(true);
  for (const path of ['', '/', 'a', '/a/', '//a', '/a//b', '/a?b', '/..', '/a/./b', '/a b']) {
    expect(isBasePath(path)).toBe(false);
  }
});
