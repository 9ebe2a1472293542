/**
 * One scoring worker under supervision: a piscina of one thread, made anew when the thread dies or hangs. Runs one batch at
 * a time; what it rejects with says whether the thread was lost.
 */
import { Piscina } from 'piscina';
import { EngineError, isErrorCode, reasonOf } from '../core/errors.ts';

export interface LaneSetup {
  /** Module that loads the model: `load(dir, options) → {name, version, textMs?, score(texts)}`. */
  readonly runner: URL;
  readonly dir: string;
  /** Handed to the runner's `load`; plain data. */
  readonly options?: unknown;
  /** A batch that takes longer means that the thread hangs. */
  readonly hangMs: number;
  /** Longest time to load the model. */
  readonly startMs: number;
  /** The thread runs only when nothing else wants to, where the system can do that (Linux). */
  readonly isBackground?: boolean;
}

export interface ModelId {
  readonly name: string;
  readonly version: string;
}

type Answer =
  | { readonly invalid: string; readonly code?: unknown }
  | (ModelId & { readonly textMs?: number; readonly scores: readonly unknown[] });

/** After the deadline, time for an answer that already waits in the event loop to be taken. */
const GRACE_MS = 25;
/** A text may take so many times what the longest one took when the model was loaded: the machine may be busy. */
const SLOWNESS = 4;
/** No inference takes that long: what is still busy then is not in one. */
const ABANDONED_MS = 10_000;

export class ScoringLane {
  readonly #setup: LaneSetup;
  readonly #onLost: () => void;
  #piscina: Piscina | undefined;
  #model: ModelId | undefined;
  #textMs = 0;
  #threadsLost = 0;
  #closed = false;
  #busy = false;
  /** Threads that were left to themselves, until they are ended. */
  readonly #givenUp = new Set<Promise<void>>();

  /** `onLost` is called whenever the thread ended unasked; piscina makes a new one, `start` waits for it. */
  constructor(setup: LaneSetup, onLost: () => void = () => undefined) {
    this.#setup = setup;
    this.#onLost = onLost;
  }

  /** The loaded model; undefined while the thread is starting or gone. */
  get model(): ModelId | undefined {
    return this.#model;
  }

  /** A batch is on the thread. */
  get busy(): boolean {
    return this.#busy;
  }

  /** Waits until a thread has loaded the model. Throws what is wrong with it, or WORKER_LOST; may be called again then. */
  async start(): Promise<ModelId> {
    this.#piscina ??= this.#make();
    try {
      const answer = await this.#ask(this.#piscina, [], this.#setup.startMs);
      if ('invalid' in answer) throw modelFault(this.#setup.dir, answer);
      this.#model = { name: answer.name, version: answer.version };
      this.#textMs = answer.textMs ?? 0;
      return this.#model;
    } catch (thrown) {
      await this.#discard();
      throw thrown;
    }
  }

  /** Scores a batch. Throws WORKER_LOST when the thread died or hung, SCORER_FAILED when only the batch failed. */
  async run(texts: readonly string[], patience = 1): Promise<readonly unknown[]> {
    const piscina = this.#piscina;
    if (piscina === undefined || this.#model === undefined) throw new EngineError('WORKER_LOST', ['it is not running']);
    this.#busy = true;
    try {
      const limitMs = this.#setup.hangMs + SLOWNESS * this.#textMs * texts.length;
      const answer = await this.#ask(piscina, texts, limitMs * patience);
      if ('invalid' in answer) throw new EngineError('SCORER_FAILED', [answer.invalid]);
      if (answer.scores.length !== texts.length) {
        throw new EngineError('SCORER_FAILED', [`${texts.length} texts gave ${answer.scores.length} scores`]);
      }
      return answer.scores;
    } finally {
      this.#busy = false;
      // Given up: the next thread is started by whoever watches.
      if (this.#piscina !== piscina && !this.#closed) queueMicrotask(() => this.#onLost());
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([this.#discard(), ...this.#givenUp]);
  }

  #make(): Piscina {
    const { runner, dir, options, isBackground } = this.#setup;
    const piscina = new Piscina({
      filename: new URL('./scoring-worker.mjs', import.meta.url).href,
      workerData: { runner: runner.href, dir, options, isBackground },
      minThreads: 1,
      maxThreads: 1,
      idleTimeout: Infinity,
      execArgv: [],
    });
    // A thread that dies idle says so here, and below.
    piscina.on('error', () => undefined);
    piscina.on('workerDestroy', () => {
      if (this.#piscina !== piscina) return;
      this.#threadsLost++;
      this.#model = undefined;
      // piscina counts the dead thread among the living until this event is through.
      queueMicrotask(() => {
        if (!this.#closed && this.#piscina === piscina) this.#onLost();
      });
    });
    return piscina;
  }

  async #ask(piscina: Piscina, texts: readonly string[], limitMs: number): Promise<Answer> {
    const lostBefore = this.#threadsLost;
    const running = piscina.run(texts) as Promise<Answer>;
    const limit = deadline(limitMs);
    try {
      const answer = await Promise.race([running, limit.passed]);
      if (answer !== undefined) return answer;
    } catch (thrown) {
      const code = this.#threadsLost > lostBefore ? 'WORKER_LOST' : 'SCORER_FAILED';
      throw new EngineError(code, [reasonOf(thrown)], { cause: thrown });
    } finally {
      limit.clear();
    }
    this.#giveUp(piscina, running);
    throw new EngineError('WORKER_LOST', [`no answer within ${limitMs} ms`]);
  }

  /**
   * Leaves a thread that is over its time to itself, and ends it once it answers or after `ABANDONED_MS`: a thread ended amid
   * an inference takes the whole process with it, and mostly it is only slow.
   */
  #giveUp(piscina: Piscina, running: Promise<unknown>): void {
    if (this.#piscina === piscina) {
      this.#piscina = undefined;
      this.#model = undefined;
    }
    const limit = deadline(ABANDONED_MS);
    const answered = running.then(
      () => undefined,
      () => undefined,
    );
    const ended = Promise.race([answered, limit.passed]).then(async () => {
      limit.clear();
      await piscina.destroy();
      this.#givenUp.delete(ended);
    });
    this.#givenUp.add(ended);
  }

  async #discard(): Promise<void> {
    const piscina = this.#piscina;
    this.#piscina = undefined;
    this.#model = undefined;
    await piscina?.destroy();
  }
}

/** A runner's own code where it names one of ours: those messages say themselves which file they are about. */
function modelFault(
  dir: string,
  { invalid, code }: { readonly invalid: string; readonly code?: unknown },
): EngineError {
  return isErrorCode(code) ? new EngineError(code, [invalid]) : new EngineError('MODEL_INVALID', [dir, invalid]);
}

/** Passes after so long, plus a moment for an answer that already waits in the event loop. */
function deadline(ms: number): { readonly passed: Promise<undefined>; clear(): void } {
  let timer: NodeJS.Timeout | undefined;
  const passed = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => {
      timer = setTimeout(() => resolve(undefined), GRACE_MS);
    }, ms);
  });
  return { passed, clear: () => clearTimeout(timer) };
}
