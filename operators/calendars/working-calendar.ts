/**
 * Working time: what clocks, quiet hours and levels ask of a calendar. An instant works where the local time of the calendar's zone
 * lies in an interval [from, to) of that day. All times are instants in ms; an answer depends on nothing but the calendar, its
 * holidays and the zone's rules, so a replay gives the same. Fast however far apart two instants are: years are laid out once.
 */
import type { Millis } from '../../engine/core/types.ts';

export interface WorkingCalendar {
  readonly id: string;
  /** IANA name. */
  readonly zone: string;
  /** Working time in [from, to); 0 where `to` is not after `from`. */
  workingMs(from: Millis, to: Millis): Millis;
  /** The earliest instant, not before `from`, by which `workingMs` of working time has passed; null: not within 200 years. */
  instantAfter(from: Millis, workingMs: Millis): Millis | null;
  isOpen(at: Millis): boolean;
  /** When `isOpen` changes next, strictly after `at`; null: not within 400 days. */
  nextChange(at: Millis): Millis | null;
  /** From here on holidays are not known and count as ordinary days; null: they are known for as long as anybody asks. */
  readonly dataEnds: Millis | null;
}
