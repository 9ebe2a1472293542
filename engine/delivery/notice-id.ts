/** What a notice is known by, and what it is about. */
import { fnv1a, hex32, spread } from '../core/hash.ts';
import type { Millis } from '../core/types.ts';
import type { AlertMessage } from '../core/wire.ts';
import type { PendingNotice } from './records.ts';

const SECOND_SEED = 0x9747b28c;

export function noticeId(hook: string, kind: string, made: Millis, alerts: readonly AlertMessage[]): string {
  const text = `${hook}\n${kind}\n${made}\n${alerts.map(({ alert, state }) => `${alert} ${state}`).join('\n')}`;
  return `n${hex32(spread(fnv1a(text)))}${hex32(spread(fnv1a(text, SECOND_SEED)))}`;
}

/** The same rule and key, over its episodes. */
export function courseOf({ rule, key }: AlertMessage): string {
  return `${rule}\n${JSON.stringify(key)}`;
}

/** Sent out of the reserve, and before others. */
export function isUrgent({ kind, alerts }: Pick<PendingNotice, 'kind' | 'alerts'>): boolean {
  return kind === 'resolved' || alerts.some(({ severity }) => severity === 'critical');
}
