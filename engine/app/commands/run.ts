/** `earshot run`: the engine and the gateway, until a signal or a failure. */
import { InvalidArgumentError } from 'commander';
import { stderrLogger, type LogFormat } from '../../adapters/process/log.ts';
import { EngineError } from '../../core/errors.ts';
import type { CliCommand } from './shared/command.ts';
import { configSource } from './shared/configured.ts';
import { runLive, type Reset } from './shared/live-session.ts';
import { configOption, logOption, portOption } from './shared/option-values.ts';
import { thenExit, untilStopped, type Stopping } from './shared/stopping.ts';

interface RunOptions {
  readonly config?: string;
  readonly port?: number;
  readonly reset?: Reset;
  readonly backfill?: boolean;
  readonly log: LogFormat;
}

export const command: CliCommand = {
  define: (cli) =>
    cli
      .addOption(configOption())
      .addOption(portOption())
      .option(
        '--reset <what>',
        'kpi=<id>: reset this KPI where its saved state no longer fits it; state: go on where saved state is lost; audit: go on where the audit is not whole, which is noted in it',
        resettable,
      )
      .option(
        '--backfill',
        'fill KPIs that are new, added again or reset, and begin clocks and journeys that are new, from what the input stream still holds, before anything else is read',
      )
      .addOption(logOption())
      .action((options: RunOptions) => thenExit(runEngine(options, untilStopped()))),
};

/** `kpi=<id>`, `state` or `audit`, may be given several times. */
function resettable(text: string, before: Reset | undefined): Reset {
  const { kpis, state, audit = false } = before ?? { kpis: [], state: false };
  if (text === 'state') return { kpis, state: true, audit };
  if (text === 'audit') return { kpis, state, audit: true };
  const id = /^kpi=([a-z][a-z0-9_]{0,63})$/.exec(text)?.[1];
  if (id === undefined) throw new InvalidArgumentError('kpi=<id> with the id of a KPI, state or audit was expected.');
  return { kpis: [...kpis, id], state, audit };
}

async function runEngine(options: RunOptions, stopping: Stopping): Promise<void> {
  const reload = configSource(options.config, options.port);
  const config = await reload.read();
  const { reset = { kpis: [], state: false } } = options;
  for (const id of reset.kpis) {
    if (!config.kpis.some((kpi) => kpi.id === id)) {
      throw new EngineError('USAGE_INVALID', [`--reset kpi=${id}: the configuration has no such KPI`]);
    }
  }
  const { backfill = false } = options;
  await runLive({ config, reload, logger: stderrLogger(options.log), demo: null, reset, backfill, ...stopping });
}
