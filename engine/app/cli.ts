#!/usr/bin/env node
/**
 * The entry of the command line: finds the command that was named, and says how it ended.
 * Exit codes: 0 done · 1 failed while running · 2 unusable arguments or configuration.
 */
import { Command, CommanderError } from 'commander';
import { failureFields, stderrLogger, type LogFormat } from '../adapters/process/log.ts';
import { OutputClosed, outputWritten, watchOutput } from '../adapters/process/standard-output.ts';
import { EngineError, reasonOf } from '../core/errors.ts';
import { VERSION } from './version.ts';
import { COMMANDS } from './commands/command-list.ts';
import { FailedWhileRunning, whileRunning } from './commands/shared/failed-while-running.ts';

/** Knows all commands; has loaded the one that is named. */
async function commandLine(named: string | undefined): Promise<Command> {
  const earshot = new Command('earshot')
    .description("Real-time customer experience: hears, within a second, when your customers' experience turns.")
    .version(VERSION, '-V, --version', 'which Earshot this is')
    .exitOverride()
    .showHelpAfterError('(see --help)');
  for (const [name, { about, load }] of Object.entries(COMMANDS)) {
    const cli = earshot.command(name).description(about);
    if (name === named) (await load()).command.define(cli, COMMANDS);
  }
  return earshot;
}

async function main(argv: readonly string[]): Promise<number> {
  const earshot = await commandLine(argv[2] === 'help' ? argv[3] : argv[2]);
  // Who has asked for no log is a person.
  const asked: { log: LogFormat } = { log: 'pretty' };
  earshot.hook('preAction', (_, command) => {
    asked.log = command.opts<{ log?: LogFormat }>().log ?? 'pretty';
  });
  try {
    await earshot.parseAsync([...argv]);
    await whileRunning(outputWritten);
    return typeof process.exitCode === 'number' ? process.exitCode : 0;
  } catch (thrown) {
    // Usage: the parser has said what is wrong.
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : 2;
    if (thrown instanceof OutputClosed) return 0;
    const failure: unknown = thrown instanceof FailedWhileRunning ? thrown.failure : thrown;
    const exit = thrown instanceof EngineError && thrown.kind === 'config' ? 2 : 1;
    if (asked.log === 'json') stderrLogger('json').error('ended', { ...failureFields(failure), exit });
    else if (failure instanceof EngineError)
      process.stderr.write(`earshot: ${failure.message}\n  ${failure.code}: ${failure.help}\n`);
    else process.stderr.write(`earshot: ${reasonOf(failure)}\n`);
    return exit;
  }
}

watchOutput();

process.exitCode = await main(process.argv);
