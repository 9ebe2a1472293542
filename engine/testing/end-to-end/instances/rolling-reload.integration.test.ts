/**
 * Two engines that share four partitions and are configured otherwise one after the other, under load, with an alert open: what they
 * leave of all that stayed the same is what one engine leaves that was never touched. Needs `npm run build`.
 */
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeAll, expect, it } from 'vitest';
import type { JsonObject } from '../../../core/types.ts';
import { changesOf, lastWords, twice } from '../../rig/comparable-outputs.ts';
import type { EngineProcess } from '../../rig/engine-process.ts';
import { eventsIn, faultInput, OUTPUTS, startLab, type Lab, type Output } from '../../rig/fault-lab.ts';
import { until } from '../../rig/read-metrics.ts';
import type { Stored } from '../../rig/read-streams.ts';

const PARTITIONS = 4;
const COMBINING = 65_536;
const messages = faultInput(47, 3_000, PARTITIONS);
/** Of the closing events. */
const END = Date.UTC(2026, 2, 3, 1);
type Streams = Record<Output, readonly Stored[]>;

let lab: Lab;
let calm: Streams;
afterEach(() => lab.close());

interface Status {
  readonly instances: readonly { readonly is_this: boolean; readonly is_in_force: boolean }[];
  readonly partitions: readonly {
    readonly partition: number;
    readonly health: { readonly state: string };
    readonly watermark: number;
  }[];
}
const statusOf = async ({ url }: EngineProcess): Promise<Status> =>
  (await (await fetch(`${url}/v1/status`)).json()) as Status;
const runningOn = async (engine: EngineProcess): Promise<readonly number[]> =>
  (await statusOf(engine)).partitions
    .filter(({ health }) => health.state === 'running')
    .map(({ partition }) => partition);
const isSharedBy = async (engines: readonly EngineProcess[]): Promise<boolean> => {
  const running = await Promise.all(engines.map(runningOn));
  return running.flat().length === PARTITIONS + 1 && running.every((own) => own.length > 1);
};
const hasAll = async (engine: EngineProcess): Promise<boolean> => (await runningOn(engine)).length === PARTITIONS + 1;

async function end(engines: readonly EngineProcess[]): Promise<Streams> {
  await until('all events committed', 60_000, async () => {
    const read = await Promise.all(engines.map(eventsIn));
    return read.reduce((sum, count) => sum + count, 0) >= messages.length;
  });
  await until('the last windows are closed', 60_000, async () => {
    const all = (await Promise.all(engines.map(statusOf))).flatMap(({ partitions }) => partitions);
    return all.some(({ partition, watermark }) => partition === COMBINING && watermark > END - 60_000);
  });
  for (const engine of engines) {
    engine.kill('SIGTERM');
    expect(await engine.ended).toBe(0);
  }
  return lab.streams();
}

const KPI =
  '  - {id: posts, title: {zh-CN: 帖子, en: Posts}, from: cx.feedback.posted, measure: {kind: count}, window: {kind: tumbling, size: 1s}}\n';
const RULE = '  - {id: many_posts, kpi: posts, fire: value > 1000000, severity: minor}\n';
/** What is new stands in front, so that nothing lies where it lay before. */
function addTo(file: string): void {
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace('kpis:\n', `kpis:\n${KPI}`).replace('rules:\n', `rules:\n${RULE}`));
}
async function reload({ url }: EngineProcess): Promise<void> {
  const answer = await fetch(`${url}/v1/reload`, { method: 'POST' });
  expect(answer.status, await answer.text()).toBe(200);
}
function shared(name: string): string {
  const file = lab.config(name);
  appendFileSync(file, 'instances: share\n');
  return file;
}

const known = (stored: readonly Stored[], field: string, ids: readonly string[]): readonly Stored[] =>
  stored.filter(({ data }) => ids.includes((data as JsonObject)[field] as string));
const isOpen = async ({ url }: EngineProcess): Promise<boolean> => {
  const answer = await fetch(`${url}/v1/alerts`);
  return (
    answer.ok && ((await answer.json()) as { open: { rule: string }[] }).open.some(({ rule }) => rule === 'csat_low')
  );
};
const part = (from: number, to: number): typeof messages =>
  messages.slice(Math.floor(messages.length * from), Math.floor(messages.length * to));

beforeAll(async () => {
  lab = await startLab(PARTITIONS);
  const engine = await lab.engine(lab.config('calm'));
  await lab.publish(messages, 3_000);
  calm = await end([engine]);
  await lab.close();
});

it('a KPI and a rule join while an alert is open: nothing else is lost, said twice or said otherwise', async () => {
  lab = await startLab(PARTITIONS);
  const files = [shared('one'), shared('two')] as const;
  const [one, two] = [await lab.engine(files[0]), await lab.engine(files[1])];
  await until('both share', 20_000, () => isSharedBy([one, two]));
  await lab.publish(part(0, 0.3), 300);
  await until('an alert is open', 20_000, () => isOpen(one));

  const load = lab.publish(part(0.3, 0.8), 150);
  addTo(files[0]);
  await reload(one);
  await until('the other has all', 20_000, () => hasAll(two));
  await until('one stands by', 20_000, async () => {
    const { instances } = await statusOf(one);
    return instances.length === 2 && instances.every(({ is_this, is_in_force }) => is_this !== is_in_force);
  });
  await until('both boards say the same', 20_000, async () => (await isOpen(one)) === (await isOpen(two)));
  addTo(files[1]);
  await reload(two);
  await until('both share', 20_000, () => isSharedBy([one, two]));
  await load;

  // One whose file was spoilt: it stands by, and comes back.
  const spoilt = (await runningOn(one)).includes(COMBINING) ? one : two;
  const [file, other] = spoilt === one ? [files[0], two] : [files[1], one];
  const good = readFileSync(file, 'utf8');
  writeFileSync(file, good.replace(/ {2}- \{id: csat_low[^\n]*\n/, ''));
  await reload(spoilt);
  await until('the other has all', 20_000, () => hasAll(other));
  writeFileSync(file, good);
  await reload(spoilt);
  await until('both share', 20_000, () => isSharedBy([one, two]));

  await lab.publish(part(0.8, 1), 1_000);
  const found = await end([one, two]);
  for (const stream of OUTPUTS) expect(twice(found[stream]), stream).toBe(0);
  expect(lastWords(known(found.CX_KPI, 'kpi', ['csat', 'volume']))).toEqual(lastWords(calm.CX_KPI));
  expect(calm.CX_ALERTS.length).toBeGreaterThan(1);
  expect(changesOf(known(found.CX_ALERTS, 'rule', ['csat_low']))).toEqual(changesOf(calm.CX_ALERTS));
  expect(known(found.CX_KPI, 'kpi', ['posts']).length).toBeGreaterThan(5);
}, 240_000);
