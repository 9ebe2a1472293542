/**
 * A million open clocks: starts and stops a second through the operator alone on one core, with deltas as commits take them; what they
 * weigh in memory; how long making them again from a snapshot takes. `--against=<folder>`: another build (its `dist-bench/`), before
 * this one in the same run; each in a process of its own. The load of the machine stands with the results.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { loadavg } from 'node:os';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { compileExpression } from '../engine/adapters/expressions/cel.ts';
import { parseConfig } from '../engine/app/config/config.ts';
import { Chain, fingerprintsOf } from '../engine/core/chain.ts';
import type { Collector, Envelope, State } from '../engine/core/types.ts';
import { clocksOperator } from '../operators/clocks/clocks.ts';
import type { CxEvent } from '../operators/shared/messages.ts';
import { record, type Row } from './record.ts';
import { NOT_SCORED } from '../operators/shared/not-scored.ts';

const CONFIG = {
  clocks: [
    {
      id: 'first_response',
      key: 'data.case',
      start: { on: 'cx.case.opened' },
      stop: { on: 'cx.case.replied', where: 'data.author == "agent"' },
      pause: { on: 'cx.case.pending' },
      resume: { on: ['cx.case.replied', 'cx.interaction.message'] },
      restart: { on: 'cx.case.reopened' },
      cancel: { on: 'cx.case.closed' },
      target: [
        { when: 'data.customer.tier == "vip"', within: '10m' },
        { when: 'data.priority == "urgent"', within: '30m' },
        { within: '2h' },
      ],
      warn: [50, 75, 90],
      keep: ['channel', 'region', 'product', 'team', 'agent', 'priority'],
      // Those that ended are remembered beside those that are open.
      max_keys: 3_000_000,
    },
  ],
};
const START = Date.UTC(2026, 2, 2);
/** Events between two deltas. */
const COMMIT = 500;
/** Of event time. */
const EVENTS_A_SECOND = 2000;
const MIB = 1024 * 1024;

const ignore = (): void => undefined;
const outlet: Collector<unknown> = {
  ...{ emit: ignore, send: ignore, forward: ignore, show: ignore, urgent: ignore, count: ignore },
};

function eventOf(number: number, isStop: boolean, caseNumber: number): Envelope<CxEvent> {
  const ts = START + Math.floor((number * 1000) / EVENTS_A_SECOND);
  const n = String(number);
  const priority = ['urgent', 'high', 'normal', 'low'][number % 4] as string;
  // Out of JSON, as events come: every text is one of its own.
  const data = JSON.parse(
    `{"channel":"channel-${String(number % 16)}","case":"case-${String(caseNumber)}","region":"region-${String(number % 31)}",` +
      `"product":"product-${String(number % 97)}","team":"team-${String(number % 40)}","agent":"agent-${String(number % 500)}",` +
      `"priority":"${priority}","author":"${isStop ? 'agent' : 'customer'}",` +
      `"customer":{"id":"u-${String(caseNumber)}","tier":"${number % 20 === 0 ? 'vip' : 'basic'}"}}`,
  ) as CxEvent['data'];
  const type = isStop ? 'cx.case.replied' : 'cx.case.opened';
  return {
    ...{ id: `/desk|e-${n}`, key: `case-${String(caseNumber)}`, ts },
    value: {
      ...{
        source: '/desk',
        eventId: `e-${n}`,
        type,
        family: 'case',
        channel: `channel-${String(number % 16)}`,
      },
      ...{ subjectKey: '-', attributes: {}, data, time: ts, received: ts },
      enrichment: NOT_SCORED,
    },
  };
}

class Playing {
  readonly chain: Chain<CxEvent, CxEvent>;
  seconds = 0;
  events = 0;
  deltaBytes = 0;
  /** The last one, so that no making is left out. */
  made: Envelope<CxEvent> | null = null;

  constructor(chain: Chain<CxEvent, CxEvent>) {
    this.chain = chain;
  }
  /**
   * Each event is made as it is played, as in an engine, so that none lives longer than there; what the making alone costs is measured
   * before and after, and taken off.
   */
  play(from: number, count: number, make: (number: number) => Envelope<CxEvent>): void {
    const before = this.#making(from, count, make);
    const began = process.cpuUsage();
    for (let number = from; number < from + count; number++) {
      const event = make(number);
      this.chain.event(event);
      this.chain.advance(event.ts - 2000);
      if ((number - from) % COMMIT === COMMIT - 1)
        for (const delta of Object.values(this.chain.delta())) this.deltaBytes += sizeOf(delta);
    }
    const all = secondsSince(began);
    this.seconds += all - (before + this.#making(from, count, make)) / 2;
    this.events += count;
  }
  /** Processor time of making so many events, by a tenth of them. */
  #making(from: number, count: number, make: (number: number) => Envelope<CxEvent>): number {
    const tenth = Math.ceil(count / 10);
    const began = process.cpuUsage();
    for (let number = from; number < from + tenth; number++) this.made = make(number);
    return (secondsSince(began) * count) / tenth;
  }
  take(): { readonly rate: number } {
    const rate = Math.round(this.events / this.seconds);
    [this.seconds, this.events] = [0, 0];
    return { rate };
  }
}
function secondsSince(began: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1e6;
}
function sizeOf(state: State): number {
  return state instanceof Uint8Array ? state.length : 0;
}

function memory(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** What is measured, of this build or another. */
interface Build {
  readonly parseConfig: typeof parseConfig;
  readonly compileExpression: typeof compileExpression;
  readonly clocksOperator: typeof clocksOperator;
  readonly Chain: typeof Chain;
  readonly fingerprintsOf: typeof fingerprintsOf;
}
const THIS: Build = { parseConfig, compileExpression, clocksOperator, Chain, fingerprintsOf };

async function buildIn(folder: string): Promise<Build> {
  const modules = [
    'engine/app/config/config',
    'engine/adapters/expressions/cel',
    'operators/clocks/clocks',
    'engine/core/chain',
  ];
  const loaded = modules.map((name) => import(pathToFileURL(join(folder, `${name}.js`)).href) as Promise<object>);
  return Object.assign({}, ...(await Promise.all(loaded))) as Build;
}

interface Played {
  readonly parts: readonly State[];
  readonly watermark: number;
  readonly open_clocks: number;
  readonly starts_a_second: number;
  readonly starts_and_stops_a_second: number;
  readonly memory_mib: number;
  readonly snapshot_mib: number;
  readonly open_then: number;
}

function run(open: number, build: Build): Row {
  const parsed = build.parseConfig(CONFIG, build.compileExpression);
  if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
  const def = build.clocksOperator(parsed.config.clocks, build.compileExpression, () => {
    throw new Error('no calendar');
  });
  const { parts, watermark, ...row } = played(open, build, def);
  // As in a process that starts: what was played is gone, and no collection of it is under way.
  memory();
  const began = process.cpuUsage();
  const restored = new build.Chain(def, { partition: 0 }, outlet, {
    ...{ parts: { clocks: parts }, fingerprints: build.fingerprintsOf(def), watermark },
  });
  const { user, system } = process.cpuUsage(began);
  return {
    ...row,
    restore_s: Math.round((user + system) / 1e4) / 100,
    restored: restored.size()['clocks']?.['open'] ?? 0, // it says how many
    load: Math.round((loadavg()[0] ?? 0) * 10) / 10, // there is one where it is measured
  };
}

function played(open: number, build: Build, def: ReturnType<typeof clocksOperator>): Played {
  const empty = memory();
  const playing = new Playing(new build.Chain(def, { partition: 0 }, outlet));
  playing.play(0, open, (number) => eventOf(number, false, number));
  const starts = playing.take();
  const held = memory() - empty;
  // Half of what comes ends a clock, half begins one.
  const mixed = Math.floor(open / 2);
  playing.play(open, mixed, (number) =>
    eventOf(number, number % 2 === 0, number % 2 === 0 ? (number * 7919) % open : number),
  );
  const both = playing.take();
  const parts = [...playing.chain.snapshot()].map(([, part]) => part);
  const bytes = parts.reduce<number>((sum, part) => sum + sizeOf(part), 0);
  return {
    ...{ parts, watermark: playing.chain.watermark, open_clocks: open },
    ...{ starts_a_second: starts.rate, starts_and_stops_a_second: both.rate },
    ...{ memory_mib: Math.round(held / MIB), snapshot_mib: Math.round(bytes / MIB) },
    open_then: playing.chain.size()['clocks']?.['open'] ?? 0, // it says how many
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const given = (name: string): string | undefined =>
    process.argv.find((word) => word.startsWith(`--${name}=`))?.slice(name.length + 3);
  const open = Number(given('open') ?? (process.argv.includes('--smoke') ? 100_000 : 1_000_000)); // a smoke test is small
  const [against, alone] = [given('against'), given('alone')];
  if (alone !== undefined) process.stdout.write(JSON.stringify(run(open, alone === '' ? THIS : await buildIn(alone))));
  else {
    const rowOf = (build: string, folder: string): Row => {
      const flags = ['--expose-gc', fileURLToPath(import.meta.url), `--open=${String(open)}`, `--alone=${folder}`];
      const { stdout, status } = spawnSync(process.execPath, flags, {
        stdio: ['ignore', 'pipe', 'inherit'],
        encoding: 'utf8',
      });
      if (status !== 0) throw new Error(`the ${build} build ended with ${String(status)}`);
      return { build, ...(JSON.parse(stdout) as Row) };
    };
    const before = against === undefined ? [] : [rowOf('other', against)];
    record(
      process.argv.includes('--smoke') ? 'clocks-smoke' : 'clocks',
      'the clocks operator alone, one core, event time at 2,000 events/s: starts of distinct keys with six kept values, then half as many ' +
        'events, as many stops as starts; processor time, deltas every 500 events included; memory is heap and external after collection',
      [...before, rowOf('this', '')],
    );
  }
}
