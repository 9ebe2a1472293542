/** The engine's readiness on the wall: said at the foot without moving anything, in the reader's language, and gone when it is over. */
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
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

const AWAY = ['partition 0 is blocked', 'partition 0: not connected to NATS', 'not connected to NATS'];
/** Where everything that carries a value stands. */
const places = (): Promise<unknown> =>
  page.evaluate(() =>
    [...document.querySelectorAll('.wall-head, .tile, .digits, .calm, .wall-foot')].map((node) => {
      const { x, y, width, height } = node.getBoundingClientRect();
      return [node.className, x, y, width, height];
    }),
  );

describe.each([
  [
    'en',
    'Not ready',
    'Engine not ready, values may be incomplete: no connection to NATS; partition 0 blocked',
    /^as of \d/,
  ],
  ['zh-CN', '引擎未就绪', '引擎未就绪，数值可能不完整：与消息服务 NATS 的连接中断；分区 0 受阻', /^截至 \d/],
] as const)('%s', (lang, chip, strip, age) => {
  test.each(['dark', 'light'])('%s: an engine that is not ready is shown as such, and nothing moves', async (theme) => {
    page = await wall.open(`?lang=${lang}&theme=${theme}`);
    expect(await page.locator('.strip').isVisible()).toBe(false);
    // Values come in again and again: a tile at rest.
    await page.waitForTimeout(300);
    const before = await places();
    wall.gateway.tellHealth(...AWAY);
    await page.waitForSelector('.strip:visible');
    expect(await wall.text('.strip')).toBe(strip);
    expect(await wall.text('.line-state')).toBe(chip);
    expect(await page.getAttribute('.line-state', 'data-tone')).toBe('warn');
    expect(await wall.text('[data-kpi="csat"] .old-age')).toMatch(age);
    expect(await places()).toEqual(before);
    const { top, lowest, size, clipped } = await page.evaluate(() => {
      const line = document.querySelector('.strip-text');
      const tiles = [...document.querySelectorAll('.tile')].map((tile) => tile.getBoundingClientRect().bottom);
      return {
        top: document.querySelector('.strip')?.getBoundingClientRect().top ?? 0,
        lowest: Math.max(...tiles),
        size: line === null ? 0 : Number.parseFloat(getComputedStyle(line).fontSize),
        clipped: line === null || line.scrollWidth > line.clientWidth,
      };
    });
    expect(top).toBeGreaterThanOrEqual(lowest);
    expect([size >= 32, clipped]).toEqual([true, false]);
    if (process.env['WALL_SHOTS'] !== undefined)
      await page.screenshot({ path: `${process.env['WALL_SHOTS']}/health-${lang}-${theme}.png` });
    wall.gateway.tellHealth();
    await page.waitForSelector('.strip', { state: 'hidden' });
    await wall.isLive();
    expect(await places()).toEqual(before);
  });
});

test('a board that opens while the engine starts says so, and asks for its history once there is one', async () => {
  wall.gateway.health = { ready: { ok: false, reasons: ['model sentiment: warming up'] } };
  page = await wall.openAs('warn', '?lang=en');
  const said = 'Engine not ready, values may be incomplete: sentiment model loading';
  await wall.within(3000, async () => (await wall.text('.strip')) === said);
  const asked = (): number => wall.gateway.requests.filter((line) => line.endsWith('/csat/history')).length;
  await wall.within(3000, () => asked() === 2); // of the last half hour, and of a day before
  wall.gateway.tellHealth();
  await wall.isLive();
  await wall.within(3000, () => asked() === 3);
});

test('a lost connection says more than what the engine last said', async () => {
  page = await wall.open();
  wall.gateway.tellHealth(...AWAY);
  await page.waitForSelector('.strip:visible');
  await wall.gateway.stop();
  await wall.isStale();
  expect(await page.locator('.strip').isVisible()).toBe(false);
  expect(await wall.text('.line-state')).toBe('Disconnected');
  wall.gateway.epoch = 'e2';
  await wall.gateway.start();
  await page.waitForSelector('.strip:visible', { timeout: 120_000 });
});
