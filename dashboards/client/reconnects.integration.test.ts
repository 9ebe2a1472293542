/**
 * Lines that break again and again: clients of `earshot/client` and a real board at a real gateway, over a relay that is cut. Each comes
 * back with what is of now, and neither the page nor the process of gateway, clients and relay grows with the number of cuts.
 * `EARSHOT_CUTS=500` for a long run, that says which kinds of things have become more from its second third to its end.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as readText } from 'node:stream/consumers';
import { getHeapSnapshot, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { at } from '../../engine/core/must.ts';
import { type Fixture, gatewayFixture, kpiValue } from '../../engine/gateway/testing/gateway.fixture.ts';
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
let browser: Browser;
let fixture: Fixture;
let relay: CutProxy;
let page: Page;
let inspector: CDPSession;
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
  const url = `http://127.0.0.1:${relay.port}/`;
  clients = Array.from({ length: CLIENTS }, () =>
    connect({ url, topics: ['kpi/csat', 'alerts'], open: socket }, () => undefined),
  );
  browser = await launchBrowser();
  page = await browser.newPage();
  await page.goto(`${url}?lang=en`);
  inspector = await page.context().newCDPSession(page);
});
afterAll(async () => {
  for (const client of clients) client.close();
  await browser.close();
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
async function allShow(value: number): Promise<void> {
  const known = (client: EarshotClient): number | null | undefined => {
    const reading = client.kpi('csat');
    return reading.isFresh ? reading.value.value : undefined;
  };
  await vi.waitFor(() => expect(clients.map(known)).toEqual(clients.map(() => value)), { timeout: 60_000 });
  const text = value.toFixed(1);
  await page.waitForFunction(
    (said) => {
      const isLive = document.querySelector('.line-state')?.getAttribute('data-tone') === 'ok';
      return isLive && document.querySelector('[data-kpi="csat"] .digits')?.textContent === said;
    },
    text,
    { timeout: 60_000 },
  );
}
interface Heaps {
  readonly process: number;
  readonly page: number;
  readonly nodes: number;
}
/** What is left after the garbage is out: of this process, and of the page. */
async function heaps(): Promise<Heaps> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  await new Promise((done) => setImmediate(done)); // what closed sockets held goes with the next
  collect();
  await inspector.send('HeapProfiler.collectGarbage');
  const { usedSize } = await inspector.send('Runtime.getHeapUsage');
  const { nodes } = await inspector.send('Memory.getDOMCounters');
  return { process: process.memoryUsage().heapUsed / MB, page: usedSize / MB, nodes };
}
type Kinds = Readonly<Record<'process' | 'page', ReadonlyMap<string, HeldKind>>>;
async function kinds(): Promise<Kinds> {
  let chunks = '';
  const take = ({ chunk }: { readonly chunk: string }): void => void (chunks += chunk);
  inspector.on('HeapProfiler.addHeapSnapshotChunk', take);
  await inspector.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
  inspector.off('HeapProfiler.addHeapSnapshotChunk', take);
  return { process: heldKinds(await readText(getHeapSnapshot())), page: heldKinds(chunks) };
}

/** How much more it is in the last third than in the second, in the middle of each. */
function rise(course: readonly Heaps[], of: keyof Heaps): number {
  const middle = (part: readonly Heaps[]): number =>
    at(
      part.map((one) => one[of]).sort((a, b) => a - b),
      part.length >> 1,
    );
  return middle(course.slice(-A_THIRD)) - middle(course.slice(-2 * A_THIRD, -A_THIRD));
}
function say(what: string, value: unknown): void {
  if (isLong) process.stderr.write(`${what} ${JSON.stringify(value)}\n`);
}

test(`after ${CUTS} cuts everything is of now, and no heap grows with them`, async () => {
  await allShow(news());
  const before = opened;
  const course: Heaps[] = [];
  let early: Kinds | null = null;
  const step = CUTS / (3 * A_THIRD);
  for (let cut = 1; cut <= CUTS; cut += 1) {
    relay.cut();
    await vi.waitFor(() => expect(clients.some(({ liveness }) => liveness.kind === 'live')).toBe(false));
    const value = news(); // while nobody hears it
    relay.mend();
    await allShow(value);
    if (cut < (course.length + 1) * step) continue;
    const now = await heaps();
    course.push(now);
    say(`after ${cut}`, now);
    if (isLong && course.length === A_THIRD) early = await kinds();
  }
  expect(opened - before).toBe(CUTS * CLIENTS);
  expect(fixture.gateway.hub.board.alerts.isComplete).toBe(true);
  if (early !== null) {
    const late = await kinds();
    say('process', grownKinds(early.process, late.process).slice(0, 25));
    say('page', grownKinds(early.page, late.page).slice(0, 25));
  }
  say('rises', { process: rise(course, 'process'), page: rise(course, 'page'), nodes: rise(course, 'nodes') });
  expect(course).toHaveLength(3 * A_THIRD);
  expect(rise(course, 'process')).toBeLessThan(MOST_RISE_MB);
  expect(rise(course, 'page')).toBeLessThan(MOST_RISE_MB);
  expect(rise(course, 'nodes')).toBeLessThan(MOST_RISE_NODES);
}, 3_600_000);
