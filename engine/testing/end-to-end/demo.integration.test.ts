/**
 * The first thing a stranger does: start the demo and look. Real processes, a real browser: the board moves, the planted breach appears
 * on it and on `cx.alerts.>` within a minute, the board says so when the engine is gone, Ctrl-C leaves nothing behind, a second start goes on.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from '@nats-io/transport-node';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../../../dashboards/testing/wall-page.ts';
import { must } from '../../core/must.ts';
import type { AlertMessage } from '../../core/wire.ts';
import { startEngineProcess, type EngineProcess } from '../rig/engine-process.ts';
import { readMetrics, until } from '../rig/read-metrics.ts';

function natsPid(engine: EngineProcess): number {
  return Number(/"message":"nats-server started".*?"pid":(\d+)/.exec(engine.log())?.[1]);
}
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Of the demo's receiver. */
const TOOLS = ['feishu', 'slack', 'pagerduty', 'webhook'];

describe('the demo', () => {
  const folder = mkdtempSync(join(tmpdir(), 'earshot-demo-'));
  const start = (): Promise<EngineProcess> =>
    startEngineProcess({ args: ['demo', '--port', '0', '--log', 'json'], cwd: folder });
  const natsUrl = (engine: EngineProcess): string => /"nats":"([^"]+)"/.exec(engine.log())?.[1] ?? '';
  const messagesUrl = (of: EngineProcess): string =>
    /its alerts arrive at (http:\/\/127[^/]+)\//.exec(of.log())?.[1] ?? '';
  let browser: Browser;
  let engine: EngineProcess;
  /** No earlier than its first event. */
  let began: number;
  const faults: string[] = [];

  beforeAll(async () => {
    browser = await launchBrowser();
    began = Date.now();
    engine = await start();
  });
  afterAll(async () => {
    engine.kill('SIGKILL');
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function openMessages(lang: string): Promise<Page> {
    const page = await browser.newPage({ viewport: { width: 1600, height: 1000 } });
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => faults.push(message.text()));
    await page.goto(`${messagesUrl(engine)}/?lang=${lang}`);
    return page;
  }
  async function open(lang: string): Promise<Page> {
    const page = await browser.newPage({ viewport: { width: 1920, height: 1080 } });
    page.on('pageerror', (error) => faults.push(error.message));
    await page.goto(`${engine.url}/?lang=${lang}`);
    return page;
  }

  it('shows a moving board, and within 60 s the breach on it and on cx.alerts.>', async () => {
    const nc = await connect({ servers: natsUrl(engine) });
    const heard: AlertMessage[] = [];
    nc.subscribe('cx.alerts.>', {
      callback: (error, message) => {
        if (error === null) heard.push(message.json<AlertMessage>());
      },
    });
    const zh = await open('zh-CN');
    const digits = zh.locator('[data-kpi="negative_share"] .digits');
    await until('the first value', 120_000, async () => /\d/.test((await digits.textContent()) ?? ''));
    const first = await digits.textContent();
    await until('another value', 120_000, async () => (await digits.textContent()) !== first);
    expect(await zh.locator('[data-kpi]').count()).toBe(6);

    await until('the breach on cx.alerts', 240_000, async () =>
      heard.some(({ state, rule }) => state === 'firing' && rule === 'voices_turning'),
    );
    const fired = heard.find(({ state, rule }) => state === 'firing' && rule === 'voices_turning');
    expect(fired).toMatchObject({
      kpi: 'negative_share',
      key: { region: 'east', channel: 'app' },
      previous: 'pending',
      severity: 'critical',
    });
    expect(fired?.samples.length).toBeGreaterThan(0);
    // By the time of the events: a machine that is busy with much else lags behind it.
    expect(Date.parse(must(fired).at) - began).toBeLessThan(60_000);
    const isOpenOn = async (board: Page, place: string): Promise<boolean> =>
      (await board.locator('[data-alert][data-open="true"]').allTextContents()).some((text) => text.includes(place));
    await until('the breach on the board', 60_000, () => isOpenOn(zh, '华东'));
    const en = await open('en');
    await until('the breach in English', 60_000, () => isOpenOn(en, 'East'));
    const arrived = await openMessages('en');
    await until('the breach in each of the tools', 60_000, async () => {
      const texts = await Promise.all(TOOLS.map((tool) => arrived.locator(`section.${tool}`).textContent()));
      return texts.every((text) => /Voices turning negative|局部负面声音激增/.test(text ?? ''));
    });
    expect(await arrived.locator('section.feishu').textContent()).toContain('新告警');
    expect(await arrived.locator('section.webhook').textContent()).toContain('signature verified');
    const card = arrived.locator('section.slack .said', { hasText: 'Voices turning negative' }).last();
    await card.getByRole('button', { name: 'Acknowledge' }).click();
    await card.getByText('acknowledged by Lily').first().waitFor({ timeout: 120_000 });
    await until('the board knows', 60_000, async () =>
      (await en.locator('[data-alert][data-open="true"]').allTextContents()).some((text) => text.includes('Lily')),
    );
    await arrived.locator('section.pagerduty .pill.acknowledged').first().waitFor({ timeout: 120_000 });
    await arrived.locator('section.feishu').getByText('Lily 已认领').first().waitFor({ timeout: 120_000 });
    await en.locator('.note summary').click();
    expect(await en.getByRole('link', { name: 'See where its alerts arrive' }).getAttribute('href')).toBe(
      `${messagesUrl(engine)}/?lang=en`,
    );
    await nc.close();
    expect(faults).toEqual([]);
    await arrived.close();
    await en.close();
    await zh.close();
  }, 500_000);

  it('says so on the board when the engine is gone, ends cleanly on Ctrl-C, and goes on at the next start', async () => {
    const before = (await readMetrics(engine.url))('earshot_events_in_total');
    const pid = natsPid(engine);
    expect(isAlive(pid)).toBe(true);
    const page = await open('en');
    // Live, or behind on a busy machine: its tiles are there.
    await until('a board', 60_000, async () => (await page.locator('[data-kpi]').count()) > 0);
    engine.kill('SIGINT');
    expect(await engine.ended).toBe(0);
    expect(isAlive(pid)).toBe(false);
    await until('every tile stale', 60_000, async () => {
      const tiles = page.locator('[data-kpi]');
      const shown = await tiles.count();
      return shown > 0 && (await page.locator('[data-kpi][data-freshness="stale"]').count()) === shown;
    });
    await page.close();

    engine = await start();
    await until(
      'more events than before',
      120_000,
      async () => (await readMetrics(engine.url))('earshot_events_in_total') > before,
    );
    const metrics = await readMetrics(engine.url);
    expect(metrics('earshot_owner_epoch')).toBe(2);
    engine.kill('SIGINT');
    expect(await engine.ended).toBe(0);
  }, 300_000);

  it('ends cleanly during scoring, whenever it is asked to', async () => {
    for (let i = 0; i < 5; i++) {
      engine = await startEngineProcess({
        args: ['demo', '--port', '0', '--log', 'json', '--rate', '4000'],
        cwd: folder,
      });
      await until(
        'scoring',
        200_000,
        async () => (await readMetrics(engine.url))('earshot_scoring_texts_total') > 100 * i,
      );
      engine.kill('SIGINT');
      expect(await engine.ended).toBe(0);
    }
  }, 1_000_000);
});
