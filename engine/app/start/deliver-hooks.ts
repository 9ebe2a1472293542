/** Starts the hooks of an engine, and what their notices link to. */
import type { AlertMessage } from '../../core/wire.ts';
import type { LinkSources } from '../hooks/answers/notice-links.ts';
import { startHooks, type HookContext, type RunningHooks } from '../hooks/start-hooks.ts';
import { ownerName } from '../partitions.ts';
import type { Broker } from './broker.ts';
import type { Closers } from './closers.ts';
import type { Listening } from './listen.ts';
import type { Prepared } from './prepare.ts';

export interface BesideHooks extends Pick<HookContext, 'nc' | 'logger'> {
  /** Of links: the first signs. */
  readonly keys: readonly string[];
  /** The demo runs for whoever sits at this machine: without `http.public_url` its links lead here. */
  readonly isDemo: boolean;
  readonly decide: HookContext['silences']['decide'];
}

export interface DeliveredHooks {
  /** null: none is configured. */
  readonly hooks: RunningHooks | null;
  /** They tell no more; resolves when nothing is under way. */
  readonly end: () => Promise<void>;
  readonly links: LinkSources;
  /** As the board has it. */
  readonly alertOf: (alert: string) => AlertMessage | undefined;
}

export function deliverHooks(
  { config, hooks }: Prepared,
  { disk }: Broker,
  { hub, url }: Pick<Listening['gateway'], 'hub' | 'url'>,
  { keys, isDemo, decide, nc, logger }: BesideHooks,
  closers: Closers,
): DeliveredHooks {
  const alertOf = (alert: string): AlertMessage | undefined => hub.board.alerts.get(alert);
  const links = { publicUrl: config.http.publicUrl ?? (isDemo ? url : null), keys };
  if (config.hooks.length === 0) return { hooks: null, end: () => Promise.resolve(), links, alertOf };
  const ending = new AbortController();
  const running = startHooks(() => hooks(links), {
    ...{ nc, logger },
    silences: { open: () => (hub.board.alerts.isComplete ? [...hub.board.alerts.values()] : null), decide },
    signal: ending.signal,
    isAlone: disk !== null,
    owner: ownerName(),
    replicas: config.nats.replicas,
    inhibit: config.inhibit,
    overlayOf: alertOf,
    isJudging: () => hub.board.alerts.isComplete,
  });
  const end = (): Promise<void> => {
    ending.abort(new Error('stopping'));
    return running.done;
  };
  closers.add(end);
  return { hooks: running, end, links, alertOf };
}
