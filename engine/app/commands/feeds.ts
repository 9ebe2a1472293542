/** The commands that publish events: `demo` into an engine of its own, `replay` from a file into whatever broker is named. */
import { setMaxListeners } from 'node:events';
import { hostname } from 'node:os';
import { ndjsonMessages } from '../../adapters/formats/ndjson.ts';
import { connectNats } from '../../adapters/nats/nats-connection.ts';
import { packageRoot } from '../../adapters/process/package-root.ts';
import { progressLine } from '../../adapters/process/terminal-progress.ts';
import { Publisher } from '../../adapters/nats/publisher.ts';
import { stderrLogger, type LogFormat } from '../../adapters/process/log.ts';
import { systemClock } from '../../adapters/process/system-clock.ts';
import { familyOf } from '../../../operators/events/schemas.ts';
import { subjectKeyOf } from '../../../operators/events/subject-key.ts';
import type { JsonObject } from '../../core/types.ts';
import { demoEvents, DEMO_NOTE } from '../demo/demo-events.ts';
import { play, type Playable } from '../playback/play.ts';
import { replay, type Pace } from '../playback/replay.ts';
import { loadTexts } from '../demo/texts.ts';
import { configured, live, readable, withPort } from './commands.ts';

/** How many events may wait for their acknowledgement before the feed waits. */
const IN_FLIGHT = 1_000;

/** Publishes in the background, keeping a bounded number unacknowledged; `idle` resolves when all are stored. */
function pipelined(
  publisher: Publisher,
  signal: AbortSignal,
): { publish: (event: Playable) => Promise<void> | undefined; idle: () => Promise<void> } {
  const underWay = new Set<Promise<void>>();
  return {
    publish: ({ subject, headers, data }) => {
      const stored = publisher.publish([{ subject, headers, data }], signal).then(
        () => void underWay.delete(stored),
        (thrown: unknown) => {
          underWay.delete(stored);
          if (!signal.aborted) throw thrown;
        },
      );
      underWay.add(stored);
      return underWay.size < IN_FLIGHT ? undefined : Promise.race(underWay);
    },
    idle: async () => {
      await Promise.all(underWay);
    },
  };
}

export interface DemoCommand {
  readonly config?: string;
  readonly port?: number;
  readonly rate: number;
  readonly log: LogFormat;
  readonly signal: AbortSignal;
  readonly held?: () => void;
}

export async function runDemo(command: DemoCommand): Promise<void> {
  const config = withPort(await configured(command.config), command.port);
  const logger = stderrLogger(command.log);
  const texts = loadTexts(packageRoot());
  await live(config, logger, command, DEMO_NOTE, async (engine, stop) => {
    logger.info(
      `the wall-board is at ${engine.url}  (?lang=zh-CN, ?lang=en); an incident begins in 20 s; Ctrl-C ends it`,
    );
    setMaxListeners(0, stop);
    const { publish, idle } = pipelined(engine.publisher, stop);
    await play(demoEvents(systemClock.now(), command.rate, texts), publish, { clock: systemClock, signal: stop });
    await idle();
  });
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

export interface ReplayCommand {
  readonly file: string;
  readonly speed?: number;
  readonly rate?: number;
  readonly retime?: boolean;
  readonly nats: string;
  readonly config?: string;
  readonly log: LogFormat;
  readonly signal: AbortSignal;
}

export async function replayFile(command: ReplayCommand): Promise<void> {
  const { signal } = command;
  setMaxListeners(0, signal);
  const config = await configured(command.config);
  const logger = stderrLogger(command.log);
  await readable(command.file);
  const pace: Pace = command.rate === undefined ? { speed: command.speed ?? 1 } : { perSecond: command.rate };
  const nc = await connectNats({ ...config.nats, servers: [command.nats] }, logger, {
    name: `earshot-replay ${hostname()}`,
    signal,
  });
  const publisher = new Publisher(nc, { logger });
  const progress = progressLine(process.stderr, () => systemClock.now());
  try {
    const { publish, idle } = pipelined(publisher, signal);
    const lines = ndjsonMessages(command.file, {
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
