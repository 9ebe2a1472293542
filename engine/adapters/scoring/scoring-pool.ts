/**
 * Scores texts on worker threads: micro-batches by length, a bounded queue, a cache of repeats, and workers that may die,
 * hang or choke on a text without anything being lost or reordered (what is run again, and when a text is reported as failed:
 * scoring-retries.ts). What waits goes to a worker as soon as one is idle; batches grow while all are busy.
 */
import { EngineError } from '../../core/errors.ts';
import type { Clock, Logger, Scored, TextScorer } from '../../core/types.ts';
import { systemClock } from '../process/system-clock.ts';
import { LengthBuckets, type Waiting } from './length-buckets.ts';
import { RepeatCache } from './repeat-cache.ts';
import type { LaneSetup, ScoringLane } from './scoring-lane.ts';
import { ScoringLanes } from './scoring-lanes.ts';
import { ScoringRetries, type Batch } from './scoring-retries.ts';
import type { ScoringStats } from './scoring-stats.ts';
import { Histogram, ROUND_STEPS_MS } from '../../core/histogram.ts';

export interface ScoringPoolOptions {
  /** See LaneSetup. */
  readonly runner: URL;
  readonly dir: string;
  readonly options?: unknown;
  readonly workers: number;
  readonly batchTexts: number;
  /** How long a text may wait for others to make a batch with while a worker is idle; 0: not at all. */
  readonly batchDeadlineMs: number;
  /** Texts that may wait or be at work before `score` waits. */
  readonly queueTexts: number;
  readonly hangMs?: number;
  readonly startMs?: number;
  readonly isBackground?: boolean;
  /** 0: no cache. */
  readonly cacheBytes?: number;
  readonly logger?: Logger;
  readonly clock?: Clock;
}

interface Request<T> {
  readonly results: (Scored<T> | undefined)[];
  missing: number;
  readonly done: () => void;
  readonly fail: (reason: unknown) => void;
}
interface Item<T> extends Waiting {
  /** Who waits for it, and where it stands there. */
  readonly askedBy: { readonly request: Request<T>; readonly index: number }[];
}

/** No text takes nearly that long. */
const HANG_MS = 500;
/** Loading takes a second; on a machine that is busy with much else, as at a start, a minute was seen. */
const START_MS = 180_000;
/** Some 20 ms of work: a batch keeps those that come after it waiting. */
const UNITS_A_BATCH = 8_192;
/** What a cached score costs, roughly. */
const BYTES_A_SCORE = 400;

export class ScoringPool<T> implements TextScorer<T> {
  readonly #options: ScoringPoolOptions;
  readonly #clock: Clock;
  readonly #buckets: LengthBuckets<Item<T>>;
  readonly #retries = new ScoringRetries<Item<T>>();
  /** What is waiting or at work, by text: the same text is scored once. */
  readonly #items = new Map<string, Item<T>>();
  readonly #waitingForSpace: (() => void)[] = [];
  readonly #cache: RepeatCache<Scored<T>>;
  readonly #latency = new Histogram(ROUND_STEPS_MS);
  readonly #batchTime = new Histogram(ROUND_STEPS_MS);
  #lanes: ScoringLanes | undefined;
  /** Restarts of lanes that were switched away from. */
  #pastRestarts = 0;
  #timer: NodeJS.Timeout | undefined;
  #soon: NodeJS.Immediate | undefined;
  /** Why no worker is available; undefined while at least one runs or starts. */
  #down: string | undefined;
  #closed = false;
  #counts = { batches: 0, texts: 0, cached: 0, failed: 0 };

  private constructor(options: ScoringPoolOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    const { batchTexts, batchDeadlineMs, cacheBytes = 16 << 20 } = options;
    this.#buckets = new LengthBuckets({ texts: batchTexts, units: UNITS_A_BATCH, deadlineMs: batchDeadlineMs });
    this.#cache = new RepeatCache(cacheBytes, BYTES_A_SCORE);
  }

  /** Resolves when every worker has loaded the model and scored a text. Throws MODEL_INVALID. */
  static async open<T>(options: ScoringPoolOptions): Promise<ScoringPool<T>> {
    const pool = new ScoringPool<T>(options);
    pool.#lanes = await pool.#startLanes(options.dir, options.options);
    return pool;
  }

  /**
   * Goes over to another model while running: it is loaded and warmed beside the present one, batches go to it from then on,
   * and what the old one has under way is finished. When it does not load (MODEL_…), the present one goes on.
   */
  async switchTo(dir: string, options: unknown = this.#options.options): Promise<void> {
    const lanes = await this.#startLanes(dir, options);
    if (this.#closed) {
      await lanes.close();
      throw new EngineError('SCORER_FAILED', ['it was closed']);
    }
    const old = this.#lanes;
    this.#lanes = lanes;
    this.#pastRestarts += old?.restarts ?? 0;
    this.#cache.clear();
    this.#down = undefined;
    this.#dispatch();
    await old?.close(true);
  }

  async score(texts: readonly string[], signal?: AbortSignal): Promise<readonly Scored<T>[]> {
    const results = new Array<Scored<T> | undefined>(texts.length);
    let request: Request<T> | undefined;
    const finished = new Promise<void>((resolve, reject) => {
      // One more is missing until all texts are asked for.
      request = { results, missing: 1, done: resolve, fail: reject };
    });
    const own = request as unknown as Request<T>;
    const onAbort = (): void => own.fail(signal?.reason);
    signal?.addEventListener('abort', onAbort, { once: true });
    finished.catch(() => undefined);
    try {
      signal?.throwIfAborted();
      for (const [index, text] of texts.entries()) {
        while (this.#items.size >= this.#options.queueTexts && !this.#items.has(text)) {
          this.#dispatchSoon();
          await Promise.race([new Promise<void>((resolve) => this.#waitingForSpace.push(resolve)), finished]);
        }
        this.#ask(own, index, text);
      }
      settle(own);
      this.#dispatchSoon();
      await finished;
      return results as Scored<T>[];
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
  }

  stats(): ScoringStats {
    return {
      ...this.#counts,
      model: this.#lanes?.model ?? null,
      queue: this.#items.size,
      ready: this.#lanes?.ready ?? 0,
      workers: this.#lanes?.count ?? 0,
      restarts: this.#pastRestarts + (this.#lanes?.restarts ?? 0),
      latencyMs: this.#latency.view(),
      batchMs: this.#batchTime.view(),
    };
  }

  /** Ends the workers; what is still asked for is rejected. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    clearImmediate(this.#soon);
    const closed = new EngineError('SCORER_FAILED', ['it was closed']);
    for (const item of this.#items.values()) for (const { request } of item.askedBy) request.fail(closed);
    this.#items.clear();
    this.#buckets.drain();
    this.#retries.clear();
    this.#wake();
    // A thread that is ended during an inference takes the whole process down with it; one that hangs is given up by its deadline.
    await this.#lanes?.close(true);
  }

  #startLanes(dir: string, options: unknown): Promise<ScoringLanes> {
    const { runner, hangMs = HANG_MS, startMs = START_MS, isBackground = false, workers, logger } = this.#options;
    const setup: LaneSetup = { runner, dir, options, hangMs, startMs, isBackground };
    return ScoringLanes.start(setup, workers, {
      logger,
      clock: this.#clock,
      onReady: () => {
        this.#down = undefined;
        this.#dispatch();
      },
      onDown: (reason) => {
        // Lanes that are being switched away from may go down.
        if (this.#lanes?.ready === 0) this.#giveUp(reason);
      },
    });
  }

  #ask(request: Request<T>, index: number, text: string): void {
    if (this.#closed) throw new EngineError('SCORER_FAILED', ['it was closed']);
    this.#counts.texts++;
    const known = this.#cache.get(text);
    if (known !== undefined) {
      this.#counts.cached++;
      request.results[index] = known;
      return;
    }
    request.missing++;
    const waiting = this.#items.get(text);
    if (waiting !== undefined) {
      waiting.askedBy.push({ request, index });
      return;
    }
    const item: Item<T> = { text, since: this.#clock.elapsed(), askedBy: [{ request, index }] };
    this.#items.set(text, item);
    if (this.#down !== undefined) this.#settle(item, { failed: this.#down });
    else {
      this.#buckets.add(item);
      if (this.#buckets.size % this.#options.batchTexts === 0) this.#dispatch();
    }
  }

  /** Once for all that is asked in this iteration of the event loop. */
  #dispatchSoon(): void {
    this.#soon ??= setImmediate(() => {
      this.#soon = undefined;
      this.#dispatch();
    });
  }

  /** Hands batches to idle workers, and looks again when the next one is due. */
  #dispatch(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const now = this.#clock.elapsed();
    for (let lane = this.#lanes?.idle(); lane !== undefined; lane = this.#lanes?.idle()) {
      const batch = this.#retries.next(this.#buckets.size > 0) ?? this.#fresh(now);
      if (batch === undefined) break;
      void this.#run(lane, batch);
    }
    const dueAt = this.#buckets.dueAt();
    if (dueAt === undefined || this.#lanes?.idle() === undefined || this.#closed) return;
    this.#timer = setTimeout(() => this.#dispatch(), Math.max(0, dueAt - now));
  }

  #fresh(now: number): Batch<Item<T>> | undefined {
    const items = this.#buckets.take(now);
    return items.length === 0 ? undefined : { items, tries: 0, isAlone: false };
  }

  async #run(lane: ScoringLane, batch: Batch<Item<T>>): Promise<void> {
    const { items, tries } = batch;
    const lanes = this.#lanes;
    const began = this.#clock.elapsed();
    this.#counts.batches++;
    const outcome = await lane.run(items.map((item) => item.text));
    if ('scores' in outcome) {
      this.#retries.scored();
      this.#batchTime.record(this.#clock.elapsed() - began);
      for (const [i, item] of items.entries()) {
        const scored = { score: outcome.scores[i] as T };
        // A model that was switched away from must not answer for the one that took its place.
        if (this.#lanes === lanes) this.#cache.set(item.text, scored);
        this.#settle(item, scored);
      }
    } else if (!this.#closed) {
      const { kind, reason } = outcome;
      this.#options.logger?.warn('a scoring batch failed', { texts: items.length, tries: tries + 1, kind, reason });
      for (const item of this.#retries.failed(batch, outcome)) this.#settle(item, { failed: reason });
    }
    this.#dispatch();
  }

  /** No worker runs and none starts: texts are reported as failed rather than kept waiting. */
  #giveUp(reason: string): void {
    this.#down = reason;
    this.#retries.clear();
    this.#buckets.drain();
    for (const item of [...this.#items.values()]) this.#settle(item, { failed: reason });
  }

  #settle(item: Item<T>, result: Scored<T>): void {
    if (this.#items.get(item.text) !== item) return;
    this.#items.delete(item.text);
    this.#latency.record(this.#clock.elapsed() - item.since);
    for (const { request, index } of item.askedBy) {
      if ('failed' in result) this.#counts.failed++;
      request.results[index] = result;
      settle(request);
    }
    this.#wake();
  }

  #wake(): void {
    const free = this.#closed ? this.#waitingForSpace.length : this.#options.queueTexts - this.#items.size;
    for (const resolve of this.#waitingForSpace.splice(0, Math.max(0, free))) resolve();
  }
}

function settle(request: Request<unknown>): void {
  request.missing--;
  if (request.missing === 0) request.done();
}
