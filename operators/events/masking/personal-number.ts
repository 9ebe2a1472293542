/**
 * What a run of digit groups is, if it is personal: phone numbers, mainland identity cards, bank cards, US social security
 * numbers. A number that passes every check of its kind is masked unless it stands right behind a word for an order or the like,
 * identity cards even there; one that merely looks like a phone number needs no word before it, but one is enough against it.
 */
import { at } from '../../../engine/core/must.ts';
import type { Cue } from './number-cues.ts';
import { identityHolds, isIdentity, isOldIdentity, luhnHolds } from './number-checks.ts';

/** Whole groups in a row, joined. */
export interface Run {
  /** Is there a + before it? */
  readonly plus: boolean;
  readonly cue: Cue;
  readonly digits: string;
  readonly lengths: readonly number[];
  /** All that stands between the groups. */
  readonly joint: string;
  /** Letters that touch it on the left: SF, tel. */
  readonly glued: string;
  /** What follows. */
  readonly after: string;
  /** It stands behind the point of a decimal number. */
  readonly isDecimal: boolean;
}
export interface Masked {
  /** null: it is somebody's, but no person's: it stays. */
  readonly put: string | null;
  /** Of two that begin at one place the higher is it, else the longer. */
  readonly rank: number;
  /** The character behind it belongs to it. */
  readonly takesX?: boolean;
}

/** The first and the last few digits, and at least three stars between. */
export function keep(digits: string, first: number, last: number): string {
  const stars = Math.max(3, digits.length - first - last);
  return digits.slice(0, first) + '*'.repeat(stars) + digits.slice(digits.length - last);
}

export function personalNumber(run: Run): Masked | null {
  const { length } = run.digits;
  const sure = identityOf(run, length);
  if (sure !== null) return sure;
  if (!run.plus && (run.cue === 'order' || run.cue === 'amount')) return null;
  const card = length >= 12 ? cardOf(run) : null;
  if (card !== null) return card;
  if (/^[A-Za-z]/.test(run.after) && run.cue !== 'phone') return null;
  const mobile = length >= 11 && length <= 16 ? mobileOf(run) : null;
  if (mobile !== null) return mobile;
  if (run.plus) {
    return length >= 8 && length <= 15 && run.lengths.length <= 7 ? { put: keep(run.digits, 3, 2), rank: 2 } : null;
  }
  // 4-1-5-5-5-5-0-1-2-2
  if (run.lengths.length > FEW_GROUPS) return isDictated(run) ? { put: keep(run.digits, 3, 2), rank: 1 } : null;
  if (isHotline(run)) return length >= 10 || run.cue === 'phone' ? { put: null, rank: 2 } : null;
  return (isSomeCode(run) ? null : lineOf(run)) ?? behindWord(run);
}

/** Digit by digit, behind a word for a phone. */
function isDictated({ cue, lengths, digits, joint }: Run): boolean {
  return (
    cue === 'phone' && digits.length <= 15 && lengths.every((length) => length === 1) && !/[\n\r,，、;]/.test(joint)
  );
}

/** Some code or other, unless it is written in the groups of a phone number. */
function isSomeCode({ cue, lengths, isDecimal, glued }: Run): boolean {
  return (cue === 'code' && lengths.length === 1) || isDecimal || isCode(glued);
}

/** Beyond so many groups only mobile numbers, digit by digit, and identity cards are recognised. */
export const FEW_GROUPS = 6;

function identityOf({ digits, lengths, cue, after }: Run, length: number): Masked | null {
  const takesX = length === 17 && /^[ -]?[Xx×✕╳*](?![A-Za-z*])/.test(after);
  if (length === 18 || takesX) {
    const number = takesX ? `${digits}X` : digits;
    if (isIdentity(number)) {
      if (identityHolds(number)) return { put: keep(number, 3, 4), rank: 5, takesX };
      if (cue !== 'order' && cue !== 'amount') return { put: keep(number, 3, 4), rank: 4, takesX };
    } else if (cue === 'id' && lengths.length <= 5) return { put: keep(number, 3, 4), rank: 3, takesX };
  }
  if (length !== 15 || lengths.length > 3) return null;
  return cue === 'id' || (isOldIdentity(digits) && cue !== 'order') ? { put: keep(digits, 3, 4), rank: 3 } : null;
}

function cardOf({ digits, lengths, cue, glued }: Run): Masked | null {
  // 402-8812345-1193321: an order of Amazon.
  if (cue !== 'card' && lengths.join('-') === '3-7-7') return null;
  const isCard = CARD.test(digits) && luhnHolds(digits);
  const isGrouped = groupedAsCard(lengths, cue === 'card') || (isCard && lengths.every((one) => one >= 3 && one <= 8));
  if (!isGrouped || (isCode(glued) && !isCard)) return null;
  return isCard ? { put: keep(digits, 4, 4), rank: 4 } : cue === 'card' ? { put: keep(digits, 4, 4), rank: 3 } : null;
}

/** UnionPay, Visa, Mastercard, American Express, JCB, Diners, Maestro and Discover by first digits and length. */
const CARD =
  /^(?:62\d{14,17}|4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}|35\d{14}|3[068]\d{12}|6(?:011|4[4-9]\d|5\d\d)\d{12}|9[58]\d{14,17}|6[03]\d{14,17}|5[06-8]\d{14,17})$/;

function groupedAsCard(lengths: readonly number[], isNamed: boolean): boolean {
  const groups = lengths.length;
  if (groups === 1 || (isNamed && lengths.every((length) => length === 1))) return true;
  if (groups > FEW_GROUPS || (lengths[0] !== 4 && lengths[0] !== 6)) return false;
  return lengths.slice(1, -1).every((length) => length === 4 || (length === 3 && lengths[1] === 3)) || groups <= 3;
}

/** Mainland mobile numbers, in one piece or in any usual grouping; never a decimal number. */
function mobileOf({ plus, cue, digits, lengths, joint, glued }: Run): Masked | null {
  const mobile = MOBILE.exec(digits);
  const [, prefix = '', own = ''] = mobile ?? [];
  if (mobile === null || (plus && prefix === '') || (isCode(glued) && cue !== 'phone')) return null;
  if (!groupedAsMobile(lengths, joint, prefix.length, cue === 'phone')) return null;
  return { put: `${prefix}${prefix === '' || prefix === '0' ? '' : ' '}${keep(own, 3, 4)}`, rank: 4 };
}
const MOBILE = /^((?:00)?86|0?860?|0|)(1[3-9]\d{9})$/;

/** 1800, 1833 … in four groups is a free number of North America, in any other a mobile number of China. */
function groupedAsMobile(lengths: readonly number[], joint: string, prefix: number, isCued: boolean): boolean {
  const own = prefix > 0 && lengths[0] === prefix ? lengths.slice(1) : lengths;
  if (own.length === 1 || own.every((length) => length === 1)) return true;
  if (own.length === 2 && joint.includes('.') && !isCued) return false;
  if (own.join('-') === '1-3-3-4') return false;
  if (isCued && own.length <= FEW_GROUPS) return true;
  if (own === lengths && prefix > 0) return own[0] === prefix + 3 && own.length <= 4;
  if (joint.includes('.') && /[^.]/.test(joint)) return false;
  if (own[0] === 3) return own.length <= 5;
  return MOBILE_GROUPS.has(own.join('-'));
}
const MOBILE_GROUPS: ReadonlySet<string> = new Set(
  '7-4 5-6 6-5 4-4-3 4-7 8-3 4-3-4 5-3-3 2-3-3-3 1-3-4-3 1-2-4-4 2-9 1-10 9-2 10-1 2-2-2-2-3 1-2-2-2-2-2 4-2-3-2 2-3-2-2-2 2-4-5 2-5-4 6-3-2 5-2-4 5-4-2 7-2-2 4-5-2 4-2-5'.split(
    ' ',
  ),
);

/** Service numbers of companies, free of charge. */
const HOTLINE = /^(?:[48]00\d{7}|18(?:00|88|77|66|55|44|33)\d{7}|8(?:88|77|66|55|44|33)\d{7}|9[56]\d{3,6})$/;

/** Those of banks and the like, 95588, are written in one; abroad mobile numbers begin so. */
function isHotline({ digits, lengths }: Run): boolean {
  return HOTLINE.test(digits) && (digits.length >= 10 || lengths.length === 1);
}

/** Fixed lines of China, and national forms of other countries, that need no word before them. */
function lineOf({ digits, lengths, joint, cue }: Run): Masked | null {
  const { length } = digits;
  const groups = lengths.join('-');
  if (length === 9 && groups === '3-2-4' && joint === '--') return { put: `***-**-${digits.slice(-4)}`, rank: 3 };
  const isOne = lengths.length === 1;
  const mixed = joint.includes('.') && /[^.]/.test(joint);
  if (digits.startsWith('0')) {
    if (!mixed && FIXED_LINE.test(digits) && (isOne ? length <= 12 : groupedAsFixedLine(lengths, groups))) {
      return { put: keep(digits, /^0(?:10|2)/.test(digits) ? 3 : 4, length < 10 ? 2 : 4), rank: 2 };
    }
    const abroad = INTERNATIONAL.test(digits) && (isOne || ((lengths[0] ?? 0) >= 2 && !mixed));
    return abroad ? { put: keep(digits, 4, 2), rank: 1 } : null;
  }
  if (cue === 'card' || mixed) return null;
  const form = `${groups} ${digits}`;
  const isForeign = FOREIGN.some((one) => one.test(form)) || (joint === ' ' && EIGHT.test(form));
  return isForeign ? { put: length > 9 ? keep(digits, length - 7, 4) : keep(digits, 2, 2), rank: 2 } : null;
}
const FIXED_LINE = /^0[1-9]\d{7,11}$/;
const INTERNATIONAL = /^00[1-9]\d{7,14}$/;

/** By groups and digits. */
const FOREIGN: readonly RegExp[] = [
  // North America
  /^(?:10|3-3-4|3-7|6-4) [2-9]\d\d[2-9]\d{6}$/,
  /^(?:11|1-3-3-4|1-10|1-3-7|4-3-4) 1[2-9]\d\d[2-9]\d{6}$/,
  // Brazil
  /^(?:2-5-4|11|2-9) [1-9][1-9]9\d{8}$/,
  // Russia, Kazakhstan
  /^(?:1-3-3-2-2|1-3-3-4|1-10|11|1-3-7) [78][3-9]\d{9}$/,
  // India
  /^(?:5-5|10|4-3-3|3-3-4) [6-9]\d{9}$/,
  // Spain, Portugal, Poland
  /^(?:3-2-2-2|3-3-3|9) [679]\d{8}$/,
  // Italy
  /^(?:3-3-4|3-7|10) 3[1-9]\d{8}$/,
  // Mexico
  /^(?:2-4-4) [2-9]\d{9}$/,
];

/** Hong Kong, Macau, Singapore; with a dash it might be a range. */
const EIGHT = /^4-4 [4-9]\d{7}$/;

/** Behind an area code of three to five digits, or as France and Australia write it. */
function groupedAsFixedLine(lengths: readonly number[], groups: string): boolean {
  const first = lengths[0] ?? 0;
  if (first >= 3 && first <= 5) return lengths.length <= 4 && (lengths[1] ?? 0) >= 2;
  return /^(?:2-2-2-2-2|2-8|2-4-4|2-3-4|2-3-3|2-3-3-2|2-3-2-2|2-7|2-9|6-4|6-5|7-4|6-3-2)$/.test(groups);
}

/** Whatever stands behind a word for a phone. */
function behindWord({ cue, digits, lengths, joint, glued }: Run): Masked | null {
  const { length } = digits;
  if (cue !== 'phone' || length > 15 || lengths.length > 5 || /[\n\r,，、;]/.test(joint) || isCode(glued)) return null;
  if (DATE.test(digits) || YEARS.test(digits) || (lengths.length > 1 && (lengths[0] ?? 0) >= 8)) return null;
  return { put: length <= 8 ? keep(digits, 2, 2) : keep(digits, 3, 4), rank: 1 };
}
const YEARS = /^(?:19|20)\d\d(?:19|20)\d\d$/;
const DATE = /^(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:\d{6})?$/;

/** Letters that make a number a code: SF, KFR, YT. */
function isCode(glued: string): boolean {
  return /^[A-Z]{1,6}$/.test(glued) && !/^(?:TEL|PHONE|MOBILE|CELL|CALL|ID|FAX|QQ|WX|VX)$/.test(glued);
}

/**
 * How long a number may be that begins at `from` in these digits and stands behind neither a + nor a word, bit by bit. What is in
 * the functions above must be in here: most groups of a long stretch of digits are done with after one look.
 */
export function possibleInMany(digits: Uint8Array, from: number): number {
  const [one, two] = [digits[from] ?? 0, digits[from + 1] ?? 0];
  let bits = 0;
  if (one === 1 && two >= 3) bits |= 1 << 11;
  if (one === 8 && two === 6) bits |= (1 << 13) | (1 << 14);
  if (one === 0) bits |= (1 << 12) | (1 << 14) | (1 << 15) | (1 << 16);
  // Where the region and the century stand in an identity card; its last character may be an X.
  const century = (digits[from + 6] ?? 0) * 10 + (digits[from + 7] ?? 0);
  if (one >= 1 && century >= 18 && century <= 20) bits |= (1 << 17) | (1 << 18);
  return bits;
}

/** The same of one in up to FEW_GROUPS groups. */
export function possibleInFew(digits: Uint8Array, from: number): number {
  return possibleInMany(digits, from) | at(IN_FEW, at(digits, from));
}

/** By the first digit: social security numbers and identity cards of old; lines; cards. */
const IN_FEW: readonly number[] = Array.from({ length: 10 }, (_, first) => {
  let bits = (1 << 9) | (1 << 11) | (1 << 15);
  const add = (from: number, to: number): void => {
    for (let length = from; length <= to; length += 1) bits |= 1 << length;
  };
  if (first === 0) add(9, 17);
  else if (first >= 2) add(8, 19);
  else add(10, 11);
  return bits;
});
