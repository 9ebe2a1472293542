/**
 * Tells of alerts: of several instances the one that has the lease tells, the next goes on where it was. Changes
 * of alerts are read from CX_ALERTS, so that nothing is lost while nobody runs.
 */
import type { NatsConnection } from '@nats-io/transport-node';
import { HookStore } from '../../adapters/hooks/hook-store.ts';
import { savedHook, type SavedHooks } from '../../adapters/hooks/saved-hooks.ts';
import { acquireLease, type Lease } from '../../adapters/leases/lease.ts';
import { pause } from '../../adapters/nats/nats-connection.ts';
import { patiently } from '../../adapters/nats/patiently.ts';
import { systemClock } from '../../adapters/process/system-clock.ts';
import { readToEnd, StreamReader } from '../../adapters/streams/stream-reader.ts';
import { reasonOf } from '../../core/errors.ts';
import type { Logger, RawMessage } from '../../core/types.ts';
import type { AlertMessage } from '../../core/wire.ts';
import { Inhibitions } from '../../delivery/inhibition.ts';
import type { Inhibition } from '../../../operators/destinations/hooks-config.ts';
import type { Hook } from './hook.ts';
import { HookDelivery, REST_MS, type OverlayOf } from './hook-delivery.ts';
import { BREATH_MS } from './leaving-order.ts';
import { inhibitRule } from './inhibit-rules.ts';
import { untilJudging, whileJudging } from './judging-here.ts';
import { readActions, wantsActions } from './read-actions.ts';
import { takeReplayOrders } from './replay-orders.ts';

const EVERY_MS = 250;
const RESTART_MS = 1000;
/** A hook that was not there before is told what fires since then. */
const LOOK_BACK_MS = 24 * 3_600_000;

export interface HookContext {
  readonly nc: NatsConnection;
  /** Nobody else can tell: the store has one owner already. */
  readonly isAlone: boolean;
  readonly owner: string;
  readonly replicas: number;
  readonly overlayOf: OverlayOf;
  /** Whether this instance judges rules, and so knows what is silenced: it tells, rather than another. */
  readonly isJudging: () => boolean;
  readonly inhibit: readonly Inhibition[];
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

export interface TellingHooks {
  /** null: another instance tells, or this one is about to. */
  delivery(): HookDelivery | null;
  /** Resolves when nothing is under way any more. */
  readonly done: Promise<void>;
}

/** `make`: the hooks with nothing remembered, once for each time that this instance begins to tell. */
export function startHooks(make: () => readonly Hook[], context: HookContext): TellingHooks {
  let delivery: HookDelivery | null = null;
  const here = { isJudging: context.isJudging, pause };
  const run = async (): Promise<void> => {
    const { logger, signal } = context;
    const isEnding = (): boolean => signal.aborted;
    while (!isEnding()) {
      try {
        await untilJudging(here, signal);
        const lease = await leaseOf(context);
        const attempt = new AbortController();
        try {
          const isMine = AbortSignal.any([signal, lease.lost, attempt.signal]);
          const judged = context.isAlone ? [] : [whileJudging(here, isMine)];
          await deliver(make(), context, AbortSignal.any([isMine, ...judged]), (one) => (delivery = one));
        } finally {
          attempt.abort(new Error('this instance tells no more'));
          delivery = null;
          await lease.release();
        }
      } catch (error) {
        if (isEnding()) return;
        logger.warn('hooks start again', { reason: reasonOf(error) });
        await pause(RESTART_MS, signal).catch(() => undefined);
      }
    }
  };
  return { delivery: () => delivery, done: run() };
}

function leaseOf({ nc, isAlone, owner, logger, signal }: HookContext): Promise<Pick<Lease, 'lost' | 'release'>> {
  if (isAlone) return Promise.resolve({ lost: new AbortController().signal, release: () => Promise.resolve() });
  return acquireLease(nc, { key: 'hooks', partition: -1, owner, logger }, signal);
}

async function deliver(
  hooks: readonly Hook[],
  context: HookContext,
  untilLost: AbortSignal,
  onStarted: (delivery: HookDelivery) => void,
): Promise<void> {
  const { nc, logger } = context;
  const taken = new AbortController();
  const signal = AbortSignal.any([untilLost, taken.signal]);
  const store = await patiently(() => HookStore.open(nc, context.replicas), { logger, signal });
  const saved = await store.read(nc, logger, signal);
  for (const { config, queue } of hooks) queue.restore(savedHook(saved, config.id));
  const inhibitions = new Inhibitions(context.inhibit.map(inhibitRule));
  const { overlayOf } = context;
  const close = (): void => {
    for (const hook of hooks) hook.close();
  };
  // The engine ends: what is under way has a moment. Another tells: it has none.
  const end = { isOurs: false };
  signal.addEventListener('abort', () => {
    end.isOurs = context.signal.aborted && !taken.signal.aborted;
    if (!end.isOurs) close();
  });
  const delivery = new HookDelivery({
    hooks,
    inhibitions,
    store,
    position: saved.position,
    overlayOf,
    clock: systemClock,
    logger,
    signal,
    pause,
    rest: REST_MS,
    breath: BREATH_MS,
    onTaken: () => taken.abort(new Error('another instance tells of alerts')),
  });
  try {
    await read(hooks, saved, delivery, context, signal, () => {
      takeReplayOrders(nc, (order) => delivery.replay(order), logger, signal);
      onStarted(delivery);
    });
  } finally {
    if (end.isOurs) await delivery.finish();
    close();
  }
}

/** Reads what was and then what comes; steps when something came, and every so often. */
async function read(
  hooks: readonly Hook[],
  { position }: SavedHooks,
  delivery: HookDelivery,
  { nc, logger, inhibit }: HookContext,
  signal: AbortSignal,
  onCaughtUp: () => void,
): Promise<void> {
  const known = new Set(position?.hooks);
  const newHooks = hooks.filter(({ config }) => !known.has(config.id));
  const seen = position?.seq ?? 0; // nothing was read yet
  let last = seen;
  const takeAll = (batch: readonly RawMessage[]): undefined => {
    for (const message of batch) {
      const { seq } = message;
      take(delivery, message, (hook) => seq > seen || !known.has(hook));
      last = Math.max(last, seq);
    }
  };
  // What mutes others may have begun long before.
  const looksBack = newHooks.length > 0 || inhibit.length > 0;
  const from = looksBack ? { after: 0, from: systemClock.now() - LOOK_BACK_MS } : { after: seen };
  await readToEnd(nc, { stream: 'CX_ALERTS', ...from, logger }, signal, takeAll);
  for (const { queue } of newHooks) queue.forgetBrief();
  logger.info('hooks tell of alerts', { hooks: hooks.map(({ config }) => config.id).join(', '), after: last });
  onCaughtUp();
  const step = (): Promise<void> =>
    delivery.step().catch((error: unknown) => {
      if (!signal.aborted) logger.warn('hooks cannot note what they do', { reason: reasonOf(error) });
    });
  const timer = setInterval(() => void step(), EVERY_MS);
  const ending = new AbortController();
  const both = AbortSignal.any([signal, ending.signal]);
  const actions = wantsActions(hooks)
    ? readActions(hooks, delivery, position?.actions, { nc, logger, step }, both)
    : Promise.resolve();
  const alerts = readAlerts(nc, last, { takeAll, step, logger }, both);
  try {
    await Promise.all([alerts, actions]);
  } finally {
    clearInterval(timer);
    ending.abort(new Error('one of the two has ended'));
    await Promise.allSettled([alerts, actions]);
  }
}

async function readAlerts(
  nc: NatsConnection,
  after: number,
  handed: {
    readonly takeAll: (batch: readonly RawMessage[]) => void;
    readonly step: () => Promise<void>;
    readonly logger: Logger;
  },
  signal: AbortSignal,
): Promise<void> {
  const reader = new StreamReader(nc, { stream: 'CX_ALERTS', after, logger: handed.logger });
  try {
    for (;;) {
      const batch = await reader.next(1024, signal);
      if (batch === undefined) return;
      handed.takeAll(batch);
      await handed.step(); // what is not noted yet waits in the stream
    }
  } finally {
    reader.close();
  }
}

function take(delivery: HookDelivery, { data, seq, stored }: RawMessage, isFor: (hook: string) => boolean): void {
  const message = parseAlert(data);
  if (message !== undefined) delivery.changed(message, seq, stored, isFor);
}

/** Somebody else's message on our subject is no alert. */
function parseAlert(data: Uint8Array): AlertMessage | undefined {
  try {
    const value = JSON.parse(new TextDecoder().decode(data)) as Partial<AlertMessage> | null;
    const isAlert =
      typeof value?.alert === 'string' && typeof value.rule === 'string' && typeof value.state === 'string';
    return isAlert && typeof value.key === 'object' ? (value as AlertMessage) : undefined;
  } catch {
    return undefined;
  }
}
