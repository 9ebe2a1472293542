/** Runs one partition: recovery, the loop, the end. engine/README.md has the picture. */
import type { OpenRun } from '../core/clocks/open-run.ts';
import { Chain, fingerprintsOf, type ChainDef } from '../core/chain.ts';
import { EngineError } from '../core/errors.ts';
import { NO_CLOCK_FINDINGS } from '../core/partition/clock-findings.ts';
import { InputsTime, PartitionTime } from '../core/watermark.ts';
import {
  START_OF_TIME,
  type BatchStage,
  type Clock,
  type Commit,
  type CommitStore,
  type LiveFeed,
} from '../core/types.ts';
import type { Logger, Millis, Prepared, RawMessage, Sink, Source } from '../core/types.ts';
import { backfilled, type Backfill } from './backfilling.ts';
import { Bell } from './bell.ts';
import { ClockWatch } from './clock-watch.ts';
import { Committer } from './commits/committer.ts';
import { Forwarder } from './commits/forwarder.ts';
import { InputTime } from './input-time.ts';
import { Outlet } from './commits/outlet.ts';
import type { PartitionConfig } from './partition-config.ts';
import { PartitionLoop } from './partition-loop.ts';
import { recover } from './commits/recovery.ts';
import { Snapshots } from './commits/snapshots.ts';
import { RunAhead } from './stages.ts';
import { Histogram, POWERS_OF_TWO_MS } from '../core/histogram.ts';
import { type Health, type HealthState, type PartitionStats } from '../core/partition/stats.ts';

export interface PartitionOptions<T> {
  readonly partition: number;
  readonly source: Source;
  /** The stateless stages, composed by `pipeStages`. */
  readonly stage: BatchStage<RawMessage, Prepared<T>>;
  readonly chain: ChainDef<T, unknown>;
  readonly sink: Sink;
  readonly commits: CommitStore;
  readonly live: LiveFeed;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly config: PartitionConfig;
  /** Fills what is saved before anything runs (`--backfill`). */
  readonly backfill?: Backfill;
  /** Asks for a graceful stop: the last message is finished, committed and its outputs published. */
  readonly signal: AbortSignal;
  /** Demands an end at once, as when the partition may be another's: nothing is written after it; `done` rejects with its reason. */
  readonly halt?: AbortSignal;
  /** How often it was not known whether another owns the partition by now: nothing is written before a commit has proven that none does. */
  readonly doubts?: () => number;
}

export interface PartitionRun {
  /**
   * Resolves after a graceful stop or the end of the input. Rejects, with nothing written after it, on the first failure
   * that retrying does not mend: COMMIT_FENCED (another owner), config, bug; and whatever a port threw.
   */
  readonly done: Promise<void>;
  stats(): PartitionStats;
  /** Of clocks that run in it, pulled lazily. */
  openRuns(): Iterable<OpenRun>;
}

/** Batches read ahead of the chain. */
const AHEAD = 4;
/** A commit or a publish that takes longer shows in the health. */
const BLOCKED_AFTER_MS = 2000;
/** How long a stop waits for the broker. */
const STOP_WITHIN_MS = 10_000;

export function startPartition<T>(options: PartitionOptions<T>): PartitionRun {
  const run = new Run(options);
  return { done: run.run(), stats: () => run.stats(), openRuns: () => run.openRuns() };
}

export async function runPartition<T>(options: PartitionOptions<T>): Promise<void> {
  await startPartition(options).done;
}

interface Parts<T> {
  readonly chain: Chain<T, unknown>;
  readonly outlet: Outlet;
  readonly forwarder: Forwarder;
  readonly committer: Committer;
  readonly snapshots: Snapshots;
  readonly ahead: RunAhead<RawMessage, Prepared<T>>;
  readonly loop: PartitionLoop<T>;
  readonly clocks: ClockWatch | null;
  readonly bytes: { readonly deltaBytes: number; readonly snapshotBytes: number };
}

class Run<T> {
  readonly #options: PartitionOptions<T>;
  readonly #bell = new Bell();
  /** Ends every call to a port: after a failure nothing more may be written. */
  readonly #hard = new AbortController();
  /** Ends reading only. */
  readonly #reading = new AbortController();
  #state: HealthState = 'starting';
  #failure: { readonly thrown: unknown } | undefined;
  #onFailure: () => void = () => undefined;
  #parts: Parts<T> | undefined;

  constructor(options: PartitionOptions<T>) {
    this.#options = options;
  }

  async run(): Promise<void> {
    const { signal, halt } = this.#options;
    const end = (): void => this.#fail(halt?.reason);
    const stop = (): void => {
      this.#reading.abort(signal.reason);
      this.#bell.ring();
      void this.#limitStop();
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
    // A port that never answers must not keep a failure from being reported.
    const failed = new Promise<void>((resolve) => (this.#onFailure = resolve));
    if (halt?.aborted === true) end();
    else halt?.addEventListener('abort', end, { once: true });
    try {
      await Promise.race([this.#work(), failed]);
      this.#check();
      this.#state = 'stopped';
    } catch (thrown) {
      this.#fail(thrown);
      this.#state = 'failed';
      throw this.#failure?.thrown ?? thrown;
    } finally {
      signal.removeEventListener('abort', stop);
      halt?.removeEventListener('abort', end);
      this.#reading.abort();
      this.#hard.abort();
      this.#parts?.loop.close();
    }
  }

  async #work(): Promise<void> {
    const parts = await this.#start().catch((thrown: unknown) => {
      // Asked to stop before anything ran: the next start finds what this one found.
      if (this.#reading.signal.aborted && this.#failure === undefined) return undefined;
      throw thrown;
    });
    if (parts === undefined) return;
    this.#parts = parts;
    this.#state = 'running';
    await parts.loop.run();
    this.#reading.abort();
    await parts.loop.finish();
  }

  async #start(): Promise<Parts<T>> {
    const { partition, source, stage, chain: def, sink, clock, logger, config } = this.#options;
    const signal = this.#hard.signal;
    const fail = (thrown: unknown): void => this.#fail(thrown);
    const { doubts = () => 0 } = this.#options; // whoever knows that another may own it halts it
    const provenDoubts = doubts();
    const found = await recover({ ...this.#options, def, signal });
    const now = (): Millis => clock.now();
    const recovered = await backfilled(found, this.#options.backfill, this.#reading.signal, signal, now);
    const { log, commit, saved } = recovered;
    const outlet = new Outlet(partition, commit.counters, recovered.storedForwards, now, config.mostTogether);
    const chain = new Chain(def, { partition }, outlet, saved);
    const fingerprints = fingerprintsOf(def);
    const snapshots = new Snapshots(log, chain, fingerprints, logger, signal, fail);
    if (recovered.isReshaped) await snapshots.replaceAll();
    recovered.onStored();
    const forwarder = new Forwarder(sink, signal, now, this.#bell.ring, fail);
    const committer = new Committer({
      ...this.#options,
      log,
      forwarder,
      signal,
      last: commit,
      provenAt: recovered.provenAt,
      ...{ doubts, provenDoubts },
      now,
      elapsed: clock.elapsed,
      onCommitted: () => snapshots.onCommitted(),
      onIdle: this.#bell.ring,
      onFailure: fail,
    });
    const ahead = new RunAhead<RawMessage, Prepared<T>>({
      batches: source.batches(commit.position, this.#reading.signal),
      stage,
      limit: AHEAD,
      clock,
      logger,
      signal: this.#reading.signal,
      onReady: this.#bell.ring,
    });
    const partitionClock =
      config.inputs === undefined
        ? new PartitionTime(config.outOfOrdernessMs, commit.time)
        : new InputsTime(config.inputs, commit.time);
    const time = new InputTime({ time: partitionClock, source, clock, idleAfterMs: config.idleAfterMs });
    // What comes from other partitions was seen there.
    const clocks = config.inputs === undefined ? new ClockWatch(config.outOfOrdernessMs, outlet) : null;
    const loop = new PartitionLoop<T>({
      ...this.#options,
      ...{ chain, outlet, forwarder, committer, ahead, time, clocks, fingerprints },
      bell: this.#bell,
      stop: this.#reading.signal,
      onCut: () => snapshots.onCut(),
      check: () => this.#check(),
    });
    return { chain, outlet, forwarder, committer, snapshots, ahead, loop, clocks, bytes: log };
  }

  #fail(thrown: unknown): void {
    if (this.#failure !== undefined) return;
    this.#failure = { thrown };
    this.#hard.abort(thrown);
    this.#reading.abort(thrown);
    this.#bell.ring();
    this.#onFailure();
  }

  /** Throws what failed in the background. */
  #check(): void {
    if (this.#failure !== undefined) throw this.#failure.thrown;
  }

  /** A broker that is away must not hold a stop for ever: what is not committed is read again at the next start. */
  async #limitStop(): Promise<void> {
    const { clock } = this.#options;
    await clock.sleepUntil(clock.now() + STOP_WITHIN_MS, this.#hard.signal).then(
      () => this.#fail(new EngineError('BROKER_UNAVAILABLE', ['the broker', 'it did not answer while stopping'])),
      () => undefined,
    );
  }

  #health(now: Millis): Health {
    const reasons: string[] = [];
    if (this.#failure !== undefined) reasons.push(describe(this.#failure.thrown));
    const parts = this.#parts;
    if (this.#state !== 'running' || parts === undefined) return { state: this.#state, reasons };
    const waits = (since: Millis | undefined, what: string): void => {
      if (since !== undefined && now - since > BLOCKED_AFTER_MS)
        reasons.push(`${what} has waited for ${now - since} ms`);
    };
    if (parts.ahead.blockedBy !== undefined) reasons.push(parts.ahead.blockedBy);
    waits(parts.committer.busySince, 'the commit');
    waits(parts.forwarder.busySince, 'publishing');
    return { state: reasons.length > 0 ? 'blocked' : 'running', reasons };
  }

  openRuns(): Iterable<OpenRun> {
    return this.#parts?.chain.openRuns() ?? []; // it starts
  }

  stats(): PartitionStats {
    const now = this.#options.clock.now();
    const parts = this.#parts;
    const commit: Commit | undefined = parts?.committer.last;
    const watermark = parts?.chain.watermark ?? START_OF_TIME;
    return {
      partition: this.#options.partition,
      health: this.#health(now),
      epoch: commit?.epoch ?? 0,
      counters: commit?.counters ?? {},
      position: parts?.loop.position ?? 0,
      committedPosition: commit?.position ?? 0,
      commits: commit?.number ?? 0,
      watermark,
      lagMs: watermark === START_OF_TIME ? null : now - watermark,
      isIdle: parts?.loop.isIdle ?? false,
      batches: parts?.loop.batches ?? 0,
      ahead: parts?.ahead.pending ?? 0,
      forwards: parts?.forwarder.outstanding ?? 0,
      outbox: parts?.outlet.outbox.length ?? 0,
      uncommitted: parts?.loop.uncommitted ?? 0,
      queues: { outbox_bytes: parts?.outlet.outboxBytes ?? 0 },
      commitMs: (parts?.committer.durations ?? new Histogram(POWERS_OF_TWO_MS)).view(),
      size: parts?.chain.size() ?? {},
      deltaBytes: parts?.bytes.deltaBytes ?? 0,
      snapshotBytes: parts?.bytes.snapshotBytes ?? 0,
      snapshots: parts?.snapshots.count ?? 0,
      restarts: 0,
      clocks: parts?.clocks?.findings(now) ?? NO_CLOCK_FINDINGS,
    };
  }
}

function describe(thrown: unknown): string {
  return thrown instanceof EngineError ? `${thrown.message} (${thrown.code})` : 'an unexpected failure, see the log';
}
