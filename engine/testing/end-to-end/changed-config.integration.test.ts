/** A KPI whose meaning changed: the engine refuses to run over what it saved, says how to go on, and goes on when asked to. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, headers } from '@nats-io/transport-node';
import { afterAll, describe, expect, it } from 'vitest';
import { spawnCli, startEngineProcess, type EngineProcess } from '../rig/engine-process.ts';
import { readMetrics, until } from '../rig/read-metrics.ts';
import { readStream } from '../rig/read-streams.ts';

const folder = mkdtempSync(join(tmpdir(), 'earshot-changed-'));
const file = join(folder, 'earshot.yaml');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function configure(measure: string, more = ''): void {
  writeFileSync(
    file,
    `
nats: {embedded: {store: "${join(folder, 'store')}"}}
http: {port: 0}
time: {idle_after: 1h}
scoring: {sentiment: null}
kpis:
  - {id: stars, title: {zh-CN: 星级, en: Stars}, from: cx.feedback.posted, measure: ${measure}, window: {kind: tumbling, size: 1h}}
  - {id: volume, title: {zh-CN: 量, en: Volume}, from: cx.feedback.posted, measure: {kind: count}, window: {kind: tumbling, size: 1h}}
${more}`,
  );
}

const START = Date.UTC(2026, 2, 2, 1);
/** Publishes reviews with these stars, waits until they are committed, and ends the engine; hands over the KPI stream. */
async function publish(engine: EngineProcess, from: number, stars: readonly number[], after = 0): Promise<unknown[]> {
  const nc = await connect({ servers: /"nats":"([^"]+)"/.exec(engine.log())?.[1] ?? '' });
  const structured = headers();
  structured.set('content-type', 'application/cloudevents+json');
  stars.forEach((value, i) => {
    const time = new Date(START + after + i).toISOString();
    const data = { channel: 'app', text: '好', rating: { value, min: 1, max: 5 } };
    const event = { specversion: '1.0', id: `e-${from + i}`, source: '/t', type: 'cx.feedback.posted', time, data };
    nc.publish('cx.events.app.feedback.-', JSON.stringify(event), { headers: structured });
  });
  await nc.flush();
  await until('committed', 10_000, async () => {
    return (await readMetrics(engine.url))('earshot_events_processed_total') >= from + stars.length;
  });
  const values = (await readStream(nc, 'CX_KPI')).map(({ data }) => {
    const { kpi, value, n, partial } = data as { kpi: string; value: number; n: number; partial?: boolean };
    return `${kpi} ${value} of ${n}${partial === true ? ' partial' : ''}`;
  });
  await nc.close();
  engine.kill('SIGTERM');
  expect(await engine.ended).toBe(0);
  return values;
}

async function refused(args: readonly string[]): Promise<{ readonly code: number | null; readonly said: string }> {
  const child = spawnCli(args);
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (said += text));
  child.stdout?.resume();
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, said };
}

describe('a KPI whose meaning changed', () => {
  it('is refused with exit code 2 and the way out; --reset empties it, and it alone', async () => {
    configure('{kind: max, value: data.rating.value}');
    await publish(await startEngineProcess({ args: ['run', '--config', file] }), 0, [5, 4, 3]);

    configure('{kind: min, value: data.rating.value}');
    const { code, said } = await refused(['run', '--config', file]);
    expect(code).toBe(2);
    expect(said).toContain('"code":"STATE_MISMATCH"');
    expect(said).toContain('the KPI stars was written under another configuration: its measure changed');
    expect(said).toContain('--reset kpi=<id>');

    expect(await refused(['run', '--config', file, '--reset', 'kpi=star'])).toMatchObject({ code: 2 });
    expect(await refused(['run', '--config', file, '--reset', 'stars'])).toMatchObject({ code: 2 });

    const engine = await startEngineProcess({ args: ['run', '--config', file, '--reset', 'kpi=stars'] });
    await publish(engine, 3, [4, 4]);
    // The option changes nothing when it is given again: what it holds now fits.
    const again = await startEngineProcess({ args: ['run', '--config', file, '--reset', 'kpi=stars'] });
    expect((await publish(again, 5, [1], 2 * 3_600_000)).sort()).toEqual(['stars 4 of 2 partial', 'volume 5 of 5']);
  });

  it('is filled with --backfill from what the stream still holds, a new KPI too, and where it is killed meanwhile', async () => {
    const since = 4 * 3_600_000;
    configure('{kind: min, value: data.rating.value}');
    const before = await startEngineProcess({ args: ['run', '--config', file] });
    await publish(before, 6, [5, 2, 4], since);

    configure(
      '{kind: max, value: data.rating.value}',
      '  - {id: added, title: {zh-CN: 新, en: New}, from: cx.feedback.posted, measure: {kind: count}, window: {kind: tumbling, size: 1h}}',
    );
    const args = ['run', '--config', file, '--reset', 'kpi=stars', '--backfill'];
    const killed = spawnCli(args);
    const isKilled = new Promise((resolve) => killed.once('close', resolve));
    killed.stdout?.resume();
    killed.stderr?.setEncoding('utf8').on('data', (text: string) => {
      if (text.includes('filling KPIs')) killed.kill('SIGKILL');
    });
    await isKilled;

    const filled = await startEngineProcess({ args });
    await until('filled', 10_000, () => Promise.resolve(filled.log().includes('KPIs are filled')));
    await publish(filled, 9, [1], since + 60_000);
    const after = await startEngineProcess({ args: ['run', '--config', file] });
    const reported = await publish(after, 10, [1], since + 2 * 3_600_000);
    expect(reported.slice(-3).sort()).toEqual(['added 4 of 4', 'stars 5 of 4', 'volume 4 of 4']);
  });
});
