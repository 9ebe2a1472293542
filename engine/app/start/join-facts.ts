/** Facts at a start: their buckets are read before the first event is. */
import type { NatsConnection } from '@nats-io/transport-node';
import type { EngineKeys } from '../../adapters/keys/engine-keys.ts';
import { openFacts, type OpenFacts } from '../facts/open-facts.ts';
import { brokerStep, type StepContext } from './broker-step.ts';
import type { Closers } from './closers.ts';
import type { Prepared } from './prepare.ts';

/** null: none are configured. */
export async function joinFacts(
  nc: NatsConnection,
  { config, expressions }: Pick<Prepared, 'config' | 'expressions'>,
  { mask }: EngineKeys,
  step: StepContext,
  closers: Closers,
): Promise<OpenFacts | null> {
  if (config.facts.length === 0) return null;
  const { logger, signal } = step;
  const options = {
    compile: expressions.compile,
    mask: { key: mask, labels: config.mask.labels },
    replicas: config.nats.replicas,
    logger,
    signal,
  };
  const facts = await brokerStep('facts', 'being read', step, () => openFacts(nc, config.facts, options));
  closers.add(() => facts.close());
  return facts;
}
