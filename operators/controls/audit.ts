/** Who did what, for `cx.audit`. */
import { formatInstant } from '../../engine/core/cloud-events.ts';
import type { Json, JsonObject, Millis, OutputMessage } from '../../engine/core/types.ts';
import type { RuleControl } from './controls.ts';

export interface AuditEntry {
  /** `alert.ack`, `silence.create`, `silence.delete` */
  readonly action: string;
  readonly outcome: 'done' | 'no effect' | 'refused';
  readonly by: string;
  readonly [detail: string]: Json;
}

const ACTIONS = { ack: 'alert.ack', silence: 'silence.create', unsilence: 'silence.delete' } as const;

/** What was decided, and whether it had an effect; `because` says why not. */
export function controlEntry(control: RuleControl, because: string | null): AuditEntry {
  const { control: kind, at: _, by, ...what } = control;
  const until = 'until' in what ? { until: formatInstant(what.until) } : {};
  const outcome = because === null ? ({ outcome: 'done' } as const) : ({ outcome: 'no effect', because } as const);
  return { action: ACTIONS[kind], ...outcome, by, ...(what as unknown as JsonObject), ...until };
}

export function auditOutput(entry: AuditEntry, at: Millis): OutputMessage {
  return { subject: 'cx.audit', type: 'cx.audit.recorded', time: at, data: { ...entry, at: formatInstant(at) } };
}
