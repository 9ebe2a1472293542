/** Work that the broker's state stands in the way of, tried until it works: a start waits so, and says for what. */
import { EngineError } from '../../core/errors.ts';
import type { Clock, Logger } from '../../core/types.ts';
import { systemClock } from '../process/system-clock.ts';
import { pause } from './nats-connection.ts';
import { jetstreamReason } from './nats-error-text.ts';

export interface PatienceOptions {
  readonly logger: Logger;
  readonly signal?: AbortSignal | undefined;
  /** Called with the reason after each attempt in vain. */
  readonly onFailure?: ((reason: string) => void) | undefined;
  /** The reason of a failure, for whoever has to mend it. */
  readonly reasonOf?: (error: unknown) => string;
  readonly clock?: Clock;
}

const LOG_EVERY_MS = 10_000;
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 2_000;

/**
 * What `attempt` gives once it works. Throws EngineErrors of the attempt, which time does not mend, and the signal's reason.
 * The same reason is logged now and then, as JETSTREAM_UNAVAILABLE.
 */
export async function patiently<T>(attempt: () => Promise<T>, options: PatienceOptions): Promise<T> {
  const { logger, signal, onFailure, reasonOf = jetstreamReason, clock = systemClock } = options;
  let loggedAt = Number.NEGATIVE_INFINITY;
  let logged = '';
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(LONGEST_WAIT_MS, waitMs * 2)) {
    signal?.throwIfAborted();
    try {
      return await attempt();
    } catch (error) {
      if (error instanceof EngineError) throw error;
      signal?.throwIfAborted();
      const reason = reasonOf(error);
      onFailure?.(reason);
      const now = clock.elapsed();
      if (reason !== logged || now - loggedAt > LOG_EVERY_MS) {
        loggedAt = now;
        logged = reason;
        const { message, code, help } = new EngineError('JETSTREAM_UNAVAILABLE', [reason], { cause: error });
        logger.warn(message, { code, help });
      }
      await pause(waitMs, signal);
    }
  }
}
