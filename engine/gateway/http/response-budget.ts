/**
 * How many bytes of answers may wait here for clients to take them, over all connections: clients that ask and do not read
 * would pile them up. A large answer that does not fit is refused before a byte of it is sent; a small one, be it a probe's or
 * a refusal, always goes out, since a client that reads takes it at once: with no budget left it has a second for that. Nobody
 * may take for ever: whoever does not take the whole in time is cut off. A body that many wait for counts once.
 */
import type { Millis } from '../../core/types.ts';
import { errorAnswer } from './responses.ts';
import type { Queue } from '../../core/metrics.ts';
import type { HttpAnswer } from '../server/http-message.ts';

/** Of all answers together, unless it is said. */
export const MAX_ANSWERS_BYTES = 64 << 20;
/** So much a kernel buffers for a client that reads. */
const SMALL_BYTES = 128 << 10;
const TAKEN_WITHIN_MS: Millis = 120_000;
const TAKEN_BEYOND_BUDGET_MS: Millis = 1_000;

export interface HeldResponse {
  /** It was taken whole; or given up, by either side. Again: nothing more. */
  release(end: 'taken' | 'given up'): void;
}

export interface ResponseBudgetOptions {
  readonly maxBytes?: number;
  readonly smallBytes?: number;
  readonly takenWithinMs?: Millis;
  readonly takenBeyondBudgetMs?: Millis;
}

export class ResponseBudget {
  readonly maxBytes: number;
  readonly #options: Required<ResponseBudgetOptions>;
  /** How many clients each body waits for. */
  readonly #bodies = new Map<Uint8Array, number>();
  #bytes = 0;
  #refused = 0;
  #untaken = 0;

  constructor(options: ResponseBudgetOptions = {}) {
    this.#options = {
      maxBytes: MAX_ANSWERS_BYTES,
      smallBytes: SMALL_BYTES,
      takenWithinMs: TAKEN_WITHIN_MS,
      takenBeyondBudgetMs: TAKEN_BEYOND_BUDGET_MS,
      ...options,
    };
    this.maxBytes = this.#options.maxBytes;
  }

  /** Bytes held. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Answers for which there was no budget. */
  get refused(): number {
    return this.#refused;
  }

  /** Answers that were not taken whole: the client left, or was cut off. */
  get untaken(): number {
    return this.#untaken;
  }

  queue(): Queue {
    return { queue: 'http_answer_bytes', depth: this.#bytes, limit: this.maxBytes, refused: this.#refused };
  }

  /** Undefined: there is no budget for it. `cut` ends the connection, once the client had its time. */
  open(body: Uint8Array, cut: () => void): HeldResponse | undefined {
    const { smallBytes, takenWithinMs, takenBeyondBudgetMs } = this.#options;
    const waiting = this.#bodies.get(body) ?? 0; // nobody waits for it yet
    // One larger than the budget may have it alone: it would never fit.
    const fits = waiting > 0 || this.#bytes === 0 || this.#bytes + body.length <= this.maxBytes;
    if (!fits && body.length > smallBytes) {
      this.#refused += 1;
      return undefined;
    }
    this.#bodies.set(body, waiting + 1);
    if (waiting === 0) this.#bytes += body.length;
    const timer = setTimeout(cut, fits ? takenWithinMs : takenBeyondBudgetMs).unref();
    let open = true;
    return {
      release: (end) => {
        if (!open) return;
        open = false;
        clearTimeout(timer);
        if (end === 'given up') this.#untaken += 1;
        this.#leave(body);
      },
    };
  }

  #leave(body: Uint8Array): void {
    const waiting = (this.#bodies.get(body) ?? 1) - 1;
    if (waiting > 0) {
      this.#bodies.set(body, waiting);
    } else {
      this.#bodies.delete(body);
      this.#bytes -= body.length;
    }
  }
}

export function responsesFull(): HttpAnswer {
  const limit = 'http.limits.answers';
  const message = `too many answers wait to be taken by their clients, of all callers together (${limit})`;
  return errorAnswer('overloaded', message, { limit }, { 'retry-after': '1' });
}
