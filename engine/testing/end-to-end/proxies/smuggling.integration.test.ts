/**
 * Requests that try to hide another one, through a real nginx that keeps its connections to the gateway open: none is ever seen
 * that nginx did not forward, and whoever asks next gets the answer to what it asked.
 */
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RequestBodyBudget } from '../../../gateway/http/request-body-budget.ts';
import { ResponseBudget } from '../../../gateway/http/response-budget.ts';
import { DIALECT } from '../../../gateway/testing/http-dialect.fixture.ts';
import type { WebServer } from '../../../gateway/server/server.ts';
import { openWebServer } from '../../../gateway/server/web-server.ts';
import { type Nginx, NO_NGINX, startNginx } from '../../rig/nginx.ts';

const HIDDEN = 'GET /hidden HTTP/1.1\r\nHost: x\r\nX-A: ';
const post = (headers: string, body: string): string => `POST /a HTTP/1.1\r\nHost: x\r\n${headers}\r\n\r\n${body}`;
const chunked = (coding: string): string =>
  post(`Content-Length: ${HIDDEN.length + 5}\r\n${coding}`, `0\r\n\r\n${HIDDEN}`);

const ATTACKS: readonly (readonly [name: string, bytes: string])[] = [
  ['a length and chunked', chunked('Transfer-Encoding: chunked')],
  ['a length and a coding of another name', chunked('Transfer-Encoding: xchunked')],
  ['a length and chunked behind a tab', chunked('Transfer-Encoding:\tchunked')],
  ['a length and chunked before a tab', chunked('Transfer-Encoding: chunked\t')],
  ['a length and chunked behind a vertical tab', chunked('Transfer-Encoding: \x0bchunked')],
  ['a length and chunked on a folded line', chunked('Transfer-Encoding:\r\n chunked')],
  ['a length and chunked with a space before the colon', chunked('Transfer-Encoding : chunked')],
  ['a length and chunked twice', chunked('Transfer-Encoding: chunked\r\nTransfer-Encoding: identity')],
  ['a length and chunked with a line feed in the name', chunked('X-B: b\nTransfer-Encoding: chunked')],
  ['a length and chunked under an underscore', chunked('Transfer_Encoding: chunked')],
  ['two lengths', post(`Content-Length: 0\r\nContent-Length: ${HIDDEN.length}`, HIDDEN)],
  ['two lengths, the longer first', post(`Content-Length: ${HIDDEN.length}\r\nContent-Length: 0`, HIDDEN)],
  ['a length with a sign', post(`Content-Length: +${HIDDEN.length}`, HIDDEN)],
  ['a length that begins with nothing', post(`Content-Length: 0, ${HIDDEN.length}`, HIDDEN)],
  ['a chunk size beyond all numbers', post('Transfer-Encoding: chunked', `10000000000000000\r\n${HIDDEN}`)],
  ['a chunk extension with a line feed', post('Transfer-Encoding: chunked', `1;a\nb\r\nx\r\n0\r\n\r\n${HIDDEN}`)],
  ['a body on GET', `GET /a HTTP/1.1\r\nHost: x\r\nContent-Length: ${HIDDEN.length}\r\n\r\n${HIDDEN}`],
  [
    'an upgrade with a body',
    post(`Connection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: ${HIDDEN.length}`, HIDDEN),
  ],
  ['a body that is not waited for', post(`Expect: 100-continue\r\nContent-Length: ${HIDDEN.length}`, HIDDEN)],
];

describe.skipIf(NO_NGINX !== undefined)(
  `requests hidden in others, through nginx${NO_NGINX === undefined ? '' : ` (${NO_NGINX})`}`,
  () => {
    const seen: string[] = [];
    let server: WebServer;
    let nginx: Nginx;
    beforeAll(async () => {
      server = await openWebServer({
        host: '127.0.0.1',
        port: 0,
        maxBodyBytes: 1 << 20,
        bodies: new RequestBodyBudget(1 << 20),
        answers: new ResponseBudget(),
        maxMessageBytes: 1000,
        handlers: {
          request: async ({ path }) => {
            seen.push(path);
            return { status: 200, headers: {}, body: `answer to ${path}` };
          },
          upgrade: async () => ({ status: 401, headers: {}, body: '' }),
        },
      });
      nginx = await startNginx(
        (port) => `
          upstream gateway { server 127.0.0.1:${server.port}; keepalive 1; }
          server {
            listen 127.0.0.1:${port};
            location / {
              proxy_pass http://gateway;
              proxy_http_version 1.1;
              proxy_request_buffering off;
              proxy_set_header Connection "";
              proxy_set_header Host $http_host;
            }
          }`,
      );
    });
    afterAll(async () => {
      await nginx.stop();
      await server.close();
    });

    /** What comes back, until nothing comes for a moment. */
    async function send(bytes: string): Promise<string> {
      const socket = connect(nginx.port, '127.0.0.1');
      const chunks: Buffer[] = [];
      socket.on('error', () => undefined).on('data', (chunk: Buffer) => chunks.push(chunk));
      socket.setTimeout(300, () => socket.destroy());
      socket.write(Buffer.from(bytes, 'latin1'));
      await once(socket, 'close');
      return Buffer.concat(chunks).toString('latin1');
    }

    const next = (i: number): string => `GET /next/${i} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`;

    it.each(ATTACKS)('%s', async (_, bytes) => {
      seen.length = 0;
      await send(bytes);
      for (let i = 0; i < 3; i++) expect(await send(next(i))).toMatch(new RegExp(`\\r\\n\\r\\nanswer to /next/${i}$`));
      expect(seen.filter((path) => path !== '/a')).toEqual(['/next/0', '/next/1', '/next/2']);
    });

    it('whatever else is not HTTP leaves the next one its answer', async () => {
      for (const { send: bytes } of DIALECT) {
        await send(bytes);
        seen.length = 0;
        expect(await send(next(0))).toMatch(/answer to \/next\/0$/);
        expect(seen).toEqual(['/next/0']);
      }
    });
  },
);
