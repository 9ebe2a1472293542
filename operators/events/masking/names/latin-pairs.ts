/** Two or three words with capitals that are a name: by their first name, or behind a word that goes with names. */
import type { Steps } from '../../../../engine/core/steps/steps.ts';
import type { Edit } from '../folding.ts';
import { narrowed, type Hint } from '../replaced.ts';
import { GIVEN_NAMES } from './given-names.ts';
import { BEFORE_A_NAME, ENDS_OF_CUES, FULL, initials, isPerson, ROLE, ROLE_WORDS } from './latin-words.ts';
import { NO_SHAPE, readPair, type PairShape } from './pair-shape.ts';
import { WordEnds } from '../glance/word-ends.ts';
import { WordTable } from './word-table.ts';
import { unitAt } from '../unit-at.ts';

/** With a capital or without. */
const EITHER_ROLE = ROLE.replace(
  /(^|\|)([a-z])/g,
  (_all, bar: string, letter: string) => `${bar}[${letter.toUpperCase()}${letter}]`,
);
const CUE = `(?:[Yy]our|[Mm]y|[Tt]he|[Aa]n?|[Oo]ur|[Hh]is|[Hh]er)? ?(?:${EITHER_ROLE})(?: (?:named|called|is|was))?[,:]?|[Nn]amed|[Cc]alled|[Ss]p[eo]a?ke?(?:ing)? (?:to|with)|[Tt]alk(?:ed|ing)? (?:to|with)|[Cc]hat(?:ted|ting)? (?:to|with)|[Aa]sk(?:ed)? (?:for)?|[Cc]ontact(?:ed)?|[Mm]et(?: with)?|[Mm]eet|[Tt]hanks? (?:to|you)?,?|[Tt]hank you|[Dd]ear|[Hh]i|[Hh]ello|[Hh]ey|[Aa]ttn:?|[Hh]elped by|[Ss]erved by|[Ss]igned(?: by)?:?|[Dd]elivered by|[Hh]andled by|[Tt]reated by|[Aa]ssisted by|[Rr]eceived by|[Bb]ooked by|[Oo]n behalf of|[Ii]n the name of|[Tt]ransfer(?:red)? to|[Pp]ass(?:ed)? (?:it )?to|[Cc]all(?:ed)? (?:me )?|[Bb]lame|[Pp]raise|[Pp]assenger:?|[Gg]uest:?|[Ff]ull name:?|[Nn]ame on (?:the )?card:?`;

/** Two or three words with capitals: a name behind a word that goes with names (Your agent Drake Jast), or by its first name. */
const PAIR = new RegExp(`(?<![\\p{L}.'’-])${FULL}(?![\\p{L}])`, 'uy');
const HINT = /[A-ZÀ-Þ][a-zß-ÿ'’-]+ (?:[A-Za-z]{1,3}\.? ){0,2}[A-ZÀ-Þ]/g;
export const PAIR_HINT: Hint = { test: (text) => isHintedFrom(text, 0) };
/** Most texts hold it where a look has seen a pair; before that it is looked for only if it does not stand there. */
export function isHintedFrom(text: string, from: number): boolean {
  HINT.lastIndex = from;
  if (HINT.test(text)) return true;
  HINT.lastIndex = 0;
  return from > 0 && HINT.test(text);
}
/** Read backwards from where the name begins. */
const CUED = new RegExp(`(?<=(?<![\\p{L}])(?:${CUE})\\s)`, 'uy');
const CUE_UNITS = 32;

export function* pairsIn(text: string): Steps<Edit[]> {
  const edits: Edit[] = [];
  for (let at = 0; at < text.length;) {
    at = addPairs(text, at, LOOKS_A_STEP, edits);
    yield;
  }
  return edits;
}
const LOOKS_A_STEP = 64;

/** At each word that might be the first of them, so many at most; where it goes on. A search of all the text takes longer. */
export function addPairs(text: string, from: number, most: number, edits: Edit[]): number {
  const shape = { ...NO_SHAPE };
  let looks = 0;
  let at = nextPair(text, from);
  for (; at < text.length && looks < most; at = nextPair(text, at + 1)) {
    looks += 1;
    const isRead = readPair(text, at, shape);
    if (!isRead) {
      PAIR.lastIndex = at;
      shape.end = PAIR.test(text) ? PAIR.lastIndex : 0;
    }
    if (shape.end === 0) continue;
    if (!isRead || mayBeName(text, at, shape)) {
      const name = text.slice(at, shape.end);
      const put = maskedPair(text, at, name);
      if (put !== null && put !== name) edits.push(narrowed(at, name, put));
    }
    at = shape.end - 1;
  }
  return at;
}

/** Might `addPairs` find a name that begins here? Never too little; what a look through a text asks where a word beside it says so. */
export function mayBePairAt(text: string, at: number): boolean {
  return !readPair(text, at, SHAPE) || (SHAPE.end > 0 && mayBeName(text, at, SHAPE));
}
const SHAPE: PairShape = { ...NO_SHAPE };

/** Where the next might begin. */
function nextPair(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit >= 0x41 && (unit <= 0x5a || unit >= 0xc0) && mayBegin(text, at, unit)) return at;
  }
  return text.length;
}

/** A first name, or beside a word that goes with names; all that `maskedPair` looks at. */
function mayBeName(text: string, at: number, { first, second }: PairShape): boolean {
  if (FIRST_NAMES.has(text, at, first)) return true;
  if (second > 0 && (FIRST_NAMES.has(text, first + 1, second) || ROLES.has(text, at, first))) return true;
  return isCued(text, at);
}
const FIRST_NAMES = new WordTable(GIVEN_NAMES);

/** A capital, or what may be one, a word without anything else in it, a space, and a word that may belong to a name. */
function mayBegin(text: string, at: number, unit: number): boolean {
  const before = unitAt(text, at - 1) | 0x20;
  if (before >= 0x61 && before <= 0x7a) return false;
  if (unit > 0xff) return true;
  let end = at + 1;
  while (end - at < MOST_OF_WORD && isOfName(unitAt(text, end))) end += 1;
  if (unitAt(text, end) !== 0x20) return false;
  const next = unitAt(text, end + 1);
  return (next >= 0x41 && next <= 0x5a) || next > 0x7f || PARTICLE_STARTS.has(next);
}
/** A longer one is no name. */
const MOST_OF_WORD = 26;
function isOfName(unit: number): boolean {
  const letter = unit | 0x20;
  return (letter >= 0x61 && letter <= 0x7a) || unit > 0x7f || unit === 0x27 || unit === 0x2d;
}
function isAsciiLetter(unit: number): boolean {
  return (unit | 0x20) >= 0x61 && (unit | 0x20) <= 0x7a;
}
/** van, der, la, bin, al, el, ibn */
const PARTICLE_STARTS: ReadonlySet<number> = new Set(Array.from('vdlbaei', (letter) => letter.charCodeAt(0)));

/** Does a word that goes with names stand before? Most words are not the last of any. */
export function isCued(text: string, index: number): boolean {
  if (index === 0 || unitAt(text, index - 1) > 0xa0) return false;
  // A comma, a colon or one more space may follow them.
  const last = unitAt(text, index - 2);
  const end = last === 0x2c || last === 0x3a ? index - 2 : index - 1;
  if (end === index - 1 && last !== 0x20 && ((last | 0x20) - 0x61) >>> 0 > 25) return false;
  if (last !== 0x20) {
    let from = end;
    const isMarked = end < index - 1;
    while (from > 0 && (isMarked ? isAsciiLetter : isOfName)(unitAt(text, from - 1))) from -= 1;
    if (from < end && !LAST_OF_CUE.has(text, from, end)) return false;
    if (end === index - 1 && SECOND_OF_CUE.has(text, from, end) && !isBehindFirst(text, from)) return false;
  }
  const before = text.slice(Math.max(0, index - CUE_UNITS), index);
  CUED.lastIndex = before.length;
  return CUED.test(before);
}
/** spoke to, asked for: is there the first word of these before the second, which begins here? */
function isBehindFirst(text: string, second: number): boolean {
  if (unitAt(text, second - 1) !== 0x20) return false;
  let from = second - 1;
  while (from > 0 && isOfName(unitAt(text, from - 1))) from -= 1;
  // A character beside ASCII, a dash or an apostrophe may stand before the word.
  return FIRST_OF_CUE.cuesOf(text, from, second - 1, 1) !== 0;
}

/** Which are no cue without the word before them. */
const SECOND_OF_CUE = new WordTable('is was to with for by of you'.split(' '));
const LAST_OF_CUE = new WordTable(ENDS_OF_CUES);
const FIRST_OF_CUE = new WordEnds([
  [
    1,
    [
      ...ROLE_WORDS,
      // sp[eo]a?ke?(?:ing)?
      ...['e', 'o'].flatMap((one) =>
        ['k', 'ke', 'ak', 'ake'].flatMap((end) => [`sp${one}${end}`, `sp${one}${end}ing`]),
      ),
      ...'talk talked talking chat chatted chatting ask asked met thank thanks helped served signed delivered handled treated'.split(
        ' ',
      ),
      ...'assisted received booked behalf name transfer transferred pass passed it called named'.split(' '),
    ].join(' '),
  ],
]);

function maskedPair(text: string, index: number, name: string): string | null {
  // A sentence may begin with one word more: When Kraig Parisian …
  const [first = '', ...rest] = name.split(' ');
  const own = GIVEN_NAMES.has(first) || rest.length < 2 || !GIVEN_NAMES.has(rest[0] ?? '') ? name : rest.join(' ');
  const skipped = name.slice(0, name.length - own.length);
  if (!isPerson(own)) return null;
  if (!GIVEN_NAMES.has(own.split(' ', 1)[0] ?? '')) {
    if (!isCued(text, index)) return behindRole(name);
  }
  return skipped + initials(own);
}

/** A role with a capital is read as part of the name: Manager Lisa Wong. */
function behindRole(name: string): string | null {
  const [role = '', ...own] = name.split(' ');
  return own.length >= 2 && A_ROLE.test(role) ? `${role} ${initials(own.join(' '))}` : null;
}
const A_ROLE = new RegExp(`^(?:${ROLE}|${BEFORE_A_NAME.join('|')})$`, 'i');
const ROLES = new WordTable([...ROLE_WORDS, ...BEFORE_A_NAME]);
