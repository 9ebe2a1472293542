/**
 * Kill -9 during a switch of models, again and again: each event is scored and written once, in order, and names the version whose score
 * it carries. The two versions differ in nothing but the order of their labels: what one calls negative is positive to the other.
 */
import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../../adapters/process/package-root.ts';
import type { StorableMessage } from '../../../adapters/nats/publisher.ts';
import type { EngineProcess } from '../../rig/engine-process.ts';
import { allRead, ready, startLab, type Lab } from '../../rig/fault-lab.ts';
import { readMetrics } from '../../rig/read-metrics.ts';
import { readStream } from '../../rig/read-streams.ts';

const SEED = Number(process.env['EARSHOT_SEED'] ?? Math.floor(Math.random() * 1e9));
const KILLS = Number(process.env['EARSHOT_KILLS'] ?? 8);
const EVENTS = 4_000;
const PER_SECOND = 150;
const LABELS = ['negative', 'neutral', 'positive'];
const TEXTS = ['服务很差，太慢了', '味道非常好，下次还来', 'terrible service, never again', 'great food, lovely staff'];

const folder = mkdtempSync(join(tmpdir(), 'model-switch-crash-'));
const link = join(folder, 'current');
let lab: Lab | undefined;
afterAll(async () => {
  await lab?.close();
  rmSync(folder, { recursive: true });
});

function version(name: string, labels: readonly string[]): string {
  const dir = join(folder, name);
  cpSync(join(packageRoot(), 'models', 'examples', 'sentiment'), dir, { recursive: true });
  const yaml = readFileSync(join(dir, 'model.yaml'), 'utf8');
  writeFileSync(
    join(dir, 'model.yaml'),
    yaml.replace('version: 1.0.0', `version: ${name}`).replace(/^labels: .*$/m, `labels: [${labels.join(', ')}]`),
  );
  return dir;
}
function point(dir: string): void {
  symlinkSync(dir, `${link}.new`);
  renameSync(`${link}.new`, link);
}

/** Texts that repeat, whose score comes from the cache, and some that do not. */
function message(i: number, start: number): StorableMessage {
  const text = `${TEXTS[(SEED + i) % TEXTS.length] ?? ''}${i % 3 === 0 ? ` ${i}` : ''}`;
  const time = new Date(start + i * 7).toISOString();
  const event = {
    specversion: '1.0',
    id: `e-${i}`,
    source: '/s',
    type: 'cx.feedback.posted',
    time,
    data: { channel: 'app', text },
  };
  const headers = { 'content-type': 'application/cloudevents+json', 'Nats-Msg-Id': `in-${i}` };
  return { subject: 'cx.events.app.feedback.-', headers, data: Buffer.from(JSON.stringify(event)) };
}

interface Enriched {
  readonly text: string;
  readonly enrichment: {
    readonly status: string;
    readonly event: { readonly id: string };
    readonly sentiment: { readonly label: string } | null;
    readonly model: { readonly version: string };
  };
}

describe('kill -9 during a switch of models', () => {
  it('loses nothing, writes nothing twice, and gives no event the version of a score it does not have', async () => {
    process.stdout.write(`model switch, killed: EARSHOT_SEED=${SEED}\n`);
    const dirs = [version('1.0.0', LABELS), version('2.0.0', [...LABELS].reverse())] as const;
    point(dirs[0]);
    lab = await startLab();
    const file = lab.config('engine');
    const config = readFileSync(file, 'utf8').replace(
      /^scoring: .*$/m,
      `scoring: {sentiment: "${link}", issues: null}`,
    );
    writeFileSync(
      file,
      `${config.slice(0, config.indexOf('kpis:'))}kpis:
  - {id: n, from: cx.feedback.posted, measure: {kind: count}, window: {kind: tumbling, size: 1s}}
`,
    );
    const reload = async (engine: EngineProcess): Promise<number> =>
      (await fetch(`${engine.url}/v1/models/reload`, { method: 'POST' })).status;

    let engine = await lab.engine(file);
    await ready(engine);
    // The last event closes all windows, and is no more ahead of the clock than any: else it would move no time.
    const start = Date.now() - (EVENTS + 31_000) * 7;
    const messages = [...Array.from({ length: EVENTS }, (_, i) => message(i, start)), message(EVENTS + 30_000, start)];
    const published = lab.publish(messages, PER_SECOND);
    const began = performance.now();
    point(dirs[1]);
    expect(await reload(engine)).toBe(200);
    const takes = performance.now() - began;

    let unanswered = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      point(dirs[kill % 2]!);
      const answer = reload(engine).then(
        () => true,
        () => false,
      );
      await new Promise((resume) => setTimeout(resume, (takes * (kill + 0.5)) / KILLS));
      engine.kill('SIGKILL');
      await engine.ended;
      if (!(await answer)) unanswered++;
      engine = await lab.engine(file);
      await ready(engine);
    }
    await published;
    await allRead(engine, messages.length, 60_000);
    const processed = (await readMetrics(engine.url))('earshot_events_processed_total');
    engine.kill('SIGTERM');
    expect(await engine.ended).toBe(0);
    process.stdout.write(
      `${unanswered} of ${KILLS} kills came before the switch was answered; it takes ${Math.round(takes)} ms\n`,
    );
    expect(unanswered).toBeGreaterThan(KILLS / 6);

    const enriched = (await readStream(lab.nc, 'CX_ENRICHED')).map(({ data }) => data as Enriched);
    const isEvent = ({ enrichment }: Enriched): boolean => enrichment.event.id.startsWith('e-');
    const events = enriched.filter(isEvent);
    expect(events.map(({ enrichment }) => enrichment.event.id)).toEqual(
      messages.map((_, i) => `e-${i === EVENTS ? i + 30_000 : i}`),
    );
    expect(new Set(events.map(({ enrichment }) => enrichment.status))).toEqual(new Set(['ok']));
    expect(processed).toBeGreaterThanOrEqual(messages.length);

    // By the version that it names, the label of a text is always the same, and not the other's.
    const labels = new Map<string, Set<string>>();
    for (const { text, enrichment } of events) {
      if (!TEXTS.includes(text)) continue;
      const key = `${text} by ${enrichment.model.version}`;
      labels.set(key, (labels.get(key) ?? new Set()).add(enrichment.sentiment?.label ?? 'none'));
    }
    expect(labels.size).toBe(2 * TEXTS.length);
    for (const text of TEXTS) {
      const [one, two] = ['1.0.0', '2.0.0'].map((by) => [...(labels.get(`${text} by ${by}`) ?? [])]);
      expect([text, one?.length, two?.length]).toEqual([text, 1, 1]);
      expect(LABELS.indexOf(one?.[0] ?? '') + LABELS.indexOf(two?.[0] ?? '')).toBe(LABELS.length - 1);
      expect(one).not.toEqual(two);
    }
    const windows = new Map<string, number>();
    for (const { data } of await readStream(lab.nc, 'CX_KPI')) {
      const { window, value } = data as { window: { start: string }; value: number };
      windows.set(window.start, value);
    }
    expect([...windows.values()].reduce((sum, n) => sum + n, 0)).toBe(EVENTS);
  });
});
