/**
 * Keeps one partition running: holds the right to it, starts it, and starts it again, with everything made again, when it
 * fails for a reason that passes. What does not pass (kinds config and bug) ends it, and with it the engine.
 */
import type { OpenRun } from '../../core/clocks/open-run.ts';
import { EngineError, reasonOf } from '../../core/errors.ts';
import { InvariantError } from '../../core/must.ts';
import { placeOf } from '../../core/text/place-of.ts';
import type { Clock, Logger } from '../../core/types.ts';
import type { PartitionRun } from '../driver.ts';
import { idleStats, type Health, type PartitionStats } from '../../core/partition/stats.ts';

/** The right to run a partition (structurally a lease). */
export interface Ownership {
  /** Aborted as soon as the right may be somebody else's. */
  readonly lost: AbortSignal;
  /** Aborted when another is to have it: what runs finishes and commits, then it is released. Left out: nobody asks. */
  readonly give?: AbortSignal;
  release(): Promise<void>;
}

/** Why the right is waited for. */
export interface OwnershipWait {
  readonly reason: string;
  /** Another instance is known to have it; false: perhaps nobody runs the partition. */
  readonly isAnothers: boolean;
}

/** One life of a partition, from its last commit on. */
export interface Attempt {
  readonly run: PartitionRun;
  /** Why its outputs or commits do not get through; undefined: they do. */
  blocked(): string | undefined;
  /** Depths of the queues around the run, by name. */
  queues?(): Readonly<Record<string, number>>;
  /** After the run has ended. */
  close(): void;
}

/** `stop` asks for a graceful end; `halt` for one at once, with nothing written after it. */
export interface AttemptSignals {
  readonly stop: AbortSignal;
  readonly halt: AbortSignal;
}

export interface SupervisorOptions {
  readonly partition: number;
  /** Waits until the partition is ours, telling why it waits. null: nobody else can have it. */
  readonly own: ((signal: AbortSignal, onWait: (wait: OwnershipWait) => void) => Promise<Ownership>) | null;
  /** Makes new source, sink and chain and starts them. */
  readonly start: (signals: AttemptSignals) => Promise<Attempt>;
  /** The partition runs here no more, for now. */
  readonly onEnd?: () => void;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Asks for a graceful stop. */
  readonly signal: AbortSignal;
}

export interface SupervisedPartition {
  /** Resolves after a graceful stop or the end of the input; rejects with a failure of kind config or bug. */
  readonly done: Promise<void>;
  stats(): PartitionStats;
  /** Of clocks that run here, pulled lazily; none: it does not run here. */
  openRuns(): Iterable<OpenRun>;
  /**
   * What runs finishes its message and commits, and starts again as a new one; the right to the partition is kept, unless another is
   * to have it. Nothing where it does not run here: the next start is new anyway. Resolves when it runs again, or will not for now.
   */
  renew(): Promise<void>;
  /** Why it ended though nobody asked for it: nothing but a new process goes on. undefined: it did not, or is tried again. */
  fatal(): string | undefined;
}

const FIRST_BACKOFF_MS = 250;
const LONGEST_BACKOFF_MS = 10_000;
/** How often it is looked whether what was started again runs. */
const RENEWAL_LOOK_MS = 10;
/** After so long without a failure the next restart is prompt again. */
const STEADY_AFTER_MS = 30_000;

export function supervisePartition(options: SupervisorOptions): SupervisedPartition {
  const supervisor = new Supervisor(options);
  return {
    done: supervisor.run(),
    stats: () => supervisor.stats(),
    openRuns: () => supervisor.openRuns(),
    renew: () => supervisor.renew(),
    fatal: () => supervisor.fatal,
  };
}

const ALONE: Ownership = { lost: new AbortController().signal, release: () => Promise.resolve() };

class Supervisor {
  readonly #options: SupervisorOptions;
  #attempt: Attempt | undefined;
  /** What to tell while nothing runs. */
  #health: Health = { state: 'starting', reasons: [] };
  /** Why it is started again; reported until it runs. */
  #why: readonly string[] = [];
  #starts = 0;
  #backoffMs = FIRST_BACKOFF_MS;
  /** Of the attempt that runs; aborted: it is to make way for a new one. */
  #renewal = new AbortController();
  /** Starts that nothing had failed before. */
  #renewals = 0;
  fatal: string | undefined;

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  async run(): Promise<void> {
    const { signal, clock } = this.#options;
    while (!signal.aborted) {
      const began = clock.now();
      const ended = await this.#live();
      if (ended === 'over') break;
      if (ended === 'lost') continue;
      if (clock.now() - began > STEADY_AFTER_MS) this.#backoffMs = FIRST_BACKOFF_MS;
      await clock.sleepUntil(clock.now() + this.#backoffMs, signal).catch(() => undefined);
      this.#backoffMs = Math.min(LONGEST_BACKOFF_MS, this.#backoffMs * 2);
    }
    this.#health = { state: 'stopped', reasons: [] };
  }

  /** `lost`: another may own it now, so wait for it; `failed`: wait a while and try again. */
  async #live(): Promise<'over' | 'lost' | 'failed'> {
    const { own, signal, partition } = this.#options;
    let ownership = ALONE;
    let isOurs = false;
    try {
      if (own !== null) {
        this.#health = { state: 'starting', reasons: this.#why };
        ownership = await own(signal, (wait) => this.#wait(wait));
      }
      isOurs = true;
      this.#health = { state: 'starting', reasons: this.#why };
      const { give } = ownership;
      const isAsked = (): boolean => give?.aborted === true;
      const before = this.#starts;
      while (!isAsked()) {
        await this.#runOnce(ownership);
        if (signal.aborted || !this.#renewal.signal.aborted) break;
      }
      if (signal.aborted || !isAsked()) return 'over';
      this.#why = [];
      // What starts when it comes back is no restart.
      if (this.#starts > before) this.#renewals++;
      this.#options.logger.info('the partition is handed over', { partition });
      return 'lost';
    } catch (thrown) {
      if (!isPassing(thrown)) {
        this.#health = { state: 'failed', reasons: [describe(thrown)] };
        this.fatal = `partition ${String(partition)} has ended for good: ${describe(thrown)}`;
        throw thrown;
      }
      if (signal.aborted) {
        if (isOurs) this.#options.logger.warn('the partition did not stop cleanly', this.#fields(thrown));
        return 'over';
      }
      this.#why = [describe(thrown)];
      this.#health = { state: 'failed', reasons: this.#why };
      const isLost = ownership.lost.aborted || ownership.give?.aborted === true;
      const message = isLost ? 'the partition is given up' : 'the partition failed, it is started again';
      this.#options.logger.warn(message, { ...this.#fields(thrown), ...(isLost ? {} : { afterMs: this.#backoffMs }) });
      return isLost ? 'lost' : 'failed';
    } finally {
      await ownership.release().catch((thrown: unknown) => {
        this.#options.logger.warn('the partition could not be handed over', { partition, error: reasonOf(thrown) });
      });
    }
  }

  /** Standing by is fine; a partition that nobody is known to run is not. */
  #wait({ reason, isAnothers }: OwnershipWait): void {
    this.#health = isAnothers
      ? { state: 'standby', reasons: [reason] }
      : { state: 'starting', reasons: [...this.#why, reason] };
  }

  async renew(): Promise<void> {
    const { clock, signal } = this.#options;
    const before = this.#starts;
    const isHere = this.#attempt !== undefined;
    this.#renewal.abort(new Error('started again as it is configured now'));
    const isUnderWay = (): boolean => {
      const { state } = this.stats().health;
      // Another may have it now.
      return state === 'starting' || (this.#starts === before && state !== 'standby');
    };
    while (isHere && !signal.aborted && this.fatal === undefined && isUnderWay()) {
      await clock.sleepUntil(clock.now() + RENEWAL_LOOK_MS, signal).catch(() => undefined);
    }
  }

  async #runOnce({ lost: halt, give }: Ownership): Promise<void> {
    const { start, signal, onEnd } = this.#options;
    this.#starts++;
    this.#renewal = new AbortController();
    const renewal = this.#renewal.signal;
    const attempt = await start({
      stop: AbortSignal.any([signal, renewal, ...(give === undefined ? [] : [give])]),
      halt,
    });
    this.#attempt = attempt;
    let isRenewed = false;
    try {
      await attempt.run.done;
      isRenewed = renewal.aborted && !signal.aborted && give?.aborted !== true;
      if (isRenewed) this.#renewals++;
    } finally {
      this.#attempt = undefined;
      attempt.close();
      // What boards show of it stays true: it goes on where it stopped.
      if (!isRenewed) onEnd?.();
    }
  }

  #fields(thrown: unknown): Readonly<Record<string, string | number>> {
    const { partition } = this.#options;
    if (!(thrown instanceof EngineError))
      return {
        partition,
        error: isPassing(thrown) && !(thrown instanceof SyntaxError) ? reasonOf(thrown) : placeOf(thrown),
      };
    return { partition, error: thrown.message, code: thrown.code, help: thrown.help };
  }

  openRuns(): Iterable<OpenRun> {
    return this.#attempt?.run.openRuns() ?? []; // another instance has it
  }

  stats(): PartitionStats {
    const restarts = Math.max(0, this.#starts - 1 - this.#renewals);
    const attempt = this.#attempt;
    if (attempt === undefined) return { ...idleStats(this.#options.partition, this.#health), restarts };
    const own = attempt.run.stats();
    const stats = { ...own, queues: { ...own.queues, ...attempt.queues?.() } };
    const blocked = attempt.blocked();
    const { state, reasons } = stats.health;
    if (state === 'starting') {
      const all = [...this.#why, ...reasons, ...(blocked === undefined ? [] : [blocked])];
      return { ...stats, restarts, health: { state, reasons: all } };
    }
    if (blocked === undefined || (state !== 'running' && state !== 'blocked')) return { ...stats, restarts };
    return { ...stats, restarts, health: { state: 'blocked', reasons: [...reasons, blocked] } };
  }
}

const BUGS = [InvariantError, TypeError, RangeError, ReferenceError];

/** Trying again may help. What is not one of ours came from the network, unless it is a fault of the program: an invariant that does not hold, or a plain programming error. */
function isPassing(thrown: unknown): boolean {
  if (thrown instanceof EngineError) return thrown.kind === 'io';
  return !BUGS.some((bug) => thrown instanceof bug);
}

function describe(thrown: unknown): string {
  return thrown instanceof EngineError ? `${thrown.message} (${thrown.code})` : 'an unexpected failure, see the log';
}

/** Whether an engine is ready, by its partitions: those that others run do not count, as long as it runs any itself, or shares them. */
export function readinessOf(partitions: readonly PartitionStats[], isSharing = false): readonly string[] {
  const isHolder = isSharing || partitions.some(({ health }) => health.state !== 'standby');
  return partitions.flatMap(({ partition, health }) => {
    if (health.state === 'running' || (health.state === 'standby' && isHolder)) return [];
    const name = `partition ${String(partition)}`;
    const [why = 'another instance runs it'] = health.reasons;
    if (health.state === 'standby') return [`${name}: ${why}, this one stands by`];
    return [`${name} is ${health.state}`, ...health.reasons.map((reason) => `${name}: ${reason}`)];
  });
}
