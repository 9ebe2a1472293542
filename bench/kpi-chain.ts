/**
 * The KPI operator alone, in memory: events a second on one core, what a window's length and overlap cost, what deltas cost,
 * and what a million live keys hold. `node dist/bench/kpi-chain.js [name…]`; one JSON line a result.
 */
import { fileURLToPath } from 'node:url';
import { record, type Row } from './record.ts';
import { compileExpression } from '../engine/adapters/cel.ts';
import type { Collector, Operator } from '../engine/core/types.ts';
import type { KpiConfig, MeasureConfig, WindowConfig } from '../operators/config.ts';
import { kpisOperator } from '../operators/kpis/kpis.ts';
import type { CxEnvelope, CxEvent, KpiValue } from '../operators/types.ts';
import { events, kpi, standardPack } from './kpi-pack.ts';

interface Run {
  readonly kpis: readonly KpiConfig[];
  readonly keys: number;
  readonly count: number;
  /** Events in a millisecond of event time. */
  readonly density: number;
  /** Milliseconds by which events are out of order. */
  readonly disorderMs?: number;
  readonly deltaEvery?: number;
  readonly type?: string;
}

function play(run: Run): {
  readonly rate: number;
  /** By the processor time of all threads, garbage collection included: what is left when others use the machine too. */
  readonly cpuRate: number;
  readonly outputs: number;
  readonly deltaShare: number;
  readonly deltaBytes: number;
  readonly operator: Operator<CxEvent, KpiValue>;
} {
  const ring = events(1 << 16, run.keys).map((event) =>
    run.type === undefined ? event : { ...event, type: run.type },
  );
  const operator = kpisOperator(run.kpis, {
    zone: 'Asia/Shanghai',
    liveEveryMs: 250,
    compile: compileExpression,
    liveFor: new Set(),
  }).create({ partition: 0 });
  let outputs = 0;
  const out: Collector<KpiValue> = {
    ...NOWHERE,
    send: () => {
      outputs += 1;
    },
  };
  const base = 1_772_400_000_000;
  const disorder = run.disorderMs ?? 0;
  let watermark = Number.MIN_SAFE_INTEGER;
  let deltaNs = 0n;
  let deltaBytes = 0;
  let ns = 0;
  let cpu = process.cpuUsage();
  let started = process.hrtime.bigint();
  const warmUp = Math.floor(run.count / 10);
  for (let i = 0; i < run.count + warmUp; i++) {
    if (i === warmUp) {
      cpu = process.cpuUsage();
      started = process.hrtime.bigint();
      deltaNs = 0n;
      deltaBytes = 0;
      outputs = 0;
    }
    const time = base + Math.floor(i / run.density);
    const ts = disorder === 0 ? time : time - ((i * 7919) % disorder);
    const event: CxEnvelope = { id: '', key: '-', ts, value: ring[i & 0xffff] as CxEvent };
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
  ns = Number(process.hrtime.bigint() - started);
  const { user, system } = process.cpuUsage(cpu);
  const cpuRate = Math.round((run.count / (user + system)) * 1e6);
  return {
    rate: Math.round((run.count / ns) * 1e9),
    cpuRate,
    outputs,
    deltaShare: Number(deltaNs) / ns,
    deltaBytes,
    operator,
  };
}

const survey = 'cx.survey.answered';
const nps: MeasureConfig = { kind: 'nps', value: 'data.score' };

const BENCHES: Readonly<Record<string, () => readonly Row[]>> = {
  tumbling: () => {
    const kpis = [kpi('one', survey, nps, { kind: 'tumbling', sizeMs: 10_000 }, [['store']])];
    const { rate, cpuRate, outputs } = play({ kpis, keys: 10_000, count: 3_000_000, density: 100, type: survey });
    return [{ bench: 'one keyed tumbling KPI, 10k keys', events_per_s: rate, events_per_cpu_s: cpuRate, outputs }];
  },
  disorder: () => {
    const kpis = [kpi('one', survey, nps, { kind: 'tumbling', sizeMs: 10_000 }, [['store']])];
    const { rate, cpuRate, outputs } = play({
      kpis,
      keys: 10_000,
      count: 2_000_000,
      density: 100,
      disorderMs: 2000,
      type: survey,
    });
    return [{ bench: 'the same, 2 s out of order', events_per_s: rate, events_per_cpu_s: cpuRate, outputs }];
  },
  pack: () => {
    const run = { kpis: standardPack(), keys: 10_000, count: 1_500_000, density: 10 };
    const plain = play(run);
    const withDelta = play({ ...run, deltaEvery: 10_000 });
    return [
      {
        bench: 'standard pack: 12 KPIs, 6 sets of keys, 10k keys',
        events_per_s: plain.rate,
        events_per_cpu_s: plain.cpuRate,
        outputs: plain.outputs,
      },
      {
        bench: 'the same, a delta every 10,000 events',
        events_per_s: withDelta.rate,
        events_per_cpu_s: withDelta.cpuRate,
        delta_share_percent: Math.round(withDelta.deltaShare * 1000) / 10,
        delta_bytes_per_event: Math.round(withDelta.deltaBytes / run.count),
      },
    ];
  },
  sliding: () => {
    const best = new Map<number, Row & { events_per_cpu_s: number }>();
    // In turn and three times, the best of each: what else the machine does then hits all of them alike.
    for (let round = 0; round < 3; round++) {
      for (const ratio of [3600, 1, 10, 60, 600]) {
        const window: WindowConfig =
          ratio === 1 ? { kind: 'tumbling', sizeMs: 10 } : { kind: 'sliding', sizeMs: ratio * 10, slideMs: 10 };
        const kpis = [kpi('one', survey, nps, window, [['store']])];
        const { rate, cpuRate, outputs } = play({ kpis, keys: 100, count: 5_000_000, density: 100, type: survey });
        if (cpuRate > (best.get(ratio)?.events_per_cpu_s ?? 0)) {
          best.set(ratio, {
            bench: `size/slide ${ratio}, slide 10 ms, 100 keys`,
            events_per_s: rate,
            events_per_cpu_s: cpuRate,
            outputs,
          });
        }
      }
    }
    const tumbling = best.get(1)?.events_per_cpu_s ?? NaN;
    return [...best]
      .sort(([a], [b]) => a - b)
      .map(([, row]) => ({ ...row, cost_against_tumbling: Math.round((tumbling / row.events_per_cpu_s) * 100) / 100 }));
  },
  stacked: () => {
    const rows: Row[] = [];
    for (const measure of [
      { kind: 'max', value: 'data.score' },
      { kind: 'quantile', value: 'data.wait_s', q: 0.95 },
      { kind: 'distinct', value: 'data.team' },
    ] as const) {
      for (const ratio of [1, 3600]) {
        const window: WindowConfig =
          ratio === 1 ? { kind: 'tumbling', sizeMs: 10 } : { kind: 'sliding', sizeMs: ratio * 10, slideMs: 10 };
        const { rate, cpuRate, outputs } = play({
          kpis: [kpi('one', survey, measure, window, [['store']])],
          keys: 100,
          count: 1_000_000,
          density: 100,
          type: survey,
        });
        rows.push({
          bench: `${measure.kind}, size/slide ${ratio}`,
          events_per_s: rate,
          events_per_cpu_s: cpuRate,
          outputs,
        });
      }
    }
    return rows;
  },
  keys: () => {
    const kpis = [kpi('one', survey, nps, { kind: 'tumbling', sizeMs: 86_400_000 }, [['store']])];
    const def = kpisOperator(kpis, { zone: 'Asia/Shanghai', liveEveryMs: 250, compile: compileExpression });
    globalThis.gc?.();
    const before = process.memoryUsage().rss;
    // What filled it is gone before it is restored: a process holds it once.
    const { parts, rssMiB } = fill(def.create({ partition: 0 }), before);
    globalThis.gc?.();
    const from = process.hrtime.bigint();
    const cpu = process.cpuUsage();
    const restored = def.create({ partition: 0 }, parts);
    const { user, system } = process.cpuUsage(cpu);
    return [
      {
        bench: 'a million live keys',
        keys: restored.size?.()['keys'] ?? 0,
        rss_mib: rssMiB,
        snapshot_mib: Math.round(parts.reduce((sum, part) => sum + part.length, 0) / 2 ** 20),
        parts: parts.length,
        restore_ms: Math.round(Number(process.hrtime.bigint() - from) / 1e6),
        restore_cpu_ms: Math.round((user + system) / 1000),
      },
    ];
  },
};

function fill(
  operator: Operator<CxEvent, KpiValue>,
  rssBefore: number,
): { parts: readonly Uint8Array[]; rssMiB: number } {
  const [sample] = events(1, 1);
  for (let i = 0; i < 1_000_000 && sample !== undefined; i++) {
    const value: CxEvent = { ...sample, type: survey, data: { ...sample.data, store: `store-${i}` } };
    operator.onEvent({ id: '', key: '-', ts: 1_772_400_000_000 + i, value }, 0, NOWHERE);
  }
  globalThis.gc?.();
  const rssMiB = Math.round((process.memoryUsage().rss - rssBefore) / 2 ** 20);
  return { parts: [...(operator.snapshot?.() ?? [])].filter((part) => part instanceof Uint8Array), rssMiB };
}

const NOWHERE: Collector<KpiValue> = {
  emit: () => undefined,
  send: () => undefined,
  forward: () => undefined,
  show: () => undefined,
  urgent: () => undefined,
  count: () => undefined,
};

/** One row a result; all benches when none is named. */
export function kpiChain(names: readonly string[] = Object.keys(BENCHES)): readonly Row[] {
  return names.flatMap((name) => BENCHES[name]?.() ?? []);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const names = process.argv.slice(2).filter((word) => !word.startsWith('--'));
  record(
    'kpi-chain',
    'the KPI operator alone on one thread, events made beforehand; per CPU second counts the processor time of all threads of the process',
    kpiChain(names.length > 0 ? names : undefined),
  );
}
