/** What was decided, as an entry of the audit. */
import { formatInstant } from '../../engine/core/cloud-events.ts';
import type { AuditEntry } from '../../engine/core/audit-entry.ts';
import type { JsonObject } from '../../engine/core/types.ts';
import type { Noted, RuleControl } from './controls.ts';

const ACTIONS = {
  ack: 'alert.ack',
  unack: 'alert.unack',
  silence: 'silence.create',
  unsilence: 'silence.delete',
} as const;

/** What was decided, and whether it had an effect; `because` says why not. */
export function controlEntry(control: Exclude<RuleControl, Noted>, because: string | null): AuditEntry {
  const { control: kind, at: _, by, ...what } = control;
  const until = 'until' in what ? { until: formatInstant(what.until) } : {};
  const outcome = because === null ? ({ outcome: 'done' } as const) : ({ outcome: 'no effect', because } as const);
  return { action: ACTIONS[kind], ...outcome, by, ...(what as unknown as JsonObject), ...until };
}
