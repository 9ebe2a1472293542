/** In which order and at what pace the notices of one step leave. */
import type { Millis } from '../../core/types.ts';
import { isUrgent } from '../../delivery/notice-id.ts';
import type { PendingNotice } from '../../delivery/records.ts';

/** After so many a breath is taken: boards need the processors in a storm, too. */
const AT_ONCE = 8;
/** So a burst of 400 leaves in half a second. */
export const BREATH_MS: Millis = 10;

export interface DueOf<Hook> {
  readonly hook: Hook;
  readonly notices: readonly PendingNotice[];
}

/** What is urgent first, and of each hook one before the second of any. */
export function leavingOrder<Hook>(
  due: readonly DueOf<Hook>[],
): readonly { readonly hook: Hook; readonly notice: PendingNotice }[] {
  return due
    .flatMap(({ hook, notices }) =>
      notices.map((notice, place) => ({ hook, notice, place, class: isUrgent(notice) ? 0 : 1 })),
    )
    .sort((a, b) => a.class - b.class || a.place - b.place); // stable: then as hooks are configured
}

/** Each begins; `breathe` rejects when it shall end, and no further one begins. */
export async function leave<Hook>(
  due: readonly DueOf<Hook>[],
  begin: (hook: Hook, notice: PendingNotice) => void,
  breathe: () => Promise<void>,
): Promise<void> {
  for (const [i, { hook, notice }] of leavingOrder(due).entries()) {
    if (i > 0 && i % AT_ONCE === 0) await breathe();
    begin(hook, notice);
  }
}
