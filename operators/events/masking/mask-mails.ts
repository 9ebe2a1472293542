/**
 * Mail addresses: local parts of any script, quoted, percent-encoded, with `(at)`, 艾特 or `#` for the @ and "dot" or 点 for the dot.
 * The first character and the domain stay: z***@example.com.
 */
import type { Steps } from '../../../engine/core/steps/steps.ts';
import type { Edit } from './folding.ts';
import { isBrief, NOTHING, type Found, type Hint } from './replaced.ts';
import { unitAt } from './unit-at.ts';

/** Every way to write an @; those of words only between a name and what is surely a domain. */
const MARK =
  /@|%40|&#64;|#(?=[A-Za-z0-9])| ?[([{<【（]\s?(?:at|a|@|圈a|艾特|#)\s?[)\]}>】）] ?|\s?艾特\s?|\s?圈[aA]\s?|_at_(?=[A-Za-z0-9])| (?:at|ät) (?!(?:the|an?|this|that|my|your|our|his|her|their|its|each|every|any) )(?=[A-Za-z0-9])/iy;
const HINT =
  /#|%40|&#64;|[([{<【（]\s?(?:at?|圈a)\s?[)\]}>】）]|艾特|圈a|_at_[a-z0-9]| [aä]t [a-z0-9-]{1,40}(?: ?(?:\.|\(?(?:dot|punkt)\)?|点)| (?:g|hot)mail)/i;

export const MAIL_HINT: Hint = { test: (text) => text.includes('@') || HINT.test(text) };

const LABEL = '[\\p{L}\\p{N}](?:[\\p{L}\\p{N}-]{0,61}[\\p{L}\\p{N}])?';
const TIGHT_DOT = '(?:\\.|。| ?[([{<]?(?:dot|punkt|点|點)[)\\]}>]? ?|[([{<]\\.[)\\]}>])';
const DOT = '(?:\\.|。| ?[([{<]?(?:dot|punkt|点|點)[)\\]}>]? ?|[([{<]\\.[)\\]}>]| \\. ?|\\. )';
const DOMAIN = new RegExp(`\\s?(?:${LABEL}(?:\\.${LABEL}){1,8}|\\[[0-9a-fA-F:.]{3,45}\\])`, 'uy');
/** As people write it to be understood by people. */
/** Ends of domains; those that are words too have no space before them: "thanks @acme. It is" holds no address. */
const SURE_END =
  'com|cn|net|org|edu|gov|io|co|cc|info|biz|top|xyz|vip|email|name|de|fr|uk|jp|kr|tw|hk|ru|es|nl|ca|au|eu|ch|se|br|cz|dk|pt|pl|fi|gr|hu|ro|bg|sk|hr|ie|lu|lt|lv|ee|tr|ua|il|ae|sa|za|mx|ar|cl|vn|th|sg|ph|nz|ng';
const WORD_END = 'it|in|me|us|no|is|at|be|so|to|my|id|am|do|si|pe';
const SPOKEN_DOMAIN = new RegExp(
  `[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:${DOT}[A-Za-z0-9-]{1,30}){0,3}?(?:${DOT}(?:${SURE_END})|${TIGHT_DOT}(?:${WORD_END}))(?![A-Za-z0-9])`,
  'iuy',
);
const PROVIDER =
  /(?:qq|163|126|139|189|foxmail|sina|sohu|aliyun|yeah|gmail|googlemail|hotmail|outlook|yahoo|protonmail)(?![A-Za-z0-9])/iy;

/** Of mail addresses. */
const LOOKS_A_STEP = 500;
const MAX_LOCAL = 64;

export function mailsIn(text: string): Found {
  return isBrief(text) && markFrom(text, 0) === null ? NOTHING : mailsInSteps(text);
}
function* mailsInSteps(text: string): Steps<Edit[]> {
  const edits: Edit[] = [];
  let looks = 0;
  let from = 0;
  for (let match = markFrom(text, 0); match !== null;) {
    let next = MARK.lastIndex;
    const end = domainEnd(text, next, match[0]);
    const start = end === 0 ? match.index : startOf(text, match.index, from, match[0]);
    if (start < match.index) {
      edits.push({ from: start, to: match.index, put: maskedLocal(text.slice(start, match.index)) });
      from = end;
      next = end;
    }
    if (++looks % LOOKS_A_STEP === 0) yield;
    match = markFrom(text, next);
  }
  return edits.filter(({ from: at, to, put }) => text.slice(at, to) !== put);
}

/** Do a name and a domain stand beside this @? What a look through a text asks, most @ being mentions. */
export function isMailAt(text: string, at: number): boolean {
  return domainEnd(text, at + 1, '@') > 0 && startOf(text, at, 0, '@') < at;
}

/** The next way to write an @: tried where one may begin, since a search tries each way at each place. */
function markFrom(text: string, from: number): RegExpExecArray | null {
  for (let at = from; at < text.length; at += 1) {
    const begins = MARK_BEGINS[text.charCodeAt(at)];
    if (begins === 0 || begins === BEHIND_SPACE) continue;
    if (begins === SPACED && !mayBeSpaced(text, at + 1)) continue;
    MARK.lastIndex = at;
    const match = MARK.exec(text);
    if (match !== null) return match;
  }
  return null;
}
/** Behind a space: brackets, 艾特, 圈a, and at with a space behind it. */
function mayBeSpaced(text: string, at: number): boolean {
  const unit = unitAt(text, at);
  const begins = MARK_BEGINS[unit];
  if (begins === BEHIND_SPACE) return (unitAt(text, at + 1) | 0x20) === 0x74 && unitAt(text, at + 2) === 0x20;
  return begins === 1 && unit !== 0x40;
}
const SPACED = 2;
/** at, ät */
const BEHIND_SPACE = 3;
const MARK_BEGINS = new Uint8Array(0x10000);
for (const sign of '@%&#([{<【（艾圈_') MARK_BEGINS[sign.charCodeAt(0)] = 1;
for (const sign of 'aAäÄ') MARK_BEGINS[sign.charCodeAt(0)] = BEHIND_SPACE;
for (const sign of '\t\n\v\f\r \u00a0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff')
  MARK_BEGINS[sign.charCodeAt(0)] = SPACED;
MARK_BEGINS.fill(SPACED, 0x2000, 0x200b);

/** What it is may be masked already. */
function maskedLocal(local: string): string {
  if (/^.?\*\*\*$/u.test(local)) return local;
  const initial = /^[A-Za-z0-9]/.exec(local)?.[0] ?? '';
  return `${initial}***`;
}

/** \s of expressions. */
function isSpace(text: string, at: number): boolean {
  return MARK_BEGINS[unitAt(text, at)] === SPACED;
}

/**
 * Is there what a domain begins with? Never too little: its first part with a dot of some sort in or behind it, or a provider's name
 * and no more. A mention (@united thanks) has none, and the expressions try each way to cut it.
 */
function mayBeDomain(text: string, at: number): boolean {
  let end = at;
  let isDotted = false;
  for (let unit = unitAt(text, end); isOfLabel(unit); unit = unitAt(text, end)) {
    if (unit > 0x7f) return true;
    // dot, punkt
    if ((unit | 0x20) === 0x74) isDotted = true;
    end += 1;
  }
  if (end === at) return unitAt(text, at) === 0x5b;
  if (isDotted && IN_LETTERS.test(text.slice(at, end))) return true;
  const next = unitAt(text, end);
  const dot = next === 0x20 ? unitAt(text, end + 1) : next;
  if (dot > 0x7f || '.([{<dDpP'.includes(String.fromCharCode(dot))) return true;
  if (PROVIDER_BEGINS[unitAt(text, at)] === 0) return false;
  PROVIDER.lastIndex = at;
  return PROVIDER.test(text);
}
const PROVIDER_BEGINS = new Uint8Array(0x10000);
for (const sign of '1qfsayghopQFSAYGHOP') PROVIDER_BEGINS[sign.charCodeAt(0)] = 1;
const IN_LETTERS = /dot|punkt/i;
function isOfLabel(unit: number): boolean {
  const letter = unit | 0x20;
  return (letter >= 0x61 && letter <= 0x7a) || (unit >= 0x30 && unit <= 0x39) || unit === 0x2d || unit > 0x7f;
}

function domainEnd(text: string, at: number, mark: string): number {
  const spaced = isSpace(text, at) ? at + 1 : at;
  if (!mayBeDomain(text, spaced)) return 0;
  if (mark === '@' || mark === '%40' || mark === '&#64;') {
    DOMAIN.lastIndex = at;
    if (DOMAIN.test(text)) return DOMAIN.lastIndex;
  }
  SPOKEN_DOMAIN.lastIndex = spaced;
  if (!SPOKEN_DOMAIN.test(text)) {
    PROVIDER.lastIndex = spaced;
    return spaced !== at || /^#|^ at $/i.test(mark) || !PROVIDER.test(text) ? 0 : PROVIDER.lastIndex;
  }
  const end = SPOKEN_DOMAIN.lastIndex;
  if (!/^ at $/i.test(mark)) return end;
  // "look at example.com" is no address; "zhang at example dot com" is, and so is anything at a mail provider.
  PROVIDER.lastIndex = spaced;
  return PROVIDER.test(text) || /dot|点|[([{]/i.test(text.slice(at, end)) ? end : 0;
}

/** Where the local part begins. A search from the left would read long words again and again. */
function startOf(text: string, mark: number, from: number, sign: string): number {
  const least = Math.max(from, mark - MAX_LOCAL);
  if (text[mark - 1] === '"') {
    const quote = text.lastIndexOf('"', mark - 2);
    if (quote >= least) return quote;
  }
  let start = mark;
  if (sign === '@' && text[start - 1] === ' ' && isLocal(unitAt(text, start - 2))) start -= 1;
  while (start > least && isLocal(text.charCodeAt(start - 1))) start -= 1;
  if (start < mark) return spokenStart(text, start, least);
  // Of other scripts no more than a short name: Chinese has no spaces before it.
  while (start > least && mark - start < 4 && isLetter(text.charAt(start - 1))) start -= 1;
  if (start === mark) return mark;
  const cue = /^.{0,3}(?:邮箱|箱|[是为到发给向])/u.exec(text.slice(start, mark));
  return start + (cue?.[0].length ?? 0);
}

/** anna dot k at …: as long as words with a dot between them stand before it. */
function spokenStart(text: string, from: number, least: number): number {
  let start = from;
  for (;;) {
    // Most have nothing there that may be the end of a dot.
    if (start === 0 || !' )]}>点线号'.includes(text.charAt(start - 1))) return start;
    const before = SPOKEN_PART.exec(text.slice(Math.max(least, start - 30), start));
    if (before === null) return start;
    start -= before[0].length;
  }
}
const SPOKEN_PART =
  /(?<![A-Za-z0-9._-])[A-Za-z0-9_-]{1,20}(?: ?[([{<](?:dot|punkt|point|点)[)\]}>] ?| (?:dot|punkt|point|underscore|dash|minus) | ?(?:点|下划线|减号) ?)$/i;

/** Latin letters (jörg.müller@…), digits, and what RFC 5322 allows besides. */
function isLocal(unit: number): boolean {
  const letter = unit | 0x20;
  if (unit > 0x7f) return unit >= 0xc0 && unit <= 0x24f && unit !== 0xd7 && unit !== 0xf7;
  return (letter >= 0x61 && letter <= 0x7a) || (unit >= 0x30 && unit <= 0x39) || MARKS.has(unit);
}
const MARKS: ReadonlySet<number> = new Set(Array.from("._%+-!#$&'*/=?^`{|}~", (c) => c.charCodeAt(0)));

function isLetter(character: string): boolean {
  return character > '\x7f' && /\p{L}/u.test(character);
}
