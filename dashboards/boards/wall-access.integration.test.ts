import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  alertMessage,
  ask,
  gatewayFixture,
  kpiValue,
  type Fixture,
} from '../../engine/gateway/testing/gateway.fixture.ts';
import { systemClock } from '../../engine/adapters/process/system-clock.ts';
import { TEXTS } from '../model/strings.ts';
import { SIGN_IN_TEXTS } from '../model/pages/sign-in-strings.ts';
import type { SingleSignOnConfig } from '../../engine/gateway/access/single-sign-on.ts';
import { graveFindings } from '../testing/axe-findings.ts';
import { openIdProvider } from '../testing/open-id-provider.ts';
import { build, launchBrowser } from '../testing/wall-page.ts';

const SECRET = 'a secret of thirty-two bytes, or a few more';
const KEYS = { secret: SECRET, jwks: null, issuer: null, audience: null };
const NOWHERE: SingleSignOnConfig = {
  ...{ issuer: 'http://127.0.0.1:1', clientId: 'earshot', clientSecret: null, scopes: ['openid'], title: null },
  ...{ name: null, role: 'role', roles: {}, totals: null, sessionMs: 3_600_000, publicUrl: 'http://127.0.0.1' },
  limits: { channels: null, regions: null, teams: null },
};
const MONTH_MS = 31 * 86_400_000;

let assets: string;
let browser: Browser;
let fixture: Fixture;
let context: BrowserContext;
let page: Page;
/** Added to the gateway's clock. */
let ahead: number;

beforeAll(async () => {
  assets = await mkdtemp(join(tmpdir(), 'wall-'));
  await build(assets);
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
  await rm(assets, { recursive: true, force: true });
});
beforeEach(async () => {
  ahead = 0;
  fixture = await gatewayFixture(
    { assets, auth: KEYS, pingMs: 1_000 },
    { clock: { ...systemClock, now: () => Date.now() + ahead } },
  );
  fixture.show(kpiValue({ value: 61.5 }), kpiValue({ key: { channel: 'app' }, value: 12.5 }));
  fixture.commit('cx.alerts.critical.csat_low', alertMessage());
  context = await browser.newContext();
  page = await context.newPage();
});
afterEach(async () => {
  await context.close();
  await fixture.gateway.close();
});

const at = (path: string): string => fixture.gateway.url + path;
const digits = (): Promise<string> => page.locator('[data-kpi="csat"] .digits').innerText();

async function token(role: string): Promise<string> {
  return new SignJWT({ sub: 'li', role })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime('10m')
    .sign(new TextEncoder().encode(SECRET));
}
/** As the notice tells it: no body, no content type. */
async function ticketAddress(): Promise<string> {
  const headers = { authorization: `Bearer ${await token('operator')}` };
  const answer = await ask(at('/v1/tickets'), { method: 'POST', headers });
  return at((answer.json() as { url: string }).url);
}
async function axeFindings(): Promise<readonly string[]> {
  return graveFindings(page);
}
async function isLive(): Promise<void> {
  await page.waitForSelector('.tile[data-kpi="csat"]:visible');
  await page.waitForSelector('.line-state[data-tone="ok"]');
}

describe('where access keys are configured', () => {
  test.each([
    ['zh-CN', '令牌'],
    ['en', 'TOKEN'],
  ] as const)('a screen without a ticket learns how to get one (%s)', async (lang, placeholder) => {
    await page.goto(at(`/?lang=${lang}`));
    await page.waitForSelector('.notice h1');
    expect(await page.locator('.notice h1').innerText()).toBe(TEXTS[lang].noticeTitle);
    const said = await page.locator('.notice').innerText();
    expect(said).toContain(`curl -X POST "${at('/v1/tickets')}" -H "authorization: Bearer ${placeholder}"`);
    expect(said).toContain(at('/?ticket='));
    expect(await page.locator('.wall').count()).toBe(0);
    const [scrolled, height] = await page.evaluate(() => [document.body.scrollHeight, innerHeight]);
    expect(scrolled).toBe(height);
  });

  test('a ticket lets it in, values and live push included; a reload and the same address again do so too', async () => {
    const address = await ticketAddress();
    await page.goto(`${address}&lang=en`);
    await isLive();
    expect(new URL(page.url()).search).toBe('?lang=en');
    expect(await digits()).toBe('61.5');
    fixture.show(kpiValue({ end: 5, value: 63.5 }));
    await page.waitForFunction(() => document.querySelector('[data-kpi="csat"] .digits')?.textContent === '63.5');
    // A display only looks.
    await page.waitForSelector('.alert[data-alert="a1"]');
    expect(await page.locator('.alert .ack:visible').count()).toBe(0);
    await page.reload();
    await isLive();
    await page.goto(address);
    await isLive();
    expect(new URL(page.url()).search).toBe('');
  });

  test('a used ticket is refused with a page that says so', async () => {
    const address = await ticketAddress();
    const other = await browser.newContext();
    await (await other.newPage()).goto(address);
    await other.close();
    const answer = await page.goto(`${address}&lang=en`);
    expect(answer?.status()).toBe(401);
    await page.waitForSelector('.notice');
    expect(await page.locator('.notice').innerText()).toContain(TEXTS.en.noticeBadTicket);
  });

  test('a screen that waits goes on by itself once it is let in', async () => {
    await page.goto(at('/?lang=en'));
    await page.waitForSelector('.notice');
    const second = await context.newPage();
    await second.goto(await ticketAddress());
    await isLive();
    expect(await digits()).toBe('61.5');
  });

  test('when its time is over, the values go and the notice comes', async () => {
    await page.goto(await ticketAddress());
    await isLive();
    ahead = MONTH_MS;
    await page.waitForSelector('.notice h1');
    expect(await page.locator('.tile').count()).toBe(0);
    ahead = 0;
    await isLive();
  });

  test('so it does when the gateway comes back with other keys', async () => {
    const { port } = fixture.gateway;
    await fixture.gateway.close();
    // By its number, as a real one is: a port the system chose cannot be taken again at once.
    fixture = await gatewayFixture({ assets, port, auth: KEYS });
    await page.goto(await ticketAddress());
    await isLive();
    await fixture.gateway.close();
    fixture = await gatewayFixture({ assets, port, auth: { ...KEYS, secret: `other than ${SECRET}` } });
    await page.waitForSelector('.notice h1', { timeout: 120_000 });
    expect(await page.locator('.tile').count()).toBe(0);
  });
});

describe('signing in', () => {
  test.each(['zh-CN', 'en'] as const)('with a token, and out again (%s)', async (lang) => {
    await page.goto(at(`/alerts/?lang=${lang}`));
    await page.waitForURL(/sign-in/);
    const texts = SIGN_IN_TEXTS[lang];
    const enter = page.getByRole('button', { name: texts.enter });
    await page.getByLabel(texts.token).fill('no token');
    await enter.click();
    await page.getByText(texts.wrongToken).waitFor();
    expect(await axeFindings()).toEqual([]);
    await page.getByLabel(texts.token).fill(await token('operator'));
    await page.keyboard.press('Enter');
    await page.waitForURL(at(`/alerts/?lang=${lang}`));
    await page.waitForSelector('[data-link="ok"] .g');
    expect(await page.locator('.who-in').innerText()).toContain('li');
    expect(await page.evaluate(() => document.cookie)).toBe('');
    await page.getByRole('button', { name: texts.signOut }).click();
    await page.waitForURL(/sign-in/);
    await page.goto(at('/alerts/'));
    await page.waitForURL(/sign-in/);
  });

  test('what a role may not do is not shown', async () => {
    for (const [role, buttons] of [
      ['operator', 1],
      ['display', 0],
    ] as const) {
      await page.goto(at('/sign-in/?lang=en&return=%2F%2Fevil.example%2F'));
      await page.getByLabel(SIGN_IN_TEXTS.en.token).fill(await token(role));
      await page.keyboard.press('Enter');
      await isLive();
      expect(new URL(page.url()).origin).toBe(fixture.gateway.url);
      await page.waitForSelector('.alert[data-alert="a1"]');
      expect(await page.locator('.alert .ack:visible').count()).toBe(buttons);
      await context.clearCookies();
    }
  });

  test('at a provider of OpenID Connect, on another site, and back to the page that was asked for', async () => {
    const provider = await openIdProvider(at('/v1/sign-in/callback'), at('/sign-in/'));
    const { port } = fixture.gateway;
    await fixture.gateway.close();
    const oidc: SingleSignOnConfig = {
      ...{ issuer: provider.issuer, clientId: 'earshot', clientSecret: null, scopes: ['openid', 'cx'], title: 'Acme' },
      ...{ name: null, role: 'cx_roles', roles: { leads: 'operator' }, totals: null, sessionMs: 3_600_000 },
      ...{ limits: { channels: 'cx_channels', regions: null, teams: null }, publicUrl: `http://127.0.0.1:${port}` },
    };
    fixture = await gatewayFixture({ assets, port, auth: { ...KEYS, oidc } });
    fixture.show(kpiValue({ value: 61.5 }), kpiValue({ key: { channel: 'app' }, value: 12.5 }));
    fixture.commit('cx.alerts.critical.csat_low', alertMessage({ key: { channel: 'web' }, alert: 'of others' }));
    fixture.commit('cx.alerts.critical.csat_low', alertMessage({ key: { channel: 'app' } }));
    await page.goto(at('/alerts/?lang=en&show=open'));
    await page.getByRole('link', { name: 'Sign in with Acme' }).click();
    await page.locator('input[name=login]').fill('lin wei');
    await page.locator('input[name=password]').fill('any will do there');
    await page.keyboard.press('Enter');
    await page.locator('button[type=submit]').click();
    await page.waitForURL(at('/alerts/?lang=en&show=open'));
    await page.waitForSelector('[data-link="ok"] .g');
    expect(await page.locator('.who-in').innerText()).toContain('lin wei');
    expect(await page.locator('.g').count()).toBe(1);
    await page.getByRole('button', { name: SIGN_IN_TEXTS.en.signOut }).click();
    // The provider asks whether its own session is to end too, and sends back to the sign-in.
    await page.waitForURL(`${provider.issuer}/session/end**`);
    await page.locator('button[name=logout]').click();
    await page.waitForURL(at('/sign-in/'));
    // Who comes again is asked who they are.
    await page.goto(at('/alerts/?lang=en'));
    await page.getByRole('link', { name: 'Sign in with Acme' }).click();
    await page.locator('input[name=login]').waitFor();
    await provider.close();
  });

  test.each(['zh-CN', 'en'] as const)('fits a phone and a desk, in both themes (%s)', async (lang) => {
    await fixture.gateway.close();
    fixture = await gatewayFixture({ assets, auth: { ...KEYS, oidc: NOWHERE } });
    for (const [theme, width, height] of [
      ['dark', 390, 844],
      ['light', 1600, 900],
    ] as const) {
      await page.setViewportSize({ width, height });
      await page.goto(at(`/sign-in/?lang=${lang}&theme=${theme}&failure=no_role`));
      await page.getByText(SIGN_IN_TEXTS[lang].failures.no_role).waitFor();
      await page.getByLabel(SIGN_IN_TEXTS[lang].token).waitFor();
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
      expect(await axeFindings()).toEqual([]);
      const shots = process.env['EARSHOT_SHOTS'];
      if (shots !== undefined) await page.screenshot({ path: join(shots, `sign-in-${lang}-${theme}.png`) });
    }
  });
});

test('where no WebSocket gets through, the board lives by server-sent events, a cut and a ticket included', async () => {
  await page.addInitScript(() => {
    // As behind a proxy that answers every upgrade with an error.
    class Blocked extends WebSocket {
      constructor(url: string | URL, protocols?: string | string[]) {
        super(String(url).replace('/v1/live', '/v1/no-upgrade-here'), protocols);
      }
    }
    window.WebSocket = Blocked;
  });
  await page.goto(`${await ticketAddress()}&lang=en`);
  await isLive();
  fixture.show(kpiValue({ end: 5, value: 63.5 }));
  await page.waitForFunction(() => document.querySelector('[data-kpi="csat"] .digits')?.textContent === '63.5');
  const { port } = fixture.gateway;
  await fixture.gateway.close();
  fixture = await gatewayFixture({ assets, port, auth: KEYS, pingMs: 1_000 });
  fixture.show(kpiValue({ end: 10, value: 70.5 }));
  await page.waitForFunction(() => document.querySelector('[data-kpi="csat"] .digits')?.textContent === '70.5');
  await isLive();
});

test('without keys whoever is on this machine may acknowledge', async () => {
  await fixture.gateway.close();
  fixture = await gatewayFixture({ assets });
  fixture.commit('cx.alerts.critical.csat_low', alertMessage());
  await page.goto(at('/?lang=en'));
  await page.click('.alert[data-alert="a1"] .ack');
  await page.waitForSelector('.alert .ack:disabled');
  expect(fixture.commands).toMatchObject([{ type: 'earshot.alert.acked', data: { alert: 'a1', by: 'local' } }]);
  const acked = { by: 'local', at: '2026-03-02T08:10:00.000Z' };
  fixture.commit('cx.alerts.critical.csat_low', alertMessage({ acked, previous: 'firing' }));
  await page.click('.alert[data-alert="a1"] .unack');
  await page.waitForSelector('.alert .unack:disabled');
  expect(await page.locator('.alert .ack:visible').count()).toBe(0);
  expect(fixture.commands[1]).toMatchObject({ type: 'earshot.alert.unacked', data: { alert: 'a1', by: 'local' } });
  fixture.commit('cx.alerts.critical.csat_low', alertMessage({ acked: null, previous: 'firing' }));
  await page.waitForSelector('.alert .ack:enabled');
  expect(await page.locator('.alert .unack:visible').count()).toBe(0);
});

test('what is to be done stands below the alerts, and is completed by who may', async () => {
  await fixture.gateway.close();
  fixture = await gatewayFixture({ assets }, { board: () => ({ tiles: [], actions: true }) });
  const due = (minutes: number): string => new Date(Date.now() + minutes * 60_000).toISOString();
  const open = { state: 'due', open: true, owner: 'li', sent: due(-60) };
  const overdue = { ...open, id: 'low.1', case: 'c-17', due: due(-12) };
  fixture.commit('cx.actions.follow_up', overdue);
  fixture.commit('cx.actions.call_back', { ...open, id: 'back.1', key: 'u-9', due: due(95), owner: null });
  fixture.commit('cx.alerts.critical.csat_low', alertMessage());
  await page.setViewportSize({ width: 1920, height: 1080 });
  await page.goto(at('/?lang=en'));
  await page.waitForSelector('.todo-row[data-action="low.1"][data-tone="breach"]');
  const rows = await page.locator('.todo-row .todo-text').allInnerTexts();
  expect(rows).toEqual(['Follow up c-17', 'Call back u-9']);
  expect(await page.locator('.todo-count').innerText()).toBe('2 open · 1 overdue');
  expect(await page.locator('.todo-row .todo-when').first().innerText()).toBe('12 min overdue');
  const title = { 'zh-CN': '局部负面声音激增', en: 'Negative voices surge in one part' };
  for (const rule of ['surge', 'vip'])
    fixture.commit(`cx.alerts.major.${rule}`, alertMessage({ alert: rule, rule, severity: 'major', title }));
  await page.waitForSelector('.alert-line[data-alert="vip"]');
  // Beside the list each line shows its name; upright, the incident stands where the rows of the list stood.
  for (const box of await page.locator('.alert-line').all()) {
    expect(await box.evaluate((line) => line.scrollWidth <= line.clientWidth)).toBe(true);
    expect(await box.locator('.al-words').evaluate((words) => words.clientWidth)).toBeGreaterThan(250);
  }
  const shot = process.env['EARSHOT_SHOT'];
  if (shot !== undefined) await page.screenshot({ path: shot });
  await page.setViewportSize({ width: 1080, height: 1920 });
  await page.waitForSelector('.todo-row', { state: 'hidden' });
  expect(await page.locator('.todo-count').innerText()).toBe('2 open · 1 overdue');
  await page.setViewportSize({ width: 1920, height: 1080 });
  await page.click('.todo-row[data-action="low.1"] .todo-done');
  await page.waitForSelector('.todo-row[data-action="low.1"] .todo-done:disabled');
  expect(fixture.commands).toMatchObject([
    { type: 'earshot.action.completed', data: { action: 'low.1', by: 'local' } },
  ]);
  fixture.commit('cx.actions.follow_up', { ...overdue, state: 'done' });
  await page.waitForSelector('.todo-row[data-action="low.1"]', { state: 'detached' });
  expect(await page.locator('.todo-count').innerText()).toBe('1 open');
});
