/**
 * One scoring worker under supervision: a piscina of one thread, made again when the thread dies or hangs. Runs one batch at
 * a time, and sees in shared memory which text the thread is at: a slow batch goes on from text to text, a hanging one stays.
 */
import { createRequire } from 'node:module';
import { constants, setPriority } from 'node:os';
import type * as PiscinaModule from 'piscina';
import type { Piscina } from 'piscina';
import { EngineError, isErrorCode, reasonOf } from '../../core/errors.ts';
import type { Fault } from './scoring-retries.ts';

export interface LaneSetup {
  /** Module that loads the model: `load(dir, options) → {name, version, textMs?, score(texts, at)}`; it calls `at(i)` before it works on text i. See scoring-worker.mjs for native code. */
  readonly runner: URL;
  readonly dir: string;
  /** Handed to the runner's `load`; plain data. */
  readonly options?: unknown;
  /** A text that takes longer, beyond what `textMs` allows for, means that the thread hangs. */
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

export type Outcome = { readonly scores: readonly unknown[] } | (Fault & { readonly reason: string });

type Answer =
  | { readonly invalid: string; readonly code?: unknown }
  | (ModelId & { readonly textMs?: number; readonly scores: readonly unknown[] });

/** After the deadline, time for an answer that already waits in the event loop to be taken. */
const GRACE_MS = 25;
/** A text may take so many times what the longest one took when the model was loaded: the machine may be busy. */
const SLOWNESS = 4;
/** No inference takes that long on top of its patience: what is still busy then is not in one. */
const ABANDONED_MS = 3_000;
/** How often within its patience a busy thread is looked at. */
const LOOKS = 4;
/** See scoring-worker.mjs. */
const PLACE = 0;
const STEPS = 1;
const THREAD = 2;
const NATIVE = 3;
const STOP = 4;
const newProgress = (): Int32Array => new Int32Array(new SharedArrayBuffer(20));
/** How often a thread that is to be ended is looked at while it is in native code, and for how long at most: then it is left to run. */
const NATIVE_LOOK_MS = 5;
const NATIVE_AT_MOST_MS = 60_000;
/** The same where the process ends. */
const EXIT_AT_MOST_MS = 5_000;

export class ScoringLane {
  readonly #setup: LaneSetup;
  readonly #onLost: () => void;
  #piscina: Piscina | undefined;
  /** Written by the thread: which text it is at, and how many steps it has taken. */
  #progress = newProgress();
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
      const answer = await this.#ask(this.#piscina, [], () => this.#setup.startMs);
      if ('invalid' in answer) throw modelFault(this.#setup.dir, answer);
      this.#model = { name: answer.name, version: answer.version };
      this.#textMs = answer.textMs ?? 0; // a model that does not say: no more is allowed for
      return this.#model;
    } catch (thrown) {
      await this.#discard();
      throw thrown;
    }
  }

  /** Scores a batch, or says what went wrong and at which text. */
  async run(texts: readonly string[]): Promise<Outcome> {
    const piscina = this.#piscina;
    const progress = this.#progress;
    if (piscina === undefined || this.#model === undefined) return fault('died', 'it is not running');
    this.#busy = true;
    Atomics.store(progress, PLACE, 0);
    Atomics.store(progress, STEPS, 0);
    try {
      const aText = this.#setup.hangMs + SLOWNESS * this.#textMs;
      const all = this.#setup.hangMs + SLOWNESS * this.#textMs * texts.length;
      const answer = await this.#ask(piscina, texts, () => (Atomics.load(progress, STEPS) > 0 ? aText : all));
      if ('invalid' in answer) return fault('threw', answer.invalid);
      if (answer.scores.length === texts.length) return { scores: answer.scores };
      return fault('threw', `${texts.length} texts gave ${answer.scores.length} scores`);
    } catch (thrown) {
      const place = Atomics.load(progress, PLACE);
      const kind = this.#piscina !== piscina ? 'hung' : codeOf(thrown) === 'WORKER_LOST' ? 'died' : 'threw';
      return fault(kind, reasonOf(thrown), place > 0 && place <= texts.length ? place - 1 : undefined);
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
    // Its own: a thread that was given up may still write.
    this.#progress = newProgress();
    // Loaded with the first thread: what scores nothing needs none.
    const library = createRequire(import.meta.url)('piscina') as typeof PiscinaModule;
    const piscina = new library.Piscina({
      filename: new URL('./scoring-worker.mjs', import.meta.url).href,
      workerData: { runner: runner.href, dir, options, isBackground, progress: this.#progress },
      minThreads: 1,
      maxThreads: 1,
      idleTimeout: Infinity,
      execArgv: [],
    });
    // A thread that dies idle says so here, and below.
    piscina.on('error', () => undefined);
    keepExitClean(this.#progress);
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

  async #ask(piscina: Piscina, texts: readonly string[], patienceMs: () => number): Promise<Answer> {
    const lostBefore = this.#threadsLost;
    const running = piscina.run(texts) as Promise<Answer>;
    const progress = this.#progress;
    const limit = standstill(() => Atomics.load(progress, STEPS), patienceMs);
    try {
      const answer = await Promise.race([running, limit.passed]);
      if (answer !== undefined) return answer;
    } catch (thrown) {
      const code = this.#threadsLost > lostBefore ? 'WORKER_LOST' : 'SCORER_FAILED';
      throw new EngineError(code, [reasonOf(thrown)], { cause: thrown });
    } finally {
      limit.clear();
    }
    const waitedMs = patienceMs();
    demote(Atomics.load(progress, THREAD));
    this.#giveUp(piscina, running, waitedMs);
    throw new EngineError('WORKER_LOST', [`no sign of life for ${Math.round(waitedMs)} ms`]);
  }

  /** Leaves a thread that stands still to itself, at the lowest priority, and ends it once it answers or after `ABANDONED_MS` more: mostly it is only slow. */
  #giveUp(piscina: Piscina, running: Promise<unknown>, waitedMs: number): void {
    if (this.#piscina === piscina) {
      this.#piscina = undefined;
      this.#model = undefined;
    }
    const progress = this.#progress;
    const limit = standstill(
      () => 0,
      () => ABANDONED_MS + waitedMs,
    );
    const answered = running.then(
      () => undefined,
      () => undefined,
    );
    const ended = Promise.race([answered, limit.passed]).then(async () => {
      limit.clear();
      await end(piscina, progress);
      this.#givenUp.delete(ended);
    });
    this.#givenUp.add(ended);
  }

  async #discard(): Promise<void> {
    const piscina = this.#piscina;
    this.#piscina = undefined;
    this.#model = undefined;
    if (piscina !== undefined) await end(piscina, this.#progress);
  }
}

/** A runner's own code where it names one of ours: those messages say themselves which file they are about. */
function modelFault(
  dir: string,
  { invalid, code }: { readonly invalid: string; readonly code?: unknown },
): EngineError {
  return isErrorCode(code) ? new EngineError(code, [invalid]) : new EngineError('MODEL_INVALID', [dir, invalid]);
}

const fault = (kind: Fault['kind'], reason: string, suspect?: number): Outcome => ({ kind, reason, suspect });

/** Ends a thread, once it is outside of native code: ended within, it takes the whole process with it (an uncaught `Napi::Error`). */
async function end(piscina: Piscina, progress: Int32Array): Promise<void> {
  // Asked first, then looked: the thread counts itself first and looks then, so that one of the two always sees the other.
  Atomics.store(progress, STOP, 1);
  for (let waited = 0; Atomics.load(progress, NATIVE) > 0; waited += NATIVE_LOOK_MS) {
    if (waited >= NATIVE_AT_MOST_MS) return;
    await new Promise((resolve) => setTimeout(resolve, NATIVE_LOOK_MS));
  }
  await piscina.destroy();
  living.delete(progress);
}

/** Threads that an exit of the process would end. */
const living = new Set<Int32Array>();
function keepExitClean(progress: Int32Array): void {
  if (living.size === 0 && !process.listeners('exit').includes(letOut)) process.on('exit', letOut);
  living.add(progress);
}

/** `process.exit` ends every thread wherever it is: within native code that is an abort in place of the exit code. They are let out first. */
export function letOut(): void {
  const still = new Int32Array(new SharedArrayBuffer(4));
  for (const progress of living) Atomics.store(progress, STOP, 1);
  let waited = 0;
  for (const progress of living) {
    for (; Atomics.load(progress, NATIVE) > 0 && waited < EXIT_AT_MOST_MS; waited += NATIVE_LOOK_MS) {
      Atomics.wait(still, 0, 0, NATIVE_LOOK_MS);
    }
  }
}

/** It may be spinning. @param thread its number to the system; 0: not known */
function demote(thread: number): void {
  if (thread === 0) return;
  try {
    setPriority(thread, constants.priority.PRIORITY_LOW);
  } catch {
    // Not allowed, or gone: the others are only slower.
  }
}

const codeOf = (thrown: unknown): unknown =>
  typeof thrown === 'object' && thrown !== null && 'code' in thrown ? thrown.code : undefined;

/** Passes when the steps have stood still for so long, plus a moment for an answer that already waits in the event loop. */
function standstill(
  steps: () => number,
  patienceMs: () => number,
): { readonly passed: Promise<undefined>; clear(): void } {
  let timer: NodeJS.Timeout | undefined;
  const passed = new Promise<undefined>((resolve) => {
    let seen = steps();
    let looks = 0;
    const look = (): void => {
      const now = steps();
      looks = now === seen ? looks + 1 : 0;
      seen = now;
      if (looks < LOOKS) timer = setTimeout(look, patienceMs() / LOOKS);
      else timer = setTimeout(() => (now === steps() ? resolve(undefined) : look()), GRACE_MS);
    };
    timer = setTimeout(look, patienceMs() / LOOKS);
  });
  return { passed, clear: () => clearTimeout(timer) };
}
