/**
 * The keys that all instances of an installation share: of pseudonyms (masking) and of controls. As given; else made once and
 * kept, beside the embedded store or, with a broker of one's own, in its bucket CX_KEYS, so that all instances agree.
 */
import { Kvm } from '@nats-io/kv';
import type { NatsConnection } from '@nats-io/transport-node';
import { jetstreamOf } from '../nats/jetstream-api.ts';
import { reasonOf } from '../../core/errors.ts';
import { at } from '../../core/must.ts';
import { jetstreamReason } from '../nats/nats-error-text.ts';
import { answerOf } from '../nats/nats-connection.ts';
import { patiently, type PatienceOptions } from '../nats/patiently.ts';
import { checkedKey, givenMaskKey, keptKeys, keyFileOf, newKey, type KeyName } from './kept-keys.ts';

export const KEY_BUCKET = 'CX_KEYS';

export interface EngineKeys {
  readonly mask: string;
  /** The first signs, all are believed. */
  readonly control: readonly string[];
}

export interface KeySources {
  /** Of the embedded server; null: the broker is somebody else's. */
  readonly store: string | null;
  /** `controls.keys` */
  readonly control: readonly string[];
  readonly replicas: number;
}

type KeyOptions = Omit<PatienceOptions, 'reasonOf'>;
type Environment = Readonly<Record<string, string | undefined>>;

/** Waits for the broker where keys are kept there. Throws EngineError KEY_UNUSABLE, or the signal's reason. */
export async function engineKeys(
  nc: NatsConnection,
  sources: KeySources,
  options: KeyOptions,
  env: Environment = process.env,
): Promise<EngineKeys> {
  const { store } = sources;
  const kept = (name: KeyName): Promise<readonly string[]> =>
    store !== null
      ? Promise.resolve(keptKeys(keyFileOf(store, name)))
      : fromBucketPatiently(nc, name, sources.replicas, options);
  const mask = givenMaskKey(env) ?? at(await kept('mask'), 0);
  const control = givenControlKeys(sources.control, env) ?? (await kept('control'));
  return { mask, control };
}

function givenControlKeys(configured: readonly string[], env: Environment): readonly string[] | undefined {
  if (configured.length > 0) return configured.map((key) => checkedKey(key, 'controls.keys'));
  const given = env['EARSHOT_CONTROL_KEY'];
  if (given === undefined || given === '') return undefined;
  return given.split(',').map((key) => checkedKey(key.trim(), 'EARSHOT_CONTROL_KEY'));
}

/** Whoever writes it first decides for all. */
async function fromBucket(nc: NatsConnection, name: KeyName, replicas: number): Promise<readonly string[]> {
  const bucket = new Kvm(jetstreamOf(nc, { timeout: 2000 })).create(KEY_BUCKET, { history: 1, replicas });
  const kv = await answerOf(nc, bucket);
  for (;;) {
    const entry = await answerOf(nc, kv.get(name));
    if (entry !== null && entry.operation === 'PUT') {
      return entry
        .string()
        .split('\n')
        .map((key) => checkedKey(key, `${KEY_BUCKET}.${name}`));
    }
    try {
      await answerOf(nc, kv.create(name, newKey()));
    } catch (error) {
      // Another instance was first: its key is read above.
      if (!/wrong last sequence/i.test(reasonOf(error))) throw error;
    }
  }
}

async function fromBucketPatiently(
  nc: NatsConnection,
  name: KeyName,
  replicas: number,
  options: KeyOptions,
): Promise<readonly string[]> {
  const { logger } = options;
  const keys = await patiently(() => fromBucket(nc, name, replicas), {
    ...options,
    reasonOf: (error) => `the bucket ${KEY_BUCKET}: ${jetstreamReason(error)} (or give ${VARIABLES[name]})`,
  });
  const where = `the bucket ${KEY_BUCKET} of the broker: who may read JetStream there can read it`;
  logger.warn('a key is kept in the broker, since none was given', { key: name, where, give: VARIABLES[name] });
  return keys;
}

const VARIABLES = { mask: 'EARSHOT_MASK_KEY', control: 'EARSHOT_CONTROL_KEY', store: 'EARSHOT_STORE_KEY' } as const;
