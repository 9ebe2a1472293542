/** `earshot replay`: publishes a file of events to the input subjects of whatever broker is named. */
import { setMaxListeners } from 'node:events';
import { hostname } from 'node:os';
import { Option } from 'commander';
import type { NatsConnection } from '@nats-io/transport-node';
import { connectNats } from '../../adapters/nats/nats-connection.ts';
import { Publisher } from '../../adapters/nats/publisher.ts';
import { publicAddress } from '../../adapters/nats/redact-address.ts';
import { stderrLogger, type LogFormat } from '../../adapters/process/log.ts';
import { systemClock } from '../../adapters/process/system-clock.ts';
import { progressLine } from '../../adapters/process/terminal-progress.ts';
import { EngineError, reasonOf } from '../../core/errors.ts';
import type { JsonObject, Logger, Millis } from '../../core/types.ts';
import { durationText } from '../../../operators/config/config-values.ts';
import { familyOf } from '../../../operators/events/types/event-types.ts';
import { subjectKeyOf } from '../../../operators/events/subject-key.ts';
import type { Config } from '../config/config.ts';
import { pipelined, type Pipeline } from '../playback/pipelined.ts';
import { play } from '../playback/play.ts';
import { pacedEvents, type Pace } from '../playback/paced-events.ts';
import { knownServers } from './shared/broker-session.ts';
import type { CliCommand } from './shared/command.ts';
import { configured } from './shared/configured.ts';
import { eventLines, readable } from './shared/event-file.ts';
import { whileRunning } from './shared/failed-while-running.ts';
import { configOption, duration, logOption, natsAddress, rate, speed } from './shared/option-values.ts';
import { thenExit, untilStopped } from './shared/stopping.ts';

interface ReplayOptions {
  readonly speed?: number;
  readonly rate?: number;
  readonly retime?: boolean;
  readonly sort?: boolean;
  readonly wait?: Millis;
  readonly nats?: string;
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
      .option('--sort', 'put the events in the order of their time first')
      .addOption(
        new Option('--wait <duration>', 'how long the server may leave everything unanswered (default: 10s)').argParser(
          duration,
        ),
      )
      .option(
        '--nats <url>',
        'the server to publish to (default: that of the configuration, else the embedded one)',
        natsAddress,
      )
      .addOption(configOption())
      .addOption(logOption())
      .action((file: string, options: ReplayOptions) => thenExit(replayFile(file, options, untilStopped().signal))),
};

/** How long the broker may leave everything unanswered. */
const WAIT_MS = 10_000;
/** So many refused events are named; all are counted. */
const NAMED = 5;

async function replayFile(file: string, options: ReplayOptions, stopped: AbortSignal): Promise<void> {
  const config = await configured(options.config);
  const logger = stderrLogger(options.log);
  await readable(file);
  const { wait = WAIT_MS } = options;
  const nc = await connected(
    config,
    options.nats === undefined ? knownServers(config) : [options.nats],
    wait,
    logger,
    stopped,
  );
  const publisher = new Publisher(nc, { logger });
  const givenUp = new AbortController();
  const signal = AbortSignal.any([stopped, givenUp.signal]);
  setMaxListeners(0, signal);
  const progress = progressLine(process.stderr, () => systemClock.now(), logger);
  const pipeline = pipelined(publisher, signal, ({ line }, why) => {
    if (pipeline.counts.refused <= NAMED) logger.warn('refused by the broker', { line, error: reasonOf(why) });
  });
  const stall = watchStall(pipeline, wait, () => givenUp.abort());
  try {
    const onSorting = (lines: number): void => {
      signal.throwIfAborted();
      progress.show(`${lines} lines read, to be sorted`);
    };
    const lines = eventLines(file, config, { isSorted: options.sort ?? false, batchLines: 64, onSorting });
    const pace: Pace = options.rate === undefined ? { speed: options.speed ?? 1 } : { perSecond: options.rate };
    const events = pacedEvents(lines, { start: systemClock.now(), pace, retime: options.retime ?? false, subjectOf });
    await whileRunning(() =>
      play(events, pipeline.publish, {
        clock: systemClock,
        signal,
        onPlayed: (n) => progress.show(`${n} events published`),
      }),
    );
    await pipeline.idle();
  } finally {
    clearInterval(stall);
    progress.end();
    const { stored, refused, underWay } = pipeline.counts;
    if (process.stderr.isTTY)
      process.stderr.write(
        `  published        ${stored}\n  refused          ${refused}\n  unacknowledged   ${underWay}\n`,
      );
    else logger.info('replayed', { events: stored, refused, unacknowledged: underWay });
  }
  const why = givenUp.signal.aborted ? (publisher.blocked() ?? 'no acknowledgement came') : null;
  publisher.close();
  await nc.close();
  if (why !== null || pipeline.counts.refused > 0) throw failureOf(pipeline.counts, why);
}

/** Throws BROKER_UNAVAILABLE once `waitMs` have passed. */
async function connected(
  { nats }: Config,
  servers: readonly string[],
  waitMs: Millis,
  logger: Logger,
  stopped: AbortSignal,
): Promise<NatsConnection> {
  const late = new AbortController();
  const last = { reason: 'no answer' };
  const timer = setTimeout(() => {
    const waited = `${last.reason}; gave up after ${durationText(waitMs)} (--wait)`;
    late.abort(new EngineError('BROKER_UNAVAILABLE', [servers.map(publicAddress).join(', '), waited]));
  }, waitMs);
  try {
    return await connectNats({ ...nats, servers }, logger, {
      name: `earshot-replay ${hostname()}`,
      signal: AbortSignal.any([stopped, late.signal]),
      onFailure: (reason) => {
        last.reason = reason;
      },
    });
  } finally {
    clearTimeout(timer);
  }
}

/** Calls back when, for `waitMs`, events wait for an acknowledgement and none of them is settled. */
function watchStall(pipeline: Pipeline, waitMs: Millis, onStalled: () => void): NodeJS.Timeout {
  const last = { settled: 0, at: systemClock.elapsed() };
  return setInterval(
    () => {
      const { stored, refused, underWay } = pipeline.counts;
      if (underWay === 0 || stored + refused > last.settled) {
        last.settled = stored + refused;
        last.at = systemClock.elapsed();
      } else if (systemClock.elapsed() - last.at >= waitMs) onStalled();
    },
    Math.min(250, waitMs / 4),
  );
}

/** `why`: nothing gets through any more; null: all others did. */
function failureOf({ stored, refused, underWay }: Pipeline['counts'], why: string | null): EngineError {
  const counts = `${stored} events were published, ${refused} refused`;
  const what = why === null ? counts : `${why}; ${counts}, ${underWay} not acknowledged (stored or not)`;
  return new EngineError('PUBLISH_FAILED', ['cx.events', what]);
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
