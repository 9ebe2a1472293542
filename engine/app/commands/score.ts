/** `earshot score`: one text a line on stdin, one JSON line each on stdout. */
import { createInterface } from 'node:readline';
import { stderrLogger, type LogFormat } from '../../adapters/process/log.ts';
import { systemClock } from '../../adapters/process/system-clock.ts';
import { writeOut } from '../../adapters/process/standard-output.ts';
import { EngineError } from '../../core/errors.ts';
import { at } from '../../core/must.ts';
import { scoreLine } from '../../../operators/scoring/score-stage.ts';
import { openScoring, type Scoring } from '../open-models.ts';
import type { CliCommand } from './shared/command.ts';
import { configured } from './shared/configured.ts';
import { logOption } from './shared/option-values.ts';
import { thenExit } from './shared/stopping.ts';
import { whileRunning } from './shared/failed-while-running.ts';

interface ScoreOptions {
  readonly model?: string;
  readonly log: LogFormat;
}

export const command: CliCommand = {
  define: (cli) =>
    cli
      .option('--model <dir>', 'a model folder instead of the configured one')
      .addOption(logOption())
      .action((options: ScoreOptions) => thenExit(scoreLines(options))),
};

async function scoreLines(command: ScoreOptions): Promise<void> {
  const config = await configured(undefined);
  const scoring = await openScoring(config, stderrLogger(command.log), command.model);
  if (scoring === null) throw new EngineError('USAGE_INVALID', ['no model is configured: name one with --model']);
  try {
    await whileRunning(() => scoreInput(scoring));
  } finally {
    await scoring.close();
  }
}

/** How many texts may be under way. */
const MOST_UNDER_WAY = 512;

/** Each line leaves as soon as it and those before it are scored. */
async function scoreInput({ pool }: Scoring): Promise<void> {
  const underWay: Promise<void>[] = [];
  let written = Promise.resolve();
  for await (const text of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
    const started = systemClock.elapsed();
    const scored = pool
      .score([text])
      .then((results) => scoreLine(text, at(results, 0), systemClock.elapsed() - started));
    written = Promise.all([scored, written]).then(([line]) => writeOut(`${line}\n`));
    // Nothing more is asked for. Whoever waits for it hears of the failure: here below, or at the end.
    written.catch(() => process.stdin.destroy());
    underWay.push(written);
    if (underWay.length >= MOST_UNDER_WAY) await underWay.shift();
  }
  await written;
}
