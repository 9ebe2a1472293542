/**
 * One commit at a time: wait for the forwards it covers → append → tell the wall-boards → publish its outbox → the next.
 * The chain works on meanwhile.
 */
import type { Commit, CommitLog, LiveFeed, Millis, Sink } from '../core/types.ts';
import type { Forwarder } from './forwarder.ts';
import { Histogram } from './stats.ts';

export interface CommitterOptions {
  readonly log: CommitLog;
  readonly sink: Sink;
  readonly live: LiveFeed;
  readonly forwarder: Forwarder;
  readonly signal: AbortSignal;
  /** The last commit of the log. */
  readonly last: Commit;
  readonly now: () => Millis;
  /** After each commit is appended, before anything else runs. */
  readonly onCommitted: (commit: Commit) => void;
  /** When another may be made. */
  readonly onIdle: () => void;
  readonly onFailure: (thrown: unknown) => void;
}

export class Committer {
  readonly durations = new Histogram();
  /** The last one that is durable. */
  last: Commit;
  /** Since when the present one is under way. */
  busySince: Millis | undefined;
  readonly #options: CommitterOptions;
  #inFlight: Promise<void> | undefined;

  constructor(options: CommitterOptions) {
    this.#options = options;
    this.last = options.last;
  }

  get isBusy(): boolean {
    return this.#inFlight !== undefined;
  }

  /** The cut must have been taken in the same turn: what is published after it is not awaited. */
  start(commit: Commit): void {
    if (this.isBusy) throw new Error('one commit at a time');
    const { forwarder, onIdle, onFailure, now } = this.#options;
    this.busySince = now();
    this.#inFlight = this.#run(commit, forwarder.drained()).then(
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
    const { log, sink, live, signal, onCommitted } = this.#options;
    const begun = performance.now();
    await forwarded;
    await log.append(commit, signal);
    this.last = commit;
    onCommitted(commit);
    if (commit.outbox.length > 0) {
      live.committed(commit.outbox);
      await sink.publish(commit.outbox, signal);
    }
    this.durations.record(performance.now() - begun);
  }
}
