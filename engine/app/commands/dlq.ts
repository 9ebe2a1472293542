/**
 * `earshot dlq open`: dead letters with what they keep of the originals, unsealed where they are sealed, one JSON line each. That
 * somebody read them is in the audit before the first line is out. Exit code: 0, or 1 where one could not be opened.
 */
import { hostname, userInfo } from 'node:os';
import type { NatsConnection } from '@nats-io/transport-node';
import { Argument, InvalidArgumentError, Option } from 'commander';
import { managerOf } from '../../adapters/nats/jetstream-api.ts';
import { letterOpener, sealKeys } from '../../adapters/keys/letter-seal.ts';
import { stderrLogger, type LogFormat } from '../../adapters/process/log.ts';
import { systemClock } from '../../adapters/process/system-clock.ts';
import { readToEnd } from '../../adapters/streams/stream-reader.ts';
import type { AuditEntry } from '../../core/audit-entry.ts';
import type { Logger, RawMessage } from '../../core/types.ts';
import { REJECT_REASONS } from '../../../operators/events/decode-ports.ts';
import { gatewayWriter } from '../start/audit-proof.ts';
import { messageOrigin } from '../start/message-origin.ts';
import { withBroker } from './shared/broker-session.ts';
import type { CliCommand } from './shared/command.ts';
import { configured } from './shared/configured.ts';
import { openedLetter, type OpenedLetter } from './shared/opened-letter.ts';
import { configOption, logOption } from './shared/option-values.ts';

interface DlqOptions {
  readonly config?: string;
  readonly reason?: string;
  readonly after: number;
  readonly limit: number;
  readonly log: LogFormat;
}

export const command: CliCommand = {
  define: (cli) =>
    cli
      .addArgument(new Argument('<what>', 'what to do').choices(['open']))
      .addOption(configOption())
      .addOption(new Option('--reason <reason>', 'only those of one reason').choices(REJECT_REASONS))
      .option('--after <sequence>', 'only what follows this sequence of CX_DLQ', wholeFrom(0), 0)
      .option('--limit <n>', 'no more than so many', wholeFrom(1), 1_000)
      .addOption(logOption().default('pretty'))
      .action((_what: string, options: DlqOptions) => openLetters(options)),
};

async function openLetters(options: DlqOptions): Promise<void> {
  const config = await configured(options.config);
  const logger = stderrLogger(options.log);
  const open = letterOpener(sealKeys(config.seal));
  await withBroker(config, logger, async (nc) => {
    const letters = (await readLetters(nc, options, logger)).map((message) => openedLetter(message, open));
    const jsm = await managerOf(nc);
    const writer = gatewayWriter(nc, jsm, await messageOrigin(config, nc, jsm, { logger }));
    if (letters.length > 0) await writer.append([{ entry: entryOf(letters, options), at: systemClock.now() }]);
    for (const letter of letters) process.stdout.write(`${JSON.stringify(letter)}\n`);
    const stuck = letters.filter(({ fault }) => fault !== undefined);
    if (stuck.length === 0) return;
    logger.error('dead letters could not be opened', { letters: stuck.length, of: letters.length });
    process.exitCode = 1;
  });
}

async function readLetters(
  nc: NatsConnection,
  { reason, after, limit }: DlqOptions,
  logger: Logger,
): Promise<readonly RawMessage[]> {
  const found: RawMessage[] = [];
  const filter = `cx.dlq.${reason ?? '>'}`;
  await readToEnd(nc, { stream: 'CX_DLQ', filter, after, logger }, new AbortController().signal, (batch) => {
    found.push(...batch.slice(0, limit - found.length));
    return found.length < limit;
  });
  return found;
}

function entryOf(letters: readonly OpenedLetter[], { reason }: DlqOptions): AuditEntry {
  // 0: there are no letters.
  const numbers = { letters: letters.length, first: letters[0]?.seq ?? 0, last: letters.at(-1)?.seq ?? 0 };
  return { action: 'dlq.open', outcome: 'done', by: whoRuns(), reason: reason ?? 'all', ...numbers };
}

/** Of this machine; it has no token that could say more. */
function whoRuns(): string {
  try {
    return `${userInfo().username} on ${hostname()}`;
  } catch {
    return `somebody on ${hostname()}`; // a user without a name
  }
}

function wholeFrom(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (Number.isSafeInteger(value) && value >= least) return value;
    throw new InvalidArgumentError(`a whole number from ${String(least)} on was expected.`);
  };
}
