/**
 * What is said of a clock (CONTRACT §7): outcomes on `cx.clocks.<clock>` and, as events of type `clock.<id>`, to the KPIs; warnings
 * and breaches as actions. The interface for whoever reads outcomes: `outcomeEvent`.
 */
import { formatInstant } from '../../engine/core/cloud-events.ts';
import { at as elementAt } from '../../engine/core/must.ts';
import type { Envelope, Json, JsonObject, Millis, OutputMessage } from '../../engine/core/types.ts';
import type { CxEvent } from '../shared/messages.ts';
import { CASE_KEY, CLOCK_TYPE_PREFIX, type Fact, type Said, type Values } from './clock.ts';
import type { ClockConfig } from './clocks-config.ts';
import { NOT_SCORED } from '../shared/not-scored.ts';

/** Whose fact it is. */
export interface Subject {
  readonly clock: ClockConfig;
  readonly key: string;
}

/** The data of an outcome. */
export function outcomeData({ clock, key }: Subject, { fact, revision, isWithdrawn, lateByMs }: Said): JsonObject {
  const { targetMs, workingMs } = fact;
  const data: Record<string, Json> = {
    clock: clock.id,
    key,
    run: fact.run,
    revision,
    outcome: fact.kind,
    started: formatInstant(fact.started),
    ended: instant(fact.ended),
    due: instant(fact.due),
    elapsed_s: fact.elapsedMs / 1000,
    working_s: workingMs / 1000,
    paused_s: fact.pausedMs / 1000,
    target_s: targetMs === null ? null : targetMs / 1000,
    over_s: targetMs === null ? null : (workingMs - targetMs) / 1000,
    met: fact.met,
    restarts: fact.restarts,
    late_by_s: lateByMs / 1000,
  };
  if (fact.isLate) data['late'] = true;
  if (isWithdrawn) data['withdrawn'] = true;
  addKept(data, clock, fact.values);
  return data;
}

/** `data`: that of `outcomeData`. */
export function outcomeMessage({ clock }: Subject, { fact }: Said, data: JsonObject): OutputMessage {
  return { subject: `cx.clocks.${clock.id}`, type: 'cx.clock.outcome', time: fact.at, data };
}

const NO_ATTRIBUTES = {};

/**
 * As KPIs read it, `from: clock.<id>`. `data`: that of `outcomeData`; `derived`: whether it begins to hold, or what was said before
 * no longer does.
 */
export function outcomeEvent(
  { clock, key }: Subject,
  { fact, revision }: Said,
  data: JsonObject,
  derived: 'added' | 'withdrawn',
): Envelope<CxEvent> {
  const { at } = fact;
  const type = CLOCK_TYPE_PREFIX + clock.id;
  const eventId = `${key}|${String(fact.run)}|${fact.kind}|${String(revision)}`;
  const { channel, issue, tier, segment } = data;
  // Where KPIs look for these two.
  const isOfCustomer = tier !== undefined || segment !== undefined;
  const value: CxEvent = {
    source: type,
    eventId,
    type,
    family: 'clock',
    channel: typeof channel === 'string' ? channel : '',
    subjectKey: '-',
    attributes: NO_ATTRIBUTES,
    data: isOfCustomer
      ? { ...data, customer: { ...fieldsOf(data['customer']), tier: tier ?? null, segment: segment ?? null } }
      : data,
    time: at,
    received: at,
    enrichment: typeof issue === 'string' ? { ...NOT_SCORED, issues: [{ label: issue, confidence: 1 }] } : NOT_SCORED,
  };
  return { id: `${type}|${eventId}`, key, ts: at, value, derived };
}

/** What else is kept of the customer, such as `customer.id`. */
function fieldsOf(kept: Json | undefined): JsonObject | null {
  return typeof kept === 'object' && !Array.isArray(kept) ? (kept as JsonObject | null) : null;
}

/** `sla_warning` and `sla_breached`; null: an ending is no action. */
export function actionMessage(subject: Subject, said: Said): OutputMessage | null {
  const { clock, key } = subject;
  const { kind, percent, at, run, due, targetMs, workingMs, values } = said.fact;
  if (kind !== 'warning' && kind !== 'breached') return null;
  const action = kind === 'warning' ? 'sla_warning' : 'sla_breached';
  // Written out, in the order in which they are sent: spreads cost most of an action.
  const data: Record<string, Json> = {
    action,
    state: said.isWithdrawn ? 'withdrawn' : 'due',
    clock: clock.id,
    key,
    run,
    revision: said.revision,
  };
  if (kind === 'warning') data['percent'] = percent;
  data['reason'] = reasonOf(subject, said.fact);
  data['owner'] = null; // one that is kept takes its place
  data['due'] = instant(due);
  data['target_s'] = targetMs === null ? null : targetMs / 1000;
  data['working_s'] = workingMs / 1000;
  data['late_by_s'] = said.lateByMs / 1000;
  if (clock.key === CASE_KEY) data['case'] = key;
  addKept(data, clock, values);
  return { subject: `cx.actions.${action}`, type: 'cx.action', time: at, data };
}

function reasonOf({ clock, key }: Subject, { kind, percent, targetMs }: Fact): string {
  const target = `${String((targetMs ?? 0) / 1000)} s`; // a warning, and a breach, have one
  return kind === 'warning'
    ? `${clock.title.en} of ${key}: ${String(percent)} % of ${target} have passed`
    : `${clock.title.en} of ${key}: the target of ${target} has passed`;
}

/** What is kept, by its name; a dotted one lies as deep as it says. */
function addKept(data: Record<string, Json>, { keep }: ClockConfig, values: Values): void {
  for (let i = 0; i < keep.length; i++) {
    const value = values[i];
    const name = elementAt(keep, i);
    if (value === undefined) continue;
    if (name.includes('.')) addDeep(data, name, value);
    else data[name] = value;
  }
}
function addDeep(data: Record<string, Json>, name: string, value: Json): void {
  const [first = name, ...rest] = (name.startsWith('data.') ? name.slice(5) : name).split('.');
  data[first] = rest.reduceRight((inner: Json, step) => ({ [step]: inner }), value);
}

function instant(at: Millis | null): string | null {
  return at === null ? null : formatInstant(at);
}
