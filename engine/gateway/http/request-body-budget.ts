/**
 * How many bytes of request bodies may be here at a time, over all connections, from the first byte to the answer: each body
 * has a limit of its own, but there may be thousands of them. What does not fit is refused, with nothing of it kept.
 */
import { errorAnswer } from './responses.ts';
import type { Queue } from '../../core/metrics.ts';
import type { HttpAnswer } from '../server/http-message.ts';

export interface HeldBody {
  /** False: the budget does not allow so many bytes more. */
  take(bytes: number): boolean;
  /** Once answered, refused or aborted; again: nothing more. */
  release(): void;
}

export class RequestBodyBudget {
  readonly maxBytes: number;
  #bytes = 0;
  #refused = 0;

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  /** Bytes held. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Bodies for which there was no budget. */
  get refused(): number {
    return this.#refused;
  }

  queue(): Queue {
    return { queue: 'http_body_bytes', depth: this.#bytes, limit: this.maxBytes, refused: this.#refused };
  }

  open(): HeldBody {
    let held = 0;
    return {
      take: (bytes) => {
        if (this.#bytes + bytes > this.maxBytes) {
          this.#refused += 1;
          return false;
        }
        this.#bytes += bytes;
        held += bytes;
        return true;
      },
      release: () => {
        this.#bytes -= held;
        held = 0;
      },
    };
  }
}

export function bodiesFull(): HttpAnswer {
  const limit = 'http.limits.bodies';
  const message = `too much is being sent at once, by all callers together (${limit})`;
  return errorAnswer('overloaded', message, { limit }, { 'retry-after': '1', connection: 'close' });
}
