import { readFileSync, rmSync } from 'node:fs';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { RequestBodyBudget } from '../http/request-body-budget.ts';
import { ResponseBudget } from '../http/response-budget.ts';
import { authority } from '../testing/certificates.fixture.ts';
import { openServer, type ServerChoice } from './open-server.ts';
import type { ServerOptions, WebServer } from './server.ts';
import { loadUws } from './uws/uws-server.ts';

const ca = authority();
afterAll(() => rmSync(ca.folder, { recursive: true }));
let server: WebServer | undefined;
afterEach(() => server?.close());

/** The kind that serves, and what the log says of it. */
async function opened(
  choice: Omit<ServerChoice, 'log'>,
  tls: ServerOptions['tls'] = null,
): Promise<{ kind: string; said: string[] }> {
  const said: string[] = [];
  server = await openServer(
    {
      host: '127.0.0.1',
      port: 0,
      maxBodyBytes: 1_000,
      bodies: new RequestBodyBudget(1_000),
      answers: new ResponseBudget(),
      maxMessageBytes: 1_000,
      tls,
      handlers: {
        request: async () => ({ status: 200, headers: {}, body: 'here' }),
        upgrade: async () => ({ status: 400, headers: {}, body: '' }),
      },
    },
    { ...choice, log: { warn: (message, fields) => void said.push(`${message}: ${String(fields?.['hint'])}`) } },
  );
  if (tls === null) expect(await (await fetch(`http://127.0.0.1:${server.port}/`)).text()).toBe('here');
  return { kind: server.kind, said };
}

describe('http.server', () => {
  it('ws is ws', async () => {
    expect(await opened({ wanted: 'ws' })).toEqual({ kind: 'ws', said: [] });
  });

  it.skipIf(loadUws() === undefined)('uws is uWebSockets.js where it loads', async () => {
    expect(await opened({ wanted: 'uws' })).toEqual({ kind: 'uws', said: [] });
  });

  it('uws is ws where no binary loads, and the log says why', async () => {
    const { kind, said } = await opened({ wanted: 'uws', load: () => undefined });
    expect([kind, said]).toEqual(['ws', [expect.stringContaining('no uWebSockets.js loads on')]]);
  });

  it('uws is ws behind a proxy, and the log says why', async () => {
    const { kind, said } = await opened({ wanted: 'uws', isProxied: true });
    expect([kind, said]).toEqual(['ws', [expect.stringContaining('for direct connections')]]);
  });

  it('uws is ws with TLS, and the log says why', async () => {
    const { cert, key } = ca.issue('open');
    const current = { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
    const { kind, said } = await opened({ wanted: 'uws' }, { current: current as never, onRenewed: () => undefined });
    expect([kind, said]).toEqual(['ws', [expect.stringContaining('serves without TLS here')]]);
  });
});
