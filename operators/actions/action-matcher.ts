/** What an event does to actions: which it asks for, ends or withdraws. Looks at the event alone, so it runs where the event comes in. */
import { at as elementAt } from '../../engine/core/must.ts';
import { cyrb53 } from '../../engine/core/hash.ts';
import type { Json, JsonObject } from '../../engine/core/types.ts';
import { CLOCK_TYPE_PREFIX } from '../clocks/clock.ts';
import { keyOf, type KeyOf } from '../clocks/compiled-clock.ts';
import { keptField } from '../clocks/fields.ts';
import type { CompileExpression, CxEnvelope, CxEvent } from '../shared/messages.ts';
import type { ActionConfig, ActionRecord, DispatchConfig, OccasionConfig, TriggerRecord } from './action.ts';
import { ALWAYS_KEPT } from './action-fields.ts';
import { ALERT_TYPE_PREFIX, beginsToFire, isResolved } from './alert-event.ts';
import { dispatchOf, type Dispatch } from './dispatch.ts';

interface Reading {
  readonly action: number;
  readonly verb: 'trigger' | 'unless' | 'done';
  readonly holds: (event: CxEvent) => boolean;
  readonly keyOf: KeyOf;
}
interface Maker {
  readonly dispatch: Dispatch;
  readonly per: KeyOf | null;
  readonly fields: readonly (readonly [name: string, read: (event: CxEvent) => Json | undefined])[];
  readonly ofCases: readonly string[];
}
export interface ActionHearing {
  record(record: ActionRecord): void;
  /** It ends or withdraws actions of this one, but belongs to nobody. */
  keyless(action: string): void;
}
type Read = Pick<CxEnvelope, 'id' | 'ts' | 'value' | 'derived'>;

export class ActionMatcher {
  readonly #readings = new Map<string, Reading[]>();
  readonly #makers: readonly Maker[];
  readonly #configs: readonly ActionConfig[];

  /** Throws EngineError EXPRESSION_INVALID. */
  constructor(configs: readonly ActionConfig[], dispatch: DispatchConfig, compile: CompileExpression) {
    this.#configs = configs;
    this.#makers = configs.map((config) => ({
      dispatch: dispatchOf(config, dispatch, compile),
      per: config.atMost === null ? null : keyOf(compile(config.atMost.per, `actions[${config.id}].at_most.per`)),
      fields: [...ALWAYS_KEPT, ...config.keep].map((name) => [name, keptField(name)] as const),
      ofCases: config.ofCases,
    }));
    configs.forEach((config, action) => {
      const place = `actions[${config.id}]`;
      this.#add(config, config.key, { action, verb: 'trigger' }, compile, place);
      for (const verb of ['unless', 'done'] as const) {
        const occasion = config[verb];
        if (occasion !== null)
          this.#add(occasion, occasion.key ?? config.key, { action, verb }, compile, `${place}.${verb}`);
      }
    });
  }
  #add(
    { on, where }: OccasionConfig,
    key: string | null,
    reading: Pick<Reading, 'action' | 'verb'>,
    compile: CompileExpression,
    place: string,
  ): void {
    const compiled = where === null ? null : compile(where, `${place}.where`);
    const keyIn = key === null ? ownKey : keyOf(compile(key, `${place}.key`));
    for (const type of on) {
      const holds =
        compiled !== null
          ? (event: CxEvent): boolean => compiled(event as unknown as Readonly<Record<string, unknown>>) === true
          : type.startsWith(ALERT_TYPE_PREFIX)
            ? ({ data }: CxEvent): boolean => (reading.verb === 'trigger' ? beginsToFire(data) : isResolved(data))
            : (): boolean => true;
      const one: Reading = { ...reading, holds, keyOf: keyIn };
      const of = this.#readings.get(type);
      if (of === undefined) this.#readings.set(type, [one]);
      else of.push(one);
    }
  }

  /** Types of events that some action reads. */
  reads(type: string): boolean {
    return this.#readings.has(type);
  }

  match(event: Read, hearing: ActionHearing): void {
    const readings = this.#readings.get(event.value.type);
    if (readings === undefined) return;
    let identity: string | undefined;
    for (const reading of readings) {
      if (!reading.holds(event.value)) continue;
      identity ??= identityOf(event.id, event.value);
      this.#matched(reading, identity, event, hearing);
    }
  }

  #matched(
    { action, verb, keyOf: keyIn }: Reading,
    event: string,
    { ts, value, derived }: Read,
    hearing: ActionHearing,
  ): void {
    const config = elementAt(this.#configs, action);
    const key = keyIn(value);
    const { type } = value;
    const isDerived = derived !== undefined;
    if (verb !== 'trigger') {
      // What was done is not undone because its event is worked out again.
      if (derived === 'withdrawn') return;
      if (key === undefined) return hearing.keyless(config.id);
      return hearing.record({ action, at: ts, event, type, isDerived, verb, id: '', key });
    }
    const common = { action, at: ts, event, type, isDerived };
    const own = `${config.id}.${cyrb53(event).toString(36)}`;
    // Without a key it can be asked for, but nothing ends it but a person.
    if (derived === 'withdrawn') return hearing.record({ ...common, verb: 'retract', id: own, key: key ?? '' });
    hearing.record({ ...common, verb, id: own, key: key ?? '', ...madeOf(elementAt(this.#makers, action), value) }); // without a key nothing but a person ends it
  }
}

function madeOf(
  { dispatch, per, fields, ofCases }: Maker,
  event: CxEvent,
): Pick<TriggerRecord, 'per' | 'owner' | 'priority' | 'case' | 'customer' | 'kept'> {
  const kept = fields.flatMap(([name, read]): [string, Json][] => {
    const value = read(event);
    return value === undefined ? [] : [[name.startsWith('data.') ? name.slice('data.'.length) : name, value]];
  });
  return {
    per: per?.(event) ?? null, // nobody is named
    owner: dispatch.ownerOf(event),
    priority: dispatch.priorityOf(event),
    case: idOf(event.data['case']) ?? (ofCases.includes(event.type) ? idOf(event.data['key']) : null),
    customer: idOf(customerOf(event.data)),
    kept: Object.fromEntries(kept),
  };
}

/** What a clock says of a run is one thing, whatever its revision. */
function identityOf(id: string, { type, data }: CxEvent): string {
  if (!type.startsWith(CLOCK_TYPE_PREFIX)) return id;
  return JSON.stringify([type, data['key'] ?? null, data['run'] ?? null, data['outcome'] ?? null]); // every outcome has them
}

/** Of outcomes, whose clock or journey it is; of events, the case, the conversation or the customer. */
const ownKey: KeyOf = ({ type, data, family }) => {
  if (family === 'clock' || family === 'journey') return idOf(data['key']) ?? undefined;
  if (type.startsWith(ALERT_TYPE_PREFIX)) return idOf(data['alert']) ?? undefined;
  return idOf(data['case']) ?? idOf(data['conversation']) ?? idOf(customerOf(data)) ?? undefined;
};
function customerOf({ customer }: JsonObject): Json | undefined {
  return typeof customer === 'object' && customer !== null ? (customer as JsonObject)['id'] : undefined;
}
const LONGEST_ID = 256;
function idOf(value: Json | undefined): string | null {
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && text !== '' && text.length <= LONGEST_ID ? text : null;
}
