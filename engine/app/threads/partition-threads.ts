/**
 * The partitions of events on threads: which runs on which, and that a thread that ends unasked is followed by another, on which what
 * ran in it starts again from its last commit, as after a crash of the process. One that ends again and again ends the engine.
 */
import { EngineError } from '../../core/errors.ts';
import type { Family, Sample } from '../../core/metrics.ts';
import { at } from '../../core/must.ts';
import type { Logger, Millis } from '../../core/types.ts';
import type { CxTextScorer } from '../../../models/serving/scorer.ts';
import type { Attempt, AttemptSignals } from '../../runtime/assignment/supervisor.ts';
import type { Config } from '../config/config.ts';
import type { ExpressionWatch } from '../expression-watch.ts';
import type { Elsewhere } from '../partitions.ts';
import { countersOf, mergedFamilies } from './merged-families.ts';
import type { OpenPartitionThread } from './open-partition-thread.ts';
import type { Configured, PartitionThreadData, ThreadReport } from './partition-thread-messages.ts';
import { ThreadLife } from './thread-life.ts';

export interface ThreadsContext {
  readonly open: OpenPartitionThread;
  /** null: nothing is scored. */
  readonly scorer: CxTextScorer | null;
  /** Of the engine: what threads evaluate counts there. */
  readonly expressions: Pick<ExpressionWatch, 'add'>;
  /** What the broker refuses a thread, or it tries in vain; null: nothing. */
  readonly onTroubles: (thread: number, troubles: string | null) => void;
  readonly logger: Logger;
  readonly elapsed: () => Millis;
}

/** So many unasked ends within so long are no accident. */
const MOST_ENDS = 5;
const ENDS_WITHIN_MS: Millis = 60_000;

export class PartitionThreads implements Elsewhere {
  readonly #slots: readonly Slot[];
  #generation = 0;

  /** `data`: what every thread starts with. `count`: from 2 on. */
  constructor(data: Omit<PartitionThreadData, 'number' | 'generation'>, count: number, context: ThreadsContext) {
    this.#slots = Array.from({ length: count }, (_, i) => new Slot({ ...data, number: i + 1, generation: 0 }, context));
  }

  start(partition: number, signals: AttemptSignals): Attempt {
    return at(this.#slots, partition % this.#slots.length).start(partition, signals);
  }

  configure(config: Config): void {
    const configured = { config, generation: ++this.#generation };
    for (const slot of this.#slots) slot.configure(configured);
  }

  /** Why partitions do not run yet, or not well; undefined: they need not wait. */
  waiting(): string | undefined {
    const waits = this.#slots.flatMap((slot) => slot.waits());
    return waits.length === 0 ? undefined : waits.join('; ');
  }

  /** `own`: of the same kinds, counted beside the threads. */
  families(own: readonly Family[]): readonly Family[] {
    const sample = (value: (slot: Slot) => number | undefined): readonly Sample[] =>
      this.#slots.flatMap((slot) => {
        const number = value(slot);
        return number === undefined ? [] : [{ labels: { thread: slot.number }, value: number }];
      });
    return [
      ...mergedFamilies([...own, ...this.#slots.flatMap((slot) => slot.families())]),
      {
        name: 'earshot_thread_event_loop_lag_p99_seconds',
        help: 'How long the event loop of a thread of partitions kept others waiting: 99th percentile over ten seconds.',
        type: 'gauge',
        samples: sample(({ loop }) => loop?.p99Seconds),
      },
      {
        name: 'earshot_thread_event_loop_lag_max_seconds',
        help: 'How long it kept others waiting at most over ten seconds.',
        type: 'gauge',
        samples: sample(({ loop }) => loop?.maxSeconds),
      },
      {
        name: 'earshot_thread_busy_ratio',
        help: 'Share of ten seconds in which a thread of partitions had work.',
        type: 'gauge',
        samples: sample(({ loop }) => loop?.busy),
      },
      {
        name: 'earshot_thread_restarts_total',
        help: 'Threads of partitions that ended unasked and were followed by another.',
        type: 'counter',
        samples: sample(({ restarts }) => restarts),
      },
    ];
  }

  /** Nothing runs in them any more. */
  async end(): Promise<void> {
    await Promise.all(this.#slots.map((slot) => slot.end()));
  }
}

/** One thread after the other. */
class Slot {
  #data: PartitionThreadData;
  readonly #context: ThreadsContext;
  #life: ThreadLife | null = null;
  #report: ThreadReport | null = null;
  /** Of those before: a counter never goes back. */
  #counted: readonly Family[] = [];
  #ends: readonly Millis[] = [];
  #why = '';
  #opened = 0;

  constructor(data: PartitionThreadData, context: ThreadsContext) {
    this.#data = data;
    this.#context = context;
  }

  get number(): number {
    return this.#data.number;
  }
  get restarts(): number {
    return Math.max(0, this.#opened - 1);
  }
  get loop(): ThreadReport['loop'] | undefined {
    return this.#report?.loop;
  }

  /** Throws THREAD_FAILED. */
  start(partition: number, signals: AttemptSignals): Attempt {
    this.#life ??= this.#open();
    return this.#life.start(partition, signals);
  }

  configure(configured: Configured): void {
    this.#data = { ...this.#data, ...configured };
    this.#life?.configure(configured);
  }

  waits(): readonly string[] {
    return (this.#report?.waits ?? []).map((wait) => `thread ${String(this.number)}: ${wait}`); // none runs
  }

  families(): readonly Family[] {
    return [...this.#counted, ...(this.#report?.families ?? [])]; // none runs
  }

  async end(): Promise<void> {
    await this.#life?.end();
  }

  #open(): ThreadLife {
    const { elapsed, open, scorer, logger } = this.#context;
    this.#ends = this.#ends.filter((at) => elapsed() - at < ENDS_WITHIN_MS);
    if (this.#ends.length >= MOST_ENDS) throw new EngineError('THREAD_FAILED', [this.number, MOST_ENDS, this.#why]);
    this.#opened++;
    return new ThreadLife(this.#data, {
      ...{ open, scorer, logger },
      onReport: (report) => this.#take(report),
      onEnd: (reason) => this.#ended(reason),
    });
  }

  #take(report: ThreadReport): void {
    const { expressions, onTroubles } = this.#context;
    this.#report = report;
    if (report.generation === this.#data.generation) expressions.add(report.evaluations);
    onTroubles(this.number, report.troubles.join('; ') || null);
  }

  #ended(reason: string | null): void {
    const { logger, elapsed, onTroubles } = this.#context;
    this.#life = null;
    this.#counted = mergedFamilies([...this.#counted, ...countersOf(this.#report?.families ?? [])]); // it said nothing yet
    this.#report = null;
    onTroubles(this.number, null);
    if (reason === null) return;
    this.#why = reason;
    this.#ends = [...this.#ends, elapsed()];
    logger.error('a thread of partitions has ended, its partitions start again on another', {
      thread: this.number,
      reason,
    });
  }
}
