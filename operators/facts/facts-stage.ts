/**
 * The stage that joins facts: each event is given the fields that stood when the broker stored it. Keeps nothing; what it asks
 * holds every version stored before the events of the batch, so the order in which facts and events were stored decides, and
 * neither a crash nor a replay changes what an event is given.
 */
import type { BatchStage, Json, JsonObject, Millis, Prepared, PreparedItem } from '../../engine/core/types.ts';
import type { CompileExpression, CxEvent, Expression, Variables } from '../shared/messages.ts';
import type { FactConfig } from './facts-config.ts';

/** Where facts are looked up. */
export interface FactValues {
  /** Resolves when all that was stored before the call is known here; rejects while it cannot be. */
  settled(signal: AbortSignal): Promise<void>;
  /** null: the key was not there. */
  fieldsAt(fact: string, key: string, instant: Millis): JsonObject | null;
  /** The first that was stored after `after`, until `until` and with it; null: none that is known here. */
  firstFieldsIn(fact: string, key: string, after: Millis, until: Millis): JsonObject | null;
  /** Resolves when more is known: false; or when all is that was stored until `until`: true. Rejects as `settled` does. */
  known(fact: string, until: Millis, signal: AbortSignal): Promise<boolean>;
}

/** Of this process, by fact. */
export interface FactCounts {
  hit: number;
  miss: number;
  /** Events without a key: nothing was looked up. */
  keyless: number;
  /** Misses that were left out. */
  dropped: number;
  /** Hits by facts that were stored after the event, while it waited. */
  awaited: number;
}
export const noFactCounts = (): FactCounts => ({ hit: 0, miss: 0, keyless: 0, dropped: 0, awaited: 0 });

interface Lookup {
  readonly config: FactConfig;
  readonly key: Expression;
  readonly derive: readonly (readonly [string, Expression])[];
  readonly counts: FactCounts;
}

export interface FactsStageOptions {
  readonly facts: readonly FactConfig[];
  readonly values: FactValues;
  readonly compile: CompileExpression;
  readonly counts: (fact: string) => FactCounts;
}

export function factsStage({
  facts,
  values,
  compile,
  counts,
}: FactsStageOptions): BatchStage<Prepared<CxEvent>, Prepared<CxEvent>> {
  const lookups = facts.map((config): Lookup => {
    const place = `facts[${config.id}]`;
    return {
      config,
      key: compile(config.key, `${place}.key`),
      derive: Object.entries(config.derive).map(([name, source]) => [name, compile(source, `${place}.derive.${name}`)]),
      counts: counts(config.id),
    };
  });
  const join = async (item: PreparedItem<CxEvent>, signal: AbortSignal): Promise<PreparedItem<CxEvent> | null> => {
    if (!('event' in item) || item.event.isControl === true) return item;
    let { value } = item.event;
    for (const lookup of lookups) {
      const whose = keyText(lookup.key(value as unknown as Variables));
      let found = whose === null ? null : values.fieldsAt(lookup.config.id, whose, value.received);
      if (found === null && whose !== null && lookup.config.miss === 'wait')
        found = await awaited(lookup, whose, value.received, values, signal);
      const joined = joinedBy(lookup, value, whose, found);
      if (joined === null) return null;
      value = joined;
    }
    return value === item.event.value ? item : { ...item, event: { ...item.event, value } };
  };
  return {
    name: 'facts',
    async apply(batch, signal) {
      if (!batch.some(({ items }) => items.length > 0)) return batch;
      await values.settled(signal);
      const done: Prepared<CxEvent>[] = [];
      for (const prepared of batch) {
        const items: PreparedItem<CxEvent>[] = [];
        for (const item of prepared.items) {
          const joined = await join(item, signal);
          if (joined !== null) items.push(joined);
        }
        done.push({ ...prepared, items });
      }
      return done;
    },
  };
}

/**
 * What is stored within `wait` after the event. Whether it waits in fact or is read again long after, it is given the same; and what
 * comes after it in its partition waits behind it, so that nothing overtakes.
 */
async function awaited(
  { config: { id, waitMs }, counts }: Lookup,
  whose: string,
  received: Millis,
  values: FactValues,
  signal: AbortSignal,
): Promise<JsonObject | null> {
  const until = received + waitMs;
  for (let isAll = false; ; isAll = await values.known(id, until, signal)) {
    const found = values.firstFieldsIn(id, whose, received, until);
    if (found !== null) counts.awaited += 1;
    if (found !== null || isAll) return found;
  }
}

/** The event with the facts of one lookup; null: it is left out. */
function joinedBy(
  { config, derive, counts }: Lookup,
  event: CxEvent,
  whose: string | null,
  found: JsonObject | null,
): CxEvent | null {
  if (whose === null) counts.keyless += 1;
  else if (found !== null) counts.hit += 1;
  else {
    counts.miss += 1;
    if (config.miss === 'drop') {
      counts.dropped += 1;
      return null;
    }
  }
  const joined = found === null ? event : withFields(event, config.id, found);
  return derive.length === 0 ? joined : derivedOf(joined, config.id, derive);
}

function derivedOf(event: CxEvent, id: string, derive: Lookup['derive']): CxEvent {
  const fields: Record<string, Json> = {};
  for (const [name, expression] of derive) {
    const value = expression(event as unknown as Variables);
    if (isScalar(value)) fields[name] = value;
  }
  return withFields(event, id, fields);
}

/** Under `data.<id>`, over what the event says there itself; an event that has something else than fields there is left as it is. */
function withFields(event: CxEvent, id: string, fields: JsonObject): CxEvent {
  const own = event.data[id];
  if (own !== undefined && own !== null && (typeof own !== 'object' || Array.isArray(own))) return event;
  return { ...event, data: { ...event.data, [id]: { ...(own as JsonObject | null | undefined), ...fields } } };
}

function keyText(key: unknown): string | null {
  if (typeof key === 'string') return key === '' ? null : key;
  return typeof key === 'number' || typeof key === 'bigint' ? String(key) : null;
}

function isScalar(value: unknown): value is string | number | boolean {
  return (
    typeof value === 'string' || typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))
  );
}
