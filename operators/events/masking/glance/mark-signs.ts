/** What marks say: which are part of an address of mail or network, a signature, a word before a name. */
import { isMailAt } from '../mask-mails.ts';
import type { Look } from './look.ts';
import * as trait from './traits.ts';
import { unitAt } from '../unit-at.ts';

export function isBracket(unit: number): boolean {
  return unit === 0x28 || unit === 0x5b || unit === 0x7b || unit === 0x3c || unit === 0x3010 || unit === 0xff08;
}

/** A dot, dash, colon, @, # and the like. */
export function mark(text: string, at: number, unit: number, look: Look): void {
  const { seen } = look;
  const next = unitAt(text, at + 1);
  if (unit === 0x2e) {
    // 10.0.0.1, 001a.2b3c.4d5e
    if (at - look.dotAt >= 2 && at - look.dotAt <= 5 && isHex(next)) seen.traits |= trait.NETWORK;
    look.dotAt = at;
    if (isBracket(unitAt(text, at - 1))) seen.traits |= trait.AT;
  } else if (unit === 0x2d) {
    if (at - look.dashAt === 3) seen.traits |= trait.NETWORK;
    look.dashAt = at;
  } else if (unit === 0x3a || unit === 0xff1a) {
    if (unit === 0x3a && at - look.colonAt <= 5) seen.traits |= trait.NETWORK;
    look.colonAt = at;
    if (at > 0 && '人名主客'.includes(text.charAt(at - 1))) seen.traits |= trait.WHO;
  } else if (unit === 0x40) {
    if (isMail(text, at)) seen.traits |= trait.AT;
  } else if (unit === 0x23) {
    // #tag is none; name#example.com, (#) may be.
    if (unitAt(text, at - 1) > 0x20 || !isAscii(next)) seen.traits |= trait.AT;
  } else if (unit === 0x25 ? next === 0x34 : unit === 0x26 && next === 0x23) seen.traits |= trait.AT;
}
function isHex(unit: number): boolean {
  return (unit >= 0x30 && unit <= 0x39) || ((unit | 0x20) >= 0x61 && (unit | 0x20) <= 0x66);
}

/** A name before this @ and a domain behind it; or brackets around it, or before it and the name. A handle (@united) has none. */
function isMail(text: string, at: number): boolean {
  const before = unitAt(text, at - 1);
  if (at === 0) return false;
  if (before <= 0x20) {
    // "name @example.com" has one space.
    const last = before === 0x20 ? unitAt(text, at - 2) : 0x20;
    return last > 0x20 && (isBracket(last) || isMailAt(text, at));
  }
  return isBracket(before) || isAngled(text, at) || isMailAt(text, at);
}
/** <anna@… */
function isAngled(text: string, at: number): boolean {
  const least = Math.max(0, at - 1 - MAX_ANGLED);
  for (let from = at - 1; from >= least; from -= 1) {
    const unit = text.charCodeAt(from);
    if (unit === 0x3c) return true;
    if (unit <= 0x20) return false;
  }
  return false;
}
const MAX_ANGLED = 64;
/** A letter or digit. */
export function isAscii(unit: number): boolean {
  return (unit >= 0x30 && unit <= 0x39) || ((unit | 0x20) >= 0x61 && (unit | 0x20) <= 0x7a);
}

/** — Greg: a dash that begins a line or a sentence. */
export function isSigned(text: string, start: number): boolean {
  let at = start - 1;
  if (unitAt(text, at) === 0x20) at -= 1;
  if (!isDash(unitAt(text, at))) return false;
  while (at >= 0 && (isDash(unitAt(text, at)) || unitAt(text, at) <= 0x20)) at -= 1;
  return at < 0 || '.!?'.includes(text.charAt(at)) || /\n/.test(text.slice(at, start));
}
function isDash(unit: number): boolean {
  return unit === 0x2d || unit === 0x7e || unit === 0x2013 || unit === 0x2014;
}
