/** Screens and hooks in a real browser, beside a wall in another window, at a real gateway. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { bearer, SECRET } from '../../../engine/gateway/testing/access-matrix.fixture.ts';
import { type Fixture, gatewayFixture } from '../../../engine/gateway/testing/gateway.fixture.ts';
import type { HookStatus } from '../../../engine/gateway/gateway-ports.ts';
import type { Role } from '../../../engine/gateway/access/principal.ts';
import { graveFindings } from '../../testing/axe-findings.ts';
import { build, launchBrowser } from '../../testing/wall-page.ts';

/** Pictures go here, to be looked at; not set: none are made. */
const SHOTS = process.env['EARSHOT_SHOTS'];
const WALL = { width: 1920, height: 1080 };
const counts = { left_out: 0, alerts: 1, failures: [], given_up: 0, trouble: null };
const HOOKS: readonly HookStatus[] = [
  {
    ...{ id: 'oncall', kind: 'pagerduty', state: 'ok', delivered: 214, retried: 3, failed: 0, waiting: 0 },
    ...counts,
    accepted: { n: 214, half_ms: 68, most_ms: 395 },
  },
  {
    ...{ id: 'desk-wecom', kind: 'wecom', state: 'failing', delivered: 12, retried: 40, failed: 1, waiting: 7 },
    ...counts,
    ...{ given_up: 1, accepted: { n: 12, half_ms: 1_024, most_ms: 4_200 } },
    trouble: { reason: 'rate_limited', hint: 'the group takes 20 messages a minute: more rules in one notice (batch)' },
    failures: [
      {
        ...{
          notice: 'n1',
          kind: 'firing',
          at: '2026-03-02T01:00:00.000Z',
          rules: ['csat_low'],
          alerts: 1,
          attempts: 9,
        },
        ...{ reason: 'bad_key', hint: 'the key of the group’s bot is not valid any more: make a new one' },
      },
    ],
  },
  {
    ...{ id: 'night-mail', kind: 'email', state: 'standby', delivered: 0, retried: 0, failed: 0, waiting: 0 },
    ...counts,
    accepted: null,
  },
];

let root: string;
let browser: Browser;
let fixture: Fixture;
const opened: BrowserContext[] = [];
const faults: string[] = [];

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'screens-'));
  if (SHOTS !== undefined) await mkdir(SHOTS, { recursive: true });
  await build(root);
  browser = await launchBrowser();
  fixture = await gatewayFixture(
    { auth: { secret: SECRET, jwks: null, issuer: null, audience: null }, assets: root },
    {
      hooks: () => HOOKS,
      rules: () => [],
      history: () => Promise.resolve([]),
      alertHistory: () => Promise.resolve({ changes: [], isComplete: true }),
      testHook: () => Promise.resolve({ outcome: 'refused', reason: 'bad_key', hint: '' }),
    },
  );
  fixture.gateway.hub.restored(0);
});
afterAll(async () => {
  await browser.close();
  await fixture.gateway.close();
  await rm(root, { recursive: true, force: true });
});
afterEach(async () => {
  for (const context of opened.splice(0)) await context.close();
  expect(faults.splice(0)).toEqual([]);
});

/** A browser of its own, as another machine has. */
async function machine(role: Role, path: string, viewport = WALL): Promise<Page> {
  const context = await browser.newContext({ extraHTTPHeaders: await bearer(role, null), viewport });
  opened.push(context);
  const page = await context.newPage();
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text());
  });
  page.on('pageerror', (error) => faults.push(error.message));
  await page.goto(`${fixture.gateway.url}/${path}`);
  await page.waitForSelector('[data-link="ok"], [data-link="stale"], [data-link="warn"]');
  return page;
}
const picture = async (page: Page, name: string): Promise<void> => {
  if (SHOTS !== undefined) await page.screenshot({ path: join(SHOTS, `${name}.png`), fullPage: true });
};

test('a wall is sent another board, shows it, keeps it over a reload and a restart, and goes back to its own', async () => {
  const wall = await machine('display', '?kiosk=1&screen=Hall&lang=zh-CN');
  const desk = await machine('operator', 'screens/?lang=en');
  const row = desk.locator('.sc-row', { hasText: 'Hall' });
  await row.locator('.sc-board').getByText('Overview').waitFor();
  await row.locator('select').selectOption({ label: 'Alerts' });
  await row.getByRole('button').click();
  await wall.waitForURL('**/alerts/?kiosk=1&screen=Hall&lang=zh-CN');
  await row.getByText('The wall shows it').waitFor();
  expect(await row.locator('.sc-board').innerText()).toBe('Alerts');
  await wall.reload();
  await wall.waitForSelector('[data-link="ok"]');
  expect(new URL(wall.url()).pathname).toBe('/alerts/');
  // The wall's machine starts again, by the address it was set up with.
  await wall.goto(`${fixture.gateway.url}/?kiosk=1&screen=Hall&lang=zh-CN`);
  await wall.waitForURL('**/alerts/?kiosk=1&screen=Hall&lang=zh-CN');
  await row.locator('.sc-board').getByText('Alerts').waitFor();
  await row.locator('select').selectOption({ label: 'Its own board' });
  await row.getByRole('button').click();
  await wall.waitForURL(`${fixture.gateway.url}/?kiosk=1&screen=Hall&lang=zh-CN`);
  await row.locator('.sc-board').getByText('Overview').waitFor();
});

test('counts the pages of desks, itself too', async () => {
  const desk = await machine('operator', 'screens/?lang=en');
  await desk.getByText('desk pages with this one: 1').waitFor();
  await machine('operator', 'alerts/?lang=en');
  await desk.getByText('desk pages with this one: 2').waitFor();
  const choices = await machine('display', '?kiosk=1&screen=Hall&lang=en').then(() =>
    desk.locator('.sc-row', { hasText: 'Hall' }),
  );
  expect(await choices.locator('option', { hasText: 'Screens' }).count()).toBe(0);
});

test('says of each destination whether it works, how fast, and what to mend, and tests one', async () => {
  const desk = await machine('operator', 'screens/?lang=en');
  const row = desk.locator('.sc-row', { hasText: 'desk-wecom' });
  await row.getByText('Failing').waitFor();
  const said = (await row.innerText()).replaceAll(/\s+/g, ' ');
  expect(said).toContain('queued 7');
  expect(said).toContain('95% at most 4.2 s');
  expect(said).toContain('Now: rate_limited What to mend: the group takes 20 messages');
  expect(said).toMatch(/Last given up .*: bad_key/);
  await row.getByRole('button', { name: 'Send a test notice by desk-wecom' }).click();
  await row.getByText('The receiver refused it: bad_key').waitFor();
  const guide = await row.getByRole('link').getAttribute('href');
  expect((await desk.request.get(new URL(guide ?? '', desk.url()).href)).status()).toBe(200);
});

test('is read by everyone, in both languages and themes, at a desk and on a phone', async () => {
  const first = await machine('display', 'heat/?kiosk=1&screen=Service desk, second floor&where=region:east');
  const second = await first.context().newPage();
  await second.goto(`${fixture.gateway.url}/?kiosk=1&screen=Lobby`);
  const desk = await machine('operator', 'screens/?lang=zh-CN', { width: 1600, height: 900 });
  await desk.locator('.sc-row h3', { hasText: 'Lobby' }).waitFor();
  await second.close();
  await desk.locator('.sc-row', { hasText: 'Lobby' }).locator('.st-stale').waitFor();
  for (const look of ['lang=zh-CN&theme=dark', 'lang=en&theme=light']) {
    await desk.goto(`${fixture.gateway.url}/screens/?${look}`);
    await desk.locator('.sc-row', { hasText: 'Lobby' }).waitFor();
    await desk.locator('.sc-row', { hasText: 'night-mail' }).waitFor();
    expect(await graveFindings(desk)).toEqual([]);
    const name = look.replaceAll(/lang=|theme=/g, '').replace('&', '-');
    await picture(desk, `screens-${name}`);
    await desk.setViewportSize({ width: 390, height: 844 });
    expect(await desk.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    await picture(desk, `screens-phone-${name}`);
    await desk.setViewportSize({ width: 1600, height: 900 });
  }
});

test('who may not see walls sees neither the page nor the way to it', async () => {
  const page = await machine('display', 'screens/?lang=en');
  expect(await page.getByText('Your role does not see screens').count()).toBe(1);
  expect(await page.locator('nav a[href*="screens/"]').count()).toBe(0);
  expect(await page.locator('nav a[href*="alerts/"]').count()).toBe(1);
});
