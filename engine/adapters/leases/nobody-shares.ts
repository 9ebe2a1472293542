/** Whether an instance that shares partitions runs any, and waiting until none does. */
import type { NatsConnection } from '@nats-io/transport-node';
import type { Millis } from '../../core/types.ts';
import { connectionOf, connectionState, pause } from '../nats/nats-connection.ts';
import { ownerOf } from './lease-holder.ts';
import { decodeBeat } from './sharing-format.ts';
import { MEMBERS_SUBJECT } from './sharing-port.ts';

/** Whoever runs anything says so each second; silent for so long, it is dead to the others too. */
const SILENT_MS: Millis = 3500;
/** Whoever lives beats within this. */
const BEAT_MS: Millis = 2000;
const LOOK_MS = 50;

/** Rejects with the signal's reason. */
export async function untilNobodyShares(
  nc: NatsConnection,
  signal: AbortSignal,
  onWait?: (reason: string) => void,
  subject = MEMBERS_SUBJECT,
): Promise<void> {
  await silence(nc, signal, { subject, forMs: SILENT_MS }, () => {
    onWait?.('an instance that shares the partitions runs some');
    return false;
  });
}

/** One that runs any now, for people; null: none does. Rejects with the signal's reason. */
export async function whoShares(
  nc: NatsConnection,
  signal: AbortSignal,
  subject = MEMBERS_SUBJECT,
): Promise<string | null> {
  let found: string | null = null;
  await silence(nc, signal, { subject, forMs: BEAT_MS }, (holder) => {
    found = ownerOf(holder)?.name ?? 'unknown'; // a stranger's
    return true;
  });
  return found;
}

/** Until nobody who runs any was heard for so long, or `heard` says that it is enough. */
async function silence(
  nc: NatsConnection,
  signal: AbortSignal,
  { subject, forMs }: { readonly subject: string; readonly forMs: Millis },
  heard: (holder: string) => boolean,
): Promise<void> {
  const { elapsed } = connectionState(nc).clock;
  let since = elapsed();
  let isEnough = false;
  const subscription = nc.subscribe(subject, {
    callback: (error, message) => {
      const beat = error === null ? decodeBeat(message.data) : null;
      if (beat === null || beat.held.length === 0 || beat.state === 'gone') return;
      since = elapsed();
      isEnough ||= heard(beat.holder);
    },
  });
  const isOver = (): boolean => isEnough || elapsed() - since >= forMs;
  try {
    for (let before = since; !isOver(); before = elapsed()) {
      await pause(LOOK_MS, signal);
      // Nothing was heard while this process stood still or the broker was away.
      if (elapsed() - before > 10 * LOOK_MS || !connectionState(nc).connected()) since = elapsed();
      await connectionOf(nc, signal);
    }
  } finally {
    if (!nc.isClosed()) subscription.unsubscribe();
  }
}
