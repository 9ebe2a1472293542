/** `earshot replay`: publishes a file of events to the input subjects of whatever broker is named. */
import { setMaxListeners } from 'node:events';
import { hostname } from 'node:os';
import { Option } from 'commander';
import { ndjsonMessages } from '../../adapters/formats/ndjson.ts';
import { connectNats } from '../../adapters/nats/nats-connection.ts';
import { Publisher } from '../../adapters/nats/publisher.ts';
import { stderrLogger, type LogFormat } from '../../adapters/process/log.ts';
import { systemClock } from '../../adapters/process/system-clock.ts';
import { progressLine } from '../../adapters/process/terminal-progress.ts';
import type { JsonObject } from '../../core/types.ts';
import { familyOf } from '../../../operators/events/schemas.ts';
import { subjectKeyOf } from '../../../operators/events/subject-key.ts';
import { pipelined } from '../playback/pipelined.ts';
import { play } from '../playback/play.ts';
import { replay, type Pace } from '../playback/replay.ts';
import type { CliCommand } from './shared/command.ts';
import { configured } from './shared/configured.ts';
import { configOption, logOption, natsAddress, rate, speed } from './shared/option-values.ts';
import { readable } from './shared/readable.ts';
import { untilStopped } from './shared/stopping.ts';

interface ReplayOptions {
  readonly speed?: number;
  readonly rate?: number;
  readonly retime?: boolean;
  readonly nats: string;
  readonly config?: string;
  readonly log: LogFormat;
}

export const command: CliCommand = {
  define: (cli) =>
    cli
      .argument('<file.ndjson>', '- is stdin')
      .addOption(
        new Option('--speed <factor>', 'as fast as the events happened, times this').argParser(speed).conflicts('rate'),
      )
      .addOption(new Option('--rate <events/s>', 'evenly, this many a second').argParser(rate))
      .option('--retime', 'give each event the time of its publication')
      .option('--nats <url>', 'the server to publish to', natsAddress, 'nats://127.0.0.1:4222')
      .addOption(configOption())
      .addOption(logOption())
      .action((file: string, options: ReplayOptions) => replayFile(file, options, untilStopped().signal)),
};

async function replayFile(file: string, command: ReplayOptions, signal: AbortSignal): Promise<void> {
  setMaxListeners(0, signal);
  const config = await configured(command.config);
  const logger = stderrLogger(command.log);
  await readable(file);
  const pace: Pace = command.rate === undefined ? { speed: command.speed ?? 1 } : { perSecond: command.rate };
  const nc = await connectNats({ ...config.nats, servers: [command.nats] }, logger, {
    name: `earshot-replay ${hostname()}`,
    signal,
  });
  const publisher = new Publisher(nc, { logger });
  const progress = progressLine(process.stderr, () => systemClock.now());
  try {
    const { publish, idle } = pipelined(publisher, signal);
    const lines = ndjsonMessages(file, {
      maxLineBytes: config.limits.maxEventBytes * 2,
      batchLines: 64,
      stored: () => 0,
    });
    const events = replay(lines, { start: systemClock.now(), pace, retime: command.retime ?? false, subjectOf });
    const count = await play(events, publish, {
      clock: systemClock,
      signal,
      onPlayed: (n) => progress.show(`${n} events published`),
    });
    await idle();
    progress.end();
    logger.info('replayed', { events: count });
  } finally {
    publisher.close();
    await nc.close();
  }
}

/** Where an event of a file is published; null: it does not say its channel, or its type is unknown. */
function subjectOf(event: JsonObject): string | null {
  const { type, data } = event;
  const family = typeof type === 'string' ? familyOf(type) : undefined;
  if (family === undefined || typeof data !== 'object' || data === null || Array.isArray(data)) return null;
  const { channel } = data as JsonObject;
  if (typeof channel !== 'string' || !/^[a-z][a-z0-9_]*$/.test(channel)) return null;
  return `cx.events.${channel}.${family}.${subjectKeyOf(data as JsonObject)}`;
}
