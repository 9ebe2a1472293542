/** What an event says to a rule of single events: raise, or resolve. Plain data: it goes from partition to partition. */
import type { Json, JsonObject, Millis } from '../../../engine/core/types.ts';

export interface Raised {
  readonly raised: string;
  /** The event ends what is open of this key. */
  readonly isEnd: boolean;
  /** Whose it is: a customer, a case. */
  readonly id: string;
  readonly at: Millis;
  readonly event: string;
  /** As the alert shows it; of an end empty. */
  readonly key: Readonly<Record<string, string>>;
  /** Masked. */
  readonly quote: string | null;
}

/** Whether it has the form of what a gatherer gives. */
export function isForwardedRaised(value: Json): boolean {
  if (!Array.isArray(value)) return false;
  return value.every((one) => {
    if (typeof one !== 'object' || one === null || Array.isArray(one)) return false;
    const { raised, id, at, event, key } = one as JsonObject;
    return [raised, id, event].every((name) => typeof name === 'string') && Number.isSafeInteger(at) && isMap(key);
  });
}
function isMap(value: Json | undefined): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
