/**
 * The KPI operator alone, in memory: events a second on one core, what a window's length and overlap cost, what deltas cost,
 * and what a million live keys hold. `node dist-bench/bench/kpi-chain.js [name…]`; one JSON line a result.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { compileExpression } from '../engine/adapters/expressions/cel.ts';
import type { Operator } from '../engine/core/types.ts';
import type { MeasureConfig } from '../operators/measures/measures.ts';
import type { WindowConfig } from '../operators/windows/window-config.ts';
import { kpisOperator } from '../operators/kpis/kpis.ts';
import type { CxEvent, KpiValue } from '../operators/shared/messages.ts';
import { events, kpi, standardPack } from './shared/kpi-pack.ts';
import { NOWHERE, play, player } from './shared/kpi-play.ts';
import { record, type Row } from './record.ts';

/** Before the name of a bench: it is run here, and its rows are sent to the parent. */
const ALONE = '--alone';
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
    // One hour by seconds against the same by the second, at once and in turn: the best of each.
    const best = new Map<string, { readonly rate: number; readonly cpuRate: number; readonly outputs: number }>();
    for (let round = 0; round < 3; round++) {
      for (const [name, sizeMs] of [
        ['tumbling 1 s', 1000],
        ['sliding 1 h / 1 s', 3_600_000],
      ] as const) {
        const window: WindowConfig =
          sizeMs === 1000 ? { kind: 'tumbling', sizeMs } : { kind: 'sliding', sizeMs, slideMs: 1000 };
        const kpis = [kpi('one', survey, nps, window, [['store']])];
        const run = { kpis, keys: 100, count: 2_000_000, warmUp: 3_700_000, density: 1, type: survey };
        const { rate, cpuRate, outputs } = play(run);
        if (cpuRate > (best.get(name)?.cpuRate ?? 0)) best.set(name, { rate, cpuRate, outputs });
      }
    }
    const tumbling = best.get('tumbling 1 s')?.cpuRate ?? NaN;
    return [...best].map(([name, { rate, cpuRate, outputs }]) => ({
      bench: `${name}, 100 keys`,
      events_per_s: rate,
      events_per_cpu_s: cpuRate,
      outputs,
      cost_against_tumbling: Math.round((tumbling / cpuRate) * 100) / 100,
    }));
  },
  idle: () => {
    // A million keys whose windows have closed wait for late events, while a hundred live ones go on.
    const run = [0, 1_000_000].map((idle) => {
      const window: WindowConfig = { kind: 'tumbling', sizeMs: 1000 };
      const kpis = [{ ...kpi('one', survey, nps, window, [['store']]), allowedLatenessMs: 86_400_000 }];
      const { operator, advance } = player({ kpis, keys: 100, density: 1, type: survey });
      const [sample] = events(1, 1);
      for (let i = 0; i < idle && sample !== undefined; i++) {
        const value: CxEvent = { ...sample, type: survey, data: { ...sample.data, store: `idle-${i}` } };
        operator.onEvent({ id: '', key: '-', ts: 1_772_399_990_000, value }, Number.MIN_SAFE_INTEGER, NOWHERE);
      }
      advance(50_000);
      return { idle, advance };
    });
    globalThis.gc?.();
    const cost = run.map(() => 0);
    for (let round = 0; round < 10; round++) {
      run.forEach(({ advance }, i) => (cost[i] = (cost[i] ?? 0) + advance(100_000).cpuUs));
    }
    return run.map(({ idle }, i) => ({
      bench: `100 live keys, ${idle.toLocaleString('en')} idle, 1,000 windows closed`,
      events_per_cpu_s: Math.round(1e12 / (cost[i] ?? NaN)),
      cost_against_none_idle: Math.round(((cost[i] ?? NaN) / (cost[0] ?? NaN)) * 100) / 100,
    }));
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

/** Each bench in a process of its own: what one leaves behind is nothing to the next. */
async function alone(name: string): Promise<readonly Row[]> {
  const child = fork(fileURLToPath(import.meta.url), [ALONE, name]);
  const [rows] = (await once(child, 'message')) as [readonly Row[]];
  return rows;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , flag, only = ''] = process.argv;
  if (flag === ALONE) process.send?.(BENCHES[only]?.() ?? []);
  else {
    const named = process.argv.slice(2).filter((word) => !word.startsWith('--'));
    const rows: Row[] = [];
    for (const name of named.length > 0 ? named : Object.keys(BENCHES)) rows.push(...(await alone(name)));
    record(
      'kpi-chain',
      'the KPI operator alone on one thread, events made beforehand; per CPU second counts the processor time of all threads of the process',
      rows,
    );
  }
}
