/** One Latin name alone, where people put one: in greetings and signatures, behind roles, before "here". mask-names-latin.ts has the rest. */
import type { Seen } from '../glance/look.ts';
import * as cue from '../glance/word-cues.ts';
import * as o from '../glance/word-order.ts';
import type { Search } from '../replaced.ts';
import { COMMON_WORDS } from './common-words.ts';
import { GIVEN_NAMES } from './given-names.ts';
import { initials, isFirm, ROLE } from './latin-words.ts';

const N = "\\p{Lu}[\\p{Ll}'’-]{1,24}(?:['’-]\\p{Lu}[\\p{Ll}]{1,20})?";
/** What stands behind a name that is called out, or at its end. */
const STOP = '(?=\\s*(?:[,.!:;\\n–—~]|$| -))';

/** Who calls. */
const CALLING = `${N}(?= (?:here|calling|speaking|again|from|writing)\\b)`;
const CALLING_HERE = new RegExp(CALLING, 'uy');
/** Is this word with a capital, behind this is or it's, one who calls? What a look through a text asks. */
export function isCallingAt(text: string, at: number): boolean {
  CALLING_HERE.lastIndex = at;
  return CALLING_HERE.test(text);
}

/** Is this word with a capital, alone, somebody's name? */
function isNameAlone(word: string): boolean {
  if (GIVEN_NAMES.has(word)) return true;
  return word.length > 2 && !isFirm(word) && !COMMON_WORDS.has(word.toLowerCase().replace(/['’]s$/, ''));
}

interface Rule {
  /** Has the text anything for it to start from? */
  readonly may: (seen: Seen) => boolean;
  readonly hint: RegExp;
  /** The first group stays; the second is the name. */
  readonly pattern: RegExp;
  readonly isName: (name: string) => boolean;
}
const areNames = (name: string): boolean =>
  name.split(/\s+/).every((word) => /^\p{Lu}\.?$/u.test(word) || isNameAlone(word));
const areRareWords = (name: string): boolean => name.split(' ').every((word) => !COMMON_WORDS.has(word.toLowerCase()));

const RULES: readonly Rule[] = [
  {
    may: ({ named }) => (named & cue.GREETING) !== 0,
    hint: /\b(?:hi|hello|hey|dear|morning|afternoon|evening)\s[A-ZÀ-Þ]/i,
    pattern: new RegExp(
      `((?:^|[\\n.!?,，。]\\s*)(?:[Hh]i|[Hh]ello|[Hh]ey|[Dd]ear|[Gg]ood (?:morning|afternoon|evening))\\s)(${N}(?: ${N})?)${STOP}`,
      'gu',
    ),
    isName: areNames,
  },
  {
    // Cheers Tom — at the end; - Greg
    may: ({ named, order }) =>
      (order & o.ENDS_LARGE) !== 0 && ((named & cue.SIGN_OFF) !== 0 || (order & o.DASHED) !== 0),
    hint: /(?:egards|heers|hanks|hank you|ours|ove|est|ishes|incerely|igned|[-–—~])[\s,!.]{0,3}[A-ZÀ-Þ]/,
    pattern: new RegExp(
      `((?:(?:[Rr]egards|[Cc]heers|[Tt]hanks|[Tt]hank you|[Yy]ours|[Ll]ove|[Bb]est|[Ww]ishes|[Ss]incerely|[Ss]igned)[,!.]?\\s{1,3}|(?:^|[\\n.!?]\\s?)[-–—~]{1,2}\\s?))((?:\\p{Lu}\\.\\s?){0,3}${N}(?: ${N})?)(?=[\\s.!]*$)`,
      'gu',
    ),
    isName: areNames,
  },
  {
    // Hi, Ricardo here
    may: ({ order }) => (order & o.SAYING) !== 0,
    hint: / here\b/,
    pattern: new RegExp(
      `((?<![\\p{L}])[Hh](?:i|ey|ello)(?: there| all)?[,!.]? )(${N})(?= here\\b(?! is| are| was| were))`,
      'gu',
    ),
    isName: areNames,
  },
  {
    // my son Oliver, the cashier, Dolores,
    may: ({ order }) => (order & o.INTRODUCED) !== 0,
    hint: new RegExp(`\\b(?:my|your|our|the|his|her|their)\\s(?:${ROLE}),? [A-ZÀ-Þ]`, 'i'),
    pattern: new RegExp(
      `((?<![\\p{L}])(?:[Mm]y|[Yy]our|[Oo]ur|[Tt]he|[Hh]is|[Hh]er|[Tt]heir)\\s(?:${ROLE})(?: called| named)?,? )(${N})(?! ?\\p{Lu})`,
      'gu',
    ),
    isName: areNames,
  },
  {
    // this is Chloe calling, ask for Wei, served by Dana
    may: ({ named }) => (named & cue.SELF) !== 0,
    hint: /\b(?:this is|it['’]s|ask(?:ed)? for|spoke (?:to|with)|talk(?:ed)? (?:to|with)|chatted with|thanks to|kudos to|(?:helped|served|handled|signed|assisted) by|cc:?|named|met|tell|told by) [A-ZÀ-Þ]/i,
    pattern: new RegExp(`(\\b(?:[Tt]his is|[Ii]t['’]s) )(${CALLING})`, 'gu'),
    isName: areNames,
  },
  {
    may: ({ order }) => (order & o.SPOKEN_TO) !== 0,
    hint: /\b(?:ask(?:ed)? for|spoke (?:to|with)|talk(?:ed)? (?:to|with)|chatted with|thanks to|kudos to|(?:helped|served|handled|signed|assisted|delivered) by|cc:?|named|tell|told by|booked for|order for|reserved for) [A-ZÀ-Þ]/i,
    pattern: new RegExp(
      `(\\b(?:[Aa]sk(?:ed)? for|[Ss]poke (?:to|with)|[Tt]alk(?:ed)? (?:to|with)|[Cc]hatted with|[Tt]hanks to|[Kk]udos to|(?:[Hh]elped|[Ss]erved|[Hh]andled|[Ss]igned|[Aa]ssisted|[Dd]elivered) by|[Cc][Cc]:?|[Nn]amed|[Tt]ell|[Tt]old by|[Bb]ooked for|[Oo]rder for|[Rr]eserved for) )((?:\\p{Lu}\\. ?)?${N}(?: (?:van |von |der |de |da |bin |al ){0,2}${N})?)(?! ?\\p{Lu})`,
      'gu',
    ),
    isName: areNames,
  },
  {
    // Jessica Tan from support promised; Sarah Jones told me
    may: ({ order }) => (order & o.PAIR) !== 0 && (order & o.SAYING) !== 0,
    hint: /[a-z'’] (?:here|told|said|promised|assured|answered|replied|helped|apologi|refused|called|hung|from (?:support|billing|sales|customer|your|the))/,
    pattern: new RegExp(
      `((?<![\\p{L}.'’-]))(${N} ${N})(?=,? (?:here\\b(?! is)|told|said|promised|assured|answered|replied|helped|apologi|refused|called|hung up|from (?:support|billing|sales|customer)))`,
      'gu',
    ),
    isName: areNames,
  },
  {
    may: ({ order }) => (order & o.NAMED) !== 0,
    hint: /\bname\b|phone\b|iPad\b/i,
    pattern: new RegExp(
      `(\\b(?:['’]s|his|her|their|whose|the) [Nn]ame (?:is|was) |[Ss]ent from )(${N})(?=['’]s i?[Pp]|[ ,.!]|$)`,
      'gu',
    ),
    isName: areNames,
  },
  {
    // In other languages, and the name's word with nothing between.
    may: ({ named }) => (named & (cue.NAME | cue.NAME_ABROAD)) !== 0,
    hint: /\bname |heiß|heiss|appelle|llamo|nombre|chiamo|nome|heet|nazywam|heter|nama/i,
    pattern: new RegExp(
      `(\\b(?:[Mm]ein Name ist|[Ii]ch hei(?:ß|ss)e|[Jj]e m['’]appelle|[Mm]e llamo|[Mm]i nombre es|[Mm]i chiamo|[Mm]eu nome (?:é|e)|[Ii]k heet|[Nn]azywam się|[Jj]ag heter|[Nn]ama saya|[Nn]ame) )(${N}(?: (?:van |von |der |de |da |di |del )?${N}){0,2})`,
      'gu',
    ),
    isName: areNames,
  },
  {
    // i'm rajesh kumar from pune
    may: ({ order }) => (order & o.SELF_FROM) !== 0,
    hint: /\b(?:i['’]?m|i am|this is) [a-z]{3,20} [a-z]{3,20} (?:from|here|calling)/,
    pattern: /(\b(?:i['’]?m|i am|this is) )([a-z]{3,20} [a-z]{3,20})(?= (?:from|here|calling)\b)/gu,
    isName: areRareWords,
  },
  {
    // customer MARIA GONZALEZ
    may: ({ order }) => (order & o.LOUD_PAIR) !== 0,
    hint: /[A-Z]{3,20} [A-Z]{3,20}/,
    pattern: new RegExp(
      `((?<![\\p{L}])(?:${ROLE}|name|by|for|dear|mr|mrs|ms)[:,]? )([A-Z]{3,20} [A-Z]{3,20})(?![A-Za-z])`,
      'giu',
    ),
    isName: (name) => /^[A-Z ]+$/.test(name) && areRareWords(name),
  },
  {
    // dear mr okafor
    may: ({ cues }) => (cues & cue.SMALL_TITLE) !== 0,
    hint: /\b(?:mr|mrs|ms|dr)\.? [a-z]{3}/,
    pattern: /(\b(?:mr|mrs|ms|dr)\.? )([a-z]{3,20})(?![\p{L}'’])/gu,
    isName: areRareWords,
  },
];

/** The name of which no more than initials stay. */
export const SINGLE_NAMES: readonly Search<Seen>[] = RULES.map(({ may, hint, pattern, isName }) => ({
  ...{ may, hint, pattern },
  // A group that took no part is empty.
  put: ([, cue = '', name = '']) => (isName(name) ? `${cue}${initials(name)}` : null),
}));
