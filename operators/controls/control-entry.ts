/** What was decided, as an entry of the audit. */
import { formatInstant } from '../../engine/core/cloud-events.ts';
import type { AuditEntry } from '../../engine/core/audit-entry.ts';
import type { JsonObject } from '../../engine/core/types.ts';
import type { Control, Noted } from './controls.ts';

const ACTIONS = {
  ack: 'alert.ack',
  unack: 'alert.unack',
  silence: 'silence.create',
  unsilence: 'silence.delete',
  complete: 'action.complete',
} as const;

/** What was decided, and whether it had an effect; `because` says why not. */
export function controlEntry(control: Exclude<Control, Noted>, because: string | null): AuditEntry {
  const { control: kind, at: _, by, ...what } = control;
  const until = 'until' in what ? { until: formatInstant(what.until) } : {};
  const outcome = because === null ? ({ outcome: 'done' } as const) : ({ outcome: 'no effect', because } as const);
  // What an action is called gives way to what was done with it.
  const of = 'action' in what ? { of: what.action } : {};
  return { ...(what as unknown as JsonObject), action: ACTIONS[kind], ...outcome, by, ...of, ...until };
}
