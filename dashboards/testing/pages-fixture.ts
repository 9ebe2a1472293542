/** The built pages in a real browser against the fake gateway: one browser, one build and one gateway for a test file. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { FakeGateway } from './fake-gateway.ts';
import { courseAt, NOTICES, openAlerts, pastChanges, RULES, SILENCES } from './page-scenario.ts';
import { ISSUE_KPI, issueCourse, issueValues, NO_WORDS, voicesAt, wordsAt } from './voice-scenario.ts';
import { clocksAt } from './queue-scenario.ts';
import { HOOKS, screensAt } from './screen-scenario.ts';
import { funnelAt, JOURNEYS } from './journey-scenario.ts';
import { BOARD, DESCRIPTIONS, SCRIPTS, valuesAt } from './scenario.ts';
import { graveFindings } from './axe-findings.ts';
import { build, launchBrowser } from './wall-page.ts';

/** Pictures go here, to be looked at; not set: none are made. */
const SHOTS = process.env['EARSHOT_SHOTS'];
const ALL_RIGHTS: readonly string[] = ['read', 'ack', 'silence', 'actions', 'screens', 'metrics', 'hooks'];

export class PagesFixture {
  gateway: FakeGateway;
  readonly faults: string[] = [];
  rights = ALL_RIGHTS;
  hasPast = true;
  root = '';
  #isCalm = false;
  /** The server's time, Unix ms; it runs as time does. */
  readonly now: () => number;
  #browser: Browser | null = null;
  #context: BrowserContext | null = null;

  /** `from`: when the server's day is as the test begins; without it, now. */
  constructor(from?: string) {
    const ahead = from === undefined ? 0 : Date.parse(from) - Date.now();
    this.now = () => Date.now() + ahead;
    this.gateway = this.#newGateway();
  }

  #newGateway(): FakeGateway {
    const courses = SCRIPTS.map(({ description: { id } }): [string, (url: URL) => unknown] => [
      `/v1/kpis/${id}/history`,
      (url) => ({ complete: true, values: courseOf(id, url, this.now()) }),
    ]);
    return new FakeGateway({
      ...{ root: this.root, board: BOARD, kpis: [...DESCRIPTIONS, ISSUE_KPI], pingMs: 1000, version: '1' },
      now: this.now,
      answers: {
        ...Object.fromEntries(courses),
        [`/v1/kpis/${ISSUE_KPI.id}/history`]: () => ({ complete: true, values: issueCourse(this.now()) }),
        '/v1/board': () => ({
          ...BOARD,
          zone: 'Asia/Shanghai',
          rights: this.rights,
          actions: this.gateway.actions !== null,
        }),
        '/v1/rules': () => RULES,
        '/v1/sign-in': () => ({ token: true, sso: null, who: null }),
        '/v1/voices': () => ({ voices: this.hasPast ? voicesAt(this.now()) : [] }),
        '/v1/voices/words': () => (this.hasPast ? wordsAt(this.now()) : NO_WORDS),
        '/v1/clocks': () => ({ ...clocksAt(this.now()), ...(this.hasPast ? {} : { clocks: [] }) }),
        '/v1/journeys': () => ({ journeys: this.hasPast ? JOURNEYS : [] }),
        '/v1/journeys/checkout': (url) => funnelAt(url, this.now(), this.#isCalm),
        '/v1/status': () => ({ partitions: [{ counters: { events_in: Math.round(this.now() / 5) } }] }),
        '/v1/screens': () => screensAt(this.now()),
        '/v1/hooks': () => HOOKS,
        '/v1/silences': () => ({ silences: this.hasPast ? SILENCES(this.now()) : [] }),
        '/v1/alerts/history': (url) => this.#past(url.searchParams.get('alert')),
      },
    });
  }

  async launch(): Promise<void> {
    this.root = await mkdtemp(join(tmpdir(), 'pages-'));
    if (SHOTS !== undefined) await mkdir(SHOTS, { recursive: true });
    await build(this.root);
    this.gateway = this.#newGateway();
    this.#browser = await launchBrowser();
    this.#context = await this.#browser.newContext({ viewport: { width: 1600, height: 900 } });
    await this.gateway.start();
    this.incident();
  }
  async shut(): Promise<void> {
    await this.#browser?.close();
    await this.gateway.stop();
    await rm(this.root, { recursive: true, force: true });
  }

  /** As it was at first, for the next test: the connection and the browser stay. */
  reset(): void {
    this.rights = ALL_RIGHTS;
    this.hasPast = true;
    this.#isCalm = false;
    this.gateway.actions = null;
    this.gateway.described = { ...this.gateway.described, kpis: [...DESCRIPTIONS, ISSUE_KPI] };
    this.gateway.forget();
    this.incident();
  }
  /** Nothing is open, and nothing was. */
  empty(): void {
    this.hasPast = false;
    this.gateway.forget();
  }
  /** All is well, as of now. */
  calm(): void {
    this.#isCalm = true;
    this.gateway.forget();
    this.gateway.push([...valuesAt(this.now(), null), ...issueValues(this.now())]);
  }
  /** A list beside the tiles. */
  todo(): void {
    const due = (minutes: number): string => new Date(this.now() + minutes * 60_000).toISOString();
    this.gateway.actions = Array.from({ length: 9 }, (_, i) => ({
      kind: 'follow_up',
      data: { id: `low.${i}`, state: 'due', open: true, owner: '陈皓', case: `c-10${i}`, due: due(7 * i - 20) },
    }));
  }
  /** Names of KPIs of two lines beside a list, on the next pages. */
  longNames(): void {
    this.todo();
    this.calm();
    const title = {
      'zh-CN': '首次响应 90 分位（含夜间与周末，不含节日）',
      en: 'First response, 90th percentile, nights too',
    };
    const kpis = DESCRIPTIONS.map((one) => ({ ...one, title }));
    this.gateway.described = { ...this.gateway.described, kpis };
  }
  acknowledged(by: string, note: string): void {
    const [incident] = openAlerts(this.now());
    const at = this.#stamp();
    if (incident !== undefined)
      this.gateway.push([], [{ ...incident, at, previous: 'firing', acked: { by, at, note } }]);
  }
  resolved(): void {
    const [incident] = openAlerts(this.now());
    const at = this.#stamp();
    if (incident !== undefined) this.gateway.push([], [{ ...incident, at, previous: 'recovering', state: 'resolved' }]);
  }
  /** One of a rule over events: of no KPI, without a value. */
  ofEvents(): void {
    const [incident] = openAlerts(this.now());
    const none = { kpi: '', value: null, interval: null, causes: [], n: 3, rule: 'vip_negative' };
    if (incident !== undefined) this.gateway.push([], [{ ...incident, ...none, alert: 'events-1' }]);
  }
  /** So many more, of names that go on and on. */
  flood(count: number): void {
    const [incident] = openAlerts(this.now());
    if (incident === undefined) return;
    const many = Array.from({ length: count }, (_, i) => {
      const store = `${'Very-long-name-without-any-break-'.repeat(4)}${i}`;
      return { ...incident, alert: `flood-${i}`, key: { store, product: '很长的名字'.repeat(20) }, severity: 'major' };
    });
    this.gateway.push([], many);
  }

  /** What is open and what its values are, as of now. */
  incident(): void {
    const values = [...valuesAt(this.now(), { csat: 9, eastApp: 45 }), ...issueValues(this.now())];
    this.gateway.push(values, openAlerts(this.now()));
  }

  async open(path: string, viewport?: { width: number; height: number }): Promise<Page> {
    if (this.#context === null) throw new Error('launch() comes first');
    const page = await this.#context.newPage();
    if (viewport !== undefined) await page.setViewportSize(viewport);
    page.on('console', (message) => {
      if (message.type() === 'error') this.faults.push(message.text());
    });
    page.on('pageerror', (error) => this.faults.push(error.message));
    await page.goto(`${this.gateway.url}/${path}`);
    await page.waitForSelector('[data-link="ok"], .line-state[data-tone="ok"], form');
    return page;
  }

  async picture(page: Page, name: string, isWhole = true): Promise<void> {
    if (SHOTS !== undefined) await page.screenshot({ path: join(SHOTS, `${name}.png`), fullPage: isWhole });
  }

  /** What axe finds serious or worse. */
  async axe(page: Page): Promise<readonly string[]> {
    return graveFindings(page);
  }

  #stamp(): string {
    return new Date(this.now()).toISOString();
  }

  #past(alert: string | null): unknown {
    const changes = this.hasPast ? pastChanges(this.now()) : [];
    const wanted = changes.filter((change) => alert === null || change.alert === alert);
    return { complete: true, changes: wanted, notices: wanted.length > 0 && alert !== null ? NOTICES(this.now()) : [] };
  }
}

function courseOf(kpi: string, { searchParams }: URL, now: number): unknown {
  const time = (name: string): number => Date.parse(searchParams.get(name) ?? '');
  const key = Object.fromEntries(searchParams.getAll('key').map((part) => part.split(':') as [string, string]));
  const every = Number.parseInt(searchParams.get('every') ?? '5000', 10);
  return courseAt(kpi, key, time('from'), time('to'), every, now);
}
