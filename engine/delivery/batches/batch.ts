/** Alerts that one notice tells, and as what. */
import type { AlertRecord, NoticeKind } from '../records.ts';

export interface Batch {
  readonly kind: NoticeKind;
  readonly records: readonly AlertRecord[];
  readonly group: Readonly<Record<string, string>>;
  /** Alerts of the group that still fire and are known to. */
  readonly standing: number;
}
