/**
 * A number is not cut in two: what a rule finds within a longer run of digit groups is masked with the whole run. A run has one
 * separator throughout, groups of at most eight digits, and as many digits as accounts and cards have.
 */
import type { Edit } from '../folding.ts';
import { luhnHolds } from '../number-checks.ts';
import { isMeasured } from '../number-cues.ts';
import { keep } from '../personal-number.ts';

const LEAST = 13;
const MOST = 19;
const MOST_IN_GROUP = 8;
/** What stands between two groups. */
const JOINT = '[ \\t._/\\\\·•・‧∙~～-]{1,3}';
const NEXT = new RegExp(`^(${JOINT})([0-9]{1,${String(MOST_IN_GROUP)}})(?![A-Za-z0-9*])`);
const BEFORE = new RegExp(`(?<![A-Za-z0-9*])([0-9]{1,${String(MOST_IN_GROUP)}})(${JOINT})$`);
const ALONE = new RegExp(`^[0-9]{1,${String(MOST_IN_GROUP)}}$`);
/** A separator and a group. */
const REACH = MOST_IN_GROUP + 5;

/** The edit of the run that text[from..to] is a part of; null: it is no part of one. `least`: nothing before it is taken. */
export function wholeRun(text: string, from: number, to: number, least: number): Edit | null {
  const joint = jointOf(text, from, to);
  if (joint === null) return null;
  // A run that is too long is no account: it is not followed to its end, or a text of numbers would be read for each of them.
  let count = text.slice(from, to).replace(/[^0-9]/g, '').length;
  let end = to;
  for (let more = after(text, end); more !== null && more.joint === joint; more = after(text, end)) {
    const next = end + joint.length + more.digits.length;
    if (isMeasured(text.slice(next, next + REACH))) break;
    end = next;
    count += more.digits.length;
    if (count > MOST) return null;
  }
  let start = from;
  for (let more = before(text, start); more !== null && more.joint === joint; more = before(text, start)) {
    const next = start - joint.length - more.digits.length;
    if (next < least) break;
    start = next;
    count += more.digits.length;
    if (count > MOST) return null;
  }
  if (start === from && end === to) return null;
  const digits = text.slice(start, end).replace(/[^0-9]/g, '');
  if (digits.length < LEAST || digits.length > MOST) return null;
  return { from: start, to: end, put: keep(digits, luhnHolds(digits) ? 4 : 3, 4) };
}

/** The separator of all its groups; of a single group the one beside it. null: there are several, or none. */
function jointOf(text: string, from: number, to: number): string | null {
  const [own, ...others] = new Set(text.slice(from, to).match(/[^0-9]+/g) ?? []);
  const groups = text.slice(from, to).split(own ?? ' ');
  if (others.length > 0 || !groups.every((group) => ALONE.test(group))) return null;
  return own ?? after(text, to)?.joint ?? before(text, from)?.joint ?? null;
}

interface Neighbour {
  readonly joint: string;
  readonly digits: string;
}
function after(text: string, at: number): Neighbour | null {
  const [, joint, digits] = NEXT.exec(text.slice(at, at + REACH)) ?? [];
  return joint === undefined || digits === undefined ? null : { joint, digits };
}
function before(text: string, at: number): Neighbour | null {
  const [, digits, joint] = BEFORE.exec(text.slice(Math.max(0, at - REACH), at)) ?? [];
  return joint === undefined || digits === undefined ? null : { joint, digits };
}
