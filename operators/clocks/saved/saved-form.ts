/**
 * The form of saved clocks: parts that each put some keys, or say that they are gone. A part names the clocks and fields it holds, so
 * that it reads under another configuration too: a clock that is gone is passed over, a field that joined is unknown. Written by
 * clock-writer.ts, read by clock-reader.ts, in this order (`uint`, `number` and `string` of kpis/saved/bytes.ts):
 *
 *   part    uint FORMAT · number maxTs · number now · clock*
 *   clock   string id · list of string field · string timing · string choosing · list of (string key · uint 1 · key | string key · uint 0)
 *   key     state · uint 0, or 1 and the tail
 *   state   uint flags · uint run, life, restarts · number since, targetMs, calendar · uint warned · number next · values · list of
 *           number pause, if its flag is set
 *   tail    uint 0, or 1 and the base's state · uint applied · uint 0, or 1 and number from · list of record, of said, of uint verb
 *   record  uint verb · number at · string id · uint flags · values, late, stock, each as its flag says
 *   values  list of uint 0, or 1 and a text, or 2 and a text of JSON
 *   text    uint number in this part; the first time also the string
 */
import { EngineError } from '../../../engine/core/errors.ts';
import type { Millis } from '../../../engine/core/types.ts';
import { OUTCOMES } from '../clock.ts';

export const FORMAT = 2;
export const KINDS = [...OUTCOMES, 'warning'] as const;
export const MET = [null, false, true] as const;

export const STATE_FLAGS = { open: 1, breached: 2, pauses: 4 } as const;
/** `sameValues`: those of the key's state. Most keys have nothing but what began them. */
export const RECORD_FLAGS = { late: 1, stock: 2, move: 4, sameValues: 8 } as const;

/** The highest event time, and how far time was. */
export interface SavedTime {
  readonly maxTs: Millis;
  readonly now: Millis;
}

/** What a part says of a clock before its keys. */
export interface SavedClock {
  readonly id: string;
  /** Names of the fields, in the order of the values. */
  readonly fields: readonly string[];
  /** What `next` of its keys depends on, beside them. */
  readonly timing: string;
  /** What target and calendar of a run depend on. */
  readonly choosing: string;
}

export function unreadable(why: string): EngineError {
  return new EngineError('STATE_MISMATCH', ['clocks', why]);
}
