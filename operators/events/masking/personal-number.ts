/**
 * What a run of digit groups is, if it is personal: mobile, fixed-line and international phone numbers, mainland identity cards,
 * bank cards, US social security numbers. Where a number passes every check of its kind it is masked whatever stands before it;
 * where it merely looks like one, the words before it decide, and without such words it is masked.
 */

/** Whole groups in a row, joined. */
export interface Run {
  /** Is there a + before it? */
  readonly plus: boolean;
  readonly cue: string;
  readonly digits: string;
  readonly lengths: readonly number[];
  /** All that stands between the groups. */
  readonly joint: string;
  readonly text: string;
  /** Where in the text it ends. */
  readonly end: number;
}

/** Numbers whose length is fixed: the first that fits is it. */
export function closedNumber(run: Run): { text: string; takesX?: boolean } | null {
  const { plus, cue, digits, lengths, joint } = run;
  const { length } = digits;
  if (length === 11 || length === 13 || length === 15) {
    const mobile = MOBILE.exec(digits);
    const prefix = mobile?.[1] ?? '';
    if (mobile !== null && (prefix !== '' || !plus) && groupedAsMobile(lengths, joint, prefix.length)) {
      return { text: `${prefix}${prefix === '' ? '' : ' '}${keep(mobile[2] ?? '', 3, 4)}` };
    }
  }
  const takesX = length === 17 && /^[XxＸｘ](?![A-Za-z])/.test(after(run));
  if (length === 18 || takesX) {
    const number = takesX ? `${digits}X` : digits;
    const fits = isIdentity(number) && (checksumHolds(number) || ID_CUE.test(cue) || !ORDER_CUE.test(cue));
    if (fits || (lengths.length === 1 && ID_CUE.test(cue))) return { text: keep(number, 3, 4), takesX };
  }
  if (length === 15 && lengths.length === 1) {
    if (ID_CUE.test(cue) || (isOldIdentity(digits) && !ORDER_CUE.test(cue))) return { text: keep(digits, 3, 4) };
  }
  if (length === 9 && lengths.join('-') === '3-2-4' && joint === '--') return { text: `***-**-${digits.slice(-4)}` };
  if ((length === 10 || length === 11) && lengths.length <= 4) {
    const groups = lengths.join('-');
    if (
      (groups === '3-3-4' && /^[2-9]..[2-9]/.test(digits)) ||
      (groups === '1-3-3-4' && /^1[2-9]..[2-9]/.test(digits))
    ) {
      return { text: keep(digits, length - 7, 4) };
    }
  }
  if (cue !== '' && length <= 15 && lengths.length <= 4 && PHONE_CUE.test(cue)) {
    if (DATE.test(digits) || JOINS_ON.test(after(run))) return null;
    return { text: length <= 8 ? keep(digits, 2, 2) : keep(digits, 3, 4) };
  }
  return null;
}

function after({ text, end }: Run): string {
  return text.slice(end, end + 2);
}

/** Numbers of several lengths: the longest that fits is it. */
export function openNumber({ plus, cue, digits, lengths, joint }: Run): string | null {
  const { length } = digits;
  if (length >= 12 && groupedAsCard(lengths)) {
    if ((CARD.test(digits) && luhnHolds(digits)) || CARD_CUE.test(cue)) return keep(digits, 4, 4);
  }
  if (digits.startsWith('0')) {
    const isOne = lengths.length === 1;
    if (FIXED_LINE.test(digits) && groupedAsFixedLine(lengths) && !joint.includes('.')) {
      if (!isOne || !ORDER_CUE.test(cue)) return keep(digits, /^0(?:10|2)/.test(digits) ? 3 : 4, 4);
    }
    if (INTERNATIONAL.test(digits) && groupedFrom(lengths) && !ORDER_CUE.test(cue)) return keep(digits, 4, 2);
  }
  return plus && length >= 8 && length <= 15 ? keep(digits, 3, 2) : null;
}

/** Another group follows within the same number, as in 8655-1234. */
const JOINS_ON = /^[ -]?[0-9０-９]/;

/** The first and the last few digits, and at least three stars between. */
export function keep(digits: string, first: number, last: number): string {
  const stars = Math.max(3, digits.length - first - last);
  return digits.slice(0, first) + '*'.repeat(stars) + digits.slice(digits.length - last);
}

/** Service numbers of companies, free of charge. */
export const HOTLINE = /^(?:[48]00\d{7}|1?8(?:00|88|77|66|55|44|33)\d{7}|9[56]\d{3,6})$/;
const MOBILE = /^((?:00)?86|)(1[3-9]\d{9})$/;
const FIXED_LINE = /^0[1-9]\d{8,10}$/;
const INTERNATIONAL = /^00[1-9]\d{7,14}$/;
const DATE = /^(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:\d{6})?$/;
/** UnionPay, Visa, Mastercard, American Express, JCB, Diners, Maestro and Discover by first digits and length. */
const CARD =
  /^(?:62\d{14,17}|4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}|35\d{14}|3[068]\d{12}|6(?:011|4[4-9]\d|5\d\d)\d{12}|9[58]\d{14,17}|6[03]\d{14,17})$/;

const PHONE_CUE =
  /(?:电话|座机|手机(?:号|[:：])|联系方式|致电|拨打|打给我|传真|\btel|\bphone|\bmobile|\bcell|\bcall|\bwhatsapp|\btext me|\bcontact|\bfax|\breach me)[^0-9０-９]{0,10}$/i;
const ORDER_CUE =
  /(?:订单|单号|运单|流水|编号|序列号|条码|工单|票号|货号|交易号|order|tracking|invoice|ticket|serial|\bsn|\bsku|imei)[^0-9０-９]{0,8}$/i;
const ID_CUE = /(?:身份证|证件|\bID ?(?:card|no|number)|identity)[^0-9０-９]{0,8}$/i;
const CARD_CUE =
  /(?:卡号|银行卡|信用卡|储蓄卡|借记卡|工资卡|银行账[号户]|\bcard|bank account|account (?:no|number))[^0-9０-９]{0,8}$/i;

/** One piece; 3-4-4, 3-8, 3-3-5, 7-4, 5-6, 6-5 after the country code; or digit by digit. Never a decimal number. */
function groupedAsMobile(lengths: readonly number[], joint: string, prefix: number): boolean {
  const own = prefix > 0 && lengths[0] === prefix ? lengths.slice(1) : lengths;
  if (own.length === 1) return true;
  if (own.every((length) => length === 1)) return true;
  if (own.length === 2 && joint.includes('.')) return false;
  const sum = prefix > 0 && own === lengths ? own[0] === prefix + 3 : own[0] === 3;
  if (sum) return own.length <= 4;
  const shape = own.join('-');
  return shape === '7-4' || shape === '5-6' || shape === '6-5';
}

function groupedAsCard(lengths: readonly number[]): boolean {
  if (lengths.length === 1) return true;
  if (lengths.length > 5 || (lengths[0] !== 4 && lengths[0] !== 6)) return false;
  const shape = lengths.join('-');
  return (
    /^(?:4-){2,4}[1-4]$/.test(shape) || shape === '4-6-5' || shape === '4-6-4' || shape === '6-13' || shape === '6-10'
  );
}

/** In one piece, or behind an area code of three to five digits. */
function groupedAsFixedLine(lengths: readonly number[]): boolean {
  return lengths.length === 1 || (lengths.length <= 4 && (lengths[0] ?? 0) >= 3 && (lengths[0] ?? 0) <= 5);
}

function groupedFrom(lengths: readonly number[]): boolean {
  return lengths.length === 1 || ((lengths[0] ?? 0) >= 2 && lengths.length <= 6);
}

const REGION = /^(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3])/;

/** Region and a date of birth that exists, as in GB 11643. */
function isIdentity(number: string): boolean {
  return (
    REGION.test(number) &&
    isBirthday(Number(number.slice(6, 10)), Number(number.slice(10, 12)), Number(number.slice(12, 14)))
  );
}
function isOldIdentity(number: string): boolean {
  return (
    REGION.test(number) &&
    isBirthday(1900 + Number(number.slice(6, 8)), Number(number.slice(8, 10)), Number(number.slice(10, 12)))
  );
}
function isBirthday(year: number, month: number, day: number): boolean {
  if (year < 1850 || year > 2099 || month < 1 || month > 12 || day < 1) return false;
  return day <= (month === 2 ? 29 : month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31);
}

/** ISO 7064 MOD 11-2. */
function checksumHolds(number: string): boolean {
  let sum = 0;
  for (let i = 0; i < 17; i += 1) sum += Number(number[i]) * (WEIGHTS[i] ?? 0);
  return '10X98765432'[sum % 11] === number[17];
}
const WEIGHTS: readonly number[] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/** ISO/IEC 7812-1, annex B. */
function luhnHolds(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i += 1) {
    const digit = Number(digits[digits.length - 1 - i]);
    const weighed = i % 2 === 0 ? digit : digit * 2;
    sum += weighed > 9 ? weighed - 9 : weighed;
  }
  return sum % 10 === 0;
}

/** Beyond so many groups only mobile numbers, digit by digit, and identity cards are told. */
export const FEW_GROUPS = 6;

/**
 * How long a number may be that begins at `from` in these digits and needs neither a + nor a word before it, bit by bit. What is
 * in the functions above must be in here: most groups of a long stretch of digits are done with after one look.
 */
export function possibleInMany(digits: Uint8Array, from: number): number {
  const [one, two] = [digits[from] ?? 0, digits[from + 1] ?? 0];
  let bits = 0;
  if (one === 1 && two >= 3) bits |= 1 << 11;
  if (one === 8 && two === 6) bits |= 1 << 13;
  if (one === 0 && two === 0) bits |= 1 << 15;
  // Where the region and the century stand in an identity card; its last character may be an X.
  const century = (digits[from + 6] ?? 0) * 10 + (digits[from + 7] ?? 0);
  if (one >= 1 && one <= 8 && century >= 18 && century <= 20) bits |= (1 << 17) | (1 << 18);
  return bits;
}

/** The same of one in up to FEW_GROUPS groups. */
export function possibleInFew(digits: Uint8Array, from: number): number {
  return possibleInMany(digits, from) | (IN_FEW[digits[from] ?? 0] ?? 0);
}

/** By the first digit. */
const IN_FEW: readonly number[] = Array.from({ length: 10 }, (_, first) => {
  // Social security numbers, identity cards of old.
  let bits = (1 << 9) | (1 << 15);
  const add = (from: number, to: number): void => {
    for (let length = from; length <= to; length += 1) bits |= 1 << length;
  };
  // Fixed lines and 00 …; American numbers; cards.
  if (first === 0) add(10, 17);
  else add(10, 11);
  if (first >= 2) add(12, 19);
  return bits;
});
