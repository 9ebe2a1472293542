/** `earshot demo`, which `npm start` runs: an engine of its own, and real customer feedback as live events with one incident. */
import { setMaxListeners } from 'node:events';
import { failureFields, stderrLogger, type LogFormat } from '../../adapters/process/log.ts';
import { packageRoot } from '../../adapters/process/package-root.ts';
import { systemClock } from '../../adapters/process/system-clock.ts';
import { demoEvents, DEMO_NOTE } from '../demo/demo-events.ts';
import { withDemoHooks } from '../demo/receiver/demo-hooks.ts';
import { DemoReceiver } from '../demo/receiver/receiver.ts';
import { loadTexts } from '../demo/texts.ts';
import { pipelined } from '../playback/pipelined.ts';
import { play } from '../playback/play.ts';
import type { CliCommand } from './shared/command.ts';
import { configured, withPort } from './shared/configured.ts';
import { runLive } from './shared/live-session.ts';
import { configOption, logOption, portOption, rate } from './shared/option-values.ts';
import { thenExit, untilStopped, type Stopping } from './shared/stopping.ts';

interface DemoOptions {
  readonly config?: string;
  readonly port?: number;
  readonly rate: number;
  readonly log: LogFormat;
}

export const command: CliCommand = {
  define: (cli) =>
    cli
      .addOption(configOption())
      .addOption(portOption())
      .option('--rate <events/s>', 'how many events a second', rate, 200)
      .addOption(logOption().default('pretty'))
      .action((options: DemoOptions) => thenExit(runDemo(options, untilStopped()))),
};

async function runDemo(options: DemoOptions, stopping: Stopping): Promise<void> {
  const logger = stderrLogger(options.log);
  const texts = loadTexts(packageRoot());
  const own = withPort(await configured(options.config), options.port);
  const receiver = await DemoReceiver.start(systemClock, logger);
  const config = withDemoHooks(own, receiver.url, receiver.secrets);
  const demo = { ...DEMO_NOTE, messages: receiver.url };
  await runLive({ config, logger, demo, ...stopping }, async (engine, stop) => {
    receiver.connect(engine.url);
    logger.info(
      `the wall-board is at ${engine.url}  (?lang=zh-CN, ?lang=en); an incident begins in 20 s; Ctrl-C ends it`,
    );
    logger.info(
      `its alerts arrive at ${receiver.url}/  (Feishu, Slack, PagerDuty and a webhook, as they would show them)`,
    );
    setMaxListeners(0, stop);
    const { publish, idle } = pipelined(engine.publisher, stop, (_, why) =>
      logger.warn('the broker refused an event', failureFields(why)),
    );
    await play(demoEvents(systemClock.now(), options.rate, texts), publish, { clock: systemClock, signal: stop });
    await idle();
  }).finally(() => receiver.close());
}
