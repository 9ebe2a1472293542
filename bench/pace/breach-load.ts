/** Events that break a live rule (`on: live`, `for: 0s`), one every so often, each for a key that nobody saw before, of one of three rules in turn. */
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, headers } from '@nats-io/transport-node';
import { twelveKpis } from '../cost/twelve-kpis.ts';

/** In no step with the slides of windows: the engine's busy moments are met as often as others. */
export const EVERY_MS = 2_471;
/** What their keys look like, whole. */
export const KEY = /q\d+q/;
const RULES = 3;

const each = (make: (i: number) => string): string[] => Array.from({ length: RULES }, (_, i) => make(i));

/** Twelve KPIs and those rules. */
export const breachConfig = (store: string): string => `
nats: {embedded: {store: "${store}", port: 0}}
http: {port: 0}
${twelveKpis({
  kpis: each(
    (i) =>
      `{id: breach${i}, from: cx.journey.step, where: data.journey == "breach${i}", measure: {kind: count}, window: {kind: sliding, size: 2s, slide: 1s}, by: [[step]]}`,
  ),
  rules: each((i) => `{id: broken${i}, kpi: breach${i}, fire: value >= 1, on: live, for: 0s, severity: critical}`),
})}`;

/** @returns by key, when its event was due; the first ones warm up and are not among them. */
export async function breach(
  natsUrl: string,
  start: number,
  { count, warmUp }: { readonly count: number; readonly warmUp: number },
): Promise<ReadonlyMap<string, number>> {
  const nc = await connect({ servers: natsUrl });
  const structured = headers();
  structured.set('content-type', 'application/cloudevents+json');
  const due = new Map<string, number>();
  for (let i = 0; i < warmUp + count; i++) {
    const at = start + i * EVERY_MS;
    await sleep(Math.max(0, at - Date.now()));
    const name = `q${i}q`;
    if (i >= warmUp) due.set(name, at);
    const data = { channel: 'app', journey: `breach${i % RULES}`, step: name, outcome: 'completed', duration_ms: 1 };
    const time = new Date(at).toISOString();
    const event = { specversion: '1.0', id: name, source: '/breach-paint', type: 'cx.journey.step', time, data };
    nc.publish(`cx.events.app.journey.${name}`, JSON.stringify(event), { headers: structured });
  }
  await nc.drain(); // the last one, too
  return due;
}
