import { once } from 'node:events';
import { connect } from 'node:net';
import type * as Uws from 'uWebSockets.js';
import { afterEach, describe, expect, it } from 'vitest';
import { RequestBodyBudget } from '../../http/request-body-budget.ts';
import { ResponseBudget } from '../../http/response-budget.ts';
import { serverConformance, until } from '../../testing/server.conformance.ts';
import type { WebServer } from '../server.ts';
import { loadUws, openUwsServer } from './uws-server.ts';

const HIDDEN = 'GET /hidden HTTP/1.1\r\nhost: x\r\n\r\n';

const uws = loadUws();
if (uws === undefined) {
  describe('web server uws', () => {
    it('has no binary for this platform: the gateway uses ws', () => {
      expect(loadUws()).toBeUndefined();
    });
  });
} else {
  serverConformance('uws', (options) => openUwsServer(uws, options));
  bodies(uws);
}

function bodies(loaded: typeof Uws): void {
  describe('bodies on uWebSockets.js', () => {
    let server: WebServer;
    const budget = new RequestBodyBudget(1_000);
    const asked: string[] = [];
    afterEach(async () => {
      await server.close();
      expect(budget.bytes).toBe(0);
      asked.length = 0;
    });

    async function start(body = 'here'): Promise<void> {
      server = await openUwsServer(loaded, {
        host: '127.0.0.1',
        port: 0,
        maxBodyBytes: 1_000,
        bodies: budget,
        answers: new ResponseBudget(),
        maxMessageBytes: 1_000,
        requestMs: 300,
        handlers: {
          request: async ({ path }) => {
            asked.push(path);
            return { status: 200, headers: {}, body };
          },
          upgrade: () => Promise.reject(new Error('nobody asks')),
        },
      });
    }

    /** All that comes until the server closes. */
    async function said(sent: string): Promise<string> {
      const client = connect(server.port, '127.0.0.1');
      let text = '';
      client.on('data', (chunk: Buffer) => (text += chunk.toString()));
      client.on('error', () => undefined);
      const closed = once(client, 'close');
      client.write(sent);
      await closed;
      return text;
    }

    it('that come drop by drop are answered with 408 in the end', async () => {
      await start();
      const client = connect(server.port, '127.0.0.1');
      let text = '';
      client.on('data', (chunk: Buffer) => (text += chunk.toString()));
      client.on('error', () => undefined);
      client.write('POST /a HTTP/1.1\r\nhost: x\r\ncontent-length: 500\r\n\r\n');
      const drops = setInterval(() => client.write('x'), 50);
      await until(() => budget.bytes > 0);
      await once(client, 'close');
      clearInterval(drops);
      expect(text).toMatch(/^HTTP\/1\.1 408 /);
      expect(asked).toEqual([]);
    });

    it('in chunks are answered, and the connection is closed with the answer', async () => {
      await start();
      const text = await said('POST /a HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n');
      expect(text).toMatch(/^HTTP\/1\.1 200 [^]*connection: close\r\n[^]*\r\n\r\nhere$/i);
      expect(asked).toEqual(['/a']);
    });

    it('in chunks get no answer that would fill the memory of who does not read it', async () => {
      await start('x'.repeat(100_000));
      const text = await said('POST /a HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n');
      expect(text).toMatch(/^HTTP\/1\.1 501 [^]*content-length alone/);
    });

    it.each([
      ['chunks', 'transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n', ['/a']],
      ['chunks that are none', 'transfer-encoding: chunked\r\n\r\n3\nabc\n0\n\n', ['/a']],
      ['too many chunks', `transfer-encoding: chunked\r\n\r\n7d0\r\n${'x'.repeat(2_000)}\r\n0\r\n\r\n`, []],
      ['an unknown coding', 'transfer-encoding: xchunked\r\n\r\n0\r\n\r\n', []],
      ['an empty length', 'content-length:\r\n\r\n', []],
      ['two lengths', 'content-length: 0\r\ncontent-length: 37\r\n\r\n', []],
      ['too long a body', `content-length: 2000\r\n\r\n${'x'.repeat(2_000)}`, []],
    ])('of %s hide no request, whether it comes with them or later', async (_, rest, due) => {
      await start();
      await said(`POST /a HTTP/1.1\r\nhost: x\r\n${rest}${HIDDEN}`);
      expect(asked).toEqual(due);
      asked.length = 0;
      const client = connect(server.port, '127.0.0.1');
      client.on('error', () => undefined);
      client.resume();
      const closed = once(client, 'close');
      client.write(`POST /a HTTP/1.1\r\nhost: x\r\n${rest}`);
      setTimeout(() => client.write(HIDDEN), 50);
      await closed;
      expect(asked).toEqual(due);
    });
  });
}
