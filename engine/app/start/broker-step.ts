/** A step of a start that needs the broker: until it is done it is among the reasons for not being ready, with what stands in its way. */
import { patiently } from '../../adapters/nats/patiently.ts';
import type { Logger } from '../../core/types.ts';
import type { EngineHealth } from '../health.ts';

export interface StepContext {
  readonly health: Pick<EngineHealth, 'waitsFor' | 'has'>;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/**
 * `what` is named to people, `how` is what is done for as long as nothing stands in the way. Tried until it works; rejects with
 * EngineErrors, which time does not mend, and with the signal's reason. Work that tries on by itself says why by `onFailure`.
 */
export async function brokerStep<T>(
  what: string,
  how: string,
  { health, logger, signal }: StepContext,
  work: (onFailure: (reason: string) => void) => Promise<T>,
): Promise<T> {
  const onFailure = (reason: string): void => health.waitsFor(what, reason);
  health.waitsFor(what, how);
  const done = await patiently(() => work(onFailure), { logger, signal, onFailure });
  health.has(what);
  return done;
}
