/**
 * Notices that were given up, once more: asked for over the broker, so that whichever instance tells does it. Nothing is asked
 * for where no engine runs: what was given up stays listed.
 */
import { RequestError, type NatsConnection } from '@nats-io/transport-node';
import { EngineError, reasonOf } from '../../core/errors.ts';
import type { Logger } from '../../core/types.ts';

export const REPLAY_SUBJECT = 'earshot.hooks.replay';
const ANSWER_MS = 10_000;

export interface ReplayOrder {
  /** null: of every hook. */
  readonly hook: string | null;
  /** null: all of them. */
  readonly notice: string | null;
}

/** Until the signal ends it. `replay` returns how many leave once more. */
export function takeReplayOrders(
  nc: NatsConnection,
  replay: (order: ReplayOrder) => Promise<number>,
  logger: Logger,
  signal: AbortSignal,
): void {
  const subscription = nc.subscribe(REPLAY_SUBJECT, {
    callback: (error, message) => {
      if (error !== null) return;
      const order = orderOf(message.json<unknown>());
      replay(order).then(
        (replayed) => message.respond(JSON.stringify({ replayed })),
        (failure: unknown) => logger.warn('notices could not be sent once more', { reason: reasonOf(failure) }),
      );
    },
  });
  signal.addEventListener('abort', () => subscription.unsubscribe());
}

/** How many leave once more. Throws USAGE_INVALID where no engine tells. */
export async function orderReplay(nc: NatsConnection, order: ReplayOrder): Promise<number> {
  try {
    const answer = await nc.request(REPLAY_SUBJECT, JSON.stringify(order), { timeout: ANSWER_MS });
    return answer.json<{ readonly replayed: number }>().replayed;
  } catch (error) {
    const isNobody = error instanceof RequestError && error.isNoResponders();
    const why = isNobody ? 'no engine with hooks runs: start it, then replay' : reasonOf(error);
    throw new EngineError('USAGE_INVALID', [`nothing was sent once more: ${why}`]);
  }
}

function orderOf(value: unknown): ReplayOrder {
  const { hook, notice } = (value ?? {}) as Readonly<Record<string, unknown>>; // an empty order is for everything
  const textOf = (one: unknown): string | null => (typeof one === 'string' ? one : null);
  return { hook: textOf(hook), notice: textOf(notice) };
}
