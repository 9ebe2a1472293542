/**
 * What an event does to clocks: which verbs it matches, and whose clock that is. Looks at nothing but the event, so it runs where
 * the event comes in; what it gives is small and goes to where the clock's state is.
 */
import { at as elementAt } from '../../engine/core/must.ts';
import type { Matcher, MatchHearing } from '../between/between.ts';
import type { CompileExpression, CxEnvelope, CxEvent, Expression } from '../shared/messages.ts';
import { PRECEDENCE, type Stock, type Verb, type VerbRecord } from './clock.ts';
import type { ClockConfig, VerbConfig } from './clocks-config.ts';
import { fieldsOf, keyOf, type KeyOf } from './compiled-clock.ts';
import { EventValues } from './values/event-values.ts';
import { hasStock, pausesWhenPending, SNAPSHOT_TYPE, startsOf, stockOf } from './stock.ts';

interface Reading {
  readonly clock: number;
  readonly verb: Verb;
  readonly where: Expression | null;
  readonly keyOf: KeyOf;
  /** The expression behind it: of one event equal ones give the same key. */
  readonly key: string;
  /** Places of its values among those of all clocks. */
  readonly fields: readonly number[];
  /** Of the verb `stock`: what says whether a pending case is paused; null: nothing pauses the clock. */
  readonly pause?: { readonly isByPending: boolean; readonly where: Expression | null } | null;
}

export class ClockMatcher implements Matcher<VerbRecord> {
  /** By event type: clocks in their order, verbs of one in the order of precedence. */
  readonly #readings = new Map<string, Reading[]>();
  readonly #ids: readonly string[];
  readonly #values = new EventValues();

  /** Throws EngineError EXPRESSION_INVALID. */
  constructor(clocks: readonly ClockConfig[], compile: CompileExpression) {
    this.#ids = clocks.map(({ id }) => id);
    clocks.forEach((config, clock) => {
      const { names, fields: readers } = fieldsOf(config);
      const fields = this.#values.placesOf(names, readers);
      for (const verb of PRECEDENCE) {
        const read = verb === 'stock' ? config.verbs.start : config.verbs[verb];
        if (read === undefined || (verb === 'stock' && !hasStock(read))) continue;
        const place = (name: string): string => `clocks[${config.id}].${name}`;
        const reading = { clock, verb, ...compiled(read, compile, place(verb === 'stock' ? 'start' : verb)), fields };
        if (verb === 'stock') this.#add([SNAPSHOT_TYPE], { ...reading, pause: pauseOf(config, compile, place) });
        else this.#add(verb === 'start' ? startsOf(read) : read.on, reading);
      }
    });
  }
  #add(types: readonly string[], reading: Reading): void {
    for (const type of types) {
      const of = this.#readings.get(type);
      if (of === undefined) this.#readings.set(type, [reading]);
      else of.push(reading);
    }
  }

  match(event: Pick<CxEnvelope, 'id' | 'ts' | 'value'>, hearing: MatchHearing<VerbRecord>): void {
    const readings = this.#readings.get(event.value.type);
    if (readings === undefined) return;
    this.#values.begin(event.value);
    for (let i = 0; i < readings.length;) i = this.#matchClock(readings, i, event, hearing);
  }

  /** One thing a clock and key; returns where the next clock's verbs begin. */
  #matchClock(
    readings: readonly Reading[],
    from: number,
    { id, ts, value }: Pick<CxEnvelope, 'id' | 'ts' | 'value'>,
    hearing: MatchHearing<VerbRecord>,
  ): number {
    const { clock } = elementAt(readings, from);
    let done: string | undefined;
    let doneBy: string | undefined;
    let more: Set<string> | undefined;
    let isKeyless = false;
    let at = from;
    for (let reading = readings[at]; reading?.clock === clock; reading = readings[++at]) {
      // Whatever it says, it would be of the key that has what it does.
      if (reading.key === doneBy || !holds(reading, value)) continue;
      const stock = reading.verb === 'stock' ? stockIn(reading, value) : undefined;
      if (stock === null) continue;
      const key = reading.keyOf(value);
      if (key === undefined) isKeyless = true;
      else if (key !== done && more?.has(key) !== true) {
        if (done === undefined) [done, doneBy] = [key, reading.key];
        else (more ??= new Set()).add(key);
        const values = this.#values.of(reading.fields);
        const record = { clock, key, verb: reading.verb, at: ts, id, values };
        hearing.record(stock === undefined ? record : { ...record, stock });
      }
    }
    if (isKeyless && done === undefined) hearing.keyless(elementAt(this.#ids, clock));
    return at;
  }
}

function stockIn({ pause = null }: Reading, event: CxEvent): Stock | null {
  const isPaused =
    pause?.isByPending === true &&
    event.data['state'] === 'pending' &&
    (pause.where === null || isTrue(pause.where, event));
  return stockOf(event, pause === null ? null : { isPaused });
}
function pauseOf(
  { verbs: { pause } }: ClockConfig,
  compile: CompileExpression,
  place: (name: string) => string,
): NonNullable<Reading['pause']> | null {
  if (pause === undefined) return null;
  return { isByPending: pausesWhenPending(pause), where: compiled(pause, compile, place('pause')).where };
}

function isTrue(where: Expression, event: CxEvent): boolean {
  return where(event as unknown as Readonly<Record<string, unknown>>) === true;
}
function holds({ where }: Reading, event: CxEvent): boolean {
  return where === null || isTrue(where, event);
}
function compiled(
  read: VerbConfig,
  compile: CompileExpression,
  place: string,
): Pick<Reading, 'where' | 'keyOf' | 'key'> {
  return {
    key: read.key,
    where: read.where === null ? null : compile(read.where, `${place}.where`),
    keyOf: keyOf(compile(read.key, `${place}.key`)),
  };
}
