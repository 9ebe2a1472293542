/**
 * Personal numbers whose digits are not, or not all, digits: in Chinese numerals (一三八, 幺, 〇, 壹), circled, with the letter O for
 * a nought, or in English words. Read as digits they are looked for like any other.
 */
import type { Steps } from '../../../engine/core/steps/steps.ts';
import type { Edit } from './folding.ts';
import { LEAST_DIGITS, numbersIn } from './mask-numbers.ts';
import { CUE_UNITS } from './number-cues.ts';
import { replacedIn, type Hint } from './replaced.ts';

const NUMERALS: readonly (readonly [digit: string, ways: string])[] = [
  ['0', '零〇○洞⓪⓿OoQ'],
  ['1', '一幺壹弌①❶➀⑴⒈➊㈠⓵㊀〡Il'],
  ['2', '二贰弍貳两②❷➁⑵⒉➋㈡⓶㊁〢'],
  ['3', '三叁弎參叄③❸➂⑶⒊➌㈢⓷㊂〣'],
  ['4', '四肆④❹➃⑷⒋➍㈣⓸㊃〤'],
  ['5', '五伍⑤❺➄⑸⒌➎㈤⓹㊄〥'],
  ['6', '六陆陸⑥❻➅⑹⒍➏㈥⓺㊅〦'],
  ['7', '七柒拐⑦❼➆⑺⒎➐㈦⓻㊆〧'],
  ['8', '八捌⑧❽➇⑻⒏➑㈧⓼㊇〨'],
  ['9', '九玖勾⑨❾➈⑼⒐➒㈨⓽㊈〩'],
];
const DIGIT_OF: ReadonlyMap<string, string> = new Map(
  NUMERALS.flatMap(([digit, ways]) => Array.from(ways, (way): [string, string] => [way, digit])),
);
const NUMERAL = [...DIGIT_OF.keys()].join('');
const LETTERS = 'OoQIl';
export const HAN_NUMERAL = NUMERAL.replace(/[A-Za-z]/g, '');
const GAP = '[ \\-.、,，·_/]{0,2}';
/** Long enough to hold a number: at least LEAST_DIGITS of both. */
const SPELLED = new RegExp(`[0-9${NUMERAL}](?:${GAP}[0-9${NUMERAL}]){${LEAST_DIGITS - 1},40}`, 'g');
/** Numerals in a row, or among digits: six of both from a numeral on, or a numeral behind three digits, with short gaps between. */
export const SPELLED_HINT: Hint = { test: mayBeSpelled };
const ONE_DIGIT = 1;
const ONE_NUMERAL = 2;
const IN_GAP = 3;
const SORTS = new Uint8Array(0x10000);
for (const unit of '0123456789') SORTS[unit.charCodeAt(0)] = ONE_DIGIT;
for (const unit of HAN_NUMERAL) SORTS[unit.charCodeAt(0)] = ONE_NUMERAL;
for (const unit of ' -.、,，·_/') SORTS[unit.charCodeAt(0)] = IN_GAP;
const MAX_GAP = 2;

/** By hand: an expression tries some hundred numerals at each place. */
function mayBeSpelled(text: string): boolean {
  let gap = 0;
  /** In a row with this one: digits right before it, and how many of both since the first numeral. */
  let digits = 0;
  let sinceNumeral = 0;
  for (let at = 0; at < text.length; at += 1) {
    const sort = SORTS[text.charCodeAt(at)] as number;
    if (sort === IN_GAP && gap < MAX_GAP) {
      gap += 1;
      continue;
    }
    if (sort === 0 || sort === IN_GAP) {
      // Nothing goes on behind it.
      gap = MAX_GAP;
      digits = 0;
      sinceNumeral = 0;
      continue;
    }
    gap = 0;
    if (sort === ONE_NUMERAL && digits >= 3) return true;
    digits = sort === ONE_DIGIT ? digits + 1 : 0;
    if (sinceNumeral > 0 || sort === ONE_NUMERAL) sinceNumeral += 1;
    if (sinceNumeral >= 6) return true;
  }
  return false;
}
export const LETTER_FOR_DIGIT = new RegExp(`[0-9][${LETTERS}](?:[0-9${LETTERS}]|(?![A-Za-z]))`);

export function* spelledNumbersIn(text: string): Steps<Edit[]> {
  const edits: Edit[] = [];
  SPELLED.lastIndex = 0;
  let looks = 0;
  for (let match = SPELLED.exec(text); match !== null; match = SPELLED.exec(text)) {
    const end = SPELLED.lastIndex;
    const edit = asDigits(text, match.index, match[0]);
    if (edit !== null) edits.push(edit);
    if (++looks % LOOKS_A_STEP === 0) yield;
    SPELLED.lastIndex = end;
  }
  return edits;
}
const LOOKS_A_STEP = 64;

/** Letters count only within digits: not in Oslo or ISO 9001. */
function asDigits(text: string, begin: number, whole: string): Edit | null {
  const [start, match] = withoutWords(text, begin, whole);
  const [skipped, found] = ownPart(match, text.slice(start + match.length, start + match.length + 1));
  if (!NOT_DIGIT.test(found)) return null;
  const from = start + skipped;
  if (/[A-Za-z]/.test(found)) {
    if (/[A-Za-z]$/.test(text.slice(0, from).slice(-1)) || !/^[0-9]/.test(found)) return null;
    if ((found.match(/[0-9]/g)?.length ?? 0) < LEAST_DIGITS) return null;
  }
  const before = text.slice(Math.max(0, from - CUE_UNITS), from);
  const digits = Array.from(found, (one) => DIGIT_OF.get(one) ?? one).join('');
  return firstEdit(before, digits, text.slice(from + found.length, from + found.length + 12), from);
}
/** Letters at either end that belong to a word beside the number: tel一三八…, 一三八…/orders. */
function withoutWords(text: string, start: number, match: string): readonly [number, string] {
  const isWord = (at: number): boolean => /[A-Za-z]/.test(text.charAt(at));
  const head = isWord(start - 1) ? (/^[OoQIl]+[ \-.、,，·_/]{0,2}/.exec(match)?.[0].length ?? 0) : 0;
  const rest = match.slice(head);
  return [start + head, isWord(start + match.length) ? rest.replace(/[ \-.、,，·_/]{0,2}[OoQIl]+$/, '') : rest];
}
const NOT_DIGIT = new RegExp(`[${NUMERAL}]`);

/** Without the numerals of other words beside a number: 统一13812345678一直. How many units are skipped, and what is left. */
function ownPart(match: string, next: string): readonly [number, string] {
  const skipped = PLAIN_BEHIND.exec(match)?.[1]?.length ?? 0;
  const rest = match.slice(skipped);
  const plain = PLAIN_BEFORE.exec(rest);
  if (plain !== null) return [skipped, plain[1] ?? ''];
  return [skipped, /[直定般个下些共样起次点天月]/.test(next) ? rest.slice(0, -1) : rest];
}
const PLAIN_BEHIND = new RegExp(`^([${HAN_NUMERAL}]{1,2}${GAP})[0-9]{${LEAST_DIGITS},}`);
const PLAIN_BEFORE = new RegExp(`^(.*[0-9]{${LEAST_DIGITS}})${GAP}[${HAN_NUMERAL}]{1,2}$`);

/** Where what was found, read as digits, is one personal number. */
function firstEdit(before: string, digits: string, after: string, from: number): Edit | null {
  const steps = numbersIn(before + digits + after);
  let step = steps.next();
  while (step.done !== true) step = steps.next();
  const edit = step.value.find((one) => one.from >= before.length && one.from < before.length + digits.length);
  if (edit === undefined) return null;
  return { from: from + edit.from - before.length, to: from + edit.to - before.length, put: edit.put };
}

const ONE = '(?:(?:double|triple)[ -])?(?:zero|oh|o|one|two|three|four|five|six|seven|eight|nine)';
/** four one five, double five … */
const IN_WORDS = new RegExp(`(?<![A-Za-z])${ONE}(?:[ ,.-]{1,2}${ONE}){5,14}(?![A-Za-z])`, 'gi');

/** A number that is dictated: long enough for one, it is hidden whole. */
export function dictatedIn(text: string): Steps<Edit[]> {
  return replacedIn(text, IN_WORDS, ([found]) => {
    let count = 0;
    let times = 1;
    for (const word of found.toLowerCase().split(/[ ,.-]+/)) {
      if (word === 'double') times = 2;
      else if (word === 'triple') times = 3;
      else {
        count += times;
        times = 1;
      }
    }
    return count < LEAST_DIGITS ? null : '***';
  });
}
