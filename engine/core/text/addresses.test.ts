import { describe, expect, it } from 'vitest';
import { isHost, isLoopbackHost, isNatsAddress, isOrigin } from './addresses.ts';

describe('addresses of a nats-server', () => {
  it.each([
    'nats://10.0.0.5:4222',
    'nats://nats-1.example',
    'tls://user:pass%40word@nats.example:4222',
    'nats://s3cr3t@nats.example:4222/',
    'nats_1:4222',
    'localhost',
    'nats://[::1]:4222',
    '::1',
  ])('%s is one', (text) => {
    expect(isNatsAddress(text)).toBe(true);
  });

  it.each([
    'not a url',
    '',
    'http://nats.example:4222',
    'wss://nats.example',
    'nats://',
    'nats:///x',
    'nats://host:0',
    'nats://host:65536',
    'nats://host:port',
    'nats://host/path',
    'nats://a:4222,nats://b:4222',
    'host name:4222',
  ])('%s is none', (text) => {
    expect(isNatsAddress(text)).toBe(false);
  });
});

describe('hosts', () => {
  it.each(['0.0.0.0', '::', '[::1]', '127.0.0.1', 'localhost', 'board.example.com', 'earshot_1'])(
    '%s is one',
    (text) => {
      expect(isHost(text)).toBe(true);
    },
  );

  it.each(['http://0.0.0.0', '0.0.0.0:8080', 'a b', 'host/', '-x', ''])('%s is none', (text) => {
    expect(isHost(text)).toBe(false);
  });

  it.each([
    ['localhost', true],
    ['127.0.0.1', true],
    ['127.8.8.8', true],
    ['::1', true],
    ['[::1]', true],
    ['0.0.0.0', false],
    ['::', false],
    ['127.0.0.1.evil.example', false],
  ])('whether %s is loopback: %s', (host, expected) => {
    expect(isLoopbackHost(host)).toBe(expected);
  });
});

describe('origins', () => {
  it.each(['https://board.example.com', 'http://localhost:3000', 'https://[::1]:8443', 'chrome-extension://abc'])(
    '%s is one',
    (text) => {
      expect(isOrigin(text)).toBe(true);
    },
  );

  it.each(['board.example.com', 'https://board.example.com/', 'https://Board.example.com', '*', 'null', 'https://a:0'])(
    '%s is none',
    (text) => {
      expect(isOrigin(text)).toBe(false);
    },
  );
});
