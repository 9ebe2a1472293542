/** Which sessions of displays and of people were ended, for all instances on the broker: a bucket that each reads as it grows. */
import { Kvm, type KV } from '@nats-io/kv';
import type { NatsConnection } from '@nats-io/transport-node';
import { EngineError, reasonOf } from '../../core/errors.ts';
import type { Logger, Millis } from '../../core/types.ts';
import { jetstreamOf } from '../nats/jetstream-api.ts';
import { answerOf, pause } from '../nats/nats-connection.ts';
import { jetstreamReason } from '../nats/nats-error-text.ts';
import { patiently } from '../nats/patiently.ts';
import { StreamReader } from '../streams/stream-reader.ts';

export const REVOKED_BUCKET = 'CX_REVOKED';
/** No session lives longer. */
const KEPT_MS: Millis = 31 * 86_400_000;
const AGAIN_MS: Millis = 1000;
/** As sessions are named; what else stands there a stranger wrote. */
const ID = /^[\w-]{1,64}$/;

export interface RevokedSessionsOptions {
  readonly replicas: number;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  /** One that was revoked anywhere, here too; those from before are named first. */
  readonly onRevoked: (id: string) => void;
  readonly bucket?: string;
}

export interface RevokedSessions {
  /** Stored as soon as the broker takes it. */
  note(id: string): void;
  /** Resolves after the signal. */
  readonly done: Promise<void>;
}

export function revokedSessions(nc: NatsConnection, options: RevokedSessionsOptions): RevokedSessions {
  const { replicas, logger, signal, bucket = REVOKED_BUCKET } = options;
  const patience = { logger, signal, reasonOf: (error: unknown) => `the bucket ${bucket}: ${jetstreamReason(error)}` };
  const open = (): Promise<KV> =>
    answerOf(nc, new Kvm(jetstreamOf(nc, { timeout: 2000 })).create(bucket, { history: 1, ttl: KEPT_MS, replicas }));
  const note = (id: string): void => {
    const stored = patiently(async () => answerOf(nc, (await open()).put(id, '')), patience);
    stored.catch(() => undefined); // it ends
  };
  return { note, done: follow(nc, options, () => patiently(open, patience)) };
}

async function follow(
  nc: NatsConnection,
  { logger, signal, onRevoked, bucket = REVOKED_BUCKET }: RevokedSessionsOptions,
  open: () => Promise<KV>,
): Promise<void> {
  const prefix = `$KV.${bucket}.`;
  const isEnding = (): boolean => signal.aborted;
  while (!isEnding()) {
    try {
      await open();
      const reader = new StreamReader(nc, { stream: `KV_${bucket}`, after: 0, isHeadersOnly: true, logger });
      try {
        for (
          let batch = await reader.next(1024, signal);
          batch !== undefined;
          batch = await reader.next(1024, signal)
        ) {
          for (const { subject } of batch)
            if (ID.test(subject.slice(prefix.length))) onRevoked(subject.slice(prefix.length));
        }
      } finally {
        reader.close();
      }
    } catch (error) {
      if (isEnding()) return;
      // The bucket was removed: another is made.
      const code = error instanceof EngineError ? error.code : null;
      logger.warn('which sessions were revoked is read again', { code, reason: reasonOf(error) });
      await pause(AGAIN_MS, signal).catch(() => undefined); // it ends
    }
  }
}
