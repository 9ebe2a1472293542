/** The built board in a real browser against the fake gateway, for the tests that look at the page. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { FakeGateway } from './fake-gateway.ts';
import { NOTICES, RULES } from './page-scenario.ts';
import { BOARD, DESCRIPTIONS, historyOf, valuesAt } from './scenario.ts';
import { onThisMachine } from '../../engine/testing/rig/busy-machine.ts';

export const PING_MS = 1000;
const PATIENCE_MS = 120_000;
const ARGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'];
const QUIET = ['--disable-background-networking', '--disable-component-update', '--disable-sync'];
const HD = { width: 1920, height: 1080 };
/** The refused attempts while no server is there are the browser's own lines. */
const NO_SERVER = /WebSocket connection to .* failed|ERR_CONNECTION_(REFUSED|RESET)/;

export async function build(outDir: string): Promise<void> {
  const { buildWall } = await import('../build.mjs');
  await buildWall(outDir);
}

/** Its pages wait longer than Playwright's 30 s: waiting only ends what hangs. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = process.env['CHROMIUM_BIN'] ?? '/usr/bin/chromium';
  const browser = await chromium.launch({ executablePath, args: [...ARGS, ...QUIET], timeout: PATIENCE_MS });
  const newContext = browser.newContext.bind(browser);
  browser.newContext = async (options) => {
    const context = await newContext(options);
    context.setDefaultTimeout(PATIENCE_MS);
    return context;
  };
  return browser;
}

/** One browser and one build for a test file; one gateway and one page a test. */
export class WallPage {
  root = '';
  gateway: FakeGateway;
  /** Errors the page reported. */
  faults: string[] = [];
  #browser: Browser | null = null;
  #page: Page | null = null;

  constructor() {
    this.gateway = this.#newGateway();
  }

  async launch(): Promise<void> {
    this.root = await mkdtemp(join(tmpdir(), 'wall-'));
    await build(this.root);
    this.#browser = await launchBrowser();
  }
  async shut(): Promise<void> {
    await this.#browser?.close();
    await rm(this.root, { recursive: true, force: true });
  }

  async begin(): Promise<void> {
    this.faults = [];
    this.gateway = this.#newGateway();
    await this.gateway.start();
  }
  async end(): Promise<void> {
    await this.#page?.close();
    await this.gateway.stop();
  }

  async open(query = '?lang=en', viewport = HD): Promise<Page> {
    return this.openAs('ok', query, viewport);
  }
  /** Open, with the chip in that tone. */
  async openAs(tone: string, query: string, viewport = HD): Promise<Page> {
    if (this.#browser === null) throw new Error('launch() comes first');
    const page = (this.#page = await this.#browser.newPage({ viewport }));
    page.on('console', (message) => {
      if (message.type() === 'error' && !NO_SERVER.test(message.text())) this.faults.push(message.text());
    });
    page.on('pageerror', (error) => this.faults.push(error.message));
    this.gateway.push(valuesAt(Date.now(), null));
    await page.goto(`${this.gateway.url}/${query}`);
    await page.waitForSelector(`.line-state[data-tone="${tone}"]`, { timeout: 120_000 });
    return page;
  }

  get page(): Page {
    if (this.#page === null) throw new Error('open() comes first');
    return this.#page;
  }
  async text(selector: string): Promise<string> {
    return this.page.locator(selector).first().innerText();
  }
  async tone(kpi: string): Promise<string | null> {
    return this.page.getAttribute(`[data-kpi="${kpi}"]`, 'data-tone');
  }
  async digits(kpi: string): Promise<string> {
    return this.text(`[data-kpi="${kpi}"] .digits`);
  }
  async isStale(): Promise<void> {
    await this.page.waitForSelector('.tile[data-tone="stale"]', { timeout: 120_000 });
  }
  async isLive(): Promise<void> {
    await this.page.waitForSelector('.line-state[data-tone="ok"]', { timeout: 120_000 });
  }
  /** Throws when `what` does not become true in time, as this machine has it. */
  async within(ms: number, what: () => boolean | Promise<boolean>): Promise<void> {
    const end = Date.now() + onThisMachine(ms);
    while (!(await what())) {
      if (Date.now() > end) throw new Error(`not within ${ms} ms`);
      await this.page.waitForTimeout(20); // the gateway lives in this process too
    }
  }

  /** A frame with the whole company's CSAT. */
  csat(value: number, at = Date.now()): void {
    const whole = valuesAt(at, null).find(({ kpi, key }) => kpi === 'csat' && Object.keys(key).length === 0);
    if (whole !== undefined) this.gateway.push([{ ...whole, value }]);
  }

  #newGateway(): FakeGateway {
    const { root } = this;
    return new FakeGateway({
      root,
      board: BOARD,
      kpis: DESCRIPTIONS,
      pingMs: PING_MS,
      version: '1',
      history: historyOf,
      answers: {
        '/v1/status': () => ({ partitions: [{ counters: { events_in: Math.round(Date.now() / 5) } }] }),
        '/v1/rules': () => RULES,
        '/v1/alerts/history': () => ({ complete: true, changes: [], notices: NOTICES(Date.now()) }),
      },
    });
  }
}
