/** What an alert is to be told as next, from how it stands and what was told of it. */
import type { Millis } from '../core/types.ts';
import type { Acknowledgement } from '../core/wire.ts';
import type { HookRules } from './hook-rules.ts';
import type { AlertRecord, Want } from './records.ts';

/** `isHeld`: it flaps, and what ended untold in that is told by the notice that says so. */
export function nextWant(record: AlertRecord, rules: HookRules, now: Millis, isHeld: boolean): Want | null {
  const { message, told } = record;
  if (message.state === 'resolved') {
    if (told === 'firing' || told === 'unknown') return 'resolved';
    return told === 'never' && rules.brief === 'tell' && !isHeld ? 'brief' : null;
  }
  // What may have arrived and was then given up is not begun again: it would be given up again, at once and for ever.
  const isBegun = told === 'firing' || told === 'given_up' || (told === 'unknown' && record.lastToldAt !== null);
  if (!isBegun) return record.isEscalated ? 'escalated' : 'first';
  if (message.acked !== null) {
    const isKnown = record.ackTold || told === 'given_up' || isFrom(message.acked, rules);
    return isKnown ? renewal(record, rules, now) : 'acknowledged';
  }
  if (record.ackTold) return 'unacknowledged';
  const last = record.lastToldAt ?? now; // set with every notice that was told or given up
  if (rules.repeat !== null && now >= last + rules.repeat) return 'repeat';
  return renewal(record, rules, now);
}

/** A program knows what it said itself; people who share a chat do not know what one of them said. */
function isFrom({ via }: Acknowledgement, { id, readers }: HookRules): boolean {
  return via === id && readers === 'programs';
}

function renewal({ lastToldAt }: AlertRecord, { renewEvery }: HookRules, now: Millis): Want | null {
  return renewEvery !== null && lastToldAt !== null && now >= lastToldAt + renewEvery ? 'renew' : null;
}

/** When that may be something else though nothing happens; null: never. */
export function nextChange({ message, lastToldAt }: AlertRecord, rules: HookRules): Millis | null {
  if (message.state === 'resolved' || lastToldAt === null) return null;
  const repeat = message.acked === null ? rules.repeat : null;
  const times = [repeat, rules.renewEvery].flatMap((after) => (after === null ? [] : [lastToldAt + after]));
  return times.length === 0 ? null : Math.min(...times);
}
