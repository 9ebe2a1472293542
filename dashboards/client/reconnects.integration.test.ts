/**
 * Lines that break again and again: clients of `earshot/client` and a real board at a real gateway, over a relay that is cut. Each comes
 * back with what is of now, and neither the page nor the process of gateway, clients and relay grows. `EARSHOT_CUTS=50` for a long run.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { type Fixture, gatewayFixture, kpiValue } from '../../engine/gateway/testing/gateway.fixture.ts';
import { type CutProxy, startCutProxy } from '../../engine/testing/rig/cut-proxy.ts';
import { build, launchBrowser } from '../testing/wall-page.ts';
import { connect, type EarshotClient } from './client.ts';

const CUTS = Number(process.env['EARSHOT_CUTS'] ?? 6);
const CLIENTS = 10;
/** The first fill what is kept: code, buffers, histories. */
const WARM = Math.max(2, Math.floor(CUTS / 5));
const KEYS = 40;
const MB = 1 << 20;
/** What a heap may grow from the warm state to the end, whatever the number of cuts. */
const MOST_GROWTH_MB = 3;

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
/** What is left after the garbage is out: of this process, and of the page. */
async function heaps(): Promise<{ readonly process: number; readonly page: number; readonly nodes: number }> {
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

test(`after ${CUTS} cuts everything is of now, and no heap has grown`, async () => {
  await allShow(news());
  let warm = await heaps();
  const before = opened;
  for (let cut = 1; cut <= CUTS; cut += 1) {
    relay.cut();
    await vi.waitFor(() => expect(clients.some(({ liveness }) => liveness.kind === 'live')).toBe(false));
    const value = news(); // while nobody hears it
    relay.mend();
    await allShow(value);
    if (cut === WARM) warm = await heaps();
  }
  const end = await heaps();
  if (process.env['EARSHOT_CUTS'] !== undefined)
    process.stderr.write(`${JSON.stringify({ cuts: CUTS, reopened: opened - before, warm, end })}\n`);
  expect(opened - before).toBe(CUTS * CLIENTS);
  expect(fixture.gateway.hub.board.alerts.isComplete).toBe(true);
  expect(end.process - warm.process).toBeLessThan(MOST_GROWTH_MB);
  expect(end.page - warm.page).toBeLessThan(MOST_GROWTH_MB);
  expect(end.nodes - warm.nodes).toBeLessThan(50);
}, 3_600_000);
