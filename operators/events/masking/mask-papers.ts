/**
 * Numbers of papers and accounts that hold letters, or whose form only their country knows: passports and permits, IBAN, national
 * numbers of twenty countries with their check digits, and anything behind the word for a paper. One letter and the last few stay.
 */
import type { Steps } from '../../../engine/core/steps/steps.ts';
import { wholeRun } from './numbers/digit-runs.ts';
import type { Edit } from './folding.ts';
import { NEAR, NUMBER, PAPER } from './glance/traits.ts';
import type { Seen } from './glance/glance.ts';
import { FIVE, GLUED, IBAN as IBAN_SEEN, LETTERED as LETTERED_SEEN, PAPERED } from './glance/word-order.ts';
import { disjoint } from './mask-network.ts';
import {
  creditCodeHolds,
  IBAN_LENGTHS,
  ibanHolds,
  isBirthday,
  luhnHolds,
  mod1110Holds,
  remainder,
  spainHolds,
  taiwanHolds,
  verhoeffHolds,
  weighed,
} from './number-checks.ts';
import { holdsPaperWord, PAPER_WORD, PAPER_WORD_HINT } from './paper-words.ts';
import { Started } from './search/started.ts';
import { isBrief, isHinted, isShort, NOTHING, replacedIn, type Found } from './replaced.ts';

interface Paper {
  readonly pattern: RegExp;
  /** Of the match without spaces, dashes and dots, in upper case. Absent: its form is enough. */
  readonly holds?: (number: string) => boolean;
}

const START = '(?<![A-Za-z0-9.-])';
const END = '(?![A-Za-z0-9]|[.-][0-9])';
const paper = (source: string, holds?: Paper['holds']): Paper => ({
  pattern: new RegExp(`${START}(?:${source})${END}`, 'g'),
  ...(holds === undefined ? {} : { holds }),
});

/** In the order of birth: YYMMDD. */
const born = (number: string, century = 19): boolean =>
  isBirthday(century * 100 + Number(number.slice(0, 2)), Number(number.slice(2, 4)), Number(number.slice(4, 6)));

/** That begin with a letter. */
const LETTERED: readonly Paper[] = [
  // China, Hong Kong, Macau: passports and travel permits; Japan, Korea, Taiwan: nothing but their words tell.
  paper('[EeGg](?:[0-9]{8}|[A-HJ-NP-Za-hj-np-z][0-9]{7})'),
  paper(
    '(?:[DSP]E[0-9]{7}|K[JB]?[0-9]{8}|H[JA]?[0-9]{8,10}|M[AB]?[0-9]{7,10}|[DSP][0-9]{7})',
    (n) => !/^[DSPM][0-9]{8}$/.test(n),
  ),
  // Hong Kong identity card
  { pattern: /(?<![A-Za-z0-9])[A-Z]{1,2}[0-9]{6}\s?[(（][0-9A][)）]/g },
  // Taiwan, and its residents
  paper('[A-Z][1289][0-9]{8}', taiwanHolds),
  paper('[A-Z][A-D][0-9]{8}', (n) => /^[A-Z][A-D]/.test(n)),
  // Singapore
  paper('[STFGM][0-9]{7}[A-Z]'),
  // United Kingdom: national insurance
  paper('[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z][ -]?[0-9]{2}[ -]?[0-9]{2}[ -]?[0-9]{2}[ -]?[A-D]'),
  // India: tax number; voters
  paper('[A-Z]{3}[ABCFGHLJPT][A-Z][0-9]{4}[A-Z]'),
  // Italy; Mexico (CURP, RFC)
  paper('[A-Z]{6}[0-9]{2}[A-EHLMPRST][0-9]{2}[A-Z][0-9]{3}[A-Z]'),
  paper('[A-Z]{4}[0-9]{6}[HM][A-Z]{5}[A-Z0-9][0-9]'),
  paper('[A-ZÑ&]{4}[0-9]{6}[A-Z0-9]{3}', (n) => born(n.slice(4))),
  // Spain: foreigners
  paper('[XYZ]-?[0-9]{7}-?[A-Z]', spainHolds),
];

/** That begin with a digit, and hold a check or a date. */
const DIGITED: readonly Paper[] = [
  paper('[0-9]{8}-?[A-Z]', spainHolds),
  // Macau identity card
  { pattern: /(?<![0-9A-Za-z.-])[1578][0-9]{6}\s?[(（/][0-9][)）]?(?![0-9A-Za-z%元折])/g },
  paper('[0-9A-HJ-NP-RTUWXY]{2}[0-9]{6}[0-9A-HJ-NP-RTUWXY]{10}', (n) => /[A-Z]/.test(n) && creditCodeHolds(n)),
  // India, in fours; Japan has a check of its own
  paper('[2-9][0-9]{3}[ -][0-9]{4}[ -][0-9]{4}', (n) => verhoeffHolds(n) || japanHolds(n)),
  // France: social security
  paper(
    '[12][ .]?[0-9]{2}[ .]?(?:0[1-9]|1[0-2]|[2-9][0-9])[ .]?(?:[0-9]{2}|2[AB])[ .]?[0-9]{3}[ .]?[0-9]{3}[ .]?[0-9]{2}',
    franceHolds,
  ),
  // Germany: tax
  paper('[1-9][0-9][ ]?[0-9]{3}[ ]?[0-9]{3}[ ]?[0-9]{3}', (n) => mod1110Holds(n) && !/^1[3-9]/.test(n)),
  // Sweden, Denmark, Finland, Iceland
  paper('(?:19|20)?[0-9]{6}[-+][0-9]{4}', (n) => born(n.replace('+', '').slice(-10)) || bornBackwards(n)),
  paper('[0-9]{6}[-+A][0-9]{3}[0-9A-FHJ-NPR-Y]', (n) => bornBackwards(n)),
  // Czechia, Slovakia: fifty more in the month of women's
  paper('[0-9]{6}/[0-9]{4}', czechiaHolds),
  // Korea; Malaysia; Thailand
  paper('[0-9]{6}-[1-8][0-9]{6}', (n) => born(n)),
  paper('[0-9]{6}-[0-9]{2}-[0-9]{4}', (n) => born(n)),
  paper('[1-8]-[0-9]{4}-[0-9]{5}-[0-9]{2}-[0-9]'),
  // Brazil: persons, firms; Chile; Switzerland
  paper('[0-9]{3}\\.[0-9]{3}\\.[0-9]{3}-[0-9]{2}'),
  paper('[0-9]{2}\\.[0-9]{3}\\.[0-9]{3}/[0-9]{4}-[0-9]{2}'),
  paper('[0-9]{1,2}\\.[0-9]{3}\\.[0-9]{3}-[0-9Kk]'),
  paper('756\\.?[0-9]{4}\\.?[0-9]{4}\\.?[0-9]{2}'),
  // Russia: pension insurance; United Kingdom: health
  paper('[0-9]{3}-[0-9]{3}-[0-9]{3}[ -][0-9]{2}'),
  paper(
    '[0-9]{3} [0-9]{3} [0-9]{4}',
    (n) => (11 - (weighed(n, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 11 === Number(n[9]),
  ),
  // Canada
  paper('[1-79][0-9]{2}[ -][0-9]{3}[ -][0-9]{3}', luhnHolds),
];

function japanHolds(number: string): boolean {
  const rest = weighed(number, [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
  return (rest <= 1 ? 0 : 11 - rest) === Number(number[11]);
}
function franceHolds(number: string): boolean {
  const corse = number.replace('2A', '19').replace('2B', '18');
  return 97 - remainder(corse.slice(0, 13), 97) === Number(corse.slice(13));
}
function czechiaHolds(number: string): boolean {
  const month = Number(number.slice(2, 4)) % 50;
  const isDate = isBirthday(1900 + Number(number.slice(0, 2)), month, Number(number.slice(4, 6)));
  return isDate && Number(number) % 11 === 0;
}
/** Day, month, year of two digits each. */
function bornBackwards(number: string): boolean {
  return isBirthday(1900 + Number(number.slice(4, 6)), Number(number.slice(2, 4)), Number(number.slice(0, 2)));
}

const IBAN = /(?<![A-Za-z0-9])[A-Za-z]{2}[0-9]{2}(?:[ -]?[A-Za-z0-9]){11,32}/g;

/** As many letters and digits as its country has; null: none. */
function ibanEnd(found: string, isNamed: boolean): number | null {
  const length = IBAN_LENGTHS.get(found.slice(0, 2).toUpperCase());
  if (length === undefined) return null;
  let count = 0;
  let end = 0;
  while (end < found.length && count < length) {
    if (/[A-Za-z0-9]/.test(found.charAt(end))) count += 1;
    end += 1;
  }
  if (count < length || /^[A-Za-z0-9]/.test(found.slice(end))) return null;
  return isNamed || ibanHolds(plain(found.slice(0, end))) ? end : null;
}

const plain = (number: string): string => number.replace(/[^A-Za-z0-9+]/g, '').toUpperCase();

const NAMED = new Started(
  new RegExp(
    `((?:${PAPER_WORD})(?:(?<![A-Za-z])|(?![A-Za-z]))(?:上?的?(?:号码|字号|号|编号|码|號碼|字號|號|編號)?)?(?:\\s?(?:card|number|no\\.?|nr\\.?|num|code|n°|#|серия(?: и номер)?|номер|series)){0,2}\\s{0,2}(?:[:：#是为は]|is|es|was|ist|number|=|['’]s){0,2}\\s{0,2})((?:[军武空海士警文兵南北沈兰济广成])?字?第?[A-Za-z0-9](?:[ ./-]?[A-Za-z0-9]){4,21}号?)(?![A-Za-z0-9*])`,
    'gi',
  ),
);
const OFFICER = /([军武空海士兵政后装参联南北沈兰济广成]字第?)\s?([0-9]{5,9})(号?)/g;
/** 京(2019)朝阳区不动产权第0012345号 */
const PROPERTY = /([（(〔[]?(?:19|20)[0-9]{2}[)）〕\]]?[\u4e00-\u9fff]{1,8}(?:产权|证)?第)([0-9]{5,9})(号)/g;
const CREDENTIAL =
  /((?:密码|口令|password|passwd|passcode|\bpwd|\bpin|\bcvv2?|\bcvc2?|安全码|api[ _-]?key|secret|token|验证口令)\s?(?:[:：=是为]|is){1,2}\s{0,2})((?=[!-~]{0,63}[0-9#$%^&*_=+@])[!-~]{3,64})/gi;

const LETTERED_HINT = /[A-Za-z]-?[0-9][0-9]|[A-Z] [0-9]{2}[ -]?[0-9]{2}/;
const DIGITED_HINT = /[0-9]{6}[-+A][0-9]|(?:[0-9][ .-]?){8}[0-9]|[0-9]{8}[A-Z]|[0-9A-Z]{18}|\.[0-9]{3}-[0-9Kk]/;
const ORDER =
  /(?:单号?|编号|sku|型号|tracking|order|ups|ems|sn码?|serial|model|error|code|part|航班|flight)[^A-Za-z0-9]{0,4}$/i;

export function papersIn(text: string, seen: Seen): Found {
  return isBrief(text) && !mayHoldPaper(text, seen) ? NOTHING : writtenIn(text, seen);
}
/** Of a brief text. */
function mayHoldPaper(text: string, { traits, order }: Seen): boolean {
  if (isLettered(traits, order) && LETTERED_HINT.test(text)) return true;
  if (isDigited(traits, order) && DIGITED_HINT.test(text)) return true;
  if (((traits & PAPER) !== 0 || (order & PAPERED) !== 0) && holdsPaperWord(text)) return true;
  return (order & FIVE) !== 0 && (text.includes('字') || text.includes('产权第'));
}
/** All that is known by its form has four digits close together, and letters or enough digits. */
export function isOfForm({ traits, order }: Seen): boolean {
  return isLettered(traits, order) || isDigited(traits, order);
}
function isLettered(traits: number, order: number): boolean {
  return (traits & NEAR) !== 0 && (order & GLUED) !== 0 && (order & (LETTERED_SEEN | IBAN_SEEN)) !== 0;
}
function isDigited(traits: number, order: number): boolean {
  if ((traits & NEAR) === 0) return false;
  return (traits & NUMBER) !== 0 || ((order & GLUED) !== 0 && (order & LETTERED_SEEN) !== 0);
}

function* writtenIn(text: string, { traits, order }: Seen): Steps<Edit[]> {
  const edits: Edit[] = [];
  if (isLettered(traits, order) && (isShort(text) ? LETTERED_HINT.test(text) : yield* isHinted(text, LETTERED_HINT))) {
    if ((order & IBAN_SEEN) !== 0) edits.push(...(yield* ibansIn(text)));
    if ((order & LETTERED_SEEN) !== 0) edits.push(...(yield* formsIn(text, LETTERED)));
  }
  if (isDigited(traits, order) && (isShort(text) ? DIGITED_HINT.test(text) : yield* isHinted(text, DIGITED_HINT)))
    edits.push(...(yield* formsIn(text, DIGITED)).map((edit) => whole(text, edit)));
  if ((order & FIVE) !== 0 && text.includes('字')) {
    edits.push(...(yield* replacedIn(text, OFFICER, ([, word = '', , end = '']) => `${word}***${end}`)));
  }
  if ((order & FIVE) !== 0 && text.includes('产权第')) {
    edits.push(...(yield* replacedIn(text, PROPERTY, ([, word = '', , end = '']) => `${word}***${end}`)));
  }
  const isNamed = (traits & PAPER) !== 0 || (order & PAPERED) !== 0;
  if (isNamed && (isShort(text) ? holdsPaperWord(text) : yield* isHinted(text, PAPER_WORD_HINT))) {
    const named = yield* replacedIn(text, NAMED, ([, cue = '', code = '']) => {
      const own = trimmed(code);
      return own === null ? null : `${cue}${shown(own)}${code.slice(own.length)}`;
    });
    edits.push(...named);
  }
  return disjoint(edits);
}

export const SECRET_HINT = /密码|口令|安全码|pass|pwd|\bpin|\bcv[cv]|secret|token|api.?key/i;
/** Passwords, keys and the like. */
export function secretsIn(text: string): Steps<Edit[]> {
  return replacedIn(text, CREDENTIAL, ([, cue = '', secret = '']) => (/^\*+$/.test(secret) ? null : `${cue}***`));
}

/** Without the words of the sentence that follow a code: `passport 031794603 is`. null: it is none. */
function trimmed(code: string): string | null {
  const own = code.replace(/(?:[ ./-][A-Za-z]{1,21})+号?$/, '');
  const digits = own.match(/[0-9]/g)?.length ?? 0;
  if (digits < 4) return digits >= 2 && MIXED.test(own) ? own : null;
  return /^[A-Za-z]{3,} /.test(own) && !/^[A-Z]+ /.test(own) ? null : own;
}
/** C4VPY0Z5L: German passports hold few digits. */
const MIXED = /^(?=.*[A-Z])[A-Z0-9]{8,10}$/;

function shown(code: string): string {
  if (/^[0-9]{3}-[0-9]{2}-[0-9]{4}$/.test(code)) return `***-**-${code.slice(-4)}`;
  return `${/^[A-Za-z]/.exec(code)?.[0] ?? ''}*****${code.slice(code.length < 9 ? -2 : -3)}`;
}

/** An edit leaves out what stays of a number; of a longer run of digits all of it is looked at. */
function whole(text: string, edit: Edit): Edit {
  let to = edit.to;
  while (/[0-9]/.test(text.charAt(to))) to += 1;
  return wholeRun(text, edit.from, to, 0) ?? edit;
}

function* ibansIn(text: string): Steps<Edit[]> {
  return yield* replacedIn(text, IBAN, ({ 0: found, index }) => {
    const end = ibanEnd(found, /iban[^A-Za-z0-9]{0,4}$/i.test(text.slice(Math.max(0, index - 10), index)));
    return end === null ? null : `${found.slice(0, 2)}*****${found.slice(end - 2)}`;
  });
}

function* formsIn(text: string, papers: readonly Paper[]): Steps<Edit[]> {
  const edits: Edit[] = [];
  for (const { pattern, holds } of papers) {
    const found = yield* replacedIn(text, pattern, ({ 0: number, index }) => {
      if (holds !== undefined && !holds(plain(number))) return null;
      if (ORDER.test(text.slice(Math.max(0, index - 16), index))) return null;
      return shown(number);
    });
    edits.push(...found);
  }
  return edits;
}
