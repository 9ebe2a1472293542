/**
 * What is remembered of deliveries: one key an alert and hook, one a notice that is pending, and how far the alerts were read,
 * in the bucket CX_HOOKS. What is no more leaves no mark. Written before a notice leaves and after its outcome is known.
 */
import { jetstream, jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import { type KV, Kvm } from '@nats-io/kv';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Logger } from '../../core/types.ts';
import type { AlertRecord, PendingNotice } from '../../delivery/records.ts';
import { readToEnd } from '../streams/stream-reader.ts';

export const HOOK_BUCKET = 'CX_HOOKS';
const STREAM = `KV_${HOOK_BUCKET}`;
const PREFIX = `$KV.${HOOK_BUCKET}.`;

/** How far the alerts were read, and for which hooks. */
export interface HookPosition {
  readonly seq: number;
  readonly hooks: readonly string[];
}

export interface SavedHooks {
  /** null: nothing was saved yet. */
  readonly position: HookPosition | null;
  readonly alerts: ReadonlyMap<string, readonly AlertRecord[]>;
  readonly pending: ReadonlyMap<string, readonly PendingNotice[]>;
}

export interface HookChanges {
  readonly alerts: ReadonlyMap<string, AlertRecord | null>;
  readonly notices: ReadonlyMap<string, PendingNotice | null>;
}

export class HookStore {
  readonly #kv: KV;
  readonly #jsm: JetStreamManager;

  private constructor(kv: KV, jsm: JetStreamManager) {
    this.#kv = kv;
    this.#jsm = jsm;
  }

  static async open(nc: NatsConnection, replicas: number): Promise<HookStore> {
    const kv = await new Kvm(jetstream(nc, { timeout: 5000 })).create(HOOK_BUCKET, { history: 1, replicas });
    return new HookStore(kv, await jetstreamManager(nc, { checkAPI: false }));
  }

  async read(nc: NatsConnection, logger: Logger, signal: AbortSignal): Promise<SavedHooks> {
    let position: HookPosition | null = null;
    const alerts = new Map<string, AlertRecord[]>();
    const pending = new Map<string, PendingNotice[]>();
    await readToEnd(nc, { stream: STREAM, after: 0, logger }, signal, (batch) => {
      for (const { subject, data, headers } of batch) {
        if (headers['kv-operation'] !== undefined) continue;
        const [kind, hook = ''] = subject.slice(PREFIX.length).split('.');
        const value: unknown = JSON.parse(new TextDecoder().decode(data));
        if (kind === 'position') position = value as HookPosition;
        else if (kind === 'alert') add(alerts, hook, value as AlertRecord);
        else if (kind === 'notice') add(pending, hook, value as PendingNotice);
      }
      return undefined;
    });
    return { position, alerts, pending };
  }

  /** Everything of one step; resolves when the broker has it. */
  async save(changes: ReadonlyMap<string, HookChanges>): Promise<void> {
    const writes: Promise<unknown>[] = [];
    for (const [hook, { alerts, notices }] of changes) {
      for (const [id, record] of alerts) writes.push(this.#write(`alert.${hook}.${id}`, record));
      for (const [id, notice] of notices) writes.push(this.#write(`notice.${hook}.${id}`, notice));
    }
    await Promise.all(writes);
  }

  /** After what was read up to there is saved. */
  async savePosition(position: HookPosition): Promise<void> {
    await this.#kv.put('position', JSON.stringify(position));
  }

  #write(key: string, value: object | null): Promise<unknown> {
    if (value !== null) return this.#kv.put(key, JSON.stringify(value));
    return this.#jsm.streams.purge(STREAM, { filter: `${PREFIX}${key}` });
  }
}

function add<T>(map: Map<string, T[]>, hook: string, value: T): void {
  const list = map.get(hook);
  if (list === undefined) map.set(hook, [value]);
  else list.push(value);
}
