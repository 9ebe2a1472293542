/** Which events raise or end alerts of single events. Looks at nothing but the event, so it runs where the event comes in. */
import { cutText } from '../../../engine/core/json/well-formed.ts';
import type { Json } from '../../../engine/core/types.ts';
import { keyOf, type KeyOf } from '../../clocks/compiled-clock.ts';
import { wordsOf } from '../../events/types/event-types.ts';
import { dimension, type Dimension } from '../../kpis/keys/key-of.ts';
import type { CompileExpression, CxEnvelope, Expression } from '../../shared/messages.ts';
import type { EventRuleConfig, EventRuleVerb } from './event-rules-config.ts';
import type { Raised } from './raised.ts';

const MAX_QUOTE = 200;

interface Reading {
  readonly rule: EventRuleConfig;
  readonly isEnd: boolean;
  readonly where: Expression | null;
  readonly keyOf: KeyOf;
  readonly dimensions: readonly (readonly [name: string, of: Dimension])[];
}

export interface KeylessHearing {
  /** An event would raise, but belongs to nobody. */
  keyless(rule: string): void;
}

export class EventMatcher {
  readonly #readings = new Map<string, Reading[]>();

  /** Throws EngineError EXPRESSION_INVALID. */
  constructor(rules: readonly EventRuleConfig[], compile: CompileExpression) {
    for (const rule of rules) {
      // An event that raises and ends at once raises: what a rule is about comes first.
      this.#read(rule, rule.raise, false, compile);
      if (rule.resolve !== null) this.#read(rule, rule.resolve, true, compile);
    }
  }
  #read(rule: EventRuleConfig, verb: EventRuleVerb, isEnd: boolean, compile: CompileExpression): void {
    const place = `event_rules[${rule.id}].${isEnd ? 'resolve' : 'raise'}`;
    const reading: Reading = {
      ...{ rule, isEnd },
      where: verb.where === null ? null : compile(verb.where, `${place}.where`),
      keyOf: keyOf(compile(verb.key, `${place}.key`)),
      dimensions: isEnd ? [] : rule.by.map((name) => [name, dimension(name)] as const),
    };
    for (const type of verb.on) {
      const of = this.#readings.get(type);
      if (of === undefined) this.#readings.set(type, [reading]);
      else of.push(reading);
    }
  }

  /** In the order of the rules; nothing for most events.  */
  match(event: Pick<CxEnvelope, 'id' | 'ts' | 'value'>, hearing: KeylessHearing): readonly Raised[] {
    const readings = this.#readings.get(event.value.type);
    if (readings === undefined) return NONE;
    let found: Raised[] | undefined;
    for (const reading of readings) {
      const { rule, isEnd, where } = reading;
      if (found?.some(({ raised }) => raised === rule.id) === true) continue;
      if (where !== null && where(event.value as unknown as Readonly<Record<string, unknown>>) !== true) continue;
      const id = reading.keyOf(event.value);
      if (id === undefined) {
        if (!isEnd) hearing.keyless(rule.id);
        continue;
      }
      (found ??= []).push(raisedBy(reading, id, event));
    }
    return found ?? NONE; // it raises and ends nothing
  }
}

function raisedBy(
  { rule, isEnd, dimensions }: Reading,
  id: string,
  { id: event, ts: at, value }: Pick<CxEnvelope, 'id' | 'ts' | 'value'>,
): Raised {
  if (isEnd) return { raised: rule.id, isEnd, id, at, event, key: {}, quote: null };
  const key = Object.fromEntries(dimensions.map(([name, of]) => [name, of(value)]));
  const text = wordsOf(value.type, value.data);
  const quote = text === null || text.length <= MAX_QUOTE ? text : `${cutText(text, MAX_QUOTE - 1)}…`;
  return { raised: rule.id, isEnd, id, at, event, key: { ...key, id }, quote };
}

const NONE: readonly Raised[] = [];

/** Gathers what the events of a partition raise, until it is sent. Throws EngineError EXPRESSION_INVALID. */
export class RaisedGatherer implements KeylessHearing {
  readonly #matcher: EventMatcher;
  #gathered: Raised[] = [];
  #keyless: string[] = [];

  constructor(rules: readonly EventRuleConfig[], compile: CompileExpression) {
    this.#matcher = new EventMatcher(rules, compile);
  }
  /** Returns about how many bytes that adds. */
  gather(event: CxEnvelope): number {
    const found = this.#matcher.match(event, this);
    this.#gathered.push(...found);
    return found.length * RAISED_BYTES;
  }
  keyless(rule: string): void {
    this.#keyless.push(rule);
  }
  /** Rules of events that belong to nobody, since the last call. */
  takeKeyless(): readonly string[] {
    if (this.#keyless.length === 0) return NOBODY;
    const taken = this.#keyless;
    this.#keyless = [];
    return taken;
  }
  get isEmpty(): boolean {
    return this.#gathered.length === 0;
  }
  take(): Json {
    const taken = this.#gathered;
    this.#gathered = [];
    return taken as unknown as Json;
  }
}
const NOBODY: readonly string[] = [];
const RAISED_BYTES = 1024;
