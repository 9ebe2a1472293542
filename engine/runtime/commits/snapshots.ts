/**
 * Fuzzy snapshots, written in the background, a part at a time, while events run between two parts. A part may already hold
 * what is not committed yet; so the snapshot is made to count only after a commit that was cut after its last part: the
 * deltas since its beginning then bring every part to the same moment.
 */
import { CHAIN_STATE, type Chain } from '../../core/chain.ts';
import type { CommitLog, Logger, SnapshotWriter, State } from '../../core/types.ts';
import { reasonOf } from '../../core/errors.ts';
import { yieldToLoop } from '../bell.ts';

/** Below this many bytes of deltas a snapshot is not worth its writing. */
export const MIN_DELTA_BYTES = 4 * 1024 * 1024;

type Phase = 'none' | 'writing' | 'written' | 'covered' | 'finishing';

export class Snapshots {
  /** Finished ones. */
  count = 0;
  readonly #log: CommitLog;
  readonly #chain: Pick<Chain<never, unknown>, 'snapshot'>;
  readonly #fingerprints: Readonly<Record<string, State>>;
  readonly #logger: Logger;
  readonly #signal: AbortSignal;
  readonly #onFailure: (thrown: unknown) => void;
  #phase: Phase = 'none';
  #writer: SnapshotWriter | undefined;

  constructor(
    log: CommitLog,
    chain: Pick<Chain<never, unknown>, 'snapshot'>,
    fingerprints: Readonly<Record<string, State>>,
    logger: Logger,
    signal: AbortSignal,
    onFailure: (thrown: unknown) => void,
  ) {
    this.#log = log;
    this.#chain = chain;
    this.#fingerprints = fingerprints;
    this.#logger = logger;
    this.#signal = signal;
    this.#onFailure = onFailure;
  }

  /** All of it at once, before any event runs: the saved state changes its shape. */
  async replaceAll(): Promise<void> {
    const writer = this.#log.beginSnapshot();
    await this.#write(writer);
    await writer.finish(this.#signal);
    this.count++;
  }

  /** A commit is being cut. */
  onCut(): void {
    if (this.#phase === 'written') this.#phase = 'covered';
  }

  /** That commit is durable. */
  onCommitted(): void {
    if (this.#phase === 'covered') this.#start('finishing', (writer) => writer.finish(this.#signal), this.#writer);
    else if (this.#phase === 'none' && this.#isDue()) {
      this.#start('writing', (writer) => this.#write(writer), this.#log.beginSnapshot());
    }
  }

  #isDue(): boolean {
    return this.#log.deltaBytes > Math.max(this.#log.snapshotBytes, MIN_DELTA_BYTES);
  }

  #start(phase: Phase, work: (writer: SnapshotWriter) => Promise<void>, writer: SnapshotWriter | undefined): void {
    if (writer === undefined) return;
    this.#phase = phase;
    this.#writer = writer;
    work(writer).then(
      () => {
        if (phase === 'finishing') {
          this.count++;
          this.#phase = 'none';
          this.#writer = undefined;
        } else this.#phase = 'written';
      },
      (thrown: unknown) => {
        if (this.#signal.aborted) return;
        this.#logger.error('the snapshot could not be written', { reason: reasonOf(thrown) });
        this.#onFailure(thrown);
      },
    );
  }

  async #write(writer: SnapshotWriter): Promise<void> {
    await writer.write(CHAIN_STATE, this.#fingerprints, this.#signal);
    for (const [operator, part] of this.#chain.snapshot()) {
      await writer.write(operator, part, this.#signal);
      await yieldToLoop();
    }
  }
}
