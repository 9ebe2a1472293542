import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { GRACE_MS, silenceLimitMs } from '../model/liveness.ts';
import { csatAlert, valuesAt } from '../testing/scenario.ts';
import { PING_MS, WallPage } from '../testing/wall-page.ts';
import { onThisMachine } from '../../engine/testing/rig/busy-machine.ts';

const wall = new WallPage();
let page: Page;
beforeAll(() => wall.launch());
afterAll(() => wall.shut());
beforeEach(() => wall.begin());
afterEach(async () => {
  await wall.end();
  expect(wall.faults).toEqual([]);
});

describe('broken', () => {
  test('a killed server greys every tile and says since when; a new one brings all back without a reload', async () => {
    page = await wall.open();
    await page.evaluate(() => Object.assign(window, { sameDocument: true }));
    await wall.gateway.stop();
    const stopped = Date.now();
    await wall.isStale();
    expect(Date.now() - stopped).toBeLessThan(onThisMachine(GRACE_MS + 1500));
    expect(await page.locator('.tile[data-tone="stale"]:visible').count()).toBe(6);
    expect(await wall.text('.banner')).toMatch(/^Out of date: nothing received since \d\d:\d\d:\d\d \(\d s ago\)/);
    expect(await wall.text('[data-kpi="csat"] .old-age')).toMatch(/^\d+ s ago$/);
    expect(await wall.text('[data-kpi="csat"] .badge')).toBe('Stale');
    wall.gateway.epoch = 'e2';
    await wall.gateway.start();
    wall.csat(66.6);
    await wall.isLive();
    await wall.within(1500, async () => (await wall.digits('csat')) === '66.6');
    expect(await wall.tone('nps')).toBe('ok');
    expect(await page.locator('.banner').isVisible()).toBe(false);
    expect(await page.evaluate(() => 'sameDocument' in window)).toBe(true);
  });

  test('a server that falls silent on an open connection is noticed within ping and slack', async () => {
    page = await wall.open();
    wall.gateway.ticking = false;
    const silent = Date.now();
    await wall.isStale();
    expect(Date.now() - silent).toBeLessThan(onThisMachine(silenceLimitMs(PING_MS) + 1500));
    wall.gateway.ticking = true;
    await wall.isLive();
  });

  test('a refusal is shown with its reason and not retried', async () => {
    page = await wall.open();
    const before = wall.gateway.heard.length;
    wall.gateway.closeAll(4501, 'ticket already used');
    await page.waitForSelector('.banner[data-tone="breach"]:visible');
    expect(await wall.text('.banner')).toBe(
      'The server refused the connection (4501 unauthorized): ticket already used / ' +
        'Ask for a new ticket (POST /v1/tickets) and open the address it gives on this screen',
    );
    expect(await wall.tone('csat')).toBe('stale');
    await page.waitForTimeout(1500);
    expect(wall.gateway.heard).toHaveLength(before);
  });

  test('a server of a new version has the page reloaded, once', async () => {
    page = await wall.open();
    const pages = (): number => wall.gateway.requests.filter((line) => line === 'GET /').length;
    wall.gateway.version = '2';
    wall.gateway.closeAll(4000, 'shutdown');
    await wall.within(8000, async () => pages() === 2);
    await wall.isLive();
    wall.gateway.version = '1'; // an old and a new one behind one address
    wall.gateway.closeAll(4000, 'shutdown');
    await wall.isLive();
    await page.waitForTimeout(2500);
    expect(pages()).toBe(2);
  });
});

test('an hour’s worth of windows leaves no more behind than a few minutes’', async () => {
  page = await wall.open();
  const session = await page.context().newCDPSession(page);
  const used = async (): Promise<{ heap: number; nodes: number }> => {
    let heap = Infinity;
    // What a collection finds in use varies by some hundred KB, upwards: the least of a few is what is held.
    for (let round = 0; round < 4; round += 1) {
      await session.send('HeapProfiler.collectGarbage');
      heap = Math.min(heap, (await session.send('Runtime.getHeapUsage')).usedSize);
      await page.waitForTimeout(50);
    }
    return { heap, nodes: await page.locator('*').count() };
  };
  const start = Date.now();
  let sent = 0;
  /** Each frame: four new windows, each with keys never seen before, and an alert that opens or closes. */
  const churn = async (frames: number): Promise<void> => {
    for (let frame = 0; frame < frames; frame += 1) {
      const values = Array.from({ length: 4 }, () => valuesAt(start + (sent += 1) * 5000, null)).flat();
      const keyed = values.map((value, index) =>
        'channel' in value.key ? { ...value, key: { ...value.key, store: `s${sent}-${index}` } } : value,
      );
      const alert = `a${frame >> 1}`;
      wall.gateway.push(keyed, [
        csatAlert(start + sent * 5000, { alert, state: frame % 2 === 0 ? 'firing' : 'resolved' }),
      ]);
      if (frame % 20 === 0) await page.waitForTimeout(20);
    }
    const last = (sent % 1000) / 10;
    wall.csat(last, start + sent * 5000);
    await wall.within(10_000, async () => (await wall.digits('csat')) === last.toFixed(1));
  };
  await churn(200); // past every bound: keys, points, alerts
  const before = await used();
  await churn(200);
  const after = await used();
  expect(after.heap).toBeLessThan(before.heap * 1.15 + 1e6);
  expect(after.nodes).toBe(before.nodes);
});
