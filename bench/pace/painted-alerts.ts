/** Notes in a page of the board when an alert was painted first: two frames after its key came as text. */
import { chromium, type Browser } from 'playwright-core';

export interface WatchedPage {
  /** By key: when its alert was painted, epoch ms. */
  painted(): Promise<ReadonlyMap<string, number>>;
  /** The longest that the page was busy at one go, ms. */
  longestTaskMs(): Promise<number>;
}

const QUIET = ['--disable-background-networking', '--disable-component-update', '--disable-sync'];

export async function launchChromium(): Promise<Browser> {
  const executablePath = process.env['CHROMIUM_BIN'] ?? '/usr/bin/chromium';
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--no-first-run', ...QUIET] });
}

/**
 * In a window of its own, so that no page waits behind another.
 * @param key what the keys of such alerts look like, whole.
 */
export async function watchPage(browser: Browser, url: string, ready: string, key: RegExp): Promise<WatchedPage> {
  const context = await browser.newContext({ viewport: { width: 1920, height: 1080 } });
  const page = await context.newPage();
  await page.addInitScript(`(${NOTE})(/${key.source}/g)`);
  await page.goto(url);
  await page.waitForSelector(ready, { timeout: 120_000 });
  return {
    painted: async () => new Map(await page.evaluate<[string, number][]>('[...globalThis.noted.painted]')),
    longestTaskMs: () => page.evaluate<number>('globalThis.noted.longestTaskMs'),
  };
}

/** Runs in the page. A frame that begins after the one in which the words came begins after they were painted. */
const NOTE = `(pattern) => {
  const noted = (globalThis.noted = { painted: new Map(), longestTaskMs: 0 });
  const seen = new Set();
  const look = (text) => {
    for (const [name] of text.matchAll(pattern)) {
      if (seen.has(name)) continue;
      seen.add(name);
      requestAnimationFrame(() => requestAnimationFrame(() => noted.painted.set(name, Date.now())));
    }
  };
  new MutationObserver((changes) => {
    for (const { target, addedNodes, type } of changes) {
      if (type === 'characterData') look(target.textContent);
      else for (const node of addedNodes) look(node.textContent);
    }
  }).observe(document, { childList: true, characterData: true, subtree: true });
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) noted.longestTaskMs = Math.max(noted.longestTaskMs, duration);
  }).observe({ type: 'longtask' });
}`;
