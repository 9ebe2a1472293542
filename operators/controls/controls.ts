/** What people decide about alerts: from Earshot's own events on the input to controls of the rules, which audit them. */
import { parseInstant } from '../../engine/core/cloud-events.ts';
import type { Collector, Json, JsonObject, Millis, OperatorDef } from '../../engine/core/types.ts';
import type { CxEvent } from '../shared/messages.ts';
import { auditOutput, type AuditEntry } from './audit.ts';
import type { SilenceMatch } from './silences.ts';

interface Decision {
  readonly by: string;
  /** When it was decided, by the wall clock: event time may be far from it, and does not follow it. */
  readonly at: Millis;
}
export type RuleControl =
  | (Decision & { readonly control: 'ack'; readonly alert: string; readonly note: string | null })
  | (Decision & {
      readonly control: 'silence';
      readonly id: string;
      readonly match: SilenceMatch;
      readonly until: Millis;
      readonly why: string;
    })
  | (Decision & { readonly control: 'unsilence'; readonly id: string });

const ACTIONS: Readonly<Record<string, string>> = {
  'earshot.alert.acked': 'alert.ack',
  'earshot.silence.created': 'silence.create',
  'earshot.silence.deleted': 'silence.delete',
  'earshot.model.switched': 'model.switch',
};
const MAX_DIMENSIONS = 16;

/** Other events pass it by: they yield nothing. */
export function controlsOperator(): OperatorDef<CxEvent, RuleControl> {
  return {
    name: 'controls',
    create: () => ({
      onEvent(event, _watermark, out) {
        const action = ACTIONS[event.value.type];
        if (action === undefined) return;
        if (action === 'model.switch') {
          out.send(auditOutput(switchEntry(action, event.value.data), event.ts));
          return;
        }
        const control = controlOf(event.value, event.ts);
        if (typeof control === 'string') refuse(action, event.value.data, control, event.ts, out);
        else out.emit({ ...event, value: control });
      },
    }),
  };
}

/** It is done already; the record is all that is left to do. */
function switchEntry(action: string, data: JsonObject): AuditEntry {
  const { channel: _, outcome, by, at: __, ...what } = data;
  return { action, outcome: outcome === 'done' ? 'done' : 'refused', by: text(by) ?? 'unknown', ...what };
}

function refuse(action: string, data: JsonObject, because: string, at: Millis, out: Collector<RuleControl>): void {
  out.count('controls_refused');
  out.send(auditOutput({ action, outcome: 'refused', by: text(data['by']) ?? 'unknown', because }, at));
}

/** The control, or why there is none. */
function controlOf({ type, data }: CxEvent, at: Millis): RuleControl | string {
  const by = text(data['by']);
  if (by === null) return 'it does not say by whom';
  if (type === 'earshot.alert.acked') {
    const alert = text(data['alert']);
    return alert === null ? 'it names no alert' : { control: 'ack', alert, by, at, note: text(data['note']) };
  }
  const id = text(data['silence']) ?? text(data['id']);
  if (id === null) return 'it names no silence';
  if (type === 'earshot.silence.deleted') return { control: 'unsilence', id, by, at };

  const until = parseInstant(text(data['until']) ?? '');
  if (until === null) return 'it does not say until when (RFC 3339)';
  const match = matchOf(data['match'] ?? data);
  if (match === null) return 'it does not say which alerts: rule, kpi, severity, or key (a map of dimensions to texts)';
  const why = text(data['reason']) ?? text(data['why']) ?? '';
  return { control: 'silence', id, match, until, by, at, why };
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
