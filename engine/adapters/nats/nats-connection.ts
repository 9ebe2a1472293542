/** The connection to NATS: made with patience, kept for ever, watched. */
import { connect, PermissionViolationError, type NatsConnection } from '@nats-io/transport-node';
import { EngineError } from '../../core/errors.ts';
import type { Clock, Logger } from '../../core/types.ts';
import { connectReason, permissionReason } from './nats-error-text.ts';
import { systemClock, systemRandom } from '../process/system-clock.ts';
import { type BrokerAddress, connectionOptions } from './connection-options.ts';
import { type ConnectionState, WatchedState } from './connection-state.ts';
import { placeJetstream } from './jetstream-api.ts';
import { publicAddress, publicWords } from './redact-address.ts';

const LONGEST_WAIT_MS = 2000;

/**
 * Connects, trying for ever (each failure is logged as BROKER_UNAVAILABLE) until it succeeds or the signal ends it; once
 * connected it reconnects for ever. Throws EngineError CONFIG_NOT_FOUND or CONFIG_INVALID when files of keys cannot be used.
 */
export async function connectNats(
  address: BrokerAddress,
  logger: Logger,
  options: {
    readonly name?: string;
    readonly signal?: AbortSignal;
    /** Called with the reason after each failed attempt. */
    readonly onFailure?: (reason: string) => void;
    /** Of all that is done over this connection. */
    readonly clock?: Clock;
    readonly random?: () => number;
  } = {},
): Promise<NatsConnection> {
  const { random = systemRandom } = options;
  const settings = connectionOptions(address, options.name ?? 'earshot');
  const servers = address.servers.map(publicAddress).join(', ');
  for (let waitMs = 100; ; waitMs = Math.min(LONGEST_WAIT_MS, waitMs * 2)) {
    options.signal?.throwIfAborted();
    try {
      const nc = await orAborted(connect(settings), options.signal);
      placeJetstream(nc, address.jetstream ?? { domain: null, apiPrefix: null });
      watch(nc, { logger, servers, clock: options.clock ?? systemClock });
      return nc;
    } catch (error) {
      options.signal?.throwIfAborted();
      const reason = connectReason(error);
      options.onFailure?.(reason);
      const failure = new EngineError('BROKER_UNAVAILABLE', [servers, reason], { cause: error });
      logger.warn(failure.message, { code: failure.code, help: failure.help, retryMs: waitMs });
      await pause(waitMs * (0.75 + random() / 2), options.signal);
    }
  }
}

/** An attempt may take seconds: whoever is asked to stop does not wait for it. One that succeeds after all is closed. */
async function orAborted(
  connecting: Promise<NatsConnection>,
  signal: AbortSignal | undefined,
): Promise<NatsConnection> {
  if (signal === undefined) return connecting;
  let onAbort = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(abortReason(signal));
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([connecting, aborted]);
  } catch (thrown) {
    if (signal.aborted) {
      void connecting.then(
        (nc) => nc.close(),
        () => undefined,
      );
    }
    throw thrown;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

const states = new WeakMap<NatsConnection, WatchedState>();

/** The state of a connection, whoever made it. */
export function connectionState(nc: NatsConnection): ConnectionState {
  return states.get(nc) ?? watch(nc, { logger: undefined, servers: '', clock: systemClock });
}

interface Watching {
  readonly logger: Logger | undefined;
  readonly servers: string;
  readonly clock: Clock;
}

function watch(nc: NatsConnection, { logger, servers, clock }: Watching): WatchedState {
  const state = new WatchedState(clock);
  states.set(nc, state);
  const down = (): void => {
    if (!state.isConnected) return;
    state.isConnected = false;
    if (!nc.isClosed()) {
      const failure = new EngineError('BROKER_UNAVAILABLE', [servers, 'the connection was lost']);
      logger?.warn(failure.message, { code: failure.code, help: failure.help });
    }
    for (const listener of [...state.disconnectListeners]) listener();
  };
  const follow = async (): Promise<void> => {
    for await (const status of nc.status()) {
      if (status.type === 'disconnect' || status.type === 'staleConnection') down();
      else if (status.type === 'reconnect') {
        state.isConnected = true;
        state.forgive();
        logger?.info('connected to NATS again', { server: publicAddress(status.server) });
        for (const listener of [...state.reconnectListeners]) listener();
      } else if (status.type === 'error') {
        if (status.error instanceof PermissionViolationError) {
          state.note(status.error);
          const reason = permissionReason(status.error);
          if (state.isNewsOf(reason)) logger?.warn('the broker refuses', { reason });
        } else logger?.warn('NATS reports an error', { error: publicWords(status.error.message) });
      }
    }
    down();
  };
  void follow();
  void nc.closed().then((reason) => {
    if (reason instanceof Error)
      logger?.error('the connection to NATS is closed for good', { error: publicWords(reason.message) });
  });
  return state;
}

/** The request's answer; rejects at once when the connection is lost, since no answer comes after that. */
export async function answerOf<T>(nc: NatsConnection, request: Promise<T>): Promise<T> {
  const state = connectionState(nc);
  let unwatch = (): void => undefined;
  const lost = new Promise<never>((_, reject) => {
    unwatch = state.onDisconnect(() => reject(new Error('the connection was lost')));
  });
  try {
    return await Promise.race([request, lost]);
  } finally {
    unwatch();
  }
}

/** Resolves when the connection stands; rejects with the signal's reason. */
export async function connectionOf(nc: NatsConnection, signal: AbortSignal): Promise<void> {
  const state = connectionState(nc);
  while (!state.connected()) await pause(10, signal);
}

/** Waits; rejects with the signal's reason. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      clearTimeout(timer);
      reject(abortReason(signal));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort);
      resolve();
    }, ms);
    if (signal?.aborted === true) abort();
    else signal?.addEventListener('abort', abort, { once: true });
  });
}

export function abortReason(signal: AbortSignal | undefined): Error {
  return signal?.reason instanceof Error ? signal.reason : new Error('stopped');
}
