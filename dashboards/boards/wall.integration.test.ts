import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { graveFindings } from '../testing/axe-findings.ts';
import { csatAlert, valuesAt } from '../testing/scenario.ts';
import { build, WallPage } from '../testing/wall-page.ts';
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

test('the same sources give the same bytes, and few: what a wall loads stays under 150 KB', async () => {
  const again = await mkdtemp(join(tmpdir(), 'wall-'));
  await build(again);
  for (const name of ['wall.js', 'wall-style.css', 'index.html']) {
    expect(await readFile(join(again, name), 'utf8')).toBe(await readFile(join(wall.root, name), 'utf8'));
  }
  let bytes = 0;
  for (const name of ['wall.js', 'wall-style.css', 'index.html'])
    bytes += gzipSync(await readFile(join(again, name))).length;
  expect(bytes).toBeLessThan(150_000);
  await rm(again, { recursive: true });
  page = await wall.open();
});

test('the example page of the client shows a value and an alert, and calls neither live when the line is cut', async () => {
  await copyFile(new URL('../client/example.html', import.meta.url), join(wall.root, 'example.html'));
  page = await wall.open();
  await page.goto(`${wall.gateway.url}/example.html`);
  await page.waitForFunction(() => document.getElementById('state')?.textContent.startsWith('live') === true);
  wall.csat(78.9);
  wall.gateway.push([], [csatAlert(Date.now())]);
  await wall.within(30_000, async () => (await wall.text('#value')) === '78.9 %');
  await wall.within(30_000, async () => (await wall.text('#alerts')).startsWith('critical: csat of east/app'));
  await wall.gateway.stop();
  await wall.within(30_000, async () => (await wall.text('#state')) === 'stale: 78.9 is old');
  expect([await wall.text('#value'), await wall.text('#alerts')]).toEqual(['–', 'alerts are not known']);
});

describe('live', () => {
  test('six tiles with all they promise; numbers change calmly, once a second', async () => {
    page = await wall.open();
    expect(await page.locator('.tile:visible').count()).toBe(6);
    for (const part of ['.digits', '.mark-words', '.sample-count', '.badge', '.interval', '.worst-key', '.x-end']) {
      expect((await wall.text(`[data-kpi="csat"] ${part}`)).trim()).not.toBe('');
    }
    await page.waitForSelector('[data-kpi="csat"] .change:visible'); // history came
    expect(((await page.getAttribute('[data-kpi="csat"] .course-line', 'd')) ?? '').length).toBeGreaterThan(500);
    for (const value of [12.3, 45.6, 78.9]) {
      wall.csat(value);
      await wall.within(2500, async () => (await wall.digits('csat')) === String(value));
    }
    expect(await page.locator('.slices').first().locator('i:visible').count()).toBe(3);
    await page.click('.note summary');
    expect(await wall.text('.note-text')).toContain('planted');
    expect(await wall.text('.version')).toBe('Earshot 1');
  });

  test('a breach takes the wall and shows on its tile, is announced, pulses, and is acknowledged by keyboard', async () => {
    page = await wall.open();
    expect(await wall.tone('csat')).toBe('ok');
    wall.gateway.push(valuesAt(Date.now(), { csat: 9, eastApp: 45 }), [csatAlert(Date.now())]);
    await page.waitForSelector('.alert[data-look="critical"]', { timeout: onThisMachine(1000) });
    expect(await wall.tone('csat')).toBe('breach');
    expect(await wall.text('[data-kpi="csat"] .badge')).toBe('In part 1/6');
    expect(await page.getAttribute('[data-kpi="csat"]', 'data-look')).toBe('part');
    expect(await page.locator('.tile:visible').count()).toBe(6); // smaller, and none gone
    expect(await wall.text('[data-kpi="csat"] .worst-key')).toBe('East / App');
    await page.waitForSelector('.alert .course:visible'); // its own history came
    expect(await wall.text('.alert')).toMatch(
      /Critical[\s\S]*East · App: CSAT \d\d\.\d%[\s\S]*of all that fell short[\s\S]*fires < 80%[\s\S]*delivery[\s\S]*138\*\*\*\*5678[\s\S]*care-team/,
    );
    expect(await page.getAttribute('.alert', 'data-pulse')).toBe('true');
    expect(await page.getAttribute('.alerts-open', 'aria-live')).toBe('polite');
    await page.focus('.alert .ack');
    await page.keyboard.press('Enter');
    await wall.within(1000, async () => wall.gateway.requests.includes('POST /v1/alerts/csat_low-east-app-1/ack'));
    wall.gateway.push([], [csatAlert(Date.now(), { acked: { by: 'Li Wei', at: '' } })]);
    await page.waitForSelector('.alert .ack', { state: 'hidden' });
    expect(await wall.text('.alert-note')).toBe('acknowledged by Li Wei');
    expect(await page.getAttribute('.alert', 'data-look')).toBe('major'); // outlined: somebody has it
    wall.gateway.push([], [csatAlert(Date.now(), { state: 'resolved', previous: 'recovering' })]);
    await page.waitForSelector('.calm:visible');
    expect(await wall.text('.calm')).toMatch(/^No open alerts[\s\S]*Last: East · App CSAT/);
    expect(await page.locator('.alert').count()).toBe(0);
  });

  test('who may not acknowledge an alert loses its button', async () => {
    wall.gateway.ackStatus = 403;
    wall.gateway.push(
      [],
      [
        csatAlert(Date.now(), { alert: 'beyond' }),
        csatAlert(Date.now(), { alert: 'within', rule: 'other', severity: 'major' }),
      ],
    );
    page = await wall.open();
    await page.click('.alert[data-alert="beyond"] .ack');
    await page.waitForSelector('.alert[data-alert="beyond"] .ack', { state: 'hidden' });
    expect(await page.locator('.alert[data-alert="within"] .ack').isVisible()).toBe(true);
    wall.faults = wall.faults.filter((fault) => !fault.includes('403')); // the browser's own line on the answer
  });

  test('nothing that comes from outside is read as markup', async () => {
    const evil = '<img src=x onerror="window.hit=1"><b>';
    wall.gateway.push([], [csatAlert(Date.now(), { samples: [evil], key: { product: evil }, reason: evil })]);
    page = await wall.open();
    expect(await wall.text('.alert-quote')).toBe(evil);
    expect(await page.locator('.alert img, .alert-quote b, .alert-key b').count()).toBe(0);
    expect(await page.evaluate(() => 'hit' in window)).toBe(false);
  });

  test('a gap is healed by a snapshot, without reconnecting', async () => {
    page = await wall.open();
    wall.gateway.skip();
    wall.csat(33.3);
    await wall.within(1500, async () => (await wall.digits('csat')) === '33.3');
    expect(wall.gateway.heard.filter(({ op }) => op === 'unsub')).toHaveLength(1);
  });

  test('an engine that falls behind is distinguished from a broken connection', async () => {
    page = await wall.open();
    wall.gateway.watermarkLagMs = 35_000;
    wall.gateway.tick();
    await page.waitForSelector('.banner[data-tone="warn"]:visible');
    expect(await wall.text('.banner')).toContain('The engine is 35 s behind');
    expect(await page.getAttribute('[data-kpi="csat"]', 'data-freshness')).toBe('late');
  });
});

describe('on the wall', () => {
  test('the language is switched by a press and kept in the address', async () => {
    page = await wall.open('?lang=zh-CN&kpis=csat');
    expect(await wall.text('.tile-title')).toBe('满意度');
    expect(await page.getAttribute('html', 'lang')).toBe('zh-CN');
    await page.click('.sw-links a[lang="en"]');
    await page.waitForSelector('html[lang="en"]');
    await wall.isLive();
    expect(await wall.text('.tile-title')).toBe('CSAT');
    expect(new URL(page.url()).search).toBe('?lang=en&kpis=csat');
  });

  test.each([
    ['zh-CN', false],
    ['en', false],
    ['zh-CN', true],
    ['en', true],
  ])('%s is legible at five metres on 1080p without scrolling, an incident: %s', async (lang, isIncident) => {
    if (isIncident) wall.gateway.push([], [csatAlert(Date.now())]);
    page = await wall.open(`?lang=${lang}`);
    if (isIncident) await page.waitForSelector('.alert .course:visible');
    const size = await page.evaluate(() => {
      const visible = (selector: string): HTMLElement[] =>
        [...document.querySelectorAll<HTMLElement>(selector)].filter((node) => node.getBoundingClientRect().width > 0);
      const least = (selector: string): number =>
        Math.min(...visible(selector).map((node) => Number.parseFloat(getComputedStyle(node).fontSize)));
      const isCut = (node: HTMLElement): boolean =>
        node.scrollHeight > node.clientHeight + 1 || node.scrollWidth > node.clientWidth + 1;
      return {
        digits: least('.digits'),
        headline: least('.inc .alert-title'),
        names: least('.tile-title, .badge'),
        words: least('.change, .strip-row, .alert-quote, .own, .why'),
        floor: least('.mark-words, .course .x, .course .y, .sample, .k'),
        cut: visible('.tile, .inc, .top, .foot').filter(isCut).length,
        page: [document.documentElement.scrollWidth, document.documentElement.scrollHeight],
      };
    });
    // 40 px are an inch on a wall of 55 inches: digits of 118 px are 55 mm high.
    expect(size.digits).toBeGreaterThanOrEqual(isIncident ? 68 : 94);
    expect(size.names).toBeGreaterThanOrEqual(isIncident ? 23 : 30);
    expect(size.words).toBeGreaterThanOrEqual(isIncident ? 30 : 24);
    expect(size.floor).toBeGreaterThanOrEqual(22);
    expect(size.headline).toBe(isIncident ? 80 : Infinity);
    expect(size.cut).toBe(0);
    expect(size.page).toEqual([1920, 1080]);
  });

  test.each(['zh-CN', 'en'])('four tiles fit a portrait wall, and so does an incident (%s)', async (lang) => {
    page = await wall.open(`?lang=${lang}&kpis=csat,nps,negative_share,complaint_rate`, { width: 1080, height: 1920 });
    const cut = (): Promise<readonly string[]> =>
      page.evaluate(() =>
        [...document.querySelectorAll<HTMLElement>('.tile, .strip-row, .inc, .il, .ir, .top, .foot, .wall')]
          .filter((node) => node.getBoundingClientRect().width > 0)
          .filter((node) => node.scrollHeight > node.clientHeight + 1 || node.scrollWidth > node.clientWidth + 1)
          .map(({ className }) => className),
      );
    await page.waitForSelector('[data-kpi="csat"] .change:visible');
    expect(await cut()).toEqual([]);
    wall.gateway.push([], [csatAlert(Date.now())]);
    await page.waitForSelector('.alert .course:visible');
    expect(await cut()).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollHeight)).toBe(1920);
  });

  test.each(['zh-CN', 'en'])('axe finds nothing serious, calm or during an incident (%s)', async (lang) => {
    page = await wall.open(`?lang=${lang}&theme=light`);
    expect(await graveFindings(page)).toEqual([]);
    wall.gateway.push([], [csatAlert(Date.now()), csatAlert(Date.now(), { alert: 'b', rule: 'b', severity: 'minor' })]);
    await page.waitForSelector('.alert .course:visible');
    expect(await graveFindings(page)).toEqual([]);
  });

  test('a value that is too wide for its tile, in this font or on this screen, gets smaller, and as large again', async () => {
    page = await wall.open('?lang=en');
    const size = (): Promise<number> =>
      page.locator('[data-kpi="csat"] .digits').evaluate((node) => Number.parseFloat(getComputedStyle(node).fontSize));
    const cut = (): Promise<number> =>
      page
        .locator('[data-kpi="csat"] .tile-value')
        .evaluateAll((rows) => rows.filter((row) => row.scrollWidth > row.clientWidth).length);
    const shown = async (value: number, text: string): Promise<void> => {
      wall.csat(value);
      await wall.within(2500, async () => (await wall.digits('csat')) === text);
    };
    const digits = page.locator('[data-kpi="csat"] .digits');
    await digits.evaluate((node: HTMLElement) => (node.style.letterSpacing = '0.12em'));
    await shown(5, '5.0');
    const large = await size();
    await shown(100, '100.0');
    expect(await size()).toBeLessThan(large);
    expect(await cut()).toBe(0);
    await shown(5, '5.0');
    expect(await size()).toBe(large);
    await page.locator('.wall-main').evaluate((node: HTMLElement) => (node.style.maxWidth = '1000px'));
    await wall.within(1000, async () => (await cut()) === 0 && (await size()) < large);
  });

  test.each([
    [1366, 768],
    [390, 844],
  ])('%i × %i never scrolls sideways', async (width, height) => {
    page = await wall.open('?lang=en', { width, height });
    const [scrolled, tall] = await page.evaluate(() => [
      document.documentElement.scrollWidth,
      document.documentElement.scrollHeight,
    ]);
    expect(scrolled).toBe(width);
    if (width > height) expect(tall).toBe(height);
  });

  test('a kiosk has no buttons', async () => {
    wall.gateway.push([], [csatAlert(Date.now())]);
    page = await wall.open('?lang=en&kiosk=1&theme=light');
    expect(await page.locator('button:visible').count()).toBe(0);
    expect(await page.getAttribute('html', 'data-theme')).toBe('light');
  });

  test('a slice is asked of the server and shown', async () => {
    page = await wall.open('?lang=en&where=channel:app&kpis=nps,csat');
    expect(wall.gateway.heard[0]).toMatchObject({
      topics: ['kpi/nps', 'kpi/csat', 'alerts', 'health'],
      where: { channel: ['app'] },
    });
    expect(await page.locator('.tile:visible').count()).toBe(2);
  });
});
