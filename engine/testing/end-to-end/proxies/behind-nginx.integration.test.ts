/** The wall-board behind nginx, set up as docs/how-to/behind-a-proxy.md says: it goes live, and addresses, cookies and audit are right. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { build, launchBrowser } from '../../../../dashboards/testing/wall-page.ts';
import { packageRoot } from '../../../adapters/process/package-root.ts';
import type { AuditEntry } from '../../../core/audit-entry.ts';
import type { GatewayOptions } from '../../../gateway/gateway-ports.ts';
import { type Authority, authority } from '../../../gateway/testing/certificates.fixture.ts';
import { loadUws } from '../../../gateway/server/uws/uws-server.ts';
import { type Fixture, gatewayFixture, kpiValue, LiveClient } from '../../../gateway/testing/gateway.fixture.ts';
import { until } from '../../../gateway/testing/server.conformance.ts';
import { type Nginx, NO_NGINX, startNginx } from '../../rig/nginx.ts';

const SECRET = 'a secret of thirty-two bytes, or a few more';
const AUTH = { secret: SECRET, jwks: null, issuer: null, audience: null };
/** Where nginx calls from in these tests, so that it differs from who asks. */
const PROXY = '127.0.0.2';
const PAGE = readFileSync(join(packageRoot(), 'docs/how-to/behind-a-proxy.md'), 'utf8');

/** The block of the how-to, as it stands there, with this test's ports, name and certificate. */
function snippet(name: string, upstream: number, listen: number, { cert, key }: { cert: string; key: string }): string {
  const found = new RegExp(`<!-- nginx: ${name} -->\\n\`\`\`nginx\\n([^]*?)\`\`\``).exec(PAGE)?.[1];
  if (found === undefined) throw new Error(`the how-to has no block ${name}`);
  return found
    .replace(
      'proxy_pass http://127.0.0.1:8080',
      `proxy_bind ${PROXY};\n        proxy_pass http://127.0.0.1:${upstream}`,
    )
    .replace(/listen \d+/, `listen 127.0.0.1:${listen}`)
    .replace('board.example.com', 'localhost')
    .replace('/etc/ssl/board.pem', cert)
    .replace('/etc/ssl/board.key', key);
}

describe.skipIf(NO_NGINX !== undefined)(`behind nginx${NO_NGINX === undefined ? '' : ` (${NO_NGINX})`}`, () => {
  let assets: string;
  let browser: Browser;
  let ca: Authority;
  let certificate: { cert: string; key: string };
  let fixture: Fixture;
  let nginx: Nginx | undefined;
  const audit: AuditEntry[] = [];

  beforeAll(async () => {
    assets = mkdtempSync(join(tmpdir(), 'earshot-wall-'));
    await build(assets);
    browser = await launchBrowser();
    ca = authority();
    certificate = ca.issue('board');
  });
  afterAll(async () => {
    await browser.close();
    for (const folder of [assets, ca.folder]) rmSync(folder, { recursive: true, force: true });
  });
  afterEach(async () => {
    await nginx?.stop();
    await fixture.gateway.close();
    audit.length = 0;
  });

  /** The address of the page's origin. */
  async function start(name: string, options: (origin: string) => Partial<GatewayOptions>): Promise<string> {
    const scheme = name === 'tls' ? 'https' : 'http';
    let upstream = 0;
    // nginx needs the gateway's port, the gateway the page's origin: nginx starts twice where its port is needed first.
    nginx = await startNginx((port) => snippet(name, 1, port, certificate));
    const { port } = nginx;
    await nginx.stop();
    const origin = `${scheme}://localhost:${port}`;
    fixture = await gatewayFixture({ assets, auth: AUTH, ...options(origin) }, { audit: (entry) => audit.push(entry) });
    upstream = fixture.gateway.port;
    nginx = await startNginx((_free) => snippet(name, upstream, port, certificate), port);
    return origin;
  }

  async function token(): Promise<string> {
    const jwt = new SignJWT({ role: 'admin', sub: 'li' }).setProtectedHeader({ alg: 'HS256' }).setExpirationTime('5m');
    return jwt.sign(new TextEncoder().encode(SECRET));
  }

  /** Asks for a ticket through nginx and opens it; gives the cookies that the browser then has. */
  async function openBoard(origin: string, prefix: string) {
    const context = await browser.newContext({ ignoreHTTPSErrors: true, viewport: { width: 1920, height: 1080 } });
    const page = await context.newPage();
    const reply = await context.request.post(`${origin}${prefix}/v1/tickets`, {
      headers: { authorization: `Bearer ${await token()}`, 'x-forwarded-for': '198.51.100.7' },
      data: {},
    });
    const { url } = (await reply.json()) as { url: string };
    await page.goto(`${origin}${url}&lang=en`);
    return { context, page, url, cookies: await context.cookies() };
  }

  /** `uws` is for direct connections, which those of a proxy are that nobody configured; where one is configured, ws serves instead. */
  it.each([
    ['plain', '', 'ws', { trustedProxies: [PROXY] }],
    ['tls', '', 'ws', { trustedProxies: [PROXY] }],
    ['prefix', '/earshot', 'ws', { trustedProxies: [PROXY] }],
    ['prefix', '/earshot', 'ws', { basePath: '/earshot' }],
    ['no-host', '', 'ws', { origins: 'own' }],
    ...(loadUws() === undefined
      ? []
      : ([
          ['plain', '', 'uws', {}],
          ['tls', '', 'uws', { origins: 'own' }],
          ['prefix', '/earshot', 'uws', { basePath: '/earshot' }],
          ['no-host', '', 'uws', { origins: 'own' }],
        ] as const)),
  ] as const)('goes live in the set-up %s under "%s", asked of %s with %o', async (name, prefix, server, keys) => {
    const origin = await start(name, (own) => ({ server, ...('origins' in keys ? { origins: [own] } : keys) }));
    const served = fixture.logs.find(({ message }) => message === 'gateway listening')?.fields?.['server'];
    expect(served).toBe('basePath' in keys ? 'ws' : server);
    fixture.show(kpiValue());
    const { context, page, url, cookies } = await openBoard(origin, prefix);
    expect(url).toMatch(new RegExp(`^${prefix}/\\?ticket=`));
    await page.getByText('81.5').first().waitFor({ timeout: 120_000 });
    fixture.show(kpiValue({ end: 5, value: 64.25 }));
    await page.getByText('64.3').first().waitFor({ timeout: 120_000 });
    expect(new URL(page.url()).pathname).toBe(`${prefix}/`);
    expect(cookies).toMatchObject([
      { name: 'earshot_session', path: `${prefix}/`, secure: name === 'tls' && 'trustedProxies' in keys },
    ]);
    // Who asked, as nginx saw it, and not what that one says of itself.
    const issued = audit.find(({ action }) => action === 'ticket.issue');
    expect(issued?.['address']).toBe('trustedProxies' in keys ? '127.0.0.1' : PROXY);
    await context.close();
  });

  it('says what to set where the Host is not passed on', async () => {
    const origin = await start('no-host', () => ({}));
    const client = new LiveClient(origin, { origin, headers: { authorization: `Bearer ${await token()}` } });
    await until(() => client.refused !== undefined);
    expect(client.refused).toBe(403);
    const said = fixture.logs.filter(({ level }) => level === 'warn').map(({ fields }) => fields?.['hint']);
    expect(said).toEqual([
      `a page of ${origin} is not allowed to act here: the request names Host 127.0.0.1:${fixture.gateway.port}. ` +
        "If a proxy stands between, let it pass the Host on (nginx: proxy_set_header Host $http_host;), or list the page's origin in http.origins",
    ]);
  });
});
