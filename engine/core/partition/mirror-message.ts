/** What the instance that combines sends to the boards of the others. */
import type { Json, JsonObject, LiveItem, Millis, Outgoing } from '../types.ts';

/** One call of what runs boards. */
export type ShowCall =
  | { readonly call: 'show'; readonly items: readonly LiveItem[] }
  | { readonly call: 'committed'; readonly messages: readonly Outgoing[] }
  | { readonly call: 'time'; readonly partition: number; readonly watermark: Millis; readonly lagMs: Millis }
  | { readonly call: 'restored'; readonly partition: number };

/** Who sends: the higher generation has taken over from the lower. */
export interface MirrorSource {
  readonly generation: number;
  readonly id: string;
}

/** `n`: counts messages of one source; of a snapshot, the last one that it holds. An empty one is a sign of life. */
export interface MirrorMessage {
  readonly source: MirrorSource;
  readonly n: number;
  readonly calls: readonly ShowCall[];
}

/** What is not one reads as null: a stranger's. Values are as their sender's own board has them. */
export function mirrorMessageIn(value: unknown): MirrorMessage | null {
  if (typeof value !== 'object' || value === null) return null;
  const { source, n, calls } = value as Partial<Record<keyof MirrorMessage, unknown>>;
  const { generation, id } = (typeof source === 'object' && source !== null ? source : {}) as Partial<MirrorSource>;
  if (typeof generation !== 'number' || typeof id !== 'string' || typeof n !== 'number') return null;
  if (!Array.isArray(calls) || !calls.every(isCall)) return null;
  return { source: { generation, id }, n, calls };
}

function isCall(value: unknown): value is ShowCall {
  if (typeof value !== 'object' || value === null || !('call' in value)) return false;
  const one = value as JsonObject;
  const isList = (list: Json | undefined): boolean =>
    Array.isArray(list) && list.every((item) => typeof item === 'object' && item !== null);
  if (one['call'] === 'show') return isList(one['items']);
  if (one['call'] === 'committed') return isList(one['messages']);
  if (one['call'] === 'time') return ['partition', 'watermark', 'lagMs'].every((name) => typeof one[name] === 'number');
  return one['call'] === 'restored' && typeof one['partition'] === 'number';
}
