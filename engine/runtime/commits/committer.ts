/**
 * One commit at a time: wait for the forwards it covers → append → tell the wall-boards → publish its outbox → the next.
 * The chain works on meanwhile.
 */
import type { Commit, CommitLog, LiveFeed, Millis, Sink } from '../../core/types.ts';
import { yieldToLoop } from '../bell.ts';
import type { Forwarder } from './forwarder.ts';
import { Histogram, POWERS_OF_TWO_MS } from '../../core/histogram.ts';

export interface CommitterOptions {
  readonly log: CommitLog;
  readonly sink: Sink;
  readonly live: LiveFeed;
  readonly forwarder: Forwarder;
  readonly signal: AbortSignal;
  /** The last commit of the log. */
  readonly last: Commit;
  /** When the take-over began. */
  readonly provenAt: Millis;
  readonly now: () => Millis;
  /** After each commit is appended, before anything else runs. */
  readonly onCommitted: (commit: Commit) => void;
  /** When another may be made. */
  readonly onIdle: () => void;
  /** Of a clock that only goes forward. */
  readonly elapsed: () => Millis;
  readonly onFailure: (thrown: unknown) => void;
  /** How often it was not known whether another owns the partition by now; and how often before `provenAt`. */
  readonly doubts: () => number;
  readonly provenDoubts: number;
}

/**
 * An owner that stood still for longer than this (SIGSTOP, a suspended machine) may have been replaced meanwhile: it writes
 * nothing more before a commit has proven that it still owns the partition. Below the time any lease takes to expire.
 */
export const TRUST_MS = 2000;

/** Each is written out as JSON, some 5 µs. */
const OUTPUTS_A_SLICE = 512;

export class Committer {
  readonly durations = new Histogram(POWERS_OF_TWO_MS);
  /** Ownership is proven as of then. */
  provenAt: Millis;
  /** The last one that is durable. */
  last: Commit;
  /** Since when the present one is under way. */
  busySince: Millis | undefined;
  readonly #options: CommitterOptions;
  /** So many doubts came before that. */
  #provenDoubts: number;
  /** Until when this owner has been seen running without a stop, since ownership was proven. */
  #trustedAt: Millis;
  #inFlight: Promise<void> | undefined;

  constructor(options: CommitterOptions) {
    this.#options = options;
    this.last = options.last;
    this.provenAt = options.provenAt;
    this.#provenDoubts = options.provenDoubts;
    this.#trustedAt = options.provenAt;
  }

  get isBusy(): boolean {
    return this.#inFlight !== undefined;
  }

  /**
   * This process stood still for so long that another may own the partition by now: nothing may be written before `prove`.
   * To be asked all the time: whoever asks is seen running.
   */
  isDoubtful(): boolean {
    const now = this.#options.now();
    this.#trustedAt = Math.max(this.#trustedAt, this.provenAt);
    if (now - this.#trustedAt > TRUST_MS || this.#isDoubted()) return true;
    this.#trustedAt = now;
    return false;
  }

  /** Since the last proof. */
  #isDoubted(): boolean {
    return this.#options.doubts() !== this.#provenDoubts;
  }

  /** The cut must have been taken in the same synchronous step: what is published after it is not awaited. */
  start(commit: Commit): void {
    this.#begin(this.#run(commit, this.#options.forwarder.drained()));
  }

  /** Commits the last state once more, because the partition may have been taken over: refused if it was. */
  prove(): void {
    this.#begin(this.#append({ ...this.last, number: this.last.number + 1, deltas: {} }));
  }

  #begin(work: Promise<void>): void {
    if (this.isBusy) throw new Error('one commit at a time');
    const { onIdle, onFailure, now } = this.#options;
    this.busySince = now();
    this.#inFlight = work.then(
      () => {
        this.#inFlight = undefined;
        this.busySince = undefined;
        onIdle();
      },
      (thrown: unknown) => onFailure(thrown),
    );
  }

  /** Resolves when none is under way (or the one that is has failed). */
  async settled(): Promise<void> {
    await this.#inFlight;
  }

  async #run(commit: Commit, forwarded: Promise<void>): Promise<void> {
    const { live, onCommitted, elapsed } = this.#options;
    const begun = elapsed();
    await forwarded;
    await this.#append(commit);
    onCommitted(commit);
    if (commit.outbox.length > 0) {
      live.committed(commit.outbox);
      await this.#publish(commit);
    }
    this.durations.record(elapsed() - begun);
  }

  /** In order, handing over the event loop: a leap of time sends tens of thousands at once. */
  async #publish(commit: Commit): Promise<void> {
    const { sink, signal, now } = this.#options;
    const { outbox } = commit;
    const published: Promise<void>[] = [];
    for (let from = 0; from < outbox.length; from += OUTPUTS_A_SLICE) {
      if (from > 0) await yieldToLoop();
      // The append, or handing over the loop, may have stood still after the commit was stored.
      if (now() - this.provenAt > TRUST_MS || this.#isDoubted())
        await this.#append({ ...commit, number: this.last.number + 1, deltas: {} });
      const some = sink.publish(outbox.slice(from, from + OUTPUTS_A_SLICE), signal);
      // Heard below: it may fail before the others are on their way.
      some.catch(() => undefined);
      published.push(some);
    }
    await Promise.all(published);
  }

  async #append(commit: Commit): Promise<void> {
    const { log, signal, now, doubts } = this.#options;
    const [asOf, doubted] = [now(), doubts()];
    await log.append(commit, signal);
    this.last = commit;
    this.provenAt = asOf;
    this.#provenDoubts = doubted;
  }
}
