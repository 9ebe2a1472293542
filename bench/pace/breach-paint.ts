/**
 * Breach → paint: from when an event that breaks a rule (`on: live`, `for: 0s`) was due to when its alert stood painted on the overview
 * and on the page of alerts, in Chromium, while the workload comes at 2,000 events/s; and to the frame of a client that only listens.
 * Each event is for a key that nobody saw before, of one of three rules in turn: the overview has a line a rule. Engine, broker,
 * publisher and browser are processes of their own. `--rate=N`: other events a second; `--breaches=N`, `--smoke`: eight. Exit code 1: one was not painted, or p99 is over
 * 300 ms.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { WebSocket } from 'ws';
import { packageRoot } from '../../engine/adapters/process/package-root.ts';
import { must } from '../../engine/core/must.ts';
import type { ServerFrame } from '../../engine/core/wire.ts';
import { startEngineProcess } from '../../engine/testing/rig/engine-process.ts';
import { readMetrics } from '../../engine/testing/rig/read-metrics.ts';
import { percentile, record, type Row } from '../record.ts';
import { breach, breachConfig, EVERY_MS, KEY } from './breach-load.ts';
import { launchChromium, OVERVIEW_READY, PAGE_READY, watchPage, type WatchedPage } from './painted-alerts.ts';

const isSmoke = process.argv.includes('--smoke');
const named = process.argv.find((word) => word.startsWith('--breaches='))?.slice('--breaches='.length);
const BREACHES = isSmoke ? 8 : Number(named ?? 150);
const rate = process.argv.find((word) => word.startsWith('--rate='))?.slice('--rate='.length);
const PER_SECOND = Number(rate ?? 2_000);
const WARM_UP = 3;
const WARM_UP_MS = 10_000;
/** At most so long is waited for those that are late. */
const DRAIN_MS = 60_000;
const MOST_MS = 300;

/** What a client hears that only listens: by key, when. */
function listen(url: string): { readonly heard: ReadonlyMap<string, number>; close(): void } {
  const heard = new Map<string, number>();
  const socket = new WebSocket(`${url.replace('http', 'ws')}/v1/live`, 'earshot.v1.json');
  socket.once('open', () => socket.send(JSON.stringify({ op: 'sub', id: 1, topics: ['alerts'] })));
  socket.on('message', (data: Buffer) => {
    const at = Date.now();
    const frame = JSON.parse(data.toString('utf8')) as ServerFrame;
    if (frame.op !== 'delta') return;
    for (const { state, key } of frame.alerts) {
      const name = key['step'];
      if (name !== undefined && state === 'firing' && !heard.has(name)) heard.set(name, at);
    }
  });
  return { heard, close: () => socket.terminate() };
}

async function allSeen(due: ReadonlyMap<string, number>, pages: readonly WatchedPage[]): Promise<void> {
  const end = Date.now() + DRAIN_MS;
  for (const page of pages) {
    while ((await page.painted()).size < due.size + WARM_UP && Date.now() < end) await sleep(500);
  }
}

function rowOf(where: string, due: ReadonlyMap<string, number>, seen: ReadonlyMap<string, number>): Row {
  const late = [...due].flatMap(([name, at]) => {
    const when = seen.get(name);
    return when === undefined ? [] : [when - at];
  });
  late.sort((a, b) => a - b);
  return {
    ...{ where, events_per_s: PER_SECOND, due: due.size, seen: late.length, p50_ms: percentile(late, 0.5) },
    ...{ p90_ms: percentile(late, 0.9), p99_ms: percentile(late, 0.99), max_ms: late.at(-1) ?? null }, // none was seen
  };
}

const folder = mkdtempSync(join(tmpdir(), 'earshot-paint-'));
writeFileSync(join(folder, 'earshot.yaml'), breachConfig(join(folder, 'store')));
const engine = await startEngineProcess({ args: ['run', '--config', join(folder, 'earshot.yaml')] });
const browser = await launchChromium();
const natsUrl = must(/"nats":"([^"]+)"/.exec(engine.log())?.[1]);
const start = Date.now() + 5_000;
const seconds = Math.ceil((WARM_UP_MS + (WARM_UP + BREACHES) * EVERY_MS) / 1000);
const load = join(packageRoot(), 'dist-bench', 'bench', 'pace', 'steady-load.js');
const loaded = promisify(execFile)(process.execPath, [load, natsUrl, PER_SECOND, seconds, start].map(String));
const client = listen(engine.url);
const pages: Readonly<Record<string, WatchedPage>> = {
  overview: await watchPage(browser, { url: `${engine.url}/?lang=en`, ready: OVERVIEW_READY, key: KEY }),
  'page of alerts': await watchPage(browser, { url: `${engine.url}/alerts/?lang=en`, ready: PAGE_READY, key: KEY }),
};
await readMetrics(engine.url); // how long it stood still is said since it was last asked
const due = await breach(natsUrl, Math.max(start, Date.now()) + WARM_UP_MS, { count: BREACHES, warmUp: WARM_UP });
await allSeen(due, Object.values(pages));
const stoodStillMs = Math.round((await readMetrics(engine.url))('nodejs_eventloop_lag_max_seconds') * 1000);
const rows: Row[] = [{ ...rowOf('frame of a client', due, client.heard), engine_stood_still_ms: stoodStillMs }];
for (const [where, page] of Object.entries(pages)) {
  const longest = Math.round(await page.longestTaskMs());
  rows.push({ ...rowOf(where, due, await page.painted()), page_busy_at_most_ms: longest });
}
const { lateP99Ms } = JSON.parse((await loaded).stdout) as { readonly lateP99Ms: number };
client.close();
await browser.close();
engine.kill('SIGINT');
await engine.ended;
rmSync(folder, { recursive: true, force: true });
record(
  `live/breach-paint${isSmoke ? '-smoke' : ''}`,
  `from when an event that breaks a rule (\`on: live\`, \`for: 0s\`), one every ${EVERY_MS} ms, was due to when its alert was painted (two frames after its words came) in two windows of Chromium without a graphics card, and to when a client had its frame; twelve KPIs beside; publisher late by ${lateP99Ms} ms at p99; load ${loadavg()
    .map((one) => Math.round(one))
    .join(' ')}`,
  rows,
);
process.exit(rows.every((row) => row['seen'] === row['due'] && Number(row['p99_ms']) <= MOST_MS) ? 0 : 1);
