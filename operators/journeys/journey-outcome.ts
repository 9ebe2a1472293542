/**
 * What is said of a journey (CONTRACT §7): events of type `journey.<id>` to the KPIs, and who stalls as an action. The interface
 * for whoever reads outcomes: `outcomeEvent`.
 */
import { formatInstant } from '../../engine/core/cloud-events.ts';
import { at as elementAt } from '../../engine/core/must.ts';
import type { Envelope, Json, JsonObject, Millis, OutputMessage } from '../../engine/core/types.ts';
import type { CxEvent } from '../shared/messages.ts';
import { cyrb53 } from '../../engine/core/hash.ts';
import { reachedName } from './funnel.ts';
import type { JourneyConfig, Outcome, StepRecord } from './journey.ts';
import { nameOf } from './key-journey.ts';
import { NOT_SCORED } from '../shared/not-scored.ts';

export const JOURNEY_TYPE_PREFIX = 'journey.';

/** Whose outcome it is. */
export interface Subject {
  readonly journey: JourneyConfig;
  readonly key: string;
}

/** `steps`: of an ending, the first and last time of each step that was reached. */
export function outcomeData({ journey, key }: Subject, outcome: Outcome): JsonObject {
  // Written out, in the order in which it reads: spreads cost as much as all the rest of an outcome.
  const data: Record<string, Json> = { journey: journey.id, key, event: outcome.kind };
  if (outcome.kind === 'ended') addEnding(data, journey, outcome);
  else {
    data['step'] = idOf(journey, outcome.step);
    if (outcome.kind === 'left') data['seconds'] = outcome.seconds;
    if (outcome.kind === 'stalled') data['since'] = formatInstant(outcome.since);
  }
  addKept(data, journey, outcome.kept);
  return data;
}
function addEnding(
  data: Record<string, Json>,
  journey: JourneyConfig,
  { at, ending }: Extract<Outcome, { kind: 'ended' }>,
): void {
  const { outcome, started, first, last, dropped, stalls } = ending;
  const steps: Record<string, Json> = {};
  first.forEach((time, step) => {
    const end = last[step] ?? null; // not reached
    if (time === null || end === null) return;
    const begun = formatInstant(time);
    steps[idOf(journey, step)] = { first: begun, last: end === time ? begun : formatInstant(end) };
  });
  data['outcome'] = outcome;
  data['started'] = formatInstant(started);
  data['ended'] = formatInstant(at);
  data['reached'] = reachedName(journey, (step) => elementAt(first, step) !== null);
  data['steps'] = steps;
  data['dropped'] = dropped === null ? null : idOf(journey, dropped);
  data['stalls'] = stalls;
}
function idOf(journey: JourneyConfig, step: number): string {
  return elementAt(journey.steps, step).id;
}

const NO_ATTRIBUTES = {};
/** As KPIs read it. `derived`: whether it begins to hold, or what was said before no longer does. */
export function outcomeEvent(subject: Subject, outcome: Outcome, derived: 'added' | 'withdrawn'): Envelope<CxEvent> {
  const { journey, key } = subject;
  const source = JOURNEY_TYPE_PREFIX + journey.id;
  const eventId = `${key}|${outcome.kind}|${String(outcome.at)}|${cyrb53(nameOf(outcome)).toString(36)}`;
  const kept = (name: string): Json => outcome.kept[journey.keep.indexOf(name)] ?? null; // not kept, or not said
  const [channel, issue] = [kept('channel'), kept('issue')];
  const { at } = outcome;
  const data = outcomeData(subject, outcome);
  // What else is kept of the customer, such as `customer.id`, stays.
  const customer = { ...(data['customer'] as JsonObject | undefined), tier: kept('tier'), segment: kept('segment') };
  const value: CxEvent = {
    source,
    eventId,
    type: source,
    family: 'journey',
    channel: typeof channel === 'string' ? channel : '',
    subjectKey: '-',
    attributes: NO_ATTRIBUTES,
    data: { ...data, customer },
    time: at,
    received: at,
    enrichment: typeof issue === 'string' ? { ...NOT_SCORED, issues: [{ label: issue, confidence: 1 }] } : NOT_SCORED,
  };
  return { id: `${source}|${eventId}`, key, ts: outcome.at, value, derived };
}

/** `journey_stalled`; null: nothing is to be done. */
export function actionMessage(subject: Subject, outcome: Outcome, isWithdrawn: boolean): OutputMessage | null {
  if (outcome.kind !== 'stalled') return null;
  const { journey, key } = subject;
  const step = elementAt(journey.steps, outcome.step).id;
  const silentFor = (journey.stallMs ?? 0) / 1000; // who stalls has a limit
  const kept: Record<string, Json> = {};
  addKept(kept, journey, outcome.kept);
  const data: JsonObject = {
    ...{ action: 'journey_stalled', state: isWithdrawn ? 'withdrawn' : 'due', journey: journey.id, key, step },
    reason: `${journey.title.en} of ${key}: nothing for ${String(silentFor)} s in ${step}`,
    ...{ owner: kept['owner'] ?? null, due: formatInstant(outcome.at), since: formatInstant(outcome.since) },
    ...kept,
  };
  return { subject: 'cx.actions.journey_stalled', type: 'cx.action', time: outcome.at, data };
}

/** A step that came too late to change what was said. */
export function lateMessage(
  { id, allowedLatenessMs, steps }: JourneyConfig,
  late: StepRecord,
  now: Millis,
): OutputMessage {
  const { key, at, step } = late;
  return {
    subject: `cx.late.${id}`,
    type: 'cx.late.event',
    time: at,
    data: {
      ...{ journey: id, id: late.id, step: elementAt(steps, step).id, key, time: formatInstant(at) },
      ...{ late_by_ms: now - at, watermark: formatInstant(now), allowed_lateness_ms: allowedLatenessMs },
    },
  };
}

/** A dotted name lies as deep as it says. */
function addKept(data: Record<string, Json>, { keep }: JourneyConfig, values: readonly Json[]): void {
  keep.forEach((name, i) => {
    const value = values[i] ?? null; // not said
    if (value === null) return;
    if (!name.includes('.')) {
      data[name] = value;
      return;
    }
    const [first = name, ...rest] = (name.startsWith('data.') ? name.slice(5) : name).split('.');
    data[first] = rest.reduceRight((inner: Json, part) => ({ [part]: inner }), value);
  });
}
