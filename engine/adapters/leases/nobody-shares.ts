/** Waits until no instance that shares partitions runs any. */
import type { NatsConnection } from '@nats-io/transport-node';
import type { Millis } from '../../core/types.ts';
import { connectionOf, connectionState, pause } from '../nats/nats-connection.ts';
import { decodeBeat } from './sharing-format.ts';
import { MEMBERS_SUBJECT } from './sharing-port.ts';

/** Whoever runs anything says so each second; silent for so long, it is dead to the others too. */
const SILENT_MS: Millis = 3500;
const LOOK_MS = 50;

/** Rejects with the signal's reason. */
export async function untilNobodyShares(
  nc: NatsConnection,
  signal: AbortSignal,
  onWait?: (reason: string) => void,
  subject = MEMBERS_SUBJECT,
): Promise<void> {
  const { elapsed } = connectionState(nc).clock;
  let since = elapsed();
  const subscription = nc.subscribe(subject, {
    callback: (error, message) => {
      const beat = error === null ? decodeBeat(message.data) : null;
      if (beat === null || beat.held.length === 0 || beat.state === 'gone') return;
      since = elapsed();
      onWait?.('an instance that shares the partitions runs some');
    },
  });
  try {
    for (let before = since; elapsed() - since < SILENT_MS; before = elapsed()) {
      await pause(LOOK_MS, signal);
      // Nothing was heard while this process stood still or the broker was away.
      if (elapsed() - before > 10 * LOOK_MS || !connectionState(nc).connected()) since = elapsed();
      await connectionOf(nc, signal);
    }
  } finally {
    if (!nc.isClosed()) subscription.unsubscribe();
  }
}
