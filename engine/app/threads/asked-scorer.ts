/**
 * Scoring for a thread of partitions, by the models of the engine: asked with an id, answered under it. What is under way is bounded by
 * the batches that a partition reads ahead; the engine's queue of texts takes whole batches in the order they come, so partitions get
 * their share in turn, whichever thread they run on.
 */
import { must } from '../../core/must.ts';
import type { Scored } from '../../core/types.ts';
import type { CxTextScorer, TextScore } from '../../../models/serving/scorer.ts';
import type { FromPartitionThread, ToPartitionThread } from './partition-thread-messages.ts';
import { plainThrown, thrownAgain } from './thrown-form.ts';

type Answer = Extract<ToPartitionThread, { readonly kind: 'scored' | 'not_scored' }>;
type Question = Extract<FromPartitionThread, { readonly kind: 'score' | 'leave_score' }>;

interface Waiting {
  readonly resolve: (scores: readonly Scored<TextScore>[]) => void;
  readonly reject: (reason: unknown) => void;
}

/** The thread's side. */
export class AskedScorer implements CxTextScorer {
  readonly #ask: (question: Question) => void;
  readonly #waiting = new Map<number, Waiting>();
  #next = 0;

  constructor(ask: (question: Question) => void) {
    this.#ask = ask;
  }

  async score(texts: readonly string[], signal?: AbortSignal): Promise<readonly Scored<TextScore>[]> {
    signal?.throwIfAborted();
    const id = this.#next++;
    const leave = (): void => {
      this.#waiting.get(id)?.reject(signal?.reason);
      this.#ask({ kind: 'leave_score', id });
    };
    signal?.addEventListener('abort', leave, { once: true });
    try {
      return await new Promise((resolve, reject) => {
        this.#waiting.set(id, { resolve, reject });
        this.#ask({ kind: 'score', id, texts });
      });
    } finally {
      this.#waiting.delete(id);
      signal?.removeEventListener('abort', leave);
    }
  }

  /** One that nobody waits for any more is dropped. */
  take(answer: Answer): void {
    const waiting = this.#waiting.get(answer.id);
    if (answer.kind === 'scored') waiting?.resolve(answer.scores);
    else waiting?.reject(thrownAgain(answer.thrown));
  }
}

/** The engine's side, for one thread. */
export class AnsweringScorer {
  readonly #scorer: CxTextScorer | null;
  readonly #answer: (answer: Answer) => void;
  readonly #asked = new Map<number, AbortController>();

  constructor(scorer: CxTextScorer | null, answer: (answer: Answer) => void) {
    this.#scorer = scorer;
    this.#answer = answer;
  }

  take(question: Question): void {
    if (question.kind === 'leave_score') this.#asked.get(question.id)?.abort(new Error('nobody waits for it'));
    else void this.#score(question.id, question.texts);
  }

  /** The thread is gone: nobody waits for anything. */
  close(): void {
    for (const asked of this.#asked.values()) asked.abort(new Error('the thread has ended'));
  }

  async #score(id: number, texts: readonly string[]): Promise<void> {
    const asked = new AbortController();
    this.#asked.set(id, asked);
    try {
      const scores = await must(this.#scorer, 'a scorer where threads score').score(texts, asked.signal);
      this.#answer({ kind: 'scored', id, scores });
    } catch (thrown) {
      if (!asked.signal.aborted) this.#answer({ kind: 'not_scored', id, thrown: plainThrown(thrown) });
    } finally {
      this.#asked.delete(id);
    }
  }
}
