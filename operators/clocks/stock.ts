/**
 * Opening stock: `cx.case.snapshot` says how a case stands that was there before. A clock that a case's opening starts is started by
 * it, at `opened`; also one that names the snapshot itself. A case that is resolved or closed is no stock.
 */
import { parseInstant } from '../../engine/core/cloud-events.ts';
import type { Millis } from '../../engine/core/types.ts';
import type { CxEvent } from '../shared/messages.ts';
import type { Stock } from './clock.ts';
import type { VerbConfig } from './clocks-config.ts';

export const SNAPSHOT_TYPE = 'cx.case.snapshot';
const OPENS_A_CASE = 'cx.case.opened';
const PENDS_A_CASE = 'cx.case.pending';

/** The types that start a clock, apart from those that bring its stock. */
export function startsOf({ on }: VerbConfig): readonly string[] {
  return on.filter((type) => type !== SNAPSHOT_TYPE);
}
/** Whether a snapshot brings stock of a clock that starts so. */
export function hasStock({ on }: VerbConfig): boolean {
  return on.includes(OPENS_A_CASE) || on.includes(SNAPSHOT_TYPE);
}
/** Whether a case that is pending stands in a pause of a clock that pauses so. */
export function pausesWhenPending({ on }: VerbConfig): boolean {
  return on.includes(PENDS_A_CASE);
}

/** `pause`: what the clock's pauses are; null: it has none, and all of its time counts. null: it is no stock. */
export function stockOf({ data, time }: CxEvent, pause: { readonly isPaused: boolean } | null): Stock | null {
  const { state, opened, paused_s: paused } = data;
  if (state === 'resolved' || state === 'closed') return null;
  const since = typeof opened === 'string' ? parseInstant(opened) : null;
  if (since === null) return null;
  const pausedMs: Millis = pause !== null && typeof paused === 'number' ? Math.round(paused * 1000) : 0;
  return { opened: Math.min(since, time), pausedMs, isPaused: pause?.isPaused === true };
}
