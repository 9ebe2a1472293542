/** When each field of a value last changed, as sequences of the board: what is to be said to whoever stands at another one. */
import type { KpiMessage } from '../../core/wire.ts';

/** Places in a cell's `changed`. */
export const CHANGED = {
  n: 0,
  value: 1,
  interval: 2,
  watermark: 3,
  window: 4,
  revision: 5,
  flags: 6,
  detail: 7,
  name: 8,
};
const FIELDS = Object.keys(CHANGED).length;

/** Of a value that is new at `seq`. */
export function allChanged(seq: number): number[] {
  return new Array<number>(FIELDS).fill(seq);
}

/** Notes in `changed` what differs. */
export function noteChanges(changed: number[], before: KpiMessage, next: KpiMessage, seq: number): void {
  if (next.n !== before.n) changed[CHANGED.n] = seq;
  if (next.value !== before.value) changed[CHANGED.value] = seq;
  if (!isSameInterval(next.interval, before.interval)) changed[CHANGED.interval] = seq;
  if (next.watermark !== before.watermark) changed[CHANGED.watermark] = seq;
  if (next.window.end !== before.window.end || next.window.start !== before.window.start) changed[CHANGED.window] = seq;
  if (next.revision !== before.revision || next.final !== before.final) changed[CHANGED.revision] = seq;
  if (next.partial !== before.partial || next.retracted !== before.retracted) changed[CHANGED.flags] = seq;
  // By identity: to look into it costs as much as to send it.
  if (next.detail !== before.detail) changed[CHANGED.detail] = seq;
}

function isSameInterval(a: KpiMessage['interval'], b: KpiMessage['interval']): boolean {
  return a === b || (a !== null && b !== null && a[0] === b[0] && a[1] === b[1]);
}
