/**
 * What runs in a thread of partitions: their whole work, from reading to commits, over a connection to the broker, facts and stages of
 * its own. The engine says which run, and has the right to them; texts are scored by the engine's models. Nothing that these
 * partitions do is shown on a board: that is done where they are combined.
 */
import { setMaxListeners } from 'node:events';
import type { NatsConnection } from '@nats-io/transport-node';
import { jetstreamCommits } from '../../adapters/commits/jetstream-commits.ts';
import { letterSeal, sealKeys } from '../../adapters/keys/letter-seal.ts';
import { hearTime } from '../../adapters/nats/combined-time.ts';
import { connectNats, connectionState } from '../../adapters/nats/nats-connection.ts';
import type { ThreadPort } from '../../adapters/process/open-thread.ts';
import { systemClock } from '../../adapters/process/system-clock.ts';
import { loggerTo } from '../../adapters/process/thread-log.ts';
import { maxPayloadOf } from '../../adapters/streams/broker-fitness.ts';
import { Doubt } from '../../core/partition/doubt.ts';
import { at, ensure } from '../../core/must.ts';
import { yieldsAfter } from '../../core/steps/yielding.ts';
import type { LiveFeed, Logger } from '../../core/types.ts';
import { yieldToLoop } from '../../runtime/bell.ts';
import type { Attempt } from '../../runtime/assignment/supervisor.ts';
import { ExpressionWatch } from '../expression-watch.ts';
import type { OpenFacts } from '../facts/open-facts.ts';
import type { PartitionWorks } from '../fill-partitions.ts';
import { attemptHere, eventWorksOf, type PartitionParts } from '../partitions.ts';
import { Closers } from '../start/closers.ts';
import { joinFacts } from '../start/join-facts.ts';
import { liveStages } from '../start/live-stages.ts';
import { AskedScorer } from './asked-scorer.ts';
import { watchLoop } from './loop-watch.ts';
import type {
  Configured,
  FromPartitionThread,
  PartitionThreadData,
  ThreadReport,
  ToPartitionThread,
} from './partition-thread-messages.ts';
import { plainThrown, thrownAgain } from './thrown-form.ts';

export type PartitionPort = ThreadPort<ToPartitionThread, FromPartitionThread>;

const REPORT_MS = 200;

/** Resolves when it was asked to end, which is when none of its partitions runs any more. */
export async function runPartitionThread(port: PartitionPort, data: PartitionThreadData): Promise<void> {
  const thread = new PartitionThread(port, data);
  const timer = setInterval(() => thread.report(), REPORT_MS);
  thread.report();
  try {
    await thread.run();
  } finally {
    clearInterval(timer);
  }
}

/** One life of a partition. */
interface ThreadRun {
  readonly run: number;
  readonly partition: number;
  readonly stop: AbortController;
  readonly halt: AbortController;
  attempt: Attempt | null;
}

type Parts = Pick<PartitionParts, 'nc' | 'commits' | 'logger' | 'origin' | 'doubt'> & {
  works: PartitionWorks['events'];
  readonly worksOf: (config: Configured['config']) => PartitionWorks['events'];
  readonly facts: OpenFacts | null;
};

class PartitionThread {
  readonly #port: PartitionPort;
  readonly #data: PartitionThreadData;
  readonly #logger: Logger;
  readonly #closers = new Closers();
  readonly #ending = new AbortController();
  readonly #expressions = new ExpressionWatch();
  readonly #scorer: AskedScorer;
  readonly #loop = watchLoop(systemClock.elapsed);
  readonly #waits = new Map<string, string>();
  readonly #runs = new Map<number, ThreadRun>();
  readonly #ready: Promise<Parts>;
  #configured: Configured;
  #nc: NatsConnection | null = null;
  #parts: Parts | null = null;

  constructor(port: PartitionPort, data: PartitionThreadData) {
    this.#port = port;
    this.#data = data;
    this.#configured = data;
    this.#logger = loggerTo(port, { thread: data.number });
    this.#scorer = new AskedScorer((question) => port.postMessage(question));
    setMaxListeners(0, this.#ending.signal);
    port.on('message', (message) => this.#take(message));
    this.#ready = this.#prepare();
    this.#ready.catch(() => undefined); // whoever waits for it gets the error
  }

  async run(): Promise<void> {
    const { signal } = this.#ending;
    try {
      // What cannot be prepared ends the thread.
      await Promise.race([this.#ready.then(() => whenAborted(signal)), whenAborted(signal)]);
    } finally {
      await this.#closers.closeAll();
    }
  }

  #take(message: ToPartitionThread): void {
    switch (message.kind) {
      case 'configure':
        return this.#configure(message);
      case 'start':
        return this.#start(message.run, message.partition);
      case 'stop':
        return this.#runs.get(message.run)?.stop.abort(new Error('stopping'));
      case 'halt':
        return this.#runs.get(message.run)?.halt.abort(thrownAgain(message.reason));
      case 'scored':
      case 'not_scored':
        return this.#scorer.take(message);
      case 'end':
        return this.#ending.abort(new Error('stopping'));
    }
  }

  #configure(configured: Configured): void {
    this.#configured = configured;
    this.#expressions.restart();
    if (this.#parts !== null) this.#parts.works = this.#parts.worksOf(configured.config);
  }

  #start(run: number, partition: number): void {
    const started = { run, partition, stop: new AbortController(), halt: new AbortController(), attempt: null };
    this.#runs.set(run, started);
    void this.#live(started).then(
      () => this.#port.postMessage({ kind: 'ended', run, thrown: null }),
      (thrown: unknown) => this.#port.postMessage({ kind: 'ended', run, thrown: plainThrown(thrown) }),
    );
  }

  async #live(started: ThreadRun): Promise<void> {
    const [stop, halt] = [started.stop.signal, started.halt.signal];
    try {
      const parts = await Promise.race([this.#ready, whenAborted(AbortSignal.any([stop, halt])).then(() => null)]);
      halt.throwIfAborted();
      // Asked to stop before anything ran: the next start finds what this one found.
      if (parts === null || stop.aborted) return;
      const { partition } = started;
      const attempt = await attemptHere(parts, partition, () => at(parts.works, partition), { stop, halt });
      started.attempt = attempt;
      try {
        await attempt.run.done;
      } finally {
        attempt.close();
      }
    } finally {
      this.#runs.delete(started.run);
    }
  }

  /** The broker is tried for ever, as at a start. */
  async #prepare(): Promise<Parts> {
    const { number, broker, keys, origin, isScored } = this.#data;
    const [logger, { signal }] = [this.#logger, this.#ending];
    const onFailure = (reason: string): void => this.#waitsFor('NATS', reason);
    this.#waitsFor('NATS', 'not reached yet');
    const nc = await connectNats(broker, logger, { name: `earshot-partitions-${String(number)}`, signal, onFailure });
    this.#closers.addLast(() => nc.close());
    this.#nc = nc;
    this.#waits.delete('NATS');
    const health = {
      waitsFor: (what: string, how: string): void => this.#waitsFor(what, how),
      has: (what: string): void => void this.#waits.delete(what),
    };
    const { config } = this.#configured;
    const step = { health, logger, signal };
    const facts = await joinFacts(nc, { config, expressions: this.#expressions }, keys, step, this.#closers);
    const commits = jetstreamCommits(nc, { logger });
    this.#closers.add(() => commits.close());
    const stageOf = liveStages({
      ...{ maxPayload: maxPayloadOf(nc), keys, facts, seal: letterSeal(sealKeys(config.seal)) },
      maybeYield: yieldsAfter(systemClock.elapsed, yieldToLoop),
      scorer: isScored ? this.#scorer : null,
    });
    const combined = hearTime(nc);
    const { compile } = this.#expressions;
    const worksOf: Parts['worksOf'] = (now) =>
      eventWorksOf(now, { stage: stageOf(now), compile, hub: NOT_SHOWN }, combined);
    const works = worksOf(this.#configured.config);
    const doubt = this.#data.doubt === null ? null : new Doubt(this.#data.doubt);
    return (this.#parts = { nc, commits, logger, origin, doubt, facts, works, worksOf });
  }

  #waitsFor(what: string, how: string): void {
    this.#waits.set(what, `${what}: ${how}`);
  }

  report(): void {
    this.#port.postMessage({ kind: 'report', report: this.#reported() });
  }

  #reported(): ThreadReport {
    const state = this.#nc === null ? null : connectionState(this.#nc);
    const refused = state?.refused();
    return {
      runs: [...this.#runs.values()].flatMap(({ run, attempt }) =>
        attempt === null
          ? [] // it starts
          : [
              {
                ...{ run, stats: attempt.run.stats(), blocked: attempt.blocked() ?? null },
                queues: attempt.queues?.() ?? {}, // optional in the port
              },
            ],
      ),
      waits: state?.connected() === false ? ['not connected to NATS'] : [...this.#waits.values()],
      troubles: [...(refused === undefined ? [] : [refused]), ...(state?.troubles() ?? [])], // not reached yet
      families: this.#parts?.facts?.families() ?? [], // none are configured
      evaluations: this.#expressions.takeNew(),
      generation: this.#configured.generation,
      loop: this.#loop(),
    };
  }
}

function whenAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

const OF_BOARDS = ['cx.kpi.', 'cx.alerts.', 'cx.actions.'];

/** Boards live with the engine. */
const NOT_SHOWN: LiveFeed = {
  show: () => ensure(false, 'a partition of events shows nothing by itself'),
  committed(messages) {
    for (const { subject } of messages)
      ensure(!OF_BOARDS.some((prefix) => subject.startsWith(prefix)), 'what boards show comes from the combination');
  },
  time: () => undefined,
  restored: () => undefined,
};
