/** What a reload changes in a running engine, and in which order. */
import { EngineError } from '../../core/errors.ts';
import type { Logger } from '../../core/types.ts';
import type { Hub } from '../../live/hub.ts';
import type { Config } from '../config/config.ts';
import { configFingerprints } from '../config/config-fingerprints.ts';
import type { PartitionParts, StartedPartitions } from '../partitions.ts';
import type { DeliveredHooks } from '../start/deliver-hooks.ts';
import type { EnginePorts } from '../start/engine-ports.ts';
import { prepareAgain, type Prepared } from '../start/prepare.ts';
import { RunningReloads } from './running-reloads.ts';

/** Where a configuration comes from. Both throw EngineErrors of kind config. */
export interface ConfigSource {
  readonly read: () => Promise<Config>;
  readonly parse: (text: string) => Config;
}

const noFile = (): never => {
  throw new EngineError('USAGE_INVALID', ['this engine was not started with a configuration file of its own']);
};
export const NOT_FROM_A_FILE: ConfigSource = { read: () => Promise.resolve().then(noFile), parse: noFile };

export interface ReloadedParts {
  readonly prepared: Prepared;
  readonly started: StartedPartitions;
  readonly stageOf: (config: Config) => PartitionParts['stage'];
  readonly hooks: DeliveredHooks;
  readonly hooksOf: (prepared: Prepared) => DeliveredHooks;
  readonly ports: EnginePorts;
  readonly hub: Hub;
  /** Of what the audit says of a configuration. */
  readonly maskKey: string;
  readonly logger: Logger;
}

const OF_HOOKS = ['hooks', 'inhibit', 'calendars'];

export function reloadsOf(running: Config, source: ConfigSource, parts: ReloadedParts): RunningReloads<Prepared> {
  const { prepared, started, stageOf, hooksOf, ports, hub, maskKey, logger } = parts;
  let { hooks } = parts;
  return new RunningReloads<Prepared>({
    ...{ running, logger, ...source },
    prepare: (next) => prepareAgain(prepared, next, logger),
    apply: async (next, changed) => {
      if (OF_HOOKS.some((part) => changed.has(part))) {
        await hooks.end();
        hooks = hooksOf(next);
      }
      prepared.expressions.restart();
      // First who is asked for KPIs, then who computes them.
      ports.reconfigure(next, hooks, changed);
      await started.reconfigure(next.config, stageOf(next.config));
      const known = new Set(next.config.kpis.map(({ id }) => id));
      hub.board.forgetKpis((id) => known.has(id));
    },
    audit: (entry) => ports.audit(entry),
    fingerprints: (config) => configFingerprints(config, maskKey),
  });
}
