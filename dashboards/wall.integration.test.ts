import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { GRACE_MS, silenceLimitMs } from './liveness.ts';
import { FakeGateway } from './testing/fake-gateway.ts';
import { BOARD, csatAlert, DESCRIPTIONS, historyOf, valuesAt } from './testing/scenario.ts';

const PING_MS = 1000;
const ARGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'];
const QUIET = ['--disable-background-networking', '--disable-component-update', '--disable-sync'];
const HD = { width: 1920, height: 1080 };
/** The refused attempts while no server is there are the browser's own lines. */
const NO_SERVER = /WebSocket connection to .* failed|ERR_CONNECTION_(REFUSED|RESET)/;

let root: string;
let browser: Browser;
let gateway: FakeGateway;
let page: Page;
let faults: string[];

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'wall-'));
  await build(root);
  const executablePath = process.env['CHROMIUM_BIN'] ?? '/usr/bin/chromium';
  browser = await chromium.launch({ executablePath, args: [...ARGS, ...QUIET] });
});
afterAll(async () => {
  await browser.close();
  await rm(root, { recursive: true });
});
beforeEach(async () => {
  faults = [];
  gateway = new FakeGateway({
    root,
    board: BOARD,
    kpis: DESCRIPTIONS,
    pingMs: PING_MS,
    version: '1',
    history: historyOf,
  });
  await gateway.start();
});
afterEach(async () => {
  await page.close();
  await gateway.stop();
  expect(faults).toEqual([]);
});

async function build(outDir: string): Promise<void> {
  const { buildWall } = await import('./build.mjs');
  await buildWall(outDir);
}
async function open(query = '?lang=en', viewport = HD): Promise<void> {
  page = await browser.newPage({ viewport });
  page.on('console', (message) => {
    if (message.type() === 'error' && !NO_SERVER.test(message.text())) faults.push(message.text());
  });
  page.on('pageerror', (error) => faults.push(error.message));
  gateway.push(valuesAt(Date.now(), null));
  await page.goto(`${gateway.url}/${query}`);
  await page.waitForSelector('.chip[data-tone="ok"]');
}
const text = (selector: string): Promise<string> => page.locator(selector).first().innerText();
const tone = (kpi: string): Promise<string | null> => page.getAttribute(`[data-kpi="${kpi}"]`, 'data-tone');
const digits = (kpi: string): Promise<string> => text(`[data-kpi="${kpi}"] .digits`);
const isStale = (): Promise<unknown> => page.waitForSelector('.tile[data-tone="stale"]', { timeout: 15_000 });
const isLive = (): Promise<unknown> => page.waitForSelector('.chip[data-tone="ok"]', { timeout: 15_000 });
async function within(ms: number, what: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + ms;
  while (!(await what())) {
    if (Date.now() > end) expect.fail(`not within ${ms} ms`);
    await page.waitForTimeout(20); // the gateway lives in this process too
  }
}
function csat(value: number, at = Date.now()): void {
  const whole = valuesAt(at, null).find(({ kpi, key }) => kpi === 'csat' && Object.keys(key).length === 0);
  if (whole !== undefined) gateway.push([{ ...whole, value }]);
}

test('the same sources give the same bytes', async () => {
  const again = await mkdtemp(join(tmpdir(), 'wall-'));
  await build(again);
  for (const name of ['wall.js', 'wall.css', 'index.html']) {
    expect(await readFile(join(again, name), 'utf8')).toBe(await readFile(join(root, name), 'utf8'));
  }
  await rm(again, { recursive: true });
  await open();
});

describe('live', () => {
  test('six tiles with all they promise; a frame is on the screen within a second', async () => {
    await open();
    expect(await page.locator('.tile:visible').count()).toBe(6);
    for (const part of ['.digits', '.target', '.sample-count', '.badge-word', '.interval', '.worst-key', '.age']) {
      expect((await text(`[data-kpi="csat"] ${part}`)).trim()).not.toBe('');
    }
    await page.waitForSelector('[data-kpi="csat"] .change:visible'); // history came
    expect(((await page.getAttribute('[data-kpi="csat"] .spark-line', 'd')) ?? '').length).toBeGreaterThan(500);
    for (const value of [12.3, 45.6, 78.9]) {
      csat(value);
      await within(1000, async () => (await digits('csat')) === String(value));
    }
    expect(await text('.note')).toContain('planted');
    expect(await text('.version')).toBe('Earshot 1');
  });

  test('a breach shows on the tile and in the list, is announced, pulses, and is acknowledged by keyboard', async () => {
    await open();
    expect(await tone('csat')).toBe('ok');
    gateway.push(valuesAt(Date.now(), { csat: 9, eastApp: 45 }), [csatAlert(Date.now())]);
    await page.waitForSelector('.alert[data-tone="breach"]', { timeout: 1000 });
    expect(await tone('csat')).toBe('breach');
    expect(await text('[data-kpi="csat"] .badge')).toBe('Breach');
    expect(await page.getAttribute('[data-kpi="csat"] .sign', 'data-sign')).toBe('breach');
    expect(await text('[data-kpi="csat"] .worst-key')).toBe('East / App');
    expect(await text('.alert')).toMatch(
      /Critical[\s\S]*CSAT East \/ App[\s\S]*43.1%[\s\S]*< 80%[\s\S]*delivery[\s\S]*138\*\*\*\*5678/,
    );
    expect(await page.getAttribute('.alert', 'data-pulse')).toBe('true');
    expect(await page.getAttribute('.alerts-open', 'aria-live')).toBe('polite');
    await page.focus('.alert .ack');
    await page.keyboard.press('Enter');
    await within(1000, async () => gateway.requests.includes('POST /v1/alerts/csat_low-east-app-1/ack'));
    gateway.push([], [csatAlert(Date.now(), { acked: { by: 'Li Wei', at: '' } })]);
    await page.waitForSelector('.alert .ack', { state: 'hidden' });
    expect(await text('.alert-note')).toBe('Acknowledged by Li Wei');
    gateway.push([], [csatAlert(Date.now(), { state: 'resolved' })]);
    await page.waitForSelector('.alerts-resolved .alert');
    expect(await page.locator('.alerts-open .alert').count()).toBe(0);
  });

  test('who may not acknowledge loses the button', async () => {
    gateway.ackStatus = 403;
    gateway.push([], [csatAlert(Date.now())]);
    await open();
    await page.click('.alert .ack');
    await page.waitForSelector('.alert .ack', { state: 'hidden' });
    faults = faults.filter((fault) => !fault.includes('403')); // the browser's own line on the answer
  });

  test('nothing that comes from outside is read as markup', async () => {
    const evil = '<img src=x onerror="window.hit=1"><b>';
    gateway.push([], [csatAlert(Date.now(), { samples: [evil], key: { product: evil }, reason: evil })]);
    await open();
    expect(await text('.alert-quote')).toBe(evil);
    expect(await page.locator('.alert img, .alert b').count()).toBe(0);
    expect(await page.evaluate(() => 'hit' in window)).toBe(false);
  });

  test('a gap is healed by a snapshot, without reconnecting', async () => {
    await open();
    gateway.skip();
    csat(33.3);
    await within(1500, async () => (await digits('csat')) === '33.3');
    expect(gateway.heard.filter(({ op }) => op === 'unsub')).toHaveLength(1);
  });

  test('an engine that falls behind is told apart from a broken connection', async () => {
    await open();
    gateway.watermarkLagMs = 35_000;
    gateway.tick();
    await page.waitForSelector('.banner[data-tone="warn"]:visible');
    expect(await text('.banner')).toContain('The engine is 35 s behind');
    expect(await page.getAttribute('[data-kpi="csat"]', 'data-freshness')).toBe('late');
  });
});

describe('broken', () => {
  test('a killed server greys every tile and says since when; a new one brings all back without a reload', async () => {
    await open();
    await page.evaluate(() => Object.assign(window, { sameDocument: true }));
    await gateway.stop();
    const stopped = Date.now();
    await isStale();
    expect(Date.now() - stopped).toBeLessThan(GRACE_MS + 1500);
    expect(await page.locator('.tile[data-tone="stale"]:visible').count()).toBe(6);
    expect(await text('.banner')).toMatch(/^Out of date: nothing received since \d\d:\d\d:\d\d \(\d s ago\)/);
    expect(await text('[data-kpi="csat"] .old-age')).toMatch(/^\d+ s ago$/);
    expect(await text('[data-kpi="csat"] .badge')).toBe('Stale');
    gateway.epoch = 'e2';
    await gateway.start();
    csat(66.6);
    await isLive();
    await within(1500, async () => (await digits('csat')) === '66.6');
    expect(await tone('nps')).toBe('ok');
    expect(await page.locator('.banner').isVisible()).toBe(false);
    expect(await page.evaluate(() => 'sameDocument' in window)).toBe(true);
  });

  test('a server that falls silent on an open connection is noticed within ping and slack', async () => {
    await open();
    gateway.ticking = false;
    const silent = Date.now();
    await isStale();
    expect(Date.now() - silent).toBeLessThan(silenceLimitMs(PING_MS) + 1500);
    gateway.ticking = true;
    await isLive();
  });

  test('a refusal is shown with its reason and not retried', async () => {
    await open();
    const before = gateway.heard.length;
    gateway.closeAll(4501, 'ticket already used');
    await page.waitForSelector('.banner[data-tone="breach"]:visible');
    expect(await text('.banner')).toBe('The server refused the connection (4501 unauthorized): ticket already used');
    expect(await tone('csat')).toBe('stale');
    await page.waitForTimeout(1500);
    expect(gateway.heard).toHaveLength(before);
  });

  test('a server of a new version has the page loaded anew, once', async () => {
    await open();
    const pages = (): number => gateway.requests.filter((line) => line === 'GET /').length;
    gateway.version = '2';
    gateway.closeAll(4000, 'shutdown');
    await within(8000, async () => pages() === 2);
    await isLive();
    gateway.version = '1'; // an old and a new one behind one address
    gateway.closeAll(4000, 'shutdown');
    await isLive();
    await page.waitForTimeout(2500);
    expect(pages()).toBe(2);
  });
});

describe('on the wall', () => {
  test('the language is switched by a press and kept in the address', async () => {
    await open('?lang=zh-CN&kpis=csat');
    expect(await text('.tile-title')).toBe('满意度');
    expect(await page.getAttribute('html', 'lang')).toBe('zh-CN');
    await page.click('.button.language');
    await page.waitForSelector('html[lang="en"]');
    await isLive();
    expect(await text('.tile-title')).toBe('CSAT');
    expect(new URL(page.url()).search).toBe('?lang=en&kpis=csat');
  });

  test.each(['zh-CN', 'en'])('%s is legible at five metres on 1080p, without scrolling', async (lang) => {
    gateway.push([], [csatAlert(Date.now())]);
    await open(`?lang=${lang}`);
    const size = await page.evaluate(() => {
      const context = document.createElement('canvas').getContext('2d');
      const heightOf = (node: Element): number => {
        const { fontSize, fontWeight, fontFamily } = getComputedStyle(node);
        if (context === null) return 0;
        context.font = `${fontWeight} ${fontSize} ${fontFamily}`;
        const box = context.measureText('8');
        return box.actualBoundingBoxAscent + box.actualBoundingBoxDescent;
      };
      const visible = (selector: string): Element[] =>
        [...document.querySelectorAll(selector)].filter((node) => node.getBoundingClientRect().width > 0);
      const labels =
        '.tile-title, .badge-word, .change, .target, .sample-count, .worst-key, .alert-title, .alert-value';
      return {
        digits: Math.min(...visible('.digits').map(heightOf)),
        labels: Math.min(...visible(labels).map((node) => Number.parseFloat(getComputedStyle(node).fontSize))),
        cut: visible('.tile').filter((n) => n.scrollHeight > n.clientHeight || n.scrollWidth > n.clientWidth).length,
        page: [document.documentElement.scrollWidth, document.documentElement.scrollHeight],
      };
    });
    expect(size.digits).toBeGreaterThanOrEqual(60);
    expect(size.labels).toBeGreaterThanOrEqual(30);
    expect(size.cut).toBe(0);
    expect(size.page).toEqual([1920, 1080]);
  });

  test.each([
    [1366, 768],
    [390, 844],
  ])('%i × %i never scrolls sideways', async (width, height) => {
    await open('?lang=en', { width, height });
    const [scrolled, tall] = await page.evaluate(() => [
      document.documentElement.scrollWidth,
      document.documentElement.scrollHeight,
    ]);
    expect(scrolled).toBe(width);
    if (width > height) expect(tall).toBe(height);
  });

  test('a kiosk has no buttons', async () => {
    gateway.push([], [csatAlert(Date.now())]);
    await open('?lang=en&kiosk=1&theme=light');
    expect(await page.locator('button:visible').count()).toBe(0);
    expect(await page.getAttribute('html', 'data-theme')).toBe('light');
  });

  test('a slice is asked of the server and shown', async () => {
    await open('?lang=en&where=channel:app&kpis=nps,csat');
    expect(gateway.heard[0]).toMatchObject({ topics: ['kpi/nps', 'kpi/csat', 'alerts'], where: { channel: ['app'] } });
    expect(await page.locator('.tile:visible').count()).toBe(2);
  });

  test('an hour’s worth of frames leaves no more behind than a minute’s', async () => {
    await open();
    const session = await page.context().newCDPSession(page);
    const used = async (): Promise<{ heap: number; nodes: number }> => {
      await session.send('HeapProfiler.collectGarbage');
      const { usedSize } = await session.send('Runtime.getHeapUsage');
      return { heap: usedSize, nodes: await page.locator('*').count() };
    };
    const start = Date.now();
    let sent = 0;
    const churn = async (frames: number): Promise<void> => {
      for (let i = 0; i < frames; i += 1, sent += 1) {
        const at = start + sent * 5000; // each frame another window
        const alert = csatAlert(at, { alert: `a${sent >> 1}`, state: sent % 2 === 0 ? 'firing' : 'resolved' });
        const keyed = valuesAt(at, null).map((m) => ({
          ...m,
          key: 'channel' in m.key ? { ...m.key, store: `s${sent}` } : m.key,
        }));
        gateway.push(keyed, [alert]);
        if (i % 20 === 0) await page.waitForTimeout(30);
      }
      csat(sent / 10, start + sent * 5000);
      await within(10_000, async () => (await digits('csat')) === (sent / 10).toFixed(1));
    };
    await churn(800); // past every bound: keys, points, alerts
    const before = await used();
    await churn(800);
    const after = await used();
    expect(after.heap).toBeLessThan(before.heap * 1.15 + 1e6);
    expect(after.nodes).toBe(before.nodes);
  }, 60_000);
});
