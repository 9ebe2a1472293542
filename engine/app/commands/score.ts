/** `earshot score`: one text a line on stdin, one JSON line each on stdout. */
import { createInterface } from 'node:readline';
import { stderrLogger, type LogFormat } from '../../adapters/process/log.ts';
import { EngineError } from '../../core/errors.ts';
import { scoreLine } from '../../../operators/scoring/score.ts';
import { openScoring } from '../open-models.ts';
import type { CliCommand } from './shared/command.ts';
import { configured } from './shared/configured.ts';
import { logOption } from './shared/option-values.ts';
import { writeOut } from './shared/standard-output.ts';

interface ScoreOptions {
  readonly model?: string;
  readonly log: LogFormat;
}

export const command: CliCommand = {
  define: (cli) =>
    cli
      .option('--model <dir>', 'a model folder instead of the configured one')
      .addOption(logOption())
      .action((options: ScoreOptions) => scoreLines(options)),
};

async function scoreLines(command: ScoreOptions): Promise<void> {
  const config = await configured(undefined);
  const scoring = await openScoring(config, stderrLogger(command.log), command.model);
  if (scoring === null) throw new EngineError('USAGE_INVALID', ['no model is configured: name one with --model']);
  try {
    // Each line leaves as soon as it and those before it are scored; a bounded number is under way.
    const underWay: Promise<void>[] = [];
    let written = Promise.resolve();
    for await (const text of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
      const started = performance.now();
      const scored = scoring.pool
        .score([text])
        .then(([result]) => scoreLine(text, result ?? { failed: 'no score' }, performance.now() - started));
      written = Promise.all([scored, written]).then(([line]) => writeOut(`${line}\n`));
      // Whoever waits for it hears of a failure: here below, or at the end.
      written.catch(() => undefined);
      underWay.push(written);
      if (underWay.length >= 512) await underWay.shift();
    }
    await written;
  } finally {
    await scoring.close();
  }
}
