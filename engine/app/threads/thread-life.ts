/**
 * One life of a thread of partitions, as the engine sees it: what runs in it, as it last said, until it ends. When it ends otherwise
 * than asked, everything that ran in it has failed for a reason that passes; one that says nothing for long is ended.
 */
import { EngineError } from '../../core/errors.ts';
import { idleStats, type PartitionStats } from '../../core/partition/stats.ts';
import { placeOf } from '../../core/text/place-of.ts';
import type { Logger, Millis } from '../../core/types.ts';
import type { CxTextScorer } from '../../../models/serving/scorer.ts';
import type { Attempt, AttemptSignals } from '../../runtime/assignment/supervisor.ts';
import type { Thread } from '../../adapters/process/open-thread.ts';
import { AnsweringScorer } from './asked-scorer.ts';
import type { OpenPartitionThread } from './open-partition-thread.ts';
import type {
  Configured,
  FromPartitionThread,
  PartitionThreadData,
  ThreadReport,
  ToPartitionThread,
} from './partition-thread-messages.ts';
import { plainThrown, thrownAgain } from './thrown-form.ts';

export interface ThreadContext {
  readonly open: OpenPartitionThread;
  /** null: nothing is scored. */
  readonly scorer: CxTextScorer | null;
  readonly logger: Logger;
  readonly onReport: (report: ThreadReport) => void;
  /** It is no more, and why; null: it was asked to end. */
  readonly onEnd: (reason: string | null) => void;
}

/** How often it is looked whether the thread says anything: a process that stood still looks no oftener than it lets it speak. */
const LOOK_MS: Millis = 1000;
/** Silent for so many looks in a row it shows in the health, and is ended. */
const SILENT_LOOKS = 5;
const HANGING_LOOKS = 30;
/** So long a thread has to end once nothing runs in it. */
const END_MS: Millis = 5000;

interface Life {
  /** null: it has stopped as it was asked to. */
  settle: (thrown: Error | null) => void;
  stats: PartitionStats;
  blocked: string | undefined;
  queues: Readonly<Record<string, number>>;
}

export class ThreadLife {
  readonly #number: number;
  readonly #thread: Thread<ToPartitionThread>;
  readonly #context: ThreadContext;
  readonly #scoring: AnsweringScorer;
  readonly #lives = new Map<number, Life>();
  readonly #looking: NodeJS.Timeout;
  readonly #over: Promise<void>;
  #isEnding = false;
  #next = 0;
  #silent = 0;

  constructor(data: PartitionThreadData, context: ThreadContext) {
    this.#number = data.number;
    this.#context = context;
    this.#thread = context.open(data, (message) => this.#take(message));
    this.#scoring = new AnsweringScorer(context.scorer, (answer) => this.#thread.postMessage(answer));
    this.#looking = setInterval(() => this.#look(), LOOK_MS);
    this.#looking.unref();
    this.#over = this.#thread.ended.then(
      () => this.#end(this.#isEnding ? null : 'it ended unasked'),
      (thrown: unknown) => this.#end(reasonOfEnd(thrown)),
    );
  }

  start(partition: number, { stop, halt }: AttemptSignals): Attempt {
    const run = this.#next++;
    const life: Life = {
      ...{ stats: idleStats(partition, { state: 'starting', reasons: [] }), blocked: undefined, queues: {} },
      settle: () => undefined,
    };
    const done = new Promise<void>((resolve, reject) => {
      life.settle = (thrown) => (thrown === null ? resolve() : reject(thrown));
    });
    this.#lives.set(run, life);
    this.#thread.postMessage({ kind: 'start', run, partition });
    const ended = new AbortController();
    const tell = (signal: AbortSignal, message: () => ToPartitionThread): void => {
      const post = (): void => this.#thread.postMessage(message());
      if (signal.aborted) post();
      else signal.addEventListener('abort', post, { once: true, signal: ended.signal });
    };
    tell(stop, () => ({ kind: 'stop', run }));
    tell(halt, () => ({ kind: 'halt', run, reason: plainThrown(halt.reason) }));
    return {
      // Clocks run where partitions are combined.
      run: { done: done.finally(() => ended.abort()), stats: () => life.stats, openRuns: () => [] },
      blocked: () => this.#silence() ?? life.blocked,
      queues: () => life.queues,
      close: () => undefined,
    };
  }

  configure(configured: Configured): void {
    this.#thread.postMessage({ kind: 'configure', ...configured });
  }

  /** Nothing runs in it any more. */
  async end(): Promise<void> {
    this.#isEnding = true;
    this.#thread.postMessage({ kind: 'end' });
    const timer = setTimeout(() => this.#thread.kill(), END_MS);
    await this.#over;
    clearTimeout(timer);
  }

  #take(message: FromPartitionThread): void {
    this.#silent = 0;
    switch (message.kind) {
      case 'log':
        return this.#context.logger[message.level](message.message, message.fields);
      case 'ended':
        return this.#ended(message.run, message.thrown === null ? null : thrownAgain(message.thrown));
      case 'score':
      case 'leave_score':
        return this.#scoring.take(message);
      case 'report':
        for (const { run, stats, blocked, queues } of message.report.runs) {
          const life = this.#lives.get(run);
          if (life !== undefined) Object.assign(life, { stats, queues, blocked: blocked ?? undefined });
        }
        return this.#context.onReport(message.report);
    }
  }

  #ended(run: number, thrown: Error | null): void {
    this.#lives.get(run)?.settle(thrown);
    this.#lives.delete(run);
  }

  #end(reason: string | null): void {
    clearInterval(this.#looking);
    this.#scoring.close();
    this.#context.onEnd(reason);
    for (const run of [...this.#lives.keys()])
      this.#ended(run, new EngineError('THREAD_LOST', [this.#number, reason ?? 'it was asked to end']));
  }

  #look(): void {
    this.#silent++;
    if (this.#silent !== HANGING_LOOKS) return;
    this.#context.logger.error('a thread of partitions hangs and is ended', { thread: this.#number });
    this.#thread.kill();
  }

  #silence(): string | undefined {
    if (this.#silent < SILENT_LOOKS) return undefined;
    return `thread ${String(this.#number)} has said nothing for ${String((this.#silent * LOOK_MS) / 1000)} s`;
  }
}

/** Node's own words say what it died of; anybody else's may quote an event. */
function reasonOfEnd(thrown: unknown): string {
  const isNodes = thrown instanceof Error && 'code' in thrown && String(thrown.code).startsWith('ERR_WORKER');
  const isOurs = thrown instanceof Error && /^it (?:ended with \d+|was killed)$/.test(thrown.message);
  return isNodes || isOurs ? thrown.message : placeOf(thrown);
}
