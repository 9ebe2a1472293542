/**
 * The composition root: how a live engine starts and stops, with everything outside it. Three steps, each returning what it
 * made: prepare (configuration, models) → listen (gateway) → connect (broker, partitions).
 */
import { setMaxListeners } from 'node:events';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Publisher } from '../adapters/nats/publisher.ts';
import type { Json, Logger } from '../core/types.ts';
import type { ReloadReport } from '../core/reload-report.ts';
import type { Config } from './config/config.ts';
import type { ConfigSource } from './reload/reloads-of.ts';
import { startBroker } from './start/broker.ts';
import { Closers } from './start/closers.ts';
import { connect, type Reset } from './start/connect.ts';
import { listen } from './start/listen.ts';
import { prepare } from './start/prepare.ts';

export type { Reset } from './start/connect.ts';

export interface LiveEngine {
  /** Of the gateway. */
  readonly url: string;
  readonly natsUrls: readonly string[];
  readonly nc: NatsConnection;
  /** For who publishes into the engine from the same process. */
  readonly publisher: Publisher;
  /** Rejects when a partition fails for good, or the store is lost. */
  readonly failed: Promise<never>;
  /** Reads the configuration again and takes up what can be; see ReloadReport. Throws EngineErrors of kind config: nothing has changed then. */
  reload(by: string): Promise<ReloadReport>;
  /** Ends everything in order: input, commits, gateway, workers, broker. */
  stop(): Promise<void>;
}

export interface LiveOptions {
  readonly config: Config;
  /** How it is read again; left out: it cannot be. */
  readonly reload?: ConfigSource;
  readonly logger: Logger;
  /** What the board says of its data: null when all of it is real. */
  readonly demo: Json;
  readonly reset?: Reset;
  /** KPIs that joined a running store are filled from what the input still holds. */
  readonly backfill?: boolean;
  readonly signal: AbortSignal;
  /**
   * Called when everything has stopped except a thread that is still loading a model: it cannot be ended, and `process.exit` would
   * wait for it. Nothing is lost if the process is ended from outside.
   */
  readonly onStuck?: () => void;
}

/** Starts the engine and its gateway; resolves when events are read and boards are served. */
export async function startEngine(options: LiveOptions): Promise<LiveEngine> {
  const { logger } = options;
  const closers = new Closers();
  // Ends what still tries for ever, should another part fail to start.
  const ending = new AbortController();
  closers.add(() => ending.abort(new Error('stopping')));
  const signal = AbortSignal.any([options.signal, ending.signal]);
  setMaxListeners(0, signal);
  const onStuck = (): void => {
    if (options.signal.aborted) options.onStuck?.();
  };
  try {
    const prepared = await prepare(options.config, logger, closers);
    const broker = await startBroker(prepared.config, logger, closers);
    signal.throwIfAborted();
    const listening = await listen(prepared, broker, options, closers);
    const running = await connect(prepared, broker, listening, { ...options, signal, onStuck }, closers);
    const failures = running.partitions.map(({ run }) => run.done.then(() => new Promise<never>(() => undefined)));
    return {
      url: listening.gateway.url,
      natsUrls: broker.urls,
      nc: running.nc,
      publisher: running.publisher,
      failed: Promise.race([...failures, running.lost]),
      reload: (by) => listening.ports.reload(by),
      stop: () => closers.closeAll(),
    };
  } catch (thrown) {
    ending.abort(thrown);
    await closers.closeAll();
    throw thrown;
  }
}
