/** Who did what, for `cx.audit`. */
import { formatInstant } from '../../engine/core/cloud-events.ts';
import type { Json, Millis, OutputMessage } from '../../engine/core/types.ts';

export interface AuditEntry {
  /** `alert.ack`, `silence.create`, `silence.delete` */
  readonly action: string;
  readonly outcome: 'done' | 'no effect' | 'refused';
  readonly by: string;
  readonly [detail: string]: Json;
}

export function auditOutput(entry: AuditEntry, at: Millis): OutputMessage {
  return { subject: 'cx.audit', type: 'cx.audit.recorded', time: at, data: { ...entry, at: formatInstant(at) } };
}
