import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { PagesFixture } from '../testing/pages-fixture.ts';

const pages = new PagesFixture();
let page: Page;
beforeAll(() => pages.launch());
afterAll(() => pages.shut());
beforeEach(() => pages.reset());
afterEach(async () => {
  await page.close();
  expect(pages.faults.splice(0)).toEqual([]);
});

const LOOKS = ['lang=zh-CN&theme=dark', 'lang=en&theme=dark', 'lang=zh-CN&theme=light', 'lang=en&theme=light'];
const SIZES = {
  phone: { width: 390, height: 844 },
  '4k': { width: 3840, height: 2160 },
  wall: { width: 1080, height: 1920 },
};
const ONE = '&alert=csat_low-east-app-1';
const nameOf = (look: string): string => look.replaceAll(/lang=|theme=/g, '').replace('&', '-');

test.each(LOOKS)('all alerts are grouped, worst first, past ones below: %s', async (look) => {
  page = await pages.open(`alerts/?${look}`);
  await page.waitForSelector('.g.re .run');
  expect(await page.locator('.g').first().getAttribute('class')).toBe('g crit');
  expect(await page.locator('.fl .seg').first().innerText()).toMatch(/46[\s\S]*1[\s\S]*1[\s\S]*9/);
  expect(await page.locator('.sub .al').first().innerText()).toBe('75.00%');
  await pages.picture(page, `alerts-${nameOf(look)}`);
  // Colours follow the theme alone.
  if (look.includes('zh')) expect(await pages.axe(page)).toEqual([]);
});

test.each(LOOKS)('one alert says what, since when, why, who, what next: %s', async (look) => {
  page = await pages.open(`alerts/?${look}${ONE}`);
  await page.waitForSelector('.tl li.fire');
  await page.waitForSelector('.u-over');
  expect(await page.locator('.ah h1').innerText()).toMatch(/(East · App: CSAT|华东·App：满意度) \d+\.\d%/);
  expect(await page.locator('.tl li').count()).toBe(5);
  expect(await page.locator('blockquote').count()).toBe(3);
  await pages.picture(page, `alert-${nameOf(look)}`);
  if (look.includes('zh')) expect(await pages.axe(page)).toEqual([]);
});

test.each(Object.entries(SIZES))('both fit a %s, without a bar below', async (name, size) => {
  page = await pages.open('alerts/?lang=en', size);
  for (const [what, query, seen] of [
    ['alerts', '', '.g.re'],
    ['alert', ONE, '.tl li.fire'],
  ] as const) {
    await page.goto(`${pages.gateway.url}/alerts/?lang=en${query}`);
    await page.waitForSelector(seen);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    await pages.picture(page, `${what}-${name}`);
  }
});

describe('deciding', () => {
  test('acknowledges with name and comment, and the page shows it once the engine says so', async () => {
    page = await pages.open(`alerts/?lang=en${ONE}`);
    await page.getByRole('link', { name: 'Acknowledge' }).click();
    await page.locator('#ack input').fill('Lin Wei');
    await page.locator('#ack textarea').fill('rolling back');
    await page.locator('#ack button').click();
    await page.waitForSelector('#ack [role=status]:not(:empty)');
    expect(pages.gateway.bodies.map((body) => JSON.parse(body) as unknown)).toEqual([
      { name: 'Lin Wei', note: 'rolling back' },
    ]);
    pages.acknowledged('Lin Wei', 'rolling back');
    await page.getByRole('button', { name: 'Take back the acknowledgement' }).click();
    await page.waitForSelector('.do [role=status]:not(:empty)');
    expect(pages.gateway.requests.filter((line) => /ack$/.test(line))).toEqual([
      'POST /v1/alerts/csat_low-east-app-1/ack',
      'DELETE /v1/alerts/csat_low-east-app-1/ack',
    ]);
  });
  test('silences a slice for a while, with a reason; a reason is required', async () => {
    page = await pages.open(`alerts/?lang=en${ONE}`);
    await page.locator('#silence select').nth(1).selectOption('4');
    await page.locator('#silence button').click();
    expect(pages.gateway.bodies).toEqual([]);
    await page.locator('#silence [required]').fill('drill');
    await page.locator('#silence button').click();
    await page.waitForSelector('#silence [role=status]:not(:empty)');
    const [body] = pages.gateway.bodies.map((text) => JSON.parse(text) as { until: string; match: unknown });
    expect(body).toMatchObject({
      match: { rule: 'csat_low', key: { region: 'east', channel: 'app' } },
      reason: 'drill',
    });
    expect(Math.abs(Date.parse(body!.until) - Date.now() - 4 * 3_600_000)).toBeLessThan(60_000);
  });
  test('silences a whole rule from its group, and keeps what is written while values change', async () => {
    page = await pages.open('alerts/?lang=en&theme=light');
    await page.locator('.more button', { hasText: 'Silence the rule' }).first().click();
    await page.locator('#silence [required]').fill('supplier is replacing');
    pages.incident();
    await page.waitForFunction(() => document.querySelector('.sub .al') !== null);
    expect(await page.locator('#silence [required]').inputValue()).toBe('supplier is replacing');
    await pages.picture(page, 'alerts-silence-group', false);
    await page.locator('#silence button').click();
    await page.waitForSelector('#silence [role=status]:not(:empty)');
    const [body] = pages.gateway.bodies.map((text) => JSON.parse(text) as { match: { key?: unknown } });
    expect(body).toMatchObject({ match: { rule: expect.any(String) as string }, reason: 'supplier is replacing' });
    expect(body?.match.key).toBeUndefined();
    await page.locator('.more button', { hasText: 'Silence the rule' }).first().click();
    expect(await page.locator('#silence').count()).toBe(0);
  });
  test('is not offered to who may not, nor on a kiosk', async () => {
    pages.rights = ['read'];
    page = await pages.open(`alerts/?lang=en${ONE}`);
    await page.waitForSelector('.tl li.fire');
    expect(await page.locator('.do, [href="#ack"], [href="#silence"]').count()).toBe(0);
    pages.reset();
    for (const path of [ONE, '']) {
      await page.goto(`${pages.gateway.url}/alerts/?lang=en&kiosk=1${path}`);
      await page.waitForSelector(path === '' ? '.g.re' : '.tl li.fire');
      expect(await page.locator('.do, form, [href="#ack"], .sil button, .more button').count()).toBe(0);
    }
  });
});

test('an alert that ends is said to be over while one looks at it', async () => {
  page = await pages.open(`alerts/?lang=en${ONE}`);
  await page.waitForSelector('.ah.crit');
  pages.resolved();
  await page.waitForSelector('.ah.calm .st-ok');
  expect(await page.locator('.do').count()).toBe(0);
});

test('an alert of a rule over events has how many they were, and neither a chart nor a KPI to open', async () => {
  pages.ofEvents();
  page = await pages.open('alerts/?lang=en&alert=events-1');
  await page.waitForSelector('.ah h1');
  expect(await page.locator('.ah h1').innerText()).toContain('3 events');
  expect(await page.getByRole('link', { name: 'Open the KPI' }).count()).toBe(0);
  expect(await page.locator('.u-over').isVisible()).toBe(false);
  await pages.picture(page, 'alert-of-events');
});

test('200 alerts with very long keys are all counted, and none breaks the page', async () => {
  pages.flood(200);
  page = await pages.open('alerts/?lang=en&by=flat');
  await page.waitForFunction(() => document.querySelectorAll('.g.crit, .g.major').length >= 200);
  expect(await page.locator('.cnt').innerText()).toBe('246');
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  await pages.picture(page, 'alerts-flood', false);
});

test('an engine without alerts says what to do, an unknown alert that there is none', async () => {
  pages.empty();
  page = await pages.open('alerts/?lang=en');
  await page.getByText('No alert here yet').waitFor();
  await page.goto(`${pages.gateway.url}/alerts/?lang=en&alert=nothing`);
  await page.getByText('There is no such alert').waitFor();
});

test('values greyed out and a banner say so when the line is cut, and all comes back by itself', async () => {
  page = await pages.open(`alerts/?lang=en${ONE}`);
  await pages.gateway.stop();
  await page.waitForSelector('[data-link="breach"] .banner:visible');
  pages.faults.length = 0; // what the browser says of refused connections
  await pages.gateway.start();
  await page.waitForSelector('[data-link="ok"]');
  pages.faults.length = 0;
});

describe('the shift report', () => {
  test.each(LOOKS)('says on one page what happened and what is left: %s', async (look) => {
    page = await pages.open(`shift/?${look}`);
    await page.waitForSelector('.sh-sheet');
    const isZh = look.includes('zh');
    expect(await page.locator('.sh-say b').innerText()).toMatch(
      isZh ? /\d+ 次告警，46 次仍在进行。/ : /\d+ alerts, 46 still open\./,
    );
    expect(await page.locator('.sh-kpis tbody tr').count()).toBe(6);
    expect(await page.locator('.sh-alerts tbody tr').count()).toBe(12);
    expect(await page.locator('.sh-row rect').count()).toBeGreaterThan(5);
    expect(await page.locator('ol li').first().innerText()).toContain(isZh ? '还没有人确认' : 'nobody has taken it');
    await pages.picture(page, `shift-${nameOf(look)}`);
    expect(await pages.axe(page)).toEqual([]);
  });

  test.each(Object.entries(SIZES))('fits a %s, without a bar below', async (name, size) => {
    page = await pages.open('shift/?lang=en', size);
    await page.waitForSelector('.sh-sheet');
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    await pages.picture(page, `shift-${name}`);
  });

  test('prints on light paper, one sheet, without what is for the screen', async () => {
    page = await pages.open('shift/?lang=zh-CN&theme=dark&span=12h');
    await page.waitForSelector('.sh-sheet');
    await page.emulateMedia({ media: 'print' });
    expect(
      await page.locator('.sh-tools, .dtop').evaluateAll((all) => all.map((one) => getComputedStyle(one).display)),
    ).toEqual(['none', 'none']);
    expect(await page.locator('.sh-sheet').evaluate((one) => getComputedStyle(one).backgroundColor)).toBe(
      'rgb(255, 255, 255)',
    );
    const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
    await pages.picture(page, 'shift-print');
    expect([...pdf.matchAll(/\/Type ?\/Page\b/g)]).toHaveLength(1);
  });

  test('the span is chosen on the page, stands in the address, and is asked for; the table goes into a file', async () => {
    page = await pages.open('shift/?lang=en');
    await page.waitForSelector('.sh-sheet');
    await page.getByRole('button', { name: '24 hours' }).click();
    await page.waitForURL(/span=24h/);
    await page.waitForSelector('.sh-sheet');
    expect(await page.getByRole('button', { name: '24 hours' }).getAttribute('aria-pressed')).toBe('true');
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'CSV' }).click(),
    ]);
    expect((await readFile(await file.path(), 'utf8')).split('\r\n')).toHaveLength(7);
  });

  test('a calm shift says so', async () => {
    pages.empty();
    page = await pages.open('shift/?lang=zh-CN');
    await page.waitForSelector('.sh-sheet');
    expect(await page.locator('.sh-say b').innerText()).toBe('没有告警。');
    expect(await page.locator('.sh-sheet').innerText()).toContain('没有遗留事项');
  });
});

test.each([
  ['', 390],
  ['how-to/access.html', 390],
  ['README.zh-CN.html', 1600],
])('the documents can be read where the board is: docs/%s', async (path, width) => {
  page = await pages.open('alerts/?lang=en', { width, height: 900 });
  await page.getByRole('link', { name: 'Docs' }).click();
  await page.waitForURL(/\/docs\/$/);
  if (path !== '') await page.locator(`a[href="${path}"]`).first().click();
  await page.waitForSelector('main h1, main h2');
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  expect(await pages.axe(page)).toEqual([]);
  await pages.picture(page, `docs-${path.replaceAll(/\W+/g, '-')}${width}`, false);
});
