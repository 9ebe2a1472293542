import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { PagesFixture } from '../testing/pages-fixture.ts';

const pages = new PagesFixture();
beforeAll(() => pages.launch());
afterAll(() => pages.shut());
afterEach(() => expect(pages.faults.splice(0)).toEqual([]));

const LOOKS = ['lang=zh-CN&theme=dark', 'lang=zh-CN&theme=light', 'lang=en&theme=dark', 'lang=en&theme=light'];
const SIZES = {
  phone: { width: 390, height: 844 },
  '4k': { width: 3840, height: 2160 },
  portrait: { width: 1080, height: 1920 },
};
const nameOf = (look: string): string => look.replaceAll(/lang=|theme=/g, '').replace('&', '-');

describe('one KPI', () => {
  test.each(LOOKS)('shows its course, what it is now, alerts and slices: %s', async (look) => {
    const page = await pages.open(`kpi/?${look}&kpi=csat&range=6h&compare=day,week`);
    await page.waitForSelector('.u-over');
    await page.waitForFunction(() => document.querySelectorAll('.small .run[d*="L"]').length >= 3);
    expect(await page.locator('.kh h1').innerText()).toMatch(/CSAT|满意度/);
    expect(await page.locator('.al-list li').count()).toBeGreaterThan(0);
    expect(await page.locator('.fact').count()).toBeGreaterThanOrEqual(5);
    await pages.picture(page, `kpi-${nameOf(look)}`);
    if (look.includes('zh')) expect(await pages.axe(page)).toEqual([]);
    await page.close();
  });

  test('is compared, exported and opened by address', async () => {
    const page = await pages.open('kpi/?lang=en&kpi=csat');
    await page.waitForSelector('.u-over');
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'CSV' }).click(),
    ]);
    const csv = await readFile(await file.path(), 'utf8');
    expect(csv.split('\r\n')[0]).toBe('\uFEFFwindow_end,value,n,low,high,revision,state');
    expect(csv.split('\r\n').length).toBeGreaterThan(100);
    const [picture] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'PNG' }).click(),
    ]);
    expect((await readFile(await picture.path())).subarray(1, 4).toString()).toBe('PNG');
    await page.getByRole('button', { name: 'Yesterday' }).click();
    await page.waitForURL(/compare=day/);
    await page.locator('.ks .sm').first().click();
    await page.waitForURL(/key=channel/);
    await page.close();
  });

  test.each(Object.entries(SIZES))('fits %s', async (name, size) => {
    const page = await pages.open('kpi/?lang=en&kpi=csat&compare=day', size);
    await page.waitForSelector('.u-over');
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    await pages.picture(page, `kpi-${name}`);
    await page.close();
  });

  test('that nobody configured is said to be none', async () => {
    const page = await pages.open('kpi/?lang=en&kpi=nothing');
    expect(await page.locator('main h1').innerText()).toBe('There is no such KPI: nothing');
    await page.goto(new URL('?lang=en', page.url()).href);
    await page.getByText('There is no such KPI: –').waitFor();
    await page.getByText('Live', { exact: true }).waitFor(); // nobody is refused for an address that names none
    await page.close();
  });
});

describe('the heat map', () => {
  test.each(LOOKS)('fills the cell that a rule fires on, and says so over it: %s', async (look) => {
    const page = await pages.open(`heat/?${look}&kpi=csat`);
    await page.waitForSelector('a.cell.br');
    expect(await page.locator('.top h1').innerText()).toBe(look.includes('zh') ? '渠道 × 地区' : 'Channel × region');
    expect(await page.locator('.verdict').innerText()).toMatch(/华东·App \d|East · App \d/);
    expect(await page.locator('.cell.br').getAttribute('href')).toContain('alert=csat_low-east-app-1');
    expect(await page.locator('.foot nav a').count()).toBe(9); // all pages: this role may see screens and hooks
    await pages.picture(page, `heat-${nameOf(look)}`);
    if (look.includes('zh')) expect(await pages.axe(page)).toEqual([]);
    await page.close();
  });

  test('of channels and all KPIs fits every screen, and has units where columns differ', async () => {
    const page = await pages.open('heat/?lang=en&by=channel');
    for (const [name, size] of Object.entries(SIZES)) {
      await page.setViewportSize(size);
      expect(await page.locator('.hr').nth(1).locator('.cell').first().innerText()).toMatch(/%/);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
      await pages.picture(page, `heat-kpis-${name}`);
    }
    await page.close();
  });

  test('without a KPI that is split so says what to write, and on a kiosk leads nowhere', async () => {
    const page = await pages.open('heat/?lang=en&kpi=nothing');
    expect(await page.locator('.empty pre').innerText()).toContain('by: [[], [region]');
    await page.goto(`${pages.gateway.url}/heat/?lang=en&kiosk=1`);
    await page.waitForSelector('.cell');
    expect(await page.locator('a, select').count()).toBe(0);
    await page.close();
  });
});

describe('journeys', () => {
  test.each(LOOKS)('show in a sentence and a column where customers stop: %s', async (look) => {
    const page = await pages.open(`journeys/?${look}&range=6h`);
    await page.waitForSelector('.sp.bad .us');
    expect(await page.locator('.jh').innerText()).toMatch(/支付：66% 通过，前一时段 95%|Pay: 66% pass, 95% before/);
    expect(await page.locator('.sp').count()).toBe(6);
    await pages.picture(page, `journeys-${nameOf(look)}`);
    if (look.includes('zh')) expect(await pages.axe(page)).toEqual([]);
    await page.close();
  });

  test('fit every screen; without a funnel the page says what to write', async () => {
    const page = await pages.open('journeys/?lang=en');
    for (const [name, size] of Object.entries(SIZES)) {
      await page.setViewportSize(size);
      await page.waitForSelector('.sp .us');
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
      await pages.picture(page, `journeys-${name}`);
    }
    pages.empty();
    await page.goto(`${pages.gateway.url}/journeys/?lang=en`);
    expect(await page.locator('.empty pre').innerText()).toContain('funnel: 1h');
    pages.reset();
    await page.close();
  });
});

describe('queues', () => {
  test.each(LOOKS)('show who waits, the tightest team first, and what falls due next: %s', async (look) => {
    const page = await pages.open(`queues/?${look}`);
    await page.waitForSelector('.nb li');
    const totals = await page.locator('.kx .v').allInnerTexts();
    expect(totals.map((total) => /^[\d:]+|^–/.exec(total)?.[0])).toEqual(['128', '14:32', '17', '–']);
    expect(await page.locator('tbody tr').first().innerText()).toContain('热线');
    expect(await page.locator('.nb .tm').first().innerText()).toMatch(/^00:[0-4]\d$/);
    await pages.picture(page, `queues-${nameOf(look)}`);
    if (look.includes('zh')) expect(await pages.axe(page)).toEqual([]);
    await page.close();
  });

  test('fit every screen; without clocks the page says what to write', async () => {
    const page = await pages.open('queues/?lang=en');
    for (const [name, size] of Object.entries(SIZES)) {
      await page.setViewportSize(size);
      await page.waitForSelector('.nb li');
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
      await pages.picture(page, `queues-${name}`);
    }
    pages.empty();
    await page.goto(`${pages.gateway.url}/queues/?lang=en`);
    expect(await page.locator('.empty pre').innerText()).toContain('clocks:');
    pages.reset();
    await page.close();
  });
});

describe('voices', () => {
  test.each(LOOKS)('rank issues, the fastest rising first, with quotes behind each: %s', async (look) => {
    const page = await pages.open(`voices/?${look}`);
    await page.waitForSelector('.q');
    await page.waitForSelector('.vb u');
    expect(await page.locator('.row .x').first().innerText()).toMatch(/^▲ ×1\d\.\d$/);
    expect(await page.locator('.row').last().innerText()).toMatch(/服务态度|Service attitude/);
    expect(await page.locator('.q').count()).toBe(4);
    await pages.picture(page, `voices-${nameOf(look)}`);
    if (look.includes('zh')) expect(await pages.axe(page)).toEqual([]);
    await page.close();
  });

  test('of another issue are opened by a press; all fit every screen', async () => {
    const page = await pages.open('voices/?lang=en');
    await page.waitForSelector('.q');
    await page.locator('.row').nth(2).click();
    expect(await page.locator('.qc h2').innerText()).toContain('Waiting time');
    expect(await page.locator('.rw .chip').allInnerTexts()).toContain('8.4.0\nnew');
    await page.locator('.rw .chip', { hasText: 'refund page' }).click();
    expect(await page.locator('.qc h2').innerText()).toContain('“refund page”');
    await page.waitForSelector('.q mark');
    expect(await page.locator('.q mark').allInnerTexts()).toEqual(['refund page']);
    for (const [name, size] of Object.entries(SIZES)) {
      await page.setViewportSize(size);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
      await pages.picture(page, `voices-${name}`);
    }
    await page.close();
  });
});
