/** One line of the audit (`cx.audit`): who did what, and what came of it. */
import type { Json, Millis } from './types.ts';

export interface AuditEntry {
  /** `alert.ack`, `silence.create`, `silence.delete`, `model.switch`, `control.refused`, `access.refused`, `engine.start`, … */
  readonly action: string;
  readonly outcome: 'done' | 'no effect' | 'refused';
  /** Who asked for it; `unknown` where nobody said so credibly. */
  readonly by: string;
  readonly [detail: string]: Json;
}

/** With when it happened, by the clock of whoever noted it. */
export interface AuditRecord {
  readonly entry: AuditEntry;
  readonly at: Millis;
}
