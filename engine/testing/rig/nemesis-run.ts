/**
 * All faults at once: two engines on one broker, or several that share its partitions, each behind a network of its own, while engines,
 * broker and networks are killed, stopped, frozen, cut off and held up at random, one fault upon another. In the end the streams have to
 * hold what one undisturbed engine leaves, and the boards of all that share show the same.
 */
import { appendFileSync } from 'node:fs';
import type { StorableMessage } from '../../adapters/nats/publisher.ts';
import { startCutProxy, type CutProxy } from './cut-proxy.ts';
import type { EngineProcess } from './engine-process.ts';
import { calmStreams, differences, eventsIn, faultInput, startLab, type Lab, type Output } from './fault-lab.ts';
import { changesOf, idsOf, lastWords, twice } from './comparable-outputs.ts';
import { until as reached } from './read-metrics.ts';
import { readStream, type Stored } from './read-streams.ts';
import { dice } from '../dice.ts';

export interface NemesisOptions {
  readonly seed: number;
  readonly seconds: number;
  readonly partitions: number;
  /** Of each engine. */
  readonly threads: number;
  /** So many engines share the partitions; left out: of two, one stands by. */
  readonly sharing?: number;
  /** Faults last up to this long. */
  readonly longestMs?: number;
}

export interface NemesisOutcome {
  readonly messages: number;
  /** How often each fault was made. */
  readonly faults: Readonly<Record<string, number>>;
  /** How often an engine was started, after a fault or by it. */
  readonly starts: number;
  /** From when the last fault was mended and the last message stored until everything was read and emitted. */
  readonly settledMs: number;
  /** What differs from the calm run, in words. */
  readonly wrong: readonly string[];
}

const PER_SECOND = 500;
/** As many at least, however slow the machine: it may take longer than asked for. */
const LEAST_FAULTS = 5;
/** Faults last up to this long: longer than a lease. */
const LONGEST_MS = 6_000;
const SETTLED_WITHIN_MS = 60_000;

/** One of the two engines: kept running, whatever happens to it. */
class Side {
  readonly #lab: Lab;
  readonly #config: string;
  readonly proxy: CutProxy;
  engine: EngineProcess | undefined;
  starts = 0;
  /** Why it ended by itself, which no fault excuses. */
  readonly failures: string[] = [];
  #isKept = true;
  #asked: EngineProcess | undefined;

  constructor(lab: Lab, config: string, proxy: CutProxy) {
    this.#lab = lab;
    this.#config = config;
    this.proxy = proxy;
  }

  async keep(): Promise<void> {
    while (this.#isWanted()) {
      this.starts += 1;
      try {
        this.engine = await this.#lab.engine(this.#config);
        if (!this.#isWanted()) this.askToStop();
        const how = await this.engine.ended;
        if (how !== 'SIGKILL' && how !== 0) this.failures.push(`an engine ended with ${how}`);
      } catch (error) {
        // Killed before it was ready: no fault of its own.
        if (!/ended \(SIGKILL\)|ended \(0\)/.test(String(error))) this.failures.push(String(error).slice(0, 2000));
      }
      this.engine = undefined;
    }
  }
  #isWanted(): boolean {
    return this.#isKept;
  }
  /** Once: a second signal would end it at once. */
  askToStop(): void {
    if (this.#asked === this.engine) return;
    this.#asked = this.engine;
    this.engine?.kill('SIGTERM');
  }
  /** It ends cleanly and is not started again. */
  async end(): Promise<void> {
    this.#isKept = false;
    this.askToStop();
    const how = await this.engine?.ended;
    if (how !== undefined && how !== 0) this.failures.push(`asked to stop, an engine ended with ${how}`);
  }
}

const pause = (ms: number): Promise<void> => new Promise((resume) => setTimeout(resume, ms));

type Faults = Readonly<Record<string, (side: Side, ms: number) => Promise<void>>>;

function faultsOf(lab: Lab, partitions: number): Faults {
  const broker = (signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void => {
    const pid = lab.server.pid();
    if (pid !== undefined) process.kill(pid, signal);
  };
  return {
    engine_killed: ({ engine }) => Promise.resolve(engine?.kill('SIGKILL')),
    engine_asked_to_stop: (side) => Promise.resolve(side.askToStop()),
    engine_frozen: async ({ engine }, ms) => {
      engine?.kill('SIGSTOP');
      await pause(ms);
      engine?.kill('SIGCONT');
    },
    network_cut: async ({ proxy }, ms) => {
      proxy.cut();
      await pause(ms);
      proxy.mend();
    },
    network_held: async ({ proxy }, ms) => {
      proxy.hold();
      await pause(ms);
      proxy.mend();
    },
    broker_killed: () => Promise.resolve(broker('SIGKILL')),
    broker_frozen: async (_, ms) => {
      broker('SIGSTOP');
      await pause(ms / 2);
      broker('SIGCONT');
    },
    consumers_deleted: async () => {
      for (let partition = 0; partition < partitions; partition++) {
        const stream = `CX_EVENTS_${partition}`;
        // The broker may be away just now: then there is nothing to delete.
        const names: string[] = [];
        try {
          for await (const { name } of lab.jsm.consumers.list(stream)) names.push(name);
          for (const name of names) await lab.jsm.consumers.delete(stream, name);
        } catch {
          return;
        }
      }
    },
  };
}

export async function nemesis(options: NemesisOptions): Promise<NemesisOutcome> {
  const { seed, seconds, partitions, threads, sharing = 0, longestMs = LONGEST_MS } = options;
  const messages = faultInput(seed, seconds * PER_SECOND, partitions);
  const calm = await calmStreams(messages);
  const roll = dice(seed);
  const lab = await startLab(partitions, threads);
  const sides: Side[] = [];
  try {
    for (const name of ['left', 'right', 'third', 'fourth', 'fifth'].slice(0, sharing === 0 ? 2 : sharing)) {
      const proxy = await startCutProxy(lab.server.port);
      const config = lab.config(name, `nats://127.0.0.1:${proxy.port}`);
      if (sharing > 0) appendFileSync(config, 'instances: share\n');
      sides.push(new Side(lab, config, proxy));
    }
    const kept = sides.map((side) => side.keep());
    const faults = faultsOf(lab, partitions);
    // Kills count thrice: they have to hit the few milliseconds between a commit and its outputs.
    const names = [...Object.keys(faults), 'engine_killed', 'engine_killed'];
    const counts: Record<string, number> = {};
    // Before, messages are refused until the engines have made the streams, and what is sent again during that loses its order.
    await reached('the streams', SETTLED_WITHIN_MS, async () => {
      for (let partition = 0; partition < partitions; partition++) await lab.jsm.streams.info(`CX_EVENTS_${partition}`);
      return true;
    });
    const published = lab.publish(messages, PER_SECOND);
    const until = performance.now() + seconds * 1000;
    let made = 0;
    const running: Promise<void>[] = [];
    while (performance.now() < until || made < LEAST_FAULTS) {
      await pause(100 + roll(1_200));
      const [name, side] = [names[roll(names.length)] ?? '', sides[roll(sides.length)]];
      if (side === undefined || (name.startsWith('engine') && side.engine === undefined)) continue;
      counts[name] = (counts[name] ?? 0) + 1;
      made += 1;
      const lasting = faults[name]?.(side, 200 + roll(longestMs));
      if (lasting !== undefined) running.push(lasting);
    }
    await Promise.all(running);
    await published;
    const mended = performance.now();
    await settled(lab, sides, messages);
    const settledMs = Math.round(performance.now() - mended);
    const boards = sharing > 0 ? await sameBoards(sides) : [];
    for (const side of sides) await side.end();
    await Promise.all(kept);
    const wrong = [
      ...boards,
      ...sides.flatMap(({ failures }) => failures),
      ...(partitions === 1 ? differences(await lab.streams(), calm) : differencesInWords(await lab.streams(), calm)),
    ];
    const starts = sides.reduce((sum, side) => sum + side.starts, 0);
    return { messages: messages.length, faults: counts, starts, settledMs, wrong };
  } finally {
    for (const { proxy } of sides) await proxy.close();
    await lab.close();
  }
}

/** Everything read, and everything that one stage sends to another sent. */
async function settled(lab: Lab, sides: readonly Side[], messages: readonly StorableMessage[]): Promise<void> {
  const countIn = async ({ engine }: Side): Promise<number> => (engine === undefined ? 0 : eventsIn(engine));
  await reached('all events read', SETTLED_WITHIN_MS, async () => {
    const counts = await Promise.all(sides.map(countIn));
    return counts.reduce((sum, count) => sum + count, 0) >= messages.length;
  });
  let before = -1;
  await reached('nothing more comes', SETTLED_WITHIN_MS, async () => {
    const { length } = await readStream(lab.nc, 'CX_KPI');
    const isStill = length === before && length > 0;
    before = length;
    if (!isStill) await pause(1_000);
    return isStill;
  });
}

/** Why not, in words; empty: all show the same. */
async function sameBoards(sides: readonly Side[]): Promise<readonly string[]> {
  const boardOf = async ({ engine }: Side): Promise<string> => {
    if (engine === undefined) return 'an engine does not run';
    const answers = ['/v1/kpis', '/v1/alerts'].map(async (path) => {
      const answer = await fetch(engine.url + path);
      return `${path} ${String(answer.status)} ${await answer.text()}`;
    });
    return (await Promise.all(answers)).join('\n');
  };
  const sorted = (board: string): string =>
    [...board.matchAll(/\{"kpi":.*?\}\}|\{"alert":.*?\}/g)].map(String).sort().join('\n');
  let seen: readonly string[] = [];
  const isSame = async (): Promise<boolean> => {
    seen = await Promise.all(sides.map(boardOf));
    return seen.every((board) => / 200 /.test(board) && sorted(board) === sorted(seen[0] ?? ''));
  };
  return reached('all boards show the same', SETTLED_WITHIN_MS, isSame).then(
    () => [],
    () => seen.map((board, i) => `board ${String(i)}: ${board.slice(0, 400)}`),
  );
}

/** Of several partitions: all but the order and the number of revisions. */
function differencesInWords(
  found: Record<Output, readonly Stored[]>,
  calm: Record<Output, readonly Stored[]>,
): readonly string[] {
  const wrong: string[] = [];
  const compare = <T>(what: string, here: readonly T[], there: readonly T[]): void => {
    const at = here.findIndex((one, i) => JSON.stringify(one) !== JSON.stringify(there[i]));
    if (here.length !== there.length) wrong.push(`${what}: ${here.length}, not ${there.length}`);
    if (at >= 0) wrong.push(`${what} ${at}: ${JSON.stringify(here[at])}, not ${JSON.stringify(there[at])}`);
  };
  compare('windows', lastWords(found.CX_KPI), lastWords(calm.CX_KPI));
  compare('changes of alerts', changesOf(found.CX_ALERTS), changesOf(calm.CX_ALERTS));
  compare('enriched events', idsOf(found.CX_ENRICHED), idsOf(calm.CX_ENRICHED));
  compare('late events', idsOf(found.CX_LATE), idsOf(calm.CX_LATE));
  if (found.CX_DLQ.length !== calm.CX_DLQ.length) wrong.push(`dead letters: ${found.CX_DLQ.length}`);
  for (const [stream, stored] of Object.entries(found)) {
    const repeated = twice(stored);
    if (repeated > 0) wrong.push(`${stream}: ${repeated} ids twice`);
  }
  return wrong;
}
