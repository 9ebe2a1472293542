/** What a screen's address says, in a browser: its slice, what nobody understands, sound without buttons; histories that come late, and a reload. */
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { must } from '../../engine/core/must.ts';
import { BOARD, csatAlert } from '../testing/scenario.ts';
import { WallPage } from '../testing/wall-page.ts';

const wall = new WallPage();
let page: Page;
beforeAll(() => wall.launch());
afterAll(() => wall.shut());
beforeEach(() => wall.begin());
afterEach(async () => {
  await wall.end();
  expect(wall.faults).toEqual([]);
});

test('names the slice it shows, and says what of the address nobody understands', async () => {
  page = await wall.open('?lang=en&where=channel:app,region:east&theme=pink&kpis=csat,csatt');
  expect(await wall.text('.chip-scope')).toBe('East · App');
  expect(await wall.text('.strip')).toContain('not understood: theme=pink, kpis=csatt');
  page = await wall.open('?lang=zh-CN&where=channel:app&lan=en');
  expect(await wall.text('.chip-scope')).toBe('App');
  expect(await wall.text('.strip')).toContain('看不懂地址中的这些设置：lan=en');
});

test('a kiosk with sound has one button until it is pressed, and no other', async () => {
  page = await wall.open('?lang=en&kiosk=1&sound=1');
  // A browser that lets it sound at once, as some do now and then, shows none.
  await page.waitForSelector('.button.sound', { state: 'attached' });
  const state = (): Promise<string | null> => page.getAttribute('.button.sound', 'data-sound');
  expect(await page.locator('.wall-tools .button:visible').count()).toBeLessThanOrEqual(1);
  await page.mouse.click(300, 300); // anywhere
  await wall.within(5000, async () => (await state()) === 'on');
  expect(await page.locator('.wall-tools .button:visible').count()).toBe(0);
  page = await wall.open('?lang=en&kiosk=1');
  expect(await page.locator('.wall-tools .button:visible').count()).toBe(0);
});

test('shows titles and tiles of a reloaded configuration without the page being loaded again, its sound still armed', async () => {
  page = await wall.open('?lang=en&kiosk=1&sound=1');
  await page.mouse.click(300, 300);
  await wall.within(30_000, async () => (await page.getAttribute('.button.sound', 'data-sound')) === 'on');
  const title = { 'zh-CN': '新标题', en: 'Another title' };
  const [first] = wall.gateway.described.kpis;
  const { id } = must(first);
  wall.gateway.described = {
    board: { ...BOARD, title, tiles: [id] },
    kpis: [{ ...must(first), title: { 'zh-CN': '改名', en: 'Renamed' } }],
    configuration: 'c2',
  };
  await wall.within(30_000, async () => (await wall.text('.wall-title')).startsWith('Another title'));
  await wall.isLive();
  expect(await page.locator('.tile').count()).toBe(1);
  expect(await page.locator(`[data-kpi="${id}"]`).innerText()).toContain('Renamed');
  expect(await page.getAttribute('.button.sound', 'data-sound')).toBe('on');
  expect(wall.gateway.requests.filter((request) => request === 'GET /').length).toBe(1);
});

test('asks again for histories that did not come', async () => {
  wall.gateway.failingHistories = 8;
  page = await wall.open();
  await wall.within(15_000, () => Promise.resolve(wall.gateway.failingHistories === 0));
  await page.waitForSelector('[data-kpi="csat"] .change:visible', { timeout: 120_000 });
  // The browser reports each answer of 503.
  wall.faults = wall.faults.filter((fault) => !fault.includes('503'));
});

test('a long name stands whole in the headline, which is smaller then, and stays in its place', async () => {
  page = await wall.open('?lang=zh-CN');
  const store = '上海市浦东新区世纪大道一百号环球金融中心负一层旗舰体验店';
  wall.gateway.push([], [{ ...csatAlert(Date.now()), key: { store } }]);
  await page.waitForSelector('.alert-key');
  expect(await wall.text('.alert-key')).toBe(`${store}：`);
  expect(await page.getAttribute('.alert-title', 'data-long')).toBe('true');
  const [key, card] = [await page.locator('.alert-key').boundingBox(), await page.locator('.alert').boundingBox()];
  expect(key!.x + key!.width).toBeLessThanOrEqual(card!.x + card!.width);
});

test('counts all open alerts, also those that have no line of their own', async () => {
  page = await wall.open();
  const many = Array.from({ length: 45 }, (_, i) => ({
    ...csatAlert(Date.now()),
    alert: `a${i}`,
    key: { store: `s${i}` },
  }));
  wall.gateway.push([], many);
  wall.gateway.push(
    [],
    ['r1', 'r2', 'r3', 'r4'].map((rule) => ({ ...csatAlert(Date.now()), alert: rule, rule, severity: 'minor' })),
  );
  await wall.within(5000, async () => (await wall.text('.last-alert')) === '49 alerts');
  expect(await wall.text('.also')).toMatch(/^44 more by this rule: /);
  expect(await page.locator('.alerts-open .alert').count()).toBe(3);
  expect(await wall.text('.alerts-more')).toBe('1 more rule');
});
