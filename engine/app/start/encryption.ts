/** What of an installation is encrypted at rest: said by `earshot status` and `/readyz`. */
import type { LetterSeal } from '../../core/safety/dead-letter.ts';
import type { EncryptionReport } from '../../core/safety/encryption-report.ts';
import { streamPlans } from '../../adapters/streams/streams.ts';
import type { Config } from '../config/config.ts';

/** `storeKey`: names the key of the embedded store; null: the broker is somebody else's. */
export function encryptionReport(
  { nats, partitions }: Config,
  storeKey: string | null,
  seal: LetterSeal | null,
): EncryptionReport {
  const plans = streamPlans({ partitions, replicas: nats.replicas, limits: nats.streams });
  const streams = plans.map(({ name }) => name).sort();
  return {
    store:
      storeKey === null
        ? { state: 'unknown', cipher: null, key: null, streams }
        : { state: 'on', cipher: 'AES-256-GCM', key: storeKey, streams },
    dead_letters:
      seal === null
        ? { state: 'off', cipher: null, key: null, streams: ['CX_DLQ'] }
        : { state: 'on', cipher: seal.algorithm, key: seal.keyId, streams: ['CX_DLQ'] },
  };
}
