/**
 * A million open clocks: starts and stops a second through the operator alone on one core, with deltas as commits take them; what they
 * weigh in memory; how long making them again from a snapshot takes. `--against=<folder>`: another build (its `dist-bench/`) and this
 * one in turn, `--rounds=N` times; each in a process of its own. The load of the machine stands with the results.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { loadavg } from 'node:os';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { compileExpression } from '../engine/adapters/expressions/cel.ts';
import { parseConfig } from '../engine/app/config/config.ts';
import { Chain, fingerprintsOf } from '../engine/core/chain.ts';
import { at } from '../engine/core/must.ts';
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
/** Events that are made before time is taken for them: as few as an engine reads at once, so that they are as close at hand. */
const MADE = 50;
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

/** What so many events took: the clocks alone, not what made the events. */
interface Taken {
  readonly events: number;
  readonly cpuS: number;
  readonly wallS: number;
}

class Playing {
  readonly chain: Chain<CxEvent, CxEvent>;

  constructor(chain: Chain<CxEvent, CxEvent>) {
    this.chain = chain;
  }
  play(from: number, count: number, make: (number: number) => Envelope<CxEvent>): Taken {
    let [cpuS, wallS] = [0, 0];
    for (let next = from; next < from + count; next += MADE) {
      const events = Array.from({ length: Math.min(MADE, from + count - next) }, (_, i) => make(next + i));
      const taken = timed(() => this.#take(events, (next + MADE - from) % COMMIT === 0));
      cpuS += taken.cpuS;
      wallS += taken.wallS;
    }
    return { events: count, cpuS, wallS };
  }
  #take(events: readonly Envelope<CxEvent>[], isCommit: boolean): void {
    for (const event of events) {
      this.chain.event(event);
      this.chain.advance(event.ts - 2000);
    }
    if (isCommit) this.chain.delta();
  }
}
/** Processor time is that of all threads: collecting and compiling included. */
function timed(run: () => void): Omit<Taken, 'events'> {
  const [cpu, wall] = [process.cpuUsage(), performance.now()];
  run();
  const { user, system } = process.cpuUsage(cpu);
  return { cpuS: (user + system) / 1e6, wallS: (performance.now() - wall) / 1000 };
}
function hundredths(value: number): number {
  return Math.round(value * 100) / 100;
}
function rowOf(name: string, { events, cpuS, wallS }: Taken): Row {
  return {
    [`${name}_a_second`]: Math.round(events / cpuS),
    [`${name}_cpu_s`]: hundredths(cpuS),
    [`${name}_wall_s`]: hundredths(wallS),
  };
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
  readonly row: Row;
}

function run(open: number, build: Build): Row {
  const parsed = build.parseConfig(CONFIG, build.compileExpression);
  if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
  const def = build.clocksOperator(parsed.config.clocks, build.compileExpression, () => {
    throw new Error('no calendar');
  });
  const { parts, watermark, row } = played(open, build, def);
  // As in a process that starts: what was played is gone, and no collection of it is under way.
  memory();
  const saved = { parts: { clocks: parts }, fingerprints: build.fingerprintsOf(def), watermark };
  let restored: Chain<CxEvent, CxEvent> | null = null;
  const { cpuS, wallS } = timed(() => (restored = new build.Chain(def, { partition: 0 }, outlet, saved)));
  return {
    ...row,
    restore_cpu_s: hundredths(cpuS),
    restore_wall_s: hundredths(wallS),
    restored: openIn(restored),
    load: Math.round((loadavg()[0] ?? 0) * 10) / 10, // there is one where it is measured
  };
}
function openIn(chain: Chain<CxEvent, CxEvent> | null): number {
  return chain?.size()['clocks']?.['open'] ?? 0; // it says how many
}

function played(open: number, build: Build, def: ReturnType<typeof clocksOperator>): Played {
  const empty = memory();
  const playing = new Playing(new build.Chain(def, { partition: 0 }, outlet));
  const starts = playing.play(0, open, (number) => eventOf(number, false, number));
  const held = memory() - empty;
  // Half of what comes ends a clock, half begins one.
  const mixed = Math.floor(open / 2);
  const both = playing.play(open, mixed, (number) =>
    eventOf(number, number % 2 === 0, number % 2 === 0 ? (number * 7919) % open : number),
  );
  const parts = [...playing.chain.snapshot()].map(([, part]) => part);
  const bytes = parts.reduce<number>((sum, part) => sum + sizeOf(part), 0);
  const row = {
    ...{ open_clocks: open, ...rowOf('starts', starts), ...rowOf('starts_and_stops', both) },
    ...{ memory_mib: Math.round(held / MIB), snapshot_mib: Math.round(bytes / MIB) },
    open_then: openIn(playing.chain),
  };
  return { parts, watermark: playing.chain.watermark, row };
}

/** Of each figure the median of the rounds; rates also from the lowest to the highest. */
function summary(build: string, rounds: readonly Row[]): Row {
  const row: Record<string, Row[string]> = { build, rounds: rounds.length };
  for (const name of Object.keys(at(rounds, 0))) {
    const values = rounds.map((one) => Number(one[name])).sort((a, b) => a - b);
    row[name] = at(values, values.length >> 1);
    if (name.endsWith('_a_second') && values.length > 1)
      row[`${name}_from_to`] = `${String(at(values, 0))}–${String(at(values, values.length - 1))}`;
  }
  return row;
}

/** In a process of its own. */
function alone(open: number, build: string, folder: string): Row {
  const flags = ['--expose-gc', fileURLToPath(import.meta.url), `--open=${String(open)}`, `--alone=${folder}`];
  const { stdout, status } = spawnSync(process.execPath, flags, {
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`the ${build} build ended with ${String(status)}`);
  return JSON.parse(stdout) as Row;
}

function given(name: string): string | undefined {
  return process.argv.find((word) => word.startsWith(`--${name}=`))?.slice(name.length + 3);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const isSmoke = process.argv.includes('--smoke');
  const open = Number(given('open') ?? (isSmoke ? 100_000 : 1_000_000)); // a smoke test is small
  const [against, only] = [given('against'), given('alone')];
  if (only !== undefined) process.stdout.write(JSON.stringify(run(open, only === '' ? THIS : await buildIn(only))));
  else {
    const builds = [...(against === undefined ? [] : [['other', against] as const]), ['this', ''] as const];
    const rounds: readonly Row[][] = builds.map(() => []);
    for (let round = Number(given('rounds') ?? 1); round > 0; round--)
      // one round says it
      builds.forEach(([build, folder], i) => at(rounds, i).push(alone(open, build, folder)));
    record(
      isSmoke ? 'clocks-smoke' : 'clocks',
      'the clocks operator alone, one core, event time at 2,000 events/s: starts of distinct keys with six kept values, then half as many ' +
        'events, as many stops as starts; a second of processor time, of all threads of the process, deltas every 500 events and ' +
        'collection included, the making of events not; memory is heap and external after collection; builds in turn, medians of the rounds',
      builds.map(([build], i) => summary(build, at(rounds, i))),
    );
  }
}
