/** `earshot nats-config`: the mapping of subjects to partitions, for a nats-server of one's own. */
import { natsServerConfig } from '../../adapters/embedded-server/nats-server-config.ts';
import type { CliCommand } from './shared/command.ts';
import { configured } from './shared/configured.ts';

export const command: CliCommand = {
  define: (cli) =>
    cli.argument('[config]', 'the file', 'earshot.yaml').action(async (file: string) => {
      const { partitions } = await configured(file);
      process.stdout.write(natsServerConfig(partitions));
    }),
};
