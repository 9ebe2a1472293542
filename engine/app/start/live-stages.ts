/** The stateless stages of a live engine, for any configuration that it comes to run by. */
import type { EngineKeys } from '../../adapters/keys/engine-keys.ts';
import { controlVerifier } from '../../adapters/keys/control-signature.ts';
import { systemClock } from '../../adapters/process/system-clock.ts';
import { largestEvent, rejectBytes } from '../../adapters/streams/broker-fitness.ts';
import { pipeStages } from '../../runtime/stages.ts';
import { stampEmitted } from '../../../operators/events/enriched.ts';
import type { Config } from '../config/config.ts';
import type { OpenFacts } from '../facts/open-facts.ts';
import type { Scoring } from '../open-models.ts';
import type { PartitionParts } from '../partitions.ts';
import { stagesOf } from '../pipeline.ts';
import type { Prepared } from './prepare.ts';

export interface StageParts extends Pick<Prepared, 'seal'> {
  /** Of the broker. */
  readonly maxPayload: number;
  /** When the event loop is handed over. */
  readonly maybeYield: () => Promise<void> | undefined;
  readonly keys: EngineKeys;
  readonly scorer: Scoring['scorer'] | null;
  readonly facts: OpenFacts | null;
}

export function liveStages({
  maxPayload,
  maybeYield,
  keys,
  scorer,
  facts,
  seal,
}: StageParts): (config: Config) => PartitionParts['stage'] {
  return (config) => {
    const limits = { ...config.limits, maxEventBytes: largestEvent(maxPayload, config.limits.maxEventBytes) };
    const read = stagesOf({ ...config, limits }, scorer, {
      ...{ maxRejectBytes: rejectBytes(maxPayload), maybeYield, maskKey: keys.mask },
      verifyControl: controlVerifier(keys.control),
      seal,
    });
    return pipeStages(facts === null ? read : pipeStages(read, facts.stage), stampEmitted(systemClock));
  };
}
