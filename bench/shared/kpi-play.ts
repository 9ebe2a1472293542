/** Plays prepared events through the KPI operator alone, in memory, on one thread. */
import { compileExpression } from '../../engine/adapters/expressions/cel.ts';
import type { Collector, Operator } from '../../engine/core/types.ts';
import type { KpiConfig } from '../../operators/kpis/kpis-config.ts';
import { kpisOperator } from '../../operators/kpis/kpis.ts';
import type { CxEnvelope, CxEvent, KpiValue } from '../../operators/shared/messages.ts';
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

/** What a stretch of events cost. */
export interface Stretch {
  readonly wallNs: number;
  /** Of all threads, garbage collection included. */
  readonly cpuUs: number;
  readonly outputs: number;
  readonly deltaNs: number;
  readonly deltaBytes: number;
}
export interface Player {
  readonly operator: Operator<CxEvent, KpiValue>;
  readonly advance: (count: number) => Stretch;
}

const RING = 1 << 16;
const START = 1_772_400_000_000;
const OUT_OF_ORDERNESS_MS = 2000;

/** Goes on where it stopped, so that several can take turns. */
export function player(run: Omit<Run, 'count' | 'warmUp'>): Player {
  const ring = events(RING, run.keys).map((event) => (run.type === undefined ? event : { ...event, type: run.type }));
  const operator = kpisOperator(run.kpis, {
    zone: 'Asia/Shanghai',
    liveEveryMs: 250,
    compile: compileExpression,
    liveFor: new Set(),
  }).create({ partition: 0 });
  let outputs = 0;
  const out: Collector<KpiValue> = { ...NOWHERE, send: () => void (outputs += 1) };
  const disorder = run.disorderMs ?? 0;
  let watermark = Number.MIN_SAFE_INTEGER;
  let i = 0;
  return {
    operator,
    advance(count) {
      let deltaNs = 0n;
      let deltaBytes = 0;
      outputs = 0;
      const cpu = process.cpuUsage();
      const started = process.hrtime.bigint();
      for (const end = i + count; i < end; i++) {
        const time = START + Math.floor(i / run.density);
        const ts = disorder === 0 ? time : time - ((i * 7919) % disorder);
        const prepared = ring[i & (RING - 1)] as CxEvent;
        const value = run.each === undefined ? prepared : run.each(prepared, i);
        const event: CxEnvelope = { id: '', key: '-', ts, value };
        operator.onEvent(event, watermark, out);
        const next = time - OUT_OF_ORDERNESS_MS;
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
      const wallNs = Number(process.hrtime.bigint() - started);
      const { user, system } = process.cpuUsage(cpu);
      return { wallNs, cpuUs: user + system, outputs, deltaNs: Number(deltaNs), deltaBytes };
    },
  };
}

export function play(run: Run): Played {
  const { operator, advance } = player(run);
  advance(run.warmUp ?? Math.floor(run.count / 10));
  globalThis.gc?.();
  const { wallNs, cpuUs, outputs, deltaNs, deltaBytes } = advance(run.count);
  return {
    rate: Math.round((run.count / wallNs) * 1e9),
    cpuRate: Math.round((run.count / cpuUs) * 1e6),
    outputs,
    deltaShare: deltaNs / wallNs,
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
