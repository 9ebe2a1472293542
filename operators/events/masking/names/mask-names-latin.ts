/** Names of people in Latin letters: behind words people introduce themselves with, titles, roles, greetings; by first name. */
import type { Steps } from '../../../../engine/core/steps/steps.ts';
import type { Edit } from '../folding.ts';
import { GIVEN_NAMES } from './given-names.ts';
import { addPairs, isHintedFrom, PAIR_HINT, pairsIn } from './latin-pairs.ts';
import { FULL, initials, isFirm, isPerson, N, NOT_NAME } from './latin-words.ts';
import { SINGLE_NAMES } from './mask-single-names.ts';
import { disjoint } from '../mask-network.ts';
import type { Seen } from '../glance/glance.ts';
import { AT, CASED } from '../glance/traits.ts';
import * as cue from '../glance/word-cues.ts';
import * as order from '../glance/word-order.ts';
import { Started } from '../search/started.ts';
import {
  isBrief,
  isHinted,
  isShort,
  NOTHING,
  searchIn,
  searchNow,
  type Found,
  type Hint,
  type Pattern,
  type Search,
} from '../replaced.ts';

const TWO = order.PAIR;
const TITLE =
  'Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|Sir|Madam|Mister|Herr|Frau|Monsieur|Madame|Mme|Mlle|Señora?|Sra?|Signora?|Lord|Lady|Rev|Capt|Captain|Sgt|Officer|Nurse|Doctor|Uncle|Aunt|mr|mrs|ms|mx|dr|prof|MR|MRS|MS|MISS|DR|MX|PROF';
/** Mr. Coffee, Mr Right: a title and no name. */
const NO_TITLED = /^(?:Coffee|Clean|Right|Wrong|Nobody|Robot|Beast|Muscle|Pepper|Bean)$/;

interface Rule {
  /** Has the text anything for it to start from? */
  readonly may: (seen: Seen) => boolean;
  readonly hint: Hint;
  readonly pattern: Pattern;
  readonly mask: (match: string, groups: readonly string[]) => string | null;
}
const RULES: readonly Rule[] = [
  {
    may: ({ cues }) => (cues & cue.NAME) !== 0,
    hint: /[Nn]ame|NAME/,
    pattern: new Started(
      /(\b(?:my (?:full |first |last )?name(?:['’]s| is| was)|name\s?[:：])\s{0,2})([A-Za-z][A-Za-z'’-]{1,20})((?: [A-Za-z][A-Za-z'’-]{1,20}){0,2})/gi,
    ),
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
    may: ({ called, order: o, traits }) =>
      (o & order.SELF_PAIR) !== 0 || ((called & cue.SELF) !== 0 && (o & TWO) !== 0 && (traits & CASED) !== 0),
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
    hint: new Started(
      /(?:egards|incerely|ruly|aithfully|heers|hanks|hank you|ishes|est|ours|ove|ordially|espectfully)[ ,.!—-]{1,3}[\s]{0,2}[A-ZÀ-Þ]/,
    ),
    pattern: new RegExp(
      `((?:[Rr]egards|[Ss]incerely|[Tt]ruly|[Ff]aithfully|[Cc]heers|[Tt]hanks|[Tt]hank you|[Ww]ishes|[Bb]est|[Yy]ours|[Ll]ove|[Cc]ordially|[Rr]espectfully)(?: yours)?\\s?[,.!—-]?\\s{1,3})((?:\\p{Lu}\\. ?){0,3}\\p{Lu}[\\p{Ll}'’-]{1,24}(?: ${N}){0,2})(?=\\s*(?:$|[\\n,.]))`,
      'gu',
    ),
    mask: (_match, [cue = '', name = '']) =>
      isFirm(name) || (!name.includes(' ') && !GIVEN_NAMES.has(name)) ? null : `${cue}${initials(name)}`,
  },
  {
    // - Kraig Parisian
    may: ({ order: o }) => (o & order.DASHED) !== 0 && (o & TWO) !== 0,
    hint: /[-–—~] ?[A-ZÀ-Þ]/,
    pattern: new RegExp(`((?:^|[\\n.!?] ?)\\s?[-–—~]{1,2} ?)(${N} ${N}(?: ${N})?)(?=\\s*$|\\s*\\n)`, 'gu'),
    mask: (_match, [cue = '', name = '']) => (isFirm(name) ? null : `${cue}${initials(name)}`),
  },
];

const SEARCHES: readonly Search<Seen>[] = RULES.map(({ may, hint, pattern, mask }) => ({
  ...{ may, hint, pattern },
  put: ([match, ...groups]) =>
    mask(
      match,
      groups.map((group: string | undefined) => group ?? ''),
    ), // one that took no part
}));

export function latinNamesIn(text: string, seen: Seen): Found {
  if (!isBrief(text)) return namesInSteps(text, seen);
  const edits: Edit[] = [];
  searchNow(text, seen, SEARCHES, edits);
  // Of other alphabets a look knows nothing.
  const from = (seen.traits & CASED) === 0 ? seen.pairAt : 0;
  if (from < text.length && mayBePair(seen) && isHintedFrom(text, from)) addPairs(text, from, Infinity, edits);
  searchNow(text, seen, SINGLE_NAMES, edits);
  return edits.length === 0 ? NOTHING : disjoint(edits);
}
function* namesInSteps(text: string, seen: Seen): Steps<Edit[]> {
  const edits = yield* searchIn(text, seen, SEARCHES);
  if (mayBePair(seen) && (isShort(text) ? PAIR_HINT.test(text) : yield* isHinted(text, PAIR_HINT)))
    edits.push(...(yield* pairsIn(text)));
  edits.push(...(yield* searchIn(text, seen, SINGLE_NAMES)));
  return disjoint(edits);
}
function mayBePair({ order: o, traits }: Seen): boolean {
  return (o & order.NAMED_PAIR) !== 0 || ((o & TWO) !== 0 && (traits & CASED) !== 0);
}

/** Has any of the rules something to start from? Never too little. */
export function mayHoldLatinName(seen: Seen): boolean {
  const { cues, called, named, order: o, traits } = seen;
  if ((o & OF_ORDER) !== 0 || (cues & (cue.NAME | cue.SMALL_TITLE)) !== 0) return true;
  if ((called & (cue.TITLE | cue.SIGN_OFF)) !== 0 || named !== 0 || (traits & AT) !== 0) return true;
  return (o & TWO) !== 0 && (traits & CASED) !== 0;
}
const OF_ORDER =
  order.SELF_PAIR |
  order.NAMED_PAIR |
  order.DASHED |
  order.SAYING |
  order.INTRODUCED |
  order.SPOKEN_TO |
  order.NAMED |
  order.SELF_FROM |
  order.LOUD_PAIR;

/** A word with a capital, or one that needs none. */
export const LATIN_NAME_HINT: Hint = { test: (text) => CAPITAL.test(text) || OTHER_WORD.test(text) };
const CAPITAL = /[A-ZÀ-Þ][a-zß-ÿ'’]/;
const OTHER_WORD =
  /[A-Z]{2}[. ]|[Nn]ame|\bm[rsx]s?\b|\bdr\b|\bprof\b|\bi['’]?m [a-z]{3,20} [a-z]{3,20} (?:from|here|calling)/;
