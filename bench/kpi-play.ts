/** Plays prepared events through the KPI operator alone, in memory, on one thread. */
import { compileExpression } from '../engine/adapters/cel.ts';
import type { Collector, Operator } from '../engine/core/types.ts';
import type { KpiConfig } from '../operators/config.ts';
import { kpisOperator } from '../operators/kpis/kpis.ts';
import type { CxEnvelope, CxEvent, KpiValue } from '../operators/types.ts';
import { events } from './kpi-pack.ts';

export interface Run {
  readonly kpis: readonly KpiConfig[];
  readonly keys: number;
  /** Events that are measured, after those that warm up. */
  readonly count: number;
  readonly warmUp?: number;
  /** Events in a millisecond of event time. */
  readonly density: number;
  /** Milliseconds by which events are out of order. */
  readonly disorderMs?: number;
  readonly deltaEvery?: number;
  readonly type?: string;
  /** Makes the i-th event from a prepared one. */
  readonly each?: (event: CxEvent, i: number) => CxEvent;
}
export interface Played {
  readonly rate: number;
  /** By the processor time of all threads, garbage collection included: what is left when others use the machine too. */
  readonly cpuRate: number;
  readonly outputs: number;
  readonly deltaShare: number;
  readonly deltaBytes: number;
  readonly operator: Operator<CxEvent, KpiValue>;
}

const RING = 1 << 16;

export function play(run: Run): Played {
  const ring = events(RING, run.keys).map((event) => (run.type === undefined ? event : { ...event, type: run.type }));
  const operator = kpisOperator(run.kpis, {
    zone: 'Asia/Shanghai',
    liveEveryMs: 250,
    compile: compileExpression,
    liveFor: new Set(),
  }).create({ partition: 0 });
  let outputs = 0;
  const out: Collector<KpiValue> = { ...NOWHERE, send: () => void (outputs += 1) };
  const base = 1_772_400_000_000;
  const disorder = run.disorderMs ?? 0;
  const warmUp = run.warmUp ?? Math.floor(run.count / 10);
  let watermark = Number.MIN_SAFE_INTEGER;
  let deltaNs = 0n;
  let deltaBytes = 0;
  let cpu = process.cpuUsage();
  let started = process.hrtime.bigint();
  for (let i = 0; i < run.count + warmUp; i++) {
    if (i === warmUp) {
      globalThis.gc?.();
      cpu = process.cpuUsage();
      started = process.hrtime.bigint();
      deltaNs = 0n;
      deltaBytes = 0;
      outputs = 0;
    }
    const time = base + Math.floor(i / run.density);
    const ts = disorder === 0 ? time : time - ((i * 7919) % disorder);
    const prepared = ring[i & (RING - 1)] as CxEvent;
    const value = run.each === undefined ? prepared : run.each(prepared, i);
    const event: CxEnvelope = { id: '', key: '-', ts, value };
    operator.onEvent(event, watermark, out);
    const next = time - 2000;
    if (next > watermark) {
      watermark = next;
      const due = operator.dueAt?.();
      if (due !== undefined && due <= watermark) operator.onWatermark?.(watermark, out);
    }
    if (run.deltaEvery !== undefined && (i + 1) % run.deltaEvery === 0) {
      const from = process.hrtime.bigint();
      const delta = operator.delta?.();
      deltaNs += process.hrtime.bigint() - from;
      if (delta instanceof Uint8Array) deltaBytes += delta.length;
    }
  }
  const ns = Number(process.hrtime.bigint() - started);
  const { user, system } = process.cpuUsage(cpu);
  return {
    rate: Math.round((run.count / ns) * 1e9),
    cpuRate: Math.round((run.count / (user + system)) * 1e6),
    outputs,
    deltaShare: Number(deltaNs) / ns,
    deltaBytes,
    operator,
  };
}

export const NOWHERE: Collector<KpiValue> = {
  emit: () => undefined,
  send: () => undefined,
  forward: () => undefined,
  show: () => undefined,
  urgent: () => undefined,
  count: () => undefined,
};
