/**
 * Lines that break again and again: clients of `earshot/client`, then a real board, at a real gateway, over a relay that is cut. Each
 * comes back with what is of now, and neither the process of gateway, clients and relay nor the page grows with the number of cuts.
 * The browser stays out of what is measured of the process: what drives it keeps a note of every socket of a page.
 * `EARSHOT_CUTS=500` for a long run, that says which kinds of things have become more from its second third to its end.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as readText } from 'node:stream/consumers';
import { getHeapSnapshot, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { type Fixture, gatewayFixture, kpiValue } from '../../engine/gateway/testing/gateway.fixture.ts';
import { BOARD_LIMITS } from '../../engine/live/live-board.ts';
import { type CutProxy, startCutProxy } from '../../engine/testing/rig/cut-proxy.ts';
import { grownKinds, heldKinds, type HeldKind } from '../testing/heap-growth.ts';
import { build, launchBrowser } from '../testing/wall-page.ts';
import { connect, type EarshotClient } from './client.ts';

const CUTS = Number(process.env['EARSHOT_CUTS'] ?? 6);
const isLong = process.env['EARSHOT_CUTS'] !== undefined;
const CLIENTS = 10;
const KEYS = 40;
const MB = 1 << 20;
/** Heaps are measured so often in each third; the first fills what is kept: code, buffers, histories. */
const A_THIRD = Math.min(10, Math.floor(CUTS / 3));
/** What a heap may grow from the second third of the cuts to the last: what is compiled late, and what is kept of values. */
const MOST_RISE_MB = isLong ? 0.4 : 1;
const MOST_RISE_NODES = 30;

let root: string;
let browser: Browser | null = null;
let fixture: Fixture;
let relay: CutProxy;
let clients: EarshotClient[] = [];
let round = 0;
/** Lines that clients opened. */
let opened = 0;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'reconnects-'));
  await build(root);
  fixture = await gatewayFixture({ assets: root }, { rules: () => [], history: () => Promise.resolve([]) });
  fixture.gateway.hub.restored(0);
  relay = await startCutProxy(Number(new URL(fixture.gateway.url).port));
  // What the gateway keeps of each key is full before anything is measured: it drops in blocks.
  for (let i = 0; i < 2 * BOARD_LIMITS.seriesPoints; i += 1) news();
});
afterAll(async () => {
  for (const client of clients) client.close();
  await browser?.close();
  await relay.close();
  await fixture.gateway.close();
  await rm(root, { recursive: true, force: true });
});

function socket(url: string, protocols: string[]): WebSocket {
  const made = new WebSocket(url, protocols);
  made.on('error', () => undefined); // its close says enough
  made.on('open', () => (opened += 1));
  return made;
}
/** A value that no one has seen before, of the whole and of many keys. */
function news(): number {
  round += 1;
  const value = 60 + (round % 400) / 10;
  const more = Array.from({ length: KEYS }, (_, i) =>
    kpiValue({ end: round * 5, value: i, key: { channel: `c${i}` } }),
  );
  fixture.show(kpiValue({ end: round * 5, value }), ...more);
  return value;
}
const url = (): string => `http://127.0.0.1:${relay.port}/`;

async function clientsShow(value: number): Promise<void> {
  const known = (client: EarshotClient): number | null | undefined => {
    const reading = client.kpi('csat');
    return reading.isFresh ? reading.value.value : undefined;
  };
  await vi.waitFor(() => expect(clients.map(known)).toEqual(clients.map(() => value)), { timeout: 60_000 });
}
async function pageShows(page: Page, value: number): Promise<void> {
  const shown = await page.waitForFunction(
    (said) => {
      const isLive = document.querySelector('.line-state')?.getAttribute('data-tone') === 'ok';
      return isLive && document.querySelector('[data-kpi="csat"] .digits')?.textContent === said;
    },
    value.toFixed(1),
    { timeout: 60_000 },
  );
  await shown.dispose();
}

/** What is left after the garbage is out, MB. */
async function heapOfProcess(): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  await new Promise((done) => setImmediate(done)); // what closed sockets held goes with the next
  collect();
  return process.memoryUsage().heapUsed / MB;
}
async function heapOfPage(inspector: CDPSession): Promise<number> {
  await inspector.send('HeapProfiler.collectGarbage');
  const { usedSize } = await inspector.send('Runtime.getHeapUsage');
  return usedSize / MB;
}
type Kinds = ReadonlyMap<string, HeldKind>;
async function kindsOfProcess(): Promise<Kinds> {
  return heldKinds(await readText(getHeapSnapshot()));
}
async function kindsOfPage(inspector: CDPSession): Promise<Kinds> {
  let chunks = '';
  const take = ({ chunk }: { readonly chunk: string }): void => void (chunks += chunk);
  inspector.on('HeapProfiler.addHeapSnapshotChunk', take);
  await inspector.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
  inspector.off('HeapProfiler.addHeapSnapshotChunk', take);
  return heldKinds(chunks);
}
function say(what: string, value: unknown): void {
  if (isLong) process.stderr.write(`${what} ${JSON.stringify(value)}\n`);
}

interface Watched {
  readonly isCut: () => boolean | Promise<boolean>;
  readonly shows: (value: number) => Promise<void>;
  readonly heap: () => Promise<number>;
  readonly kinds: () => Promise<Kinds>;
}
/** Cuts and mends; the heap in its course over the cuts. */
async function cutAgainAndAgain({ isCut, shows, heap, kinds }: Watched): Promise<readonly number[]> {
  await shows(news());
  const course: number[] = [];
  // In a file: in memory it would be the greatest part of what has grown.
  const early = join(root, 'early.json');
  const step = Math.floor(CUTS / (3 * A_THIRD));
  for (let cut = 1; cut <= CUTS; cut += 1) {
    relay.cut();
    await vi.waitFor(async () => expect(await isCut()).toBe(true), { timeout: 60_000 });
    const value = news(); // while nobody hears it
    relay.mend();
    await shows(value);
    if (cut < (course.length + 1) * step || course.length === 3 * A_THIRD) continue;
    course.push(await heap());
    say(`after ${cut}`, course.at(-1));
    if (isLong && course.length === A_THIRD) writeFileSync(early, JSON.stringify([...(await kinds())]));
  }
  if (isLong) {
    const late = await kinds();
    const before = new Map(JSON.parse(readFileSync(early, 'utf8')) as [string, HeldKind][]);
    say('grown', grownKinds(before, late).slice(0, 20));
  }
  expect(course).toHaveLength(3 * A_THIRD);
  return course;
}
/** How much more the last third takes than the second, MB: the least of each, as much of a heap is there for a while only. */
function rise(course: readonly number[]): number {
  const [second, last] = [course.slice(-2 * A_THIRD, -A_THIRD), course.slice(-A_THIRD)];
  const risen = Math.min(...last) - Math.min(...second);
  say('rise', risen);
  return risen;
}

test(`after ${CUTS} cuts ${CLIENTS} clients hold what is of now, and the process has not grown with them`, async () => {
  clients = Array.from({ length: CLIENTS }, () =>
    connect({ url: url(), topics: ['kpi/csat', 'alerts'], open: socket }, () => undefined),
  );
  const course = await cutAgainAndAgain({
    isCut: () => clients.every(({ liveness }) => liveness.kind !== 'live'),
    ...{ shows: clientsShow, heap: heapOfProcess, kinds: kindsOfProcess },
  });
  for (const client of clients.splice(0)) client.close();
  expect(opened).toBe((CUTS + 1) * CLIENTS);
  expect(fixture.gateway.hub.board.alerts.isComplete).toBe(true);
  expect(rise(course)).toBeLessThan(MOST_RISE_MB);
}, 3_600_000);

test(`after ${CUTS} cuts a board shows what is of now, and has not grown with them`, async () => {
  browser = await launchBrowser();
  const page = await browser.newPage();
  await page.goto(`${url()}?lang=en`);
  const inspector = await page.context().newCDPSession(page);
  const nodes = async (): Promise<number> => (await inspector.send('Memory.getDOMCounters')).nodes;
  await pageShows(page, news());
  const before = await nodes();
  const course = await cutAgainAndAgain({
    isCut: async () => (await page.getAttribute('.line-state', 'data-tone')) !== 'ok',
    shows: (value) => pageShows(page, value),
    heap: () => heapOfPage(inspector),
    kinds: () => kindsOfPage(inspector),
  });
  expect(rise(course)).toBeLessThan(MOST_RISE_MB);
  expect((await nodes()) - before).toBeLessThan(MOST_RISE_NODES);
}, 3_600_000);
