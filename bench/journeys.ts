/**
 * Many journeys at once: steps a second by the operator alone on one core, with deltas as commits take them; what a key weighs in
 * memory and saved; how long making them again from a snapshot takes.
 */
import { fileURLToPath } from 'node:url';
import { compileExpression } from '../engine/adapters/expressions/cel.ts';
import { parseConfig } from '../engine/app/config/config.ts';
import { Chain, fingerprintsOf } from '../engine/core/chain.ts';
import type { Collector, Envelope } from '../engine/core/types.ts';
import { journeysOperator } from '../operators/journeys/journeys.ts';
import type { CxEvent } from '../operators/shared/messages.ts';
import { record, type Row } from './record.ts';
import { NOT_SCORED } from '../operators/shared/not-scored.ts';

const STEPS = ['cart', 'pay', 'done'];
const CONFIG = {
  journeys: [
    {
      ...{ id: 'checkout', key: 'data.customer.id', stall: '10m', expire: '24h', keep: ['channel', 'region'] },
      steps: STEPS.map((id) => ({ id, on: 'cx.journey.step', where: `data.step == "${id}"` })),
    },
  ],
};
const START = Date.UTC(2026, 2, 2);
const COMMIT = 500;
const EVENTS_A_SECOND = 2000;
const ignore = (): void => undefined;
const outlet: Collector<unknown> = {
  ...{ emit: ignore, send: ignore, forward: ignore, show: ignore, urgent: ignore, count: ignore },
};

function eventOf(number: number, customer: number, step: string): Envelope<CxEvent> {
  const ts = START + Math.floor((number * 1000) / EVENTS_A_SECOND);
  const channel = `channel-${String(customer % 16)}`;
  const region = `region-${String(customer % 31)}`;
  const data = { channel, region, customer: { id: `u-${String(customer)}` }, journey: 'checkout', step };
  return {
    ...{ id: `/shop|e-${String(number)}`, key: '-', ts },
    value: {
      ...{ source: '/shop', eventId: `e-${String(number)}`, type: 'cx.journey.step', family: 'journey', channel },
      ...{ subjectKey: '-', attributes: {}, data, time: ts, received: ts },
      enrichment: NOT_SCORED,
    },
  };
}

function memory(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function run(keys: number): Row {
  const parsed = parseConfig(CONFIG, compileExpression);
  if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
  const def = journeysOperator(parsed.config.journeys, compileExpression);
  const empty = memory();
  const chain = new Chain(def, { partition: 0 }, outlet);
  let deltas = 0;
  let micros = 0;
  const play = (from: number, count: number, customerOf: (number: number) => number, step: string): void => {
    for (let done = 0; done < count; done += COMMIT) {
      const batch = Array.from({ length: Math.min(COMMIT, count - done) }, (_, i) =>
        eventOf(from + done + i, customerOf(from + done + i), step),
      );
      const began = process.cpuUsage();
      for (const event of batch) {
        chain.event(event);
        chain.advance(event.ts - 2000);
      }
      for (const delta of Object.values(chain.delta())) if (delta instanceof Uint8Array) deltas += delta.length;
      const { user, system } = process.cpuUsage(began);
      micros += user + system;
    }
  };
  play(0, keys, (number) => number, 'cart');
  const held = memory() - empty;
  play(keys, Math.floor(keys / 2), (number) => (number * 7919) % keys, 'pay');
  const parts = [...chain.snapshot()].map(([, part]) => part);
  const saved = parts.reduce<number>((sum, part) => sum + (part instanceof Uint8Array ? part.length : 0), 0);
  const began = process.cpuUsage();
  const restored = new Chain(def, { partition: 0 }, outlet, {
    ...{ parts: { journeys: parts }, fingerprints: fingerprintsOf(def), watermark: chain.watermark },
  });
  const { user, system } = process.cpuUsage(began);
  const events = keys + Math.floor(keys / 2);
  return {
    ...{ keys, steps_a_second: Math.round((events / micros) * 1e6), bytes_a_key_in_memory: Math.round(held / keys) },
    ...{ bytes_a_key_saved: Math.round(saved / keys), delta_bytes_a_step: Math.round(deltas / events) },
    restore_s: Math.round((user + system) / 1e4) / 100,
    restored: restored.size()['journeys']?.['keys'] ?? 0, // it says how many
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const isSmoke = process.argv.includes('--smoke');
  const wanted = process.argv.find((word) => word.startsWith('--keys='));
  const keys = wanted === undefined ? (isSmoke ? 5000 : 200_000) : Number(wanted.slice('--keys='.length));
  const about = `a journey of three steps; each customer begins one, every second takes another step; ${EVENTS_A_SECOND} steps a second of event time, a delta every ${COMMIT}; processor time of the operator alone`;
  record(isSmoke ? 'journeys-smoke' : 'journeys', about, [run(keys)]);
}
