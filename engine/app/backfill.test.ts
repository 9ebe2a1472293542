/** `--backfill` killed at every call of a port, with one partition and with several: what joined says in the end what was always so. */
import { describe, expect, it } from 'vitest';
import { compileExpression } from '../adapters/expressions/cel.ts';
import { emptySource } from '../adapters/streams/ending-sources.ts';
import type { PartitionStats } from '../core/partition/stats.ts';
import type { RawMessage, Source } from '../core/types.ts';
import { savedFingerprints } from '../runtime/commits/recovery.ts';
import { startPartition, type PartitionOptions } from '../runtime/driver.ts';
import { crashAt } from '../testing/crashing.ts';
import { noLiveFeed, silentLogger } from '../testing/line-pipeline.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { connect, Crash, MemoryBroker, type Fault, type MemoryPorts } from '../testing/memory.ts';
import { partialsStage } from '../../operators/kpis/exchange/partial-message.ts';
import { backfillOf, type BackfillParts } from './backfill.ts';
import { parseConfig, type Config } from './config/config.ts';
import { fillPartitions, type FillOptions, type PartitionWork, type PartitionWorks } from './fill-partitions.ts';
import { COMBINING_PARTITION } from './partitions.ts';
import { chainOf, combiningChainOf, partitionChainOf, stagesOf } from './pipeline.ts';

const START = Date.UTC(2026, 2, 2, 1);
const MINUTE = 60_000;
const volume = { id: 'volume', from: 'cx.page.viewed', measure: { kind: 'count' } };
const KPIS = [
  { ...volume, window: { kind: 'tumbling', size: '20m' }, by: [[], ['channel']] },
  // Shares its table with the first; by itself; of sessions.
  { ...volume, id: 'same', window: { kind: 'sliding', size: '20m', slide: '20m' }, by: [[], ['channel']] },
  {
    ...volume,
    id: 'pages',
    measure: { kind: 'distinct', value: 'data.page' },
    window: { kind: 'tumbling', size: '40m' },
  },
  { ...volume, id: 'visits', window: { kind: 'session', gap: '3m' } },
  // Of what happens between events.
  {
    ...{
      id: 'waits',
      from: 'clock.wait',
      where: 'data.outcome == "stopped"',
      window: { kind: 'tumbling', size: '20m' },
    },
    measure: { kind: 'sum', value: 'data.elapsed_s' },
  },
  { id: 'waiting', measure: { kind: 'open', clock: 'wait' }, window: { kind: 'sliding', size: '20m', slide: '20m' } },
  {
    ...{ id: 'reads_on', window: { kind: 'tumbling', size: '40m' } },
    measure: { kind: 'conversion', journey: 'reading', from: 'one', to: 'two' },
  },
] as const;
/**
 * Whether a page that was looked at on the web is looked at in the app. Of events that are in time: how late one is for several
 * partitions is known only where they meet, and depends on which of them was read first.
 */
const WAIT = {
  ...{ id: 'wait', key: 'data.page', target: [{ within: '4m' }], expire: '1h' },
  start: { on: 'cx.page.viewed', where: 'data.channel == "web" && !data.is_old' },
  stop: { on: 'cx.page.viewed', where: 'data.channel == "app" && !data.is_old' },
};
const READING = {
  ...{ id: 'reading', key: 'data.customer.id', expire: '8m' },
  steps: ['one', 'two'].map((id, i) => ({
    id,
    on: 'cx.page.viewed',
    where: `data.page == "/${String(i + 1)}" && !data.is_old`,
  })),
};

/** `between`: clocks and journeys. */
interface Configured {
  readonly kpis: readonly object[];
  readonly between?: { readonly clocks: readonly object[]; readonly journeys?: readonly object[] };
}

function configOf({ kpis, between }: Configured, partitions: number): Config {
  const time = { zone: 'UTC', idle_after: '10m' };
  const parsed = parseConfig({ kpis, ...between, partitions, time }, compileExpression);
  if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
  return parsed.config;
}

class Store {
  readonly broker: MemoryBroker;
  readonly partitions: number;
  #now = START;
  #events = 0;

  constructor(partitions: number) {
    this.partitions = partitions;
    this.broker = new MemoryBroker({ duplicateWindow: 0, now: () => this.#now });
  }
  /** Events a minute apart, to the partitions in turn; every seventh four minutes old. */
  offer(count: number): void {
    for (let i = 0; i < count; i++) {
      const n = this.#events++;
      this.#now = START + n * MINUTE;
      const isOld = n % 7 === 6;
      const time = new Date(this.#now - (isOld ? 4 * MINUTE : 0)).toISOString();
      const data = {
        is_old: isOld,
        channel: n % 3 === 0 ? 'web' : 'app',
        page: `/${String(n % 5)}`,
        customer: { id: 'c' },
      };
      const event = { specversion: '1.0', id: `e${String(n)}`, source: '/t', type: 'cx.page.viewed', time, data };
      const message = new TextEncoder().encode(JSON.stringify(event));
      this.broker.offer(message, n % this.partitions, 'cx.events.web.page.c');
    }
  }
  /** One event, that happened at this minute. */
  offerOne(type: string, minute: number, data: Readonly<Record<string, unknown>>, partition: number): void {
    this.#now = START + minute * MINUTE;
    const event = { specversion: '1.0', id: `o${String(minute)}`, source: '/t', type };
    const line = { ...event, time: new Date(this.#now).toISOString(), data: { channel: 'web', ...data } };
    this.broker.offer(new TextEncoder().encode(JSON.stringify(line)), partition, 'cx.events.web.case.c');
  }
  /** What was said of clocks: when, outcome and seconds. */
  outcomes(): readonly string[] {
    return (this.broker.outputs.get('CX_CLOCKS') ?? []).map(({ message: { time, data } }) => {
      const { key, outcome, elapsed_s: elapsed, met, revision } = data as Record<string, unknown>;
      return [(time - START) / MINUTE, key, outcome, elapsed, met, revision].map(String).join(' ');
    });
  }
  /** What was said of these KPIs, in order. */
  lines(): readonly string[] {
    return (this.broker.outputs.get('CX_KPI') ?? [])
      .map(({ message: { data } }) => {
        const { kpi, key, window, value, n, revision, partial } = data as Record<string, unknown>;
        return JSON.stringify([kpi, key, window, value, n, revision, partial === true ? 'partial' : 'whole']);
      })
      .sort();
  }
}

/** One process: fills where that is asked for, reads all that there is, and ends. */
class Life {
  readonly #store: Store;
  readonly #config: Config;
  readonly #ports: MemoryPorts;
  readonly #clock = new ManualClock(START + 24 * 60 * MINUTE);

  constructor(store: Store, config: Config, fault: Fault) {
    this.#store = store;
    this.#config = config;
    this.#ports = connect(store.broker, fault);
  }

  async live(isBackfill: boolean): Promise<void> {
    const config = this.#config;
    const stage = stagesOf(config, null, { maskKey: 'k' });
    const ports = this.#ports;
    const again: BackfillParts['again'] = async function* ({ partition, until }, signal) {
      if (until === 0) return;
      for await (const batch of ports.source(partition, { ends: true, batch: 7 }).batches(0, signal))
        yield batch.filter(({ seq }: RawMessage) => seq <= until);
    };
    const parts: BackfillParts = { stage, again, clock: this.#clock, logger: silentLogger };
    const { outOfOrdernessMs, idleAfterMs } = config.time;
    const settings = { outOfOrdernessMs, idleAfterMs, commit: { everyMs: 50, maxEvents: 8 } };
    const reset = new Set<string>();
    if (config.partitions === 1) {
      const backfill = isBackfill ? { backfill: backfillOf(config, parts, reset) } : null;
      const work = { partition: 0, stage, chain: chainOf(config), live: noLiveFeed, config: settings, ...backfill };
      await this.#run(work, this.#source(0));
      return;
    }
    const events = Array.from({ length: config.partitions }, (_, partition) => ({
      ...{ partition, stage, chain: partitionChainOf(config, () => undefined), live: noLiveFeed, config: settings },
    }));
    const combiningOf = (of: Config): PartitionWorks['combining'] => ({
      ...{ partition: COMBINING_PARTITION, stage: partialsStage(), chain: combiningChainOf(of), live: noLiveFeed },
      config: { ...settings, inputs: config.partitions },
    });
    const combining = combiningOf(config);
    const fingerprints = async (): ReturnType<FillOptions['fingerprints']> =>
      savedFingerprints(await ports.open(COMBINING_PARTITION)) ?? {}; // nothing is saved
    const works: PartitionWorks = { events, combining };
    const run = <T>(work: PartitionWork<T>, extent: 'nothing' | 'what is there'): Promise<PartitionStats> =>
      this.#run(work, extent === 'nothing' ? emptySource() : this.#source(work.partition));
    if (isBackfill) await fillPartitions({ ...parts, config, works, combiningOf, fingerprints, reset, run });
    for (const work of events) await this.#run(work, this.#source(work.partition));
    await this.#run(combining, this.#source(COMBINING_PARTITION));
  }

  #source(partition: number): Source {
    const { broker } = this.#store;
    if (partition === COMBINING_PARTITION) {
      const offered = broker.read(partition, 0, Infinity).length;
      for (const { message } of (broker.outputs.get('CX_PARTIAL') ?? []).slice(offered))
        broker.offer(JSON.stringify(message.data), partition, message.subject);
    }
    return { ...this.#ports.source(partition, { ends: true, batch: 5 }), caughtUp: () => false };
  }

  async #run<T>(work: PartitionWork<T>, source: Source): Promise<PartitionStats> {
    const ports: Omit<PartitionOptions<T>, keyof PartitionWork<T>> = {
      ...{ source, sink: this.#ports, commits: this.#ports, clock: this.#clock, logger: silentLogger },
      signal: new AbortController().signal,
    };
    const run = startPartition({ ...work, ...ports });
    const end = { isOver: false };
    const over = (): void => void (end.isOver = true);
    run.done.then(over, over);
    while (!end.isOver) {
      await new Promise((resolve) => setImmediate(resolve));
      this.#clock.advanceBy(7);
    }
    await run.done;
    return run.stats();
  }
}

async function live(store: Store, what: Configured, isBackfill: boolean, fault?: Fault): Promise<boolean> {
  try {
    await new Life(store, configOf(what, store.partitions), fault ?? (() => undefined)).live(isBackfill);
    return true;
  } catch (thrown) {
    if (thrown instanceof Crash) return false;
    throw thrown;
  }
}

const [kept] = KPIS;
const BEFORE: Configured = { kpis: [kept] };
const KPIS_ALONE: Configured = { kpis: KPIS.slice(0, 4) };
const CLOCKS_ALONE: Configured = { kpis: [kept, KPIS[4]], between: { clocks: [WAIT] } };
const AFTER: Configured = { kpis: KPIS, between: { clocks: [WAIT], journeys: [READING] } };
/** All KPIs join within their first windows, killed there at this moment; `killed`: whether it came to that. */
async function joined(
  partitions: number,
  options: { after?: Configured; isBackfill: boolean; fault?: Fault; wasThere?: boolean },
): Promise<{ readonly lines: readonly string[]; readonly outcomes: readonly string[]; readonly killed: boolean }> {
  const { after = AFTER } = options;
  const store = new Store(partitions);
  store.offer(12);
  await live(store, options.wasThere === true ? after : BEFORE, false);
  store.offer(5);
  const survived = await live(store, after, options.isBackfill, options.fault);
  if (!survived) await live(store, after, options.isBackfill);
  store.offer(75);
  await live(store, after, false);
  return { lines: store.lines(), outcomes: store.outcomes(), killed: !survived };
}

describe('KPIs, clocks and journeys that join a store', () => {
  it.each([1, 2, 3])(
    'of %i partition(s) are partial without --backfill, and with it say what they would have said had they always been there',
    async (partitions) => {
      const always = await joined(partitions, { isBackfill: false, wasThere: true });
      const partial = await joined(partitions, { isBackfill: false });
      const filled = await joined(partitions, { isBackfill: true });
      expect(partial.lines.join('\n')).toContain('partial');
      expect(always.lines.length).toBeGreaterThan(15);
      expect(always.lines.join('\n')).not.toContain('partial');
      expect(filled.lines).toEqual(always.lines);
      // Clocks say what comes after, and nothing of what is past.
      expect(filled.outcomes.length).toBeGreaterThan(20);
      expect(always.outcomes.length).toBeGreaterThan(filled.outcomes.length);
      expect(filled.outcomes).toEqual(always.outcomes.slice(-filled.outcomes.length));
      expect(filled.outcomes).not.toEqual(partial.outcomes);
    },
  );

  it.each([1, 2])('of %i partition(s) say the same wherever the engine is killed', async (partitions) => {
    // Of several the clocks alone: what is taken over, and when, is the same for all, and a life of all of them is long.
    const after = partitions === 1 ? KPIS_ALONE : CLOCKS_ALONE;
    const { lines, outcomes } = await joined(partitions, { isBackfill: true, after });
    let moment = 1;
    for (; ; moment++) {
      const { killed, ...found } = await joined(partitions, { isBackfill: true, after, fault: crashAt(moment) });
      if (!killed) break;
      expect(found, `killed at moment ${String(moment)}`).toEqual({ lines, outcomes });
    }
    expect(moment).toBeGreaterThan(partitions === 1 ? 25 : 60);
  });

  it.each([1, 2, 4])(
    '53 of %i partition(s): a clock that is added begins with what comes then, and with --backfill where its case began',
    async (partitions) => {
      const first = {
        ...{ id: 'first_response', key: 'data.case', target: [{ within: '2h' }] },
        ...{ start: { on: 'cx.case.opened' }, stop: { on: 'cx.case.replied' } },
      };
      const added: Configured = { kpis: [kept], between: { clocks: [first] } };
      const said: (readonly string[])[] = [];
      for (const isBackfill of [false, true]) {
        const store = new Store(partitions);
        store.offerOne('cx.case.opened', 60, { case: 'c1' }, 0);
        store.offerOne('cx.case.opened', 61, { case: 'late' }, partitions - 1);
        store.offerOne('cx.case.opened', 89, { case: 'other' }, partitions - 1);
        await live(store, BEFORE, false);
        await live(store, added, isBackfill);
        store.offerOne('cx.case.replied', 100, { case: 'c1' }, 0);
        await live(store, added, false);
        for (let p = 0; p < partitions; p += 1) store.offerOne('cx.case.closed', 200 + p, { case: 'z' }, p);
        await live(store, added, false);
        said.push(store.outcomes());
      }
      expect(said).toEqual([[], ['100 c1 stopped 2400 true 0', '181 late breached 7200 false 0']]);
    },
  );
});
