/** `earshot audit verify`: reads the whole audit, of a running engine or of one that has stopped. Exit code: 0 whole, 1 not. */
import { Argument } from 'commander';
import { managerOf } from '../../adapters/nats/jetstream-api.ts';
import { stderrLogger, type LogFormat } from '../../adapters/process/log.ts';
import type { AuditProof } from '../../../operators/audit/verify-chain.ts';
import { faultText, gatewayWriter, proveAudit } from '../start/audit-proof.ts';
import { messageOrigin } from '../start/message-origin.ts';
import { withBroker } from './shared/broker-session.ts';
import type { CliCommand } from './shared/command.ts';
import { configured } from './shared/configured.ts';
import { configOption, logOption } from './shared/option-values.ts';

export const command: CliCommand = {
  define: (cli) =>
    cli
      .addArgument(new Argument('<what>', 'what to do').choices(['verify']))
      .addOption(configOption())
      .option('--json', 'for programs')
      .addOption(logOption().default('pretty'))
      .action(async (_what: string, options: { config?: string; json?: boolean; log: LogFormat }) => {
        const config = await configured(options.config);
        const logger = stderrLogger(options.log);
        const { signal } = new AbortController();
        const proof = await withBroker(config, logger, async (nc) => {
          const jsm = await managerOf(nc);
          const writer = gatewayWriter(nc, jsm, await messageOrigin(config, nc, jsm, { logger }));
          return (await proveAudit(nc, writer, config.partitions, logger, signal)).proof;
        });
        process.stdout.write(options.json === true ? `${JSON.stringify(proof)}\n` : proofText(proof));
        if (proof.fault !== null) process.exitCode = 1;
      }),
};

function proofText({ entries, unchained, last, noted, unwritten, fault }: AuditProof): string {
  const lines = [
    fault === null ? `✓ the audit is whole: ${entries} entries` : `✕ the audit is not whole: ${faultText(fault)}`,
    `  decisions up to ${last.engine.seq}${whenOf(last.engine.at)}, gateways up to ${last.gateway.seq}${whenOf(last.gateway.at)}`,
    ...(unchained === 0
      ? []
      : [`  ${unchained} entries of a former version come before the chains, and prove nothing`]),
    ...(unwritten.length === 0
      ? []
      : [`  ${unwritten.length} entries are committed and will be written at the next start`]),
    ...noted.map((one) => `  gone on from on ${one.noted} (--reset audit): ${faultText(one)}`),
  ];
  return `${lines.join('\n')}\n`;
}

function whenOf(at: string): string {
  return at === '' ? '' : ` (${at})`;
}
