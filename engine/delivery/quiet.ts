/** Quiet hours: what is not urgent enough waits for their end, and is looked at again then. */
import type { Millis } from '../core/types.ts';
import type { HookRules } from './hook-rules.ts';

/** null: it may leave now. Alerts of several severities leave if one of them may. */
export function quietUntil(
  { quiet }: Pick<HookRules, 'quiet'>,
  alerts: readonly { readonly severity: string }[],
  now: Millis,
): Millis | null {
  if (quiet === null) return null;
  const until = quiet.until(now);
  return until === null || alerts.some(({ severity }) => quiet.except.includes(severity)) ? null : until;
}
