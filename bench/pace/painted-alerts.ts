/** Notes in a page of the board when an alert was painted first: two frames after its key came as text; and what the page costs. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContext } from 'playwright-core';

export interface WatchedPage {
  /** By key: when its alert was painted, epoch ms. */
  painted(): Promise<ReadonlyMap<string, number>>;
  /** The longest that the page was busy at one go, ms. */
  longestTaskMs(): Promise<number>;
  cost(): Promise<PageCost>;
  close(): Promise<void>;
}
/** Processor time of its main thread so far in ms, by kind, and of its whole process; how often it was laid out and its styles computed. */
export interface PageCost {
  readonly script: number;
  readonly style: number;
  readonly layout: number;
  readonly task: number;
  readonly process: number;
  readonly layouts: number;
  readonly styles: number;
}
export interface WatchedOptions {
  readonly url: string;
  /** What is there once the page is live. */
  readonly ready: string;
  /** What the keys of such alerts look like, whole. */
  readonly key: RegExp;
  /** Another build's folder `dist/dashboards`: its scripts and style sheets instead of the gateway's. */
  readonly assets?: string;
}

export const OVERVIEW_READY = '.line-state[data-tone="ok"]';
export const PAGE_READY = '[data-link="ok"]';

const QUIET = ['--disable-background-networking', '--disable-component-update', '--disable-sync'];
const METRICS = {
  script: 'ScriptDuration',
  style: 'RecalcStyleDuration',
  layout: 'LayoutDuration',
  task: 'TaskDuration',
  process: 'ProcessTime',
  layouts: 'LayoutCount',
  styles: 'RecalcStyleCount',
} as const satisfies Readonly<Record<keyof PageCost, string>>;

export async function launchChromium(): Promise<Browser> {
  const executablePath = process.env['CHROMIUM_BIN'] ?? '/usr/bin/chromium';
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--no-first-run', ...QUIET] });
}

/** In a window of its own, so that no page waits behind another. */
export async function watchPage(browser: Browser, { url, ready, key, assets }: WatchedOptions): Promise<WatchedPage> {
  const context = await browser.newContext({ viewport: { width: 1920, height: 1080 } });
  if (assets !== undefined) await serveFrom(context, assets);
  const page = await context.newPage();
  await page.addInitScript(`(${NOTE})(/${key.source}/g)`);
  const devtools = await context.newCDPSession(page);
  // Of the thread: what other processes take of a busy machine is not counted.
  await devtools.send('Performance.enable', { timeDomain: 'threadTicks' });
  await page.goto(url);
  await page.waitForSelector(ready, { timeout: 120_000 });
  return {
    painted: async () => new Map(await page.evaluate<[string, number][]>('[...globalThis.noted.painted]')),
    longestTaskMs: () => page.evaluate<number>('globalThis.noted.longestTaskMs'),
    async cost() {
      const { metrics } = await devtools.send('Performance.getMetrics');
      const of = (name: string): number => {
        const value = metrics.find((metric) => metric.name === name)?.value;
        if (value === undefined) throw new Error(`Chromium measures no ${name}`);
        return name.endsWith('Count') ? value : value * 1000;
      };
      const named = Object.entries(METRICS).map(([kind, name]): [string, number] => [kind, of(name)]);
      return Object.fromEntries(named) as Record<keyof PageCost, number>;
    },
    close: () => context.close(),
  };
}

async function serveFrom(context: BrowserContext, assets: string): Promise<void> {
  await context.route(/(\/|\.js|\.css)(\?[^/]*)?$/, async (route) => {
    const { pathname } = new URL(route.request().url());
    const path = join(assets, pathname.endsWith('/') ? `${pathname}index.html` : pathname);
    if (existsSync(path)) await route.fulfill({ path });
    else await route.continue();
  });
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
