/** Starts the hooks of an engine, and what their notices link to. */
import { connectionState, pause } from '../../adapters/nats/nats-connection.ts';
import { systemClock } from '../../adapters/process/system-clock.ts';
import type { AlertMessage } from '../../core/wire.ts';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Logger } from '../../core/types.ts';
import type { BoardStanding } from '../hooks/answers/answered-message.ts';
import type { LinkSources } from '../hooks/answers/notice-links.ts';
import { pollSilences, type SilenceContext } from '../hooks/answers/poll-silences.ts';
import { openHookThread } from '../hooks/thread/open-hook-thread.ts';
import { runHooks, type RunningHooks } from '../hooks/thread/run-hook-thread.ts';
import { ownerName } from '../partitions.ts';
import type { Broker } from './broker.ts';
import type { Closers } from './closers.ts';
import type { Listening } from './listen.ts';
import type { Prepared } from './prepare.ts';

export interface BesideHooks {
  readonly nc: NatsConnection;
  readonly logger: Logger;
  /** Of links: the first signs. */
  readonly keys: readonly string[];
  /** The demo runs for whoever sits at this machine: without `http.public_url` its links lead here. */
  readonly isDemo: boolean;
  readonly decide: SilenceContext['decide'];
}

export interface DeliveredHooks {
  /** null: none is configured. */
  readonly hooks: RunningHooks | null;
  /** They tell no more; resolves when nothing is under way. */
  readonly end: () => Promise<void>;
  readonly links: LinkSources;
  readonly standing: BoardStanding;
}

export function deliverHooks(
  { config }: Pick<Prepared, 'config'>,
  { disk, urls }: Broker,
  { hub, url }: Pick<Listening['gateway'], 'hub' | 'url'>,
  { keys, isDemo, decide, nc, logger }: BesideHooks,
  closers: Closers,
): DeliveredHooks {
  const { board } = hub;
  const standing: BoardStanding = {
    alertOf: (alert) => board.alerts.get(alert),
    actionOf: (action) => board.actions.get(action),
  };
  const links = { publicUrl: config.http.publicUrl ?? (isDemo ? url : null), keys };
  const { hooks, calendars, time, inhibit, nats } = config;
  if (hooks.length === 0) return { hooks: null, end: () => Promise.resolve(), links, standing };
  const ending = new AbortController();
  const open = (): readonly AlertMessage[] | null => (board.alerts.isComplete ? [...board.alerts.values()] : null);
  const running = runHooks(
    {
      ...{ parts: { hooks, calendars, time }, links, inhibit },
      broker: { ...nats, servers: urls },
      ...{ isAlone: disk !== null, owner: ownerName(), replicas: nats.replicas },
    },
    {
      ...{ open: openHookThread, board, pause, logger, signal: ending.signal },
      onTelling: (signal) => pollSilences(hooks, { open, decide, clock: systemClock, logger }, signal),
      onTroubles: (troubles) =>
        connectionState(nc).noteTrouble('hooks do not tell of all alerts', troubles.join('; ') || null),
    },
  );
  const end = (): Promise<void> => {
    ending.abort(new Error('stopping'));
    return running.done;
  };
  closers.add(end);
  return { hooks: running, end, links, standing };
}
