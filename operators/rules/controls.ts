/** What people decide about alerts: from Earshot's own events on the input to controls of the rules, each audited. */
import { parseInstant } from '../../engine/core/cloud-events.ts';
import type { Collector, Json, JsonObject, Millis, OperatorDef } from '../../engine/core/types.ts';
import type { CxEvent } from '../types.ts';
import { auditOutput } from './audit.ts';

interface Decision {
  readonly by: string;
  /** Event time of the decision. */
  readonly at: Millis;
}
export type RuleControl =
  | (Decision & { readonly control: 'ack'; readonly alert: string; readonly note: string | null })
  | (Decision & {
      readonly control: 'silence';
      readonly id: string;
      /** null: every rule. */
      readonly rule: string | null;
      /** Dimensions that must be so; null: every key. */
      readonly key: Readonly<Record<string, string>> | null;
      readonly until: Millis;
      readonly why: string;
    })
  | (Decision & { readonly control: 'unsilence'; readonly id: string });

const ACTIONS: Readonly<Record<string, string>> = {
  'earshot.alert.acked': 'alert.ack',
  'earshot.silence.created': 'silence.create',
  'earshot.silence.deleted': 'silence.delete',
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
        const control = controlOf(event.value, event.ts);
        audit(action, event.value.data, control, event.ts, out);
        if (typeof control !== 'string') out.emit({ ...event, value: control });
      },
    }),
  };
}

function audit(
  action: string,
  data: JsonObject,
  control: RuleControl | string,
  at: Millis,
  out: Collector<RuleControl>,
): void {
  const by = text(data['by']) ?? 'unknown';
  if (typeof control === 'string') {
    out.count('controls_refused');
    out.send(auditOutput({ action, outcome: 'refused', by, because: control }, at));
    return;
  }
  const { control: _, at: __, ...what } = control;
  const until: { [name: string]: Json } = 'until' in what ? { until: data['until'] ?? null } : {};
  out.send(auditOutput({ action, outcome: 'done', ...what, ...until }, at));
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
  const key = keyOf(data['key']);
  if (key === undefined) return 'its key is not a map of dimensions to texts';
  const why = text(data['why']) ?? text(data['reason']) ?? '';
  return { control: 'silence', id, rule: text(data['rule']), key, until, by, at, why };
}

function keyOf(value: Json | undefined): Readonly<Record<string, string>> | null | undefined {
  if (value === undefined || value === null) return null;
  if (typeof value !== 'object' || Array.isArray(value)) return undefined;
  const entries = Object.entries(value as JsonObject);
  if (entries.length > MAX_DIMENSIONS) return undefined;
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
