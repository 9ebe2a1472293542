/** How many notices are made now: as many as can leave, so that each tells what stands when it leaves. */
import type { Millis } from '../../core/types.ts';
import type { HookRules } from '../hook-rules.ts';
import { isUrgent } from '../notice-id.ts';
import type { PendingNotices } from '../pending-notices.ts';
import type { ReceiverState } from '../receiver/receiver-state.ts';

/** People are told so many notices at once; what is more becomes a digest. */
const MOST_AT_ONCE = 40;

export interface Free {
  readonly urgent: number;
  readonly other: number;
}

export function freeFor(rules: HookRules, receiver: ReceiverState, pending: PendingNotices, now: Millis): Free {
  const ready = pending.ready(now);
  const most = rules.readers === 'programs' ? receiver.openings(now, pending.sending) : MOST_AT_ONCE;
  return {
    urgent: Math.min(most, receiver.free(now, true)) - ready.filter(isUrgent).length,
    other: Math.min(most, receiver.free(now, false)) - ready.length,
  };
}
