/** Names of people in Latin letters: behind words people introduce themselves with, titles, roles, greetings; by first name. */
import type { Steps } from '../../../../engine/core/steps/steps.ts';
import type { Edit } from '../folding.ts';
import { GIVEN_NAMES } from './given-names.ts';
import { initials, isFirm, ROLE } from './latin-words.ts';
import { singleNamesIn } from './mask-single-names.ts';
import { disjoint } from '../mask-network.ts';
import type { Seen } from '../glance/glance.ts';
import { AT } from '../glance/traits.ts';
import * as cue from '../glance/word-cues.ts';
import { DASHED, PAIR as TWO } from '../glance/word-order.ts';
import { isHinted, isShort, narrowed, replacedIn } from '../replaced.ts';

/** English words that follow "my name is" without being one. */
const NOT_NAME =
  /^(?:on|in|not|the|a|an|spelled|spelt|wrong|missing|misspelled|incorrect|still|already|listed|under|at|for|and|or|but|with|is|was|my|your|no|never|being|also|very|so|just|really|too|from|here|there|it|called|said|wrote|waits|who|that|this|you|he|she|they|we|i)$/i;
const N = "\\p{Lu}[\\p{L}'’-]{1,24}";
const BETWEEN = '(?: (?:van|von|der|de|da|del|di|la|le|bin|ibn|al|el|\\p{Lu}\\.?))';
const FULL = `${N}${BETWEEN}{0,2} ${N}(?: ${N})?`;
const TITLE =
  'Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|Sir|Madam|Mister|Herr|Frau|Monsieur|Madame|Mme|Mlle|Señora?|Sra?|Signora?|Lord|Lady|Rev|Capt|Captain|Sgt|Officer|Nurse|Doctor|Uncle|Aunt|mr|mrs|ms|mx|dr|prof|MR|MRS|MS|MISS|DR|MX|PROF';
/** With a capital or without. */
const EITHER_ROLE = ROLE.replace(
  /(^|\|)([a-z])/g,
  (_all, bar: string, letter: string) => `${bar}[${letter.toUpperCase()}${letter}]`,
);
const CUE = `(?:[Yy]our|[Mm]y|[Tt]he|[Aa]n?|[Oo]ur|[Hh]is|[Hh]er)? ?(?:${EITHER_ROLE})(?: (?:named|called|is|was))?[,:]?|[Nn]amed|[Cc]alled|[Ss]p[eo]a?ke?(?:ing)? (?:to|with)|[Tt]alk(?:ed|ing)? (?:to|with)|[Cc]hat(?:ted|ting)? (?:to|with)|[Aa]sk(?:ed)? (?:for)?|[Cc]ontact(?:ed)?|[Mm]et(?: with)?|[Mm]eet|[Tt]hanks? (?:to|you)?,?|[Tt]hank you|[Dd]ear|[Hh]i|[Hh]ello|[Hh]ey|[Aa]ttn:?|[Hh]elped by|[Ss]erved by|[Ss]igned(?: by)?:?|[Dd]elivered by|[Hh]andled by|[Tt]reated by|[Aa]ssisted by|[Rr]eceived by|[Bb]ooked by|[Oo]n behalf of|[Ii]n the name of|[Tt]ransfer(?:red)? to|[Pp]ass(?:ed)? (?:it )?to|[Cc]all(?:ed)? (?:me )?|[Bb]lame|[Pp]raise|[Pp]assenger:?|[Gg]uest:?|[Ff]ull name:?|[Nn]ame on (?:the )?card:?`;

/** Mr. Coffee, Mr Right: a title and no name. */
const NO_TITLED = /^(?:Coffee|Clean|Right|Wrong|Nobody|Robot|Beast|Muscle|Pepper|Bean)$/;

interface Rule {
  /** Has the text anything for it to start from? */
  readonly may: (seen: Seen) => boolean;
  readonly hint: RegExp;
  readonly pattern: RegExp;
  readonly mask: (match: string, groups: readonly string[]) => string | null;
}
const RULES: readonly Rule[] = [
  {
    may: ({ cues }) => (cues & cue.NAME) !== 0,
    hint: /[Nn]ame|NAME/,
    pattern:
      /(\b(?:my (?:full |first |last )?name(?:['’]s| is| was)|name\s?[:：])\s{0,2})([A-Za-z][A-Za-z'’-]{1,20})((?: [A-Za-z][A-Za-z'’-]{1,20}){0,2})/gi,
    mask: (_match, [cue = '', first = '', more = '']) => {
      if (NOT_NAME.test(first)) return null;
      const isCapital = /^[A-Z]/.test(first);
      let rest = '';
      let kept = more;
      for (const word of more.split(' ').slice(1)) {
        if (NOT_NAME.test(word) || (isCapital ? !/^[A-Z]/.test(word) : rest !== '' || /^i$/i.test(word))) break;
        rest += ` ${word}`;
        kept = kept.slice(word.length + 1);
      }
      return `${cue}${initials(first + rest)}${kept}`;
    },
  },
  {
    // I'm John Smith, this is John Smith
    may: ({ called, order }) => (called & cue.SELF) !== 0 && (order & TWO) !== 0,
    hint: /\b(?:I['’]?m|I am|[Tt]his is|[Hh]ere is) [A-ZÀ-Þ]/,
    pattern: new RegExp(
      `(\\b(?:I['’]m|I am|[Tt]his is|[Hh]ere is) )(${FULL})(?=[,.;!]|$| (?:and|from|here|speaking|calling|writing|again|at|of|with)\\b)`,
      'gu',
    ),
    mask: (_match, [cue = '', name = '']) => (isPerson(name) ? `${cue}${initials(name)}` : null),
  },
  {
    may: ({ called }) => (called & cue.TITLE) !== 0,
    hint: new RegExp(`\\b(?:${TITLE}|M\\.)[. ]`),
    pattern: new RegExp(
      `((?<![\\p{L}])(?:(?:${TITLE})\\.? ?(?:(?:Dr|Prof)\\.? ?){0,2}|M\\. )(?<=[. ]))(${N}(?: ${N})?)`,
      'gu',
    ),
    mask: (_match, [title = '', name = '']) => {
      const [first = '', second = ''] = name.split(' ');
      if (NOT_NAME.test(first) || isFirm(first) || NO_TITLED.test(first)) return null;
      const isOne = second === '' || NOT_NAME.test(second) || isFirm(second);
      return `${title}${initials(isOne ? first : name)}${isOne ? name.slice(first.length) : ''}`;
    },
  },
  {
    // "Maria K" <m***@example.com>
    may: ({ traits }) => (traits & AT) !== 0,
    hint: /<[^\s<>]{1,64}@/,
    pattern: new RegExp(
      `((?<![\\p{L}]))(\\p{Lu}[\\p{L}.'’-]{0,24}(?: \\p{Lu}[\\p{L}.'’-]{0,24}){0,3})(?="?\\s?<[^\\s<>]{1,64}@)`,
      'gu',
    ),
    mask: (_match, [, name = '']) => (isFirm(name) ? null : initials(name)),
  },
  {
    // Best regards, Eduardo Dicki
    may: ({ called }) => (called & cue.SIGN_OFF) !== 0,
    hint: /(?:egards|incerely|ruly|aithfully|heers|hanks|hank you|ishes|est|ours|ove|ordially|espectfully)[ ,.!—-]{1,3}[\s]{0,2}[A-ZÀ-Þ]/,
    pattern: new RegExp(
      `((?:[Rr]egards|[Ss]incerely|[Tt]ruly|[Ff]aithfully|[Cc]heers|[Tt]hanks|[Tt]hank you|[Ww]ishes|[Bb]est|[Yy]ours|[Ll]ove|[Cc]ordially|[Rr]espectfully)(?: yours)?\\s?[,.!—-]?\\s{1,3})((?:\\p{Lu}\\. ?){0,3}\\p{Lu}[\\p{Ll}'’-]{1,24}(?: ${N}){0,2})(?=\\s*(?:$|[\\n,.]))`,
      'gu',
    ),
    mask: (_match, [cue = '', name = '']) =>
      isFirm(name) || (!name.includes(' ') && !GIVEN_NAMES.has(name)) ? null : `${cue}${initials(name)}`,
  },
  {
    // - Kraig Parisian
    may: ({ order }) => (order & DASHED) !== 0 && (order & TWO) !== 0,
    hint: /[-–—~] ?[A-ZÀ-Þ]/,
    pattern: new RegExp(`((?:^|[\\n.!?] ?)\\s?[-–—~]{1,2} ?)(${N} ${N}(?: ${N})?)(?=\\s*$|\\s*\\n)`, 'gu'),
    mask: (_match, [cue = '', name = '']) => (isFirm(name) ? null : `${cue}${initials(name)}`),
  },
];

/** Two words or more with capitals, none of them of a firm, a place or a day. */
function isPerson(name: string): boolean {
  return !isFirm(name) && !NOT_NAME.test(name.split(' ', 1)[0] ?? '');
}

/** Two or three words with capitals: a name behind a word that goes with names (Your agent Drake Jast), or by its first name. */
const PAIR = new RegExp(`(?<![\\p{L}.'’-])${FULL}(?![\\p{L}])`, 'uy');
const PAIR_HINT = /[A-ZÀ-Þ][a-zß-ÿ'’-]+ (?:[A-Za-z]{1,3}\.? ){0,2}[A-ZÀ-Þ]/;
/** Read backwards from where the name begins. */
const CUED = new RegExp(`(?<=(?<![\\p{L}])(?:${CUE})\\s)`, 'uy');
const CUE_UNITS = 32;

/** At each word that might be the first of them: a search of all the text takes longer. */
function* pairsIn(text: string): Steps<Edit[]> {
  const edits: Edit[] = [];
  let looks = 0;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    // No capital.
    if (unit < 0x41 || (unit > 0x5a && unit < 0xc0) || !mayBegin(text, at, unit)) continue;
    PAIR.lastIndex = at;
    const name = PAIR.exec(text)?.[0];
    if (name !== undefined) {
      const put = maskedPair(text, at, name);
      if (put !== null && put !== name) edits.push(narrowed(at, name, put));
      at += name.length - 1;
    }
    if (++looks % LOOKS_A_STEP === 0) yield;
  }
  return edits;
}
const LOOKS_A_STEP = 64;

/** A capital, or what may be one, a word without anything else in it, a space, and a word that may belong to a name. */
function mayBegin(text: string, at: number, unit: number): boolean {
  const before = text.charCodeAt(at - 1) | 0x20;
  if (before >= 0x61 && before <= 0x7a) return false;
  if (unit > 0xff) return true;
  let end = at + 1;
  while (end - at < MOST_OF_WORD && isOfName(text.charCodeAt(end))) end += 1;
  if (text.charCodeAt(end) !== 0x20) return false;
  const next = text.charCodeAt(end + 1);
  return (next >= 0x41 && next <= 0x5a) || next > 0x7f || PARTICLE_STARTS.has(next);
}
/** A longer one is no name. */
const MOST_OF_WORD = 26;
function isOfName(unit: number): boolean {
  const letter = unit | 0x20;
  return (letter >= 0x61 && letter <= 0x7a) || unit > 0x7f || unit === 0x27 || unit === 0x2d;
}
/** van, der, la, bin, al, el, ibn */
const PARTICLE_STARTS: ReadonlySet<number> = new Set(Array.from('vdlbaei', (letter) => letter.charCodeAt(0)));

/** Most words before a name are not the last of any that go with names. */
function isCued(text: string, index: number): boolean {
  if (index === 0 || text.charCodeAt(index - 1) > 0xa0) return false;
  let from = index - 1;
  while (from > 0 && isOfName(text.charCodeAt(from - 1))) from -= 1;
  const last = text.charCodeAt(index - 2);
  // A comma or a colon may follow them; a character beside ASCII may be part of the word.
  if (isOfName(last) && last < 0x80 && !LAST_OF_CUE.has(text.slice(from, index - 1).toLowerCase())) return false;
  const before = text.slice(Math.max(0, index - CUE_UNITS), index);
  CUED.lastIndex = before.length;
  return CUED.test(before);
}
const LAST_OF_CUE: ReadonlySet<string> = new Set([
  ...ROLE.replace('co-?worker', 'worker|coworker|co-worker')
    .replace('neighbou?r', 'neighbor|neighbour')
    .replace('account ?holder|card ?holder', 'holder|accountholder|cardholder')
    .split('|'),
  ...'named called is was to with for asked ask contacted contact met meet thanks thank you dear hi hello hey attn by of me call blame praise passenger guest name card signed'.split(
    ' ',
  ),
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
const A_ROLE = new RegExp(`^(?:${ROLE}|dear|hi|hello|hey|thanks|attn|ask|contact|blame|praise|tell|call)$`, 'i');

export function* latinNamesIn(text: string, seen: Seen): Steps<Edit[]> {
  const edits: Edit[] = [];
  for (const { may, hint, pattern, mask } of RULES) {
    if (!may(seen)) continue;
    if (!(isShort(text) ? hint.test(text) : yield* isHinted(text, hint))) continue;
    const found = yield* replacedIn(text, pattern, ([match, ...groups]) =>
      mask(
        match,
        groups.map((group: string | undefined) => group ?? ''),
      ),
    );
    edits.push(...found);
  }
  if ((seen.order & TWO) !== 0 && (isShort(text) ? PAIR_HINT.test(text) : yield* isHinted(text, PAIR_HINT)))
    edits.push(...(yield* pairsIn(text)));
  edits.push(...(yield* singleNamesIn(text, seen)));
  return disjoint(edits);
}

/** A word with a capital, or one that needs none. */
export const LATIN_NAME_HINT =
  /[A-ZÀ-Þ][a-zß-ÿ'’]|[A-Z]{2}[. ]|[Nn]ame|\bm[rsx]s?\b|\bdr\b|\bprof\b|\bi['’]?m [a-z]{3,20} [a-z]{3,20} (?:from|here|calling)/;
