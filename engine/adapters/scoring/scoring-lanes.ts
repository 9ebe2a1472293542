/** The lanes of one model: started together, each started again whenever its thread is lost. */
import { EngineError, reasonOf } from '../../core/errors.ts';
import type { Clock, Logger } from '../../core/types.ts';
import { type LaneSetup, type ModelId, ScoringLane } from './scoring-lane.ts';

export interface LanesWatcher {
  readonly logger?: Logger | undefined;
  readonly clock: Clock;
  /** A lane can take a batch again. */
  readonly onReady: () => void;
  /** No lane runs, and one that was restarted did not come up. */
  readonly onDown: (reason: string) => void;
}

const RESTART_PAUSE_MS = 1000;

/** A model that loads for so long is spoken of, and again after as long. */
const TELL_EVERY_MS = 10_000;
/** A thread that is lost while it loads says nothing against the model: a start is worth so many of them. */
const START_ATTEMPTS = 3;

async function startPatiently(lane: ScoringLane, { logger }: LanesWatcher): Promise<ModelId> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await lane.start();
    } catch (thrown) {
      const isLost = thrown instanceof EngineError && thrown.code === 'WORKER_LOST';
      if (!isLost || attempt === START_ATTEMPTS) throw thrown;
      logger?.warn('a scoring worker was lost while it loaded the model: another is started', {
        reason: thrown.message,
      });
    }
  }
}

export class ScoringLanes {
  readonly #lanes: readonly ScoringLane[];
  readonly #watcher: LanesWatcher;
  #restarts = 0;
  #closed = false;

  private constructor(setup: LaneSetup, count: number, watcher: LanesWatcher) {
    this.#watcher = watcher;
    this.#lanes = Array.from({ length: count }, () => {
      const lane: ScoringLane = new ScoringLane(setup, () => {
        void this.#restart(lane);
      });
      return lane;
    });
  }

  /** Resolves when every lane has loaded the model. Throws MODEL_INVALID or WORKER_LOST. */
  static async start(setup: LaneSetup, count: number, watcher: LanesWatcher): Promise<ScoringLanes> {
    const made = new ScoringLanes(setup, count, watcher);
    const { logger, clock } = watcher;
    const since = clock.elapsed();
    const telling = setInterval(() => {
      logger?.info('a model is still being loaded', { dir: setup.dir, ms: Math.round(clock.elapsed() - since) });
    }, TELL_EVERY_MS);
    const started = await Promise.allSettled(made.#lanes.map((lane) => startPatiently(lane, watcher)));
    clearInterval(telling);
    const failed = started.find((result) => result.status === 'rejected');
    if (failed === undefined) return made;
    await made.close();
    throw failed.reason;
  }

  get count(): number {
    return this.#lanes.length;
  }

  /** How many run, busy or not. */
  get ready(): number {
    return this.#lanes.filter((lane) => lane.model !== undefined).length;
  }

  get restarts(): number {
    return this.#restarts;
  }

  get model(): ModelId | null {
    return this.#lanes.find((lane) => lane.model !== undefined)?.model ?? null;
  }

  /** One that can take a batch now. */
  idle(): ScoringLane | undefined {
    return this.#lanes.find((lane) => !lane.busy && lane.model !== undefined);
  }

  /** Ends the threads, once their batches are through if `finish`. */
  async close(finish = false): Promise<void> {
    while (finish && this.#lanes.some((lane) => lane.busy)) await new Promise((resolve) => setTimeout(resolve, 10));
    this.#closed = true;
    await Promise.all(this.#lanes.map((lane) => lane.close()));
  }

  async #restart(lane: ScoringLane): Promise<void> {
    const { logger, clock, onReady, onDown } = this.#watcher;
    const since = clock.elapsed();
    while (!this.#closed) {
      this.#restarts++;
      try {
        await lane.start();
        logger?.info('a scoring worker was replaced', { ms: Math.round(clock.elapsed() - since) });
        onReady();
        return;
      } catch (thrown) {
        if (this.#isClosed()) return;
        const reason = reasonOf(thrown);
        logger?.error('a scoring worker does not start', { reason });
        if (this.ready === 0) onDown(reason);
      }
      await new Promise((resolve) => setTimeout(resolve, RESTART_PAUSE_MS).unref());
    }
  }

  #isClosed(): boolean {
    return this.#closed;
  }
}
