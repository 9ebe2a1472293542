/**
 * What open pages cost a screen while the workload comes at 2,000 events/s: the overview and the page of alerts in Chromium, opened again in
 * each phase; processor time of each page's main thread for script, style and layout and of its whole process, that of all of Chromium,
 * and breach → paint. `--against=<dist/dashboards of another build>`: in every second phase that build's pages. `--rate=N`: other events
 * a second; `--rounds=N`, `--seconds=N` of a phase; `--smoke`: short ones.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Browser } from 'playwright-core';
import { packageRoot } from '../../engine/adapters/process/package-root.ts';
import { must } from '../../engine/core/must.ts';
import { startEngineProcess } from '../../engine/testing/rig/engine-process.ts';
import { percentile, record, type Row } from '../record.ts';
import { breach, breachConfig, EVERY_MS, KEY } from './breach-load.ts';
import { launchChromium, watchPage, type PageCost } from './painted-alerts.ts';

const isSmoke = process.argv.includes('--smoke');
const flag = (name: string): string | undefined =>
  process.argv.find((word) => word.startsWith(`--${name}=`))?.slice(name.length + 3);
const AGAINST = flag('against');
const PER_SECOND = Number(flag('rate') ?? 2_000);
const ROUNDS = Number(flag('rounds') ?? (isSmoke ? 1 : 3));
const PHASE_MS = Number(flag('seconds') ?? (isSmoke ? 10 : 40)) * 1000;
/** Opening a page costs more than looking at it. */
const SETTLE_MS = 6_000;
const START_MS = 5_000;

const PAGES = [
  { name: 'overview', path: '/?lang=en', ready: '.tile .digits' },
  { name: 'page of alerts', path: '/alerts/?lang=en', ready: '[data-link] .tabs, [data-link] button' },
] as const;

interface Phase {
  readonly build: string;
  readonly assets?: string;
}
interface Seen {
  readonly build: string;
  readonly page: string;
  /** ms of processor time a second; counts a second. */
  readonly cost: PageCost;
  readonly chromium: number;
  readonly longestTaskMs: number;
  readonly painted: ReadonlyMap<string, number>;
  readonly from: number;
  readonly to: number;
}

/** Of all its processes, ms. */
async function processorMs(browser: Browser): Promise<number> {
  const devtools = await browser.newBrowserCDPSession();
  const { processInfo } = await devtools.send('SystemInfo.getProcessInfo');
  await devtools.detach();
  return processInfo.reduce((sum, { cpuTime }) => sum + cpuTime * 1000, 0);
}

async function phase(browser: Browser, url: string, { build, assets }: Phase): Promise<readonly Seen[]> {
  const pages = await Promise.all(
    PAGES.map(async ({ name, path, ready }) => ({
      name,
      page: await watchPage(browser, {
        ...{ url: `${url}${path}`, ready, key: KEY },
        ...(assets === undefined ? {} : { assets }),
      }),
    })),
  );
  await sleep(SETTLE_MS);
  const from = Date.now();
  const before = await Promise.all(pages.map(({ page }) => page.cost()));
  const chromiumBefore = await processorMs(browser);
  await sleep(PHASE_MS);
  const chromium = (await processorMs(browser)) - chromiumBefore;
  const after = await Promise.all(pages.map(({ page }) => page.cost()));
  const to = Date.now();
  const seconds = (to - from) / 1000;
  const seen: Seen[] = [];
  for (const [i, { name, page }] of pages.entries()) {
    const [old, now] = [must(before[i]), must(after[i])];
    const a = (kind: keyof PageCost): number => (now[kind] - old[kind]) / seconds;
    const cost = {
      ...{ script: a('script'), style: a('style'), layout: a('layout'), task: a('task'), process: a('process') },
      ...{ layouts: a('layouts'), styles: a('styles') },
    };
    const [longestTaskMs, painted] = [await page.longestTaskMs(), await page.painted()];
    seen.push({ ...{ build, page: name, cost, chromium: chromium / seconds, longestTaskMs, painted, from, to } });
    await page.close();
  }
  return seen;
}

const mean = (values: readonly number[]): number =>
  Math.round((values.reduce((sum, value) => sum + value, 0) / values.length) * 10) / 10;

function rowOf(build: string, page: string, all: readonly Seen[], due: ReadonlyMap<string, number>): Row {
  const seen = all.filter((one) => one.build === build && one.page === page);
  const late = seen.flatMap(({ from, to, painted }) =>
    [...due].flatMap(([name, at]) => {
      if (at < from || at > to - EVERY_MS) return [];
      return [(painted.get(name) ?? Number.POSITIVE_INFINITY) - at]; // it was not painted
    }),
  );
  late.sort((a, b) => a - b);
  const of = (kind: keyof PageCost): number => mean(seen.map(({ cost }) => cost[kind]));
  return {
    ...{ page, build, events_per_s: PER_SECOND, script_ms_per_s: of('script'), style_ms_per_s: of('style') },
    ...{ layout_ms_per_s: of('layout'), thread_ms_per_s: of('task'), process_ms_per_s: of('process') },
    ...{ layouts_per_s: of('layouts'), chromium_ms_per_s: mean(seen.map(({ chromium }) => chromium)) },
    ...{
      breaches: late.length,
      p50_ms: percentile(late, 0.5),
      p90_ms: percentile(late, 0.9),
      max_ms: late.at(-1) ?? null,
    }, // none fell into it
    page_busy_at_most_ms: Math.max(...seen.map(({ longestTaskMs }) => Math.round(longestTaskMs))),
  };
}

const folder = mkdtempSync(join(tmpdir(), 'earshot-page-cost-'));
writeFileSync(join(folder, 'earshot.yaml'), breachConfig(join(folder, 'store')));
const engine = await startEngineProcess({ args: ['run', '--config', join(folder, 'earshot.yaml')] });
const browser = await launchChromium();
const natsUrl = must(/"nats":"([^"]+)"/.exec(engine.log())?.[1]);
const builds: readonly Phase[] = [
  { build: 'this' },
  ...(AGAINST === undefined ? [] : [{ build: 'other', assets: AGAINST }]),
];
const phases = Array.from({ length: ROUNDS }, (_, i) => (i % 2 === 0 ? builds : builds.toReversed())).flat();
const start = Date.now() + START_MS;
const runMs = START_MS + phases.length * (PHASE_MS + 2 * SETTLE_MS);
const load = join(packageRoot(), 'dist-bench', 'bench', 'pace', 'steady-load.js');
const stopLoad = new AbortController();
const loaded = promisify(execFile)(
  process.execPath,
  [load, natsUrl, PER_SECOND, Math.ceil((runMs * 3) / 1000), start].map(String),
  { signal: stopLoad.signal },
).catch(() => undefined); // it is ended once all is measured
const all: Seen[] = [];
let due: ReadonlyMap<string, number> = new Map();
try {
  const breaches = breach(natsUrl, start, { count: Math.ceil(runMs / EVERY_MS), warmUp: 2 });
  await sleep(START_MS + SETTLE_MS);
  for (const one of phases) all.push(...(await phase(browser, engine.url, one)));
  due = await breaches;
} finally {
  stopLoad.abort();
  await loaded;
  await browser.close();
  engine.kill('SIGINT');
  await engine.ended;
  rmSync(folder, { recursive: true, force: true });
}
record(
  `live/page-cost${isSmoke ? '-smoke' : ''}`,
  `processor time of two open pages a second, by kind, of each page's main thread and process, and of all of Chromium (no graphics card, 1920 × 1080), twelve KPIs and an alert every ${EVERY_MS} ms; ${ROUNDS} phases of ${PHASE_MS / 1000} s a build in turn; breach → paint of the alerts within them; load ${loadavg()
    .map((one) => Math.round(one))
    .join(' ')}`,
  PAGES.flatMap(({ name }) => builds.map(({ build }) => rowOf(build, name, all, due))),
);
