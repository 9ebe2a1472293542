/**
 * How a key of a clock stands, from the clocks to the levels that are read of them: an event of its own on the way between the two
 * operators. It reaches nobody else.
 */
import { at as elementAt } from '../../engine/core/must.ts';
import type { Envelope, Json, JsonObject, Millis } from '../../engine/core/types.ts';
import { CLOCK_TYPE_PREFIX } from '../clocks/clock.ts';
import type { CxEvent, Enrichment } from '../shared/messages.ts';
import { NOT_SCORED } from '../shared/not-scored.ts';

/** `data.level` of the event. */
export interface LevelChange {
  readonly clock: string;
  readonly key: string;
  readonly isOpen: boolean;
  readonly started: Millis;
  /** Infinity: none, or not while it is paused. */
  readonly due: Millis;
  /** It stood so before the engine was started. */
  readonly isRestored: boolean;
}

const FAMILY = 'clock-level';
/** Changes by their event: what they say is no JSON (a due time may be infinite), and never stored. */
interface CarriesChange extends CxEvent {
  readonly change: LevelChange;
}

/** What a clock keeps of a key, where dimensions look for it. */
export function keptOf(keep: readonly string[], values: readonly (Json | undefined)[]): JsonObject {
  const kept: Record<string, Json> = {};
  for (let i = 0; i < keep.length; i++) {
    const value = values[i];
    if (value === undefined) continue;
    const name = elementAt(keep, i);
    if (name === 'tier' || name === 'segment') putAt(kept, ['customer', name], value);
    else if (name.includes('.')) putAt(kept, stepsOf(name), value);
    else kept[name] = value;
  }
  return kept;
}
function stepsOf(name: string): readonly string[] {
  const steps = (name.startsWith('data.') ? name.slice(5) : name).split('.');
  // These two are looked for in the customer.
  return steps[0] === 'tier' || steps[0] === 'segment' ? ['customer', steps[0]] : steps;
}

function putAt(object: Record<string, Json>, [first = '', ...rest]: readonly string[], value: Json): void {
  if (rest.length === 0) {
    object[first] = value;
    return;
  }
  const before = object[first];
  const inner =
    typeof before === 'object' && before !== null && !Array.isArray(before) ? { ...(before as JsonObject) } : {};
  putAt(inner, rest, value);
  object[first] = inner;
}

const NO_ATTRIBUTES = {};
/** `kept`: what the clock keeps of the key, as outcomes carry it. */
export function levelChangeEvent(change: LevelChange, at: Millis, kept: JsonObject): Envelope<CxEvent> {
  const { clock, key } = change;
  const type = CLOCK_TYPE_PREFIX + clock;
  const { channel, issue } = kept;
  // Written out: there is one with each step of each key.
  const value: CarriesChange = {
    source: type,
    eventId: '',
    type,
    family: FAMILY,
    channel: typeof channel === 'string' ? channel : '',
    subjectKey: '-',
    attributes: NO_ATTRIBUTES,
    data: kept,
    time: at,
    received: at,
    enrichment: enrichmentOf(issue),
    change,
  };
  return { id: `${type}|${key}`, key, ts: at, value, derived: 'added' };
}

export function changeIn(value: object): LevelChange | undefined {
  return 'family' in value && value.family === FAMILY ? (value as CarriesChange).change : undefined;
}

/** An event of which KPIs read what is kept as they do of outcomes. */
export function levelEventOf(type: string, at: Millis, kept: JsonObject): CxEvent {
  const { channel, issue } = kept;
  return {
    source: type,
    eventId: '',
    type,
    family: 'clock',
    channel: typeof channel === 'string' ? channel : '',
    subjectKey: '-',
    attributes: NO_ATTRIBUTES,
    data: kept,
    time: at,
    received: at,
    enrichment: enrichmentOf(issue),
  };
}
function enrichmentOf(issue: Json | undefined): Enrichment {
  return typeof issue === 'string' ? { ...NOT_SCORED, issues: [{ label: issue, confidence: 1 }] } : NOT_SCORED;
}
