/**
 * First step of a start: everything that can be known without listening or connecting. What is wrong with the configuration
 * and the files it names shows here; what only loading a model shows comes later.
 */
import { letterSeal, sealKeys } from '../../adapters/keys/letter-seal.ts';
import { connectionOptions } from '../../adapters/nats/connection-options.ts';
import type { LearnedReference } from '../../adapters/scoring/learned-reference.ts';
import type { LetterSeal } from '../../core/safety/dead-letter.ts';
import type { Logger } from '../../core/types.ts';
import type { GatewayOptions } from '../../gateway/gateway-ports.ts';
import type { IngestOptions } from '../../../operators/events/ingest.ts';
import type { Config } from '../config/config.ts';
import { hookAddressFaults } from '../config/hook-addresses.ts';
import { gatewayOptions } from '../gateway-forms.ts';
import { findModels, learnedReference, withReference, type FoundModels } from '../open-models.ts';
import { ExpressionWatch } from '../expression-watch.ts';
import { configuredHooks } from '../hooks/configured-hooks.ts';
import { eventRules } from '../pipeline.ts';
import { threadNote } from '../threads/thread-count.ts';
import type { Closers } from './closers.ts';

export interface Prepared {
  /** With the references that KPIs of drift are held against. */
  readonly config: Config;
  /** null: no scoring is wanted. */
  readonly models: FoundModels | null;
  readonly learned: LearnedReference | null;
  /** What an event must be like. */
  readonly rules: Omit<IngestOptions, 'maskKey'>;
  readonly gateway: GatewayOptions;
  /** Of dead letters; null: they are not sealed. */
  readonly seal: LetterSeal | null;
  /** What becomes of the configuration's expressions. */
  readonly expressions: ExpressionWatch;
}

/** Throws EngineErrors of kind config. */
export async function prepare(configuration: Config, logger: Logger, closers: Closers): Promise<Prepared> {
  const models = await findModels(configuration, logger);
  const learned = await learnedReference(configuration, logger);
  if (learned !== null) closers.add(() => learned.saved());
  const config = withReference(configuration, models?.reference ?? null, learned, logger);
  // Compiles schemas, for which no probe should have to wait.
  const rules = eventRules(config);
  const gateway = gatewayOptions(config);
  connectionOptions(config.nats, 'earshot');
  const seal = letterSeal(sealKeys(config.seal));
  const note = threadNote(config);
  if (note !== null) logger.warn(note);
  for (const { at, message } of hookAddressFaults(config.hooks)) {
    logger.warn('a hook can never be called', { where: at.join('.'), reason: message });
  }
  // Reads the certificates that they name.
  for (const hook of configuredHooks(config)) hook.close();
  return { config, models, learned, rules, gateway, seal, expressions: new ExpressionWatch() };
}

/** The same for a configuration that takes the place of the one that runs, in what can be taken up then. Throws EngineErrors of kind config. */
export function prepareAgain(running: Prepared, next: Config, logger: Logger): Prepared {
  const config = withReference(next, running.models?.reference ?? null, running.learned, logger); // no model scores
  for (const hook of configuredHooks(config)) hook.close();
  return { ...running, config, rules: eventRules(config) };
}
