/**
 * What people decide about alerts: from Earshot's own events on the input to controls of the rules, each once; and what else is
 * to be noted in the audit. Only signed messages come this far (operators/events/checks/control-check.ts).
 */
import type { AuditEntry } from '../../engine/core/audit-entry.ts';
import { parseInstant } from '../../engine/core/cloud-events.ts';
import type {
  Collector,
  Envelope,
  Json,
  JsonObject,
  Millis,
  Operator,
  OperatorDef,
  State,
} from '../../engine/core/types.ts';
import type { ControlTypeName } from '../events/types/event-types.ts';
import type { CxEvent } from '../shared/messages.ts';
import { ForgeryNotes } from './forgery-notes.ts';
import { SeenControls } from './seen-controls.ts';
import type { SilenceMatch } from './silences.ts';

interface Decision {
  readonly by: string;
  /** When it was decided, by the wall clock: event time may be far from it, and does not follow it. */
  readonly at: Millis;
}
export type RuleControl =
  | (Decision & {
      readonly control: 'ack';
      readonly alert: string;
      readonly note: string | null;
      readonly via?: string;
    })
  | (Decision & { readonly control: 'unack'; readonly alert: string; readonly via?: string })
  | (Decision & {
      readonly control: 'silence';
      readonly id: string;
      readonly match: SilenceMatch;
      readonly until: Millis;
      readonly why: string;
    })
  | (Decision & { readonly control: 'unsilence'; readonly id: string })
  | Noted;
/** Somebody has done what an action asked for: for who keeps actions, not for rules. */
export type CompletionControl = Decision & {
  readonly control: 'complete';
  readonly action: string;
  readonly note: string | null;
  readonly via?: string;
};
export type Control = RuleControl | CompletionControl;
/** For the audit alone: it was done, or refused, already. */
export interface Noted {
  readonly control: 'noted';
  readonly entry: AuditEntry;
  readonly at: Millis;
}

const MAX_DIMENSIONS = 16;
/** A silence may last so long: one that never ends would be forgotten, and with it what it hides. */
const MAX_SILENCE_MS: Millis = 31 * 86_400_000;

/** Other events pass it by: they yield nothing. */
export function controlsOperator(): OperatorDef<CxEvent, Control> {
  return { name: 'controls', create: (_, saved) => new Controls(saved) };
}

class Controls implements Operator<CxEvent, Control> {
  readonly #seen = new SeenControls();
  readonly #forgeries = new ForgeryNotes();

  constructor(saved: readonly State[] = []) {
    for (const part of saved as readonly { readonly seen?: State; readonly forgeries?: State }[]) {
      if (part.seen !== undefined) this.#seen.load(part.seen);
      if (part.forgeries !== undefined) this.#forgeries.load(part.forgeries);
    }
  }

  onEvent(event: Envelope<CxEvent>, _watermark: Millis, out: Collector<Control>): void {
    const { type, data, family } = event.value;
    if (family !== 'control') return;
    if (type === 'earshot.control.refused') {
      out.count('controls_forged');
      const entry = this.#forgeries.note(data, event.ts);
      if (entry !== null) note(event, entry, event.ts, out);
      return;
    }
    // The same message published again is no second decision, whatever the id of the broker says.
    if (!this.#seen.add(event.id, event.ts)) return out.count('controls_repeated');
    if (type === 'earshot.model.switched') return note(event, switchEntry(data), event.ts, out);
    const action = DECISIONS.get(type);
    if (action === undefined) return;
    const control = controlOf(event.value, event.ts);
    if (typeof control !== 'string') return out.emit({ ...event, value: control });
    out.count('controls_refused');
    note(event, { action, outcome: 'refused', by: text(data['by']) ?? 'unknown', because: control }, event.ts, out);
  }

  delta(): State | undefined {
    const [seen, forgeries] = [this.#seen.takeChanges(), this.#forgeries.takeChanges()];
    if (seen === undefined && forgeries === undefined) return undefined;
    return { ...(seen !== undefined && { seen }), ...(forgeries !== undefined && { forgeries }) };
  }

  *snapshot(): Iterable<State> {
    for (const seen of this.#seen.parts()) yield { seen };
    yield { forgeries: this.#forgeries.state() };
  }
}

/** What the audit calls each decision; a switch of models is done already when it comes here. */
const DECISIONS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'earshot.alert.acked': 'alert.ack',
    'earshot.alert.unacked': 'alert.unack',
    'earshot.silence.created': 'silence.create',
    'earshot.silence.deleted': 'silence.delete',
    'earshot.action.completed': 'action.complete',
  } satisfies Readonly<Record<Exclude<ControlTypeName, 'earshot.model.switched'>, string>>),
);

function note(event: Envelope<CxEvent>, entry: AuditEntry, at: Millis, out: Collector<Control>): void {
  out.emit({ ...event, value: { control: 'noted', entry, at } });
}

/** It is done already; the record is all that is left to do. */
function switchEntry(data: JsonObject): AuditEntry {
  const { channel: _, outcome, by, at: __, ...what } = data;
  return {
    action: 'model.switch',
    outcome: outcome === 'done' ? 'done' : 'refused',
    by: text(by) ?? 'unknown',
    ...what,
  };
}

/** The control, or why there is none. */
function controlOf({ type, data }: CxEvent, at: Millis): Control | string {
  const by = text(data['by']);
  if (by === null) return 'it does not say by whom';
  if (type === 'earshot.alert.acked' || type === 'earshot.alert.unacked') {
    const alert = text(data['alert']);
    if (alert === null) return 'it names no alert';
    const hook = text(data['via']);
    const via = hook === null ? {} : { via: hook };
    if (type === 'earshot.alert.unacked') return { control: 'unack', alert, by, at, ...via };
    return { control: 'ack', alert, by, at, note: text(data['note']), ...via };
  }
  if (type === 'earshot.action.completed') return completionOf(data, by, at);
  const id = text(data['silence']) ?? text(data['id']);
  if (id === null) return 'it names no silence';
  if (type === 'earshot.silence.deleted') return { control: 'unsilence', id, by, at };

  const until = parseInstant(text(data['until']) ?? ''); // not a time: refused below
  if (until === null) return 'it does not say until when (RFC 3339)';
  if (until > at + MAX_SILENCE_MS) return 'it would last longer than 31 days';
  const match = matchOf(data['match'] ?? data);
  if (match === null) return 'it does not say which alerts: rule, kpi, severity, or key (a map of dimensions to texts)';
  const why = text(data['reason']) ?? text(data['why']) ?? ''; // a reason need not be given
  return { control: 'silence', id, match, until, by, at, why };
}

function completionOf(data: JsonObject, by: string, at: Millis): CompletionControl | string {
  const action = text(data['action']);
  if (action === null) return 'it names no action';
  const via = text(data['via']);
  return { control: 'complete', action, by, at, note: text(data['note']), ...(via === null ? {} : { via }) };
}

/** null: it is malformed, or would silence everything. */
function matchOf(value: Json): SilenceMatch | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const given = value as JsonObject;
  const key = keyOf(given['key']);
  if (key === undefined) return null;
  const match = { rule: text(given['rule']), kpi: text(given['kpi']), severity: text(given['severity']), key };
  return Object.values(match).every((one) => one === null) ? null : match;
}

function keyOf(value: Json | undefined): Readonly<Record<string, string>> | null | undefined {
  if (value === undefined || value === null) return null;
  if (typeof value !== 'object' || Array.isArray(value)) return undefined;
  const entries = Object.entries(value as JsonObject);
  if (entries.length === 0 || entries.length > MAX_DIMENSIONS) return undefined;
  const key: Record<string, string> = {};
  for (const [dimension, wanted] of entries) {
    if (typeof wanted !== 'string') return undefined;
    key[dimension] = wanted;
  }
  return key;
}

function text(value: Json | undefined): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
