import { describe, expect, it } from 'vitest';
import { isLoopbackHost } from '../../core/text/addresses.ts';
import { hostName, isOfForeignPage, originAllowed } from './origin.ts';

describe('hosts', () => {
  it.each(['localhost', 'LOCALHOST:80', '127.0.0.1:8080', '127.1.2.3', '[::1]:8080', '[::1]'])(
    '%s is this machine',
    (host) => {
      expect(isLoopbackHost(hostName(host))).toBe(true);
    },
  );
  it.each([
    '',
    'a',
    '0.0.0.0',
    '[::]',
    '127.0.0.1.evil.example',
    'localhost.evil.example',
    'evil.example:80',
    '::1:80:x',
    '[::ffff:8.8.8.8]',
  ])('%s is not', (host) => {
    expect(isLoopbackHost(hostName(host))).toBe(false);
  });
});

describe('origins', () => {
  it('are fine when there is none, when it is ours, and when it is listed', () => {
    expect(originAllowed(undefined, 'a:1', [])).toBe(true);
    expect(originAllowed('http://a:1', 'a:1', [])).toBe(true);
    expect(originAllowed('https://A.example', 'a.example', [])).toBe(true);
    expect(originAllowed('https://b.example', 'a', ['https://b.example'])).toBe(true);
  });
  it.each([
    'null',
    'http://a:2',
    'http://a',
    'http://b:1',
    'file://a:1',
    'chrome-extension://a:1',
    'a:1',
    'http://a:1@b',
  ])('%s is not ours', (origin) => {
    expect(originAllowed(origin, 'a:1', [])).toBe(false);
  });
  it.each(['cross-site', 'same-site'])('are not needed to know a page elsewhere: what the browser calls %s', (site) => {
    expect(isOfForeignPage({ 'sec-fetch-site': site })).toBe(true);
    // Then the origin decides.
    expect(isOfForeignPage({ 'sec-fetch-site': site, origin: 'https://b.example' })).toBe(false);
  });
  it.each([{}, { 'sec-fetch-site': 'same-origin' }, { 'sec-fetch-site': 'none' }])(
    '%j is no page elsewhere',
    (headers) => {
      expect(isOfForeignPage(headers)).toBe(false);
    },
  );
});
