/**
 * What most keys that may still change have: one record, and nothing that was said. Such a tail is not kept as objects: its record lies
 * in the columns of its key (key-columns.ts), and is made a tail again where it must be.
 */
import { at as elementAt } from '../../../engine/core/must.ts';
import type { KeyState, Values, Verb, VerbRecord } from '../clock.ts';
import type { ClockKey, Tail } from '../key-log.ts';

/** How far the record has come. */
export const LONE = {
  /** There is more than one record, or none. */
  none: 0,
  /** Time has not passed it, and nothing else is known of the key. */
  awaited: 1,
  /** It began the run that is open. */
  begun: 2,
  /** It meant nothing, and nothing else is known of the key. */
  ignored: 3,
  /** Time has not passed it, nothing else is known of the key, and it will begin a run: how that stands then is known already. */
  coming: 4,
  /** Not lone: it will end the run that is open (ending-record.ts), and time has not passed it. */
  ending: 5,
  /** The same: it ended the run, which was said. */
  ended: 6,
} as const;
export type Lone = (typeof LONE)[keyof typeof LONE];

/** Whether the tail holds one record that needs no more than these: its verb, instant, id and values. */
export function loneIn(state: KeyState, { base, records, applied, said, ignored, from }: Tail): Lone {
  if (base !== null || records.length !== 1 || said.length > 0 || from !== null) return LONE.none;
  const record = elementAt(records, 0);
  if (!isPlain(record)) return LONE.none;
  if (state.life > 0 || state.restarts > 0) return LONE.none;
  if (state.run === 0) {
    if (applied === 0) return ignored.length === 0 ? LONE.awaited : LONE.none;
    return ignored.length === 1 && ignored[0] === record.verb ? LONE.ignored : LONE.none;
  }
  const isAsBegun = applied === 1 && ignored.length === 0 && state.isOpen && state.run === 1;
  return isAsBegun && state.since === record.at && state.values === record.values ? LONE.begun : LONE.none;
}

/** Of the first record of a key; any other verb means nothing there. */
export function mayBegin(verb: Verb): boolean {
  return verb === 'start' || verb === 'again' || verb === 'restart';
}
/** Whether the key has one record and no more. */
export function isLone(lone: Lone): boolean {
  return lone !== LONE.none && lone < LONE.ending;
}
/** Whether it has one that ends its run. */
export function isEnding(lone: Lone): boolean {
  return lone >= LONE.ending;
}
/** Whether time has not passed it. */
export function isAhead(lone: Lone): boolean {
  return lone === LONE.awaited || lone === LONE.coming;
}

/** A record that says no more than verb, instant, id and values. */
export function isPlain({ verb, lateOf, isMove }: VerbRecord): boolean {
  return verb !== 'stock' && lateOf === undefined && isMove === undefined;
}

/** `state` is that of the key; `values` are the record's. */
export function tailOfLone(
  { clock, key }: Pick<ClockKey, 'clock' | 'key'>,
  lone: Lone,
  { verb, at, id, values }: { readonly verb: Verb; readonly at: number; readonly id: string; readonly values: Values },
): Tail {
  return {
    base: null,
    records: [{ clock, key, verb, at, id, values }],
    applied: isAhead(lone) ? 0 : 1,
    said: NONE,
    ignored: lone === LONE.ignored ? [verb] : NONE,
    from: null,
  };
}
const NONE: readonly never[] = [];
