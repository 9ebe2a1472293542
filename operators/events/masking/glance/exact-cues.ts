/** The words of those rules whose letters stand in many others (word-cues.ts), whole: for a look at single words. */
import { COMMON_WORDS } from '../names/common-words.ts';
import { GIVEN_NAMES } from '../names/given-names.ts';
import { BEFORE_A_NAME, ROLE_WORDS } from '../names/latin-words.ts';
import { WordLists, WordTable } from '../names/word-table.ts';
import { IBAN_LENGTHS } from '../number-checks.ts';
import * as cue from './word-cues.ts';
import { WordEnds } from './word-ends.ts';

const ROLES = [...ROLE_WORDS, 'called', 'named'].join(' ');

/** Right before a word with a capital. */
export const BEFORE_NAME: WordEnds = new WordEnds([
  [cue.TITLE, 'mr mrs ms mx dr m sr sra sir rev sgt mme herr frau lord lady aunt miss prof mlle capt'],
  [cue.TITLE, 'professor madam mister monsieur madame señor señora signor signora captain officer nurse doctor uncle'],
  [
    cue.SIGN_OFF,
    'regards sincerely truly faithfully cheers thanks you wishes best yours love signed cordially respectfully',
  ],
  [cue.GREETING, 'hi hey dear hello morning afternoon evening'],
  [cue.ROLE, ROLES],
  [cue.BETWEEN, 'for with to by'],
  [cue.NAMING, 'cc named tell'],
  [cue.NAME_ABROAD, 'ist es é e est się saya heiße heisse appelle llamo chiamo heet heter'],
  [cue.AT_HOUSE, 'at on in is to from inside outside address live'],
]);
/** One word more before it: ask for, helped by. */
export const BEFORE_BETWEEN: WordEnds = new WordEnds([
  [
    cue.SPOKE,
    'ask asked spoke talk talked chatted thanks kudos helped served handled signed assisted delivered told booked order reserved',
  ],
]);

/** What follows a name: here, said, apologised … */
const SAYS = /here|told|said|promised|assured|answered|replied|helped|apologi|refused|called|hung|from/iy;
export function says(text: string, at: number): boolean {
  SAYS.lastIndex = at;
  return SAYS.test(text);
}

/** Lists that a word may stand in. */
export const COMMON = 1;
export const FIRST_NAME = 2;
/** With a capital it is read as part of the name behind it: Manager Lisa Wong. Of Co-worker a look sees the first part alone. */
export const ROLE_OF_NAME = 4;
const LISTS = new WordLists([
  [COMMON, COMMON_WORDS],
  [FIRST_NAME, GIVEN_NAMES],
  [ROLE_OF_NAME, [...ROLE_WORDS, ...BEFORE_A_NAME, 'co']],
]);
export function listsOf(text: string, start: number, end: number): number {
  return LISTS.bitsOf(text, start, end);
}

/** Streets that are named before their number: Calle, Via … */
export const STREETS: WordEnds = new WordEnds([
  [cue.SOUTHERN_STREET, 'c avda via rua calle avenida plaza paseo viale piazza corso travessa'],
]);

/** Behind their number: 5 rue Longue. */
export const FRENCH_STREETS: WordTable = new WordTable(
  'rue avenue av boulevard bd place allée allee chemin impasse quai route cours'.split(' '),
);
/** Endings of those whose number may follow: Willow Crescent 15. */
export const LATE_STREETS: WordTable = new WordTable(
  'street road avenue lane drive crescent close court square terrace st rd ave ln dr'.split(' '),
);
export const IBAN_COUNTRIES: WordTable = new WordTable(IBAN_LENGTHS.keys());

/** Anywhere in a word, which may be glued to others. */
const PARTS: readonly (readonly [cue: number, parts: RegExp])[] = [
  [
    cue.PAPER,
    /passp|travel|document|permit|residenc|licen[cs]e|social|taxpa|medica|health|pesel|burgers|aadha|steuer|ausweis|personn|dselsn|henkil|mykad|s[ée]cu|codice|snils|kimlik|identit|nation|emirat|routing|reisepass|passn|passeport|passapo|pasapo|rentenv|sozialv|rodn|c[ée]dula|cnpj|curp|hkid|nric/i,
  ],
  [
    cue.MESSENGER,
    /alipay|twitter|insta|facebook|messenger|telegram|snapchat|skype|discord|tiktok|linkedin|viber|signal|kakao|^(?:ig|fb|tg|line)/i,
  ],
  [cue.WECHAT, /wei(?:xin|$)|chat|[vw]x/i],
  [cue.MAIL, /dot|punkt|foxm|sohu|aliy|yeah|gmail|googlem|hotm|outl|yahoo|protonm/i],
  [cue.PLATE, /plate|kennz|nummerns|plaque|immatri|matr[íi]c|targa|rego|registr/i],
];
const OF_PARTS = PARTS.reduce((mask, [one]) => mask | one, 0);
/** Longer words are read no further. */
const MOST = 64;
/** Whole words that short are known by all of their letters. */
const SHORT = 4;

/** The cues of a word without those that none of its parts has. */
export function withoutFalse(text: string, start: number, end: number, cues: number): number {
  if ((cues & (OF_PARTS | cue.QQ)) === 0) return cues;
  // q, qq, qnum, qid: other words that begin with q are none.
  if ((cues & cue.QQ) !== 0 && end - start > 1 && !'qQiInN'.includes(text.charAt(start + 1)))
    return withoutFalse(text, start, end, cues & ~cue.QQ);
  if (end - start <= SHORT) return cues;
  const asked = cues & OF_PARTS & ~(OF_LONG & ~fourLetterCues(text, start, end));
  let own = cues & ~(OF_LONG & ~asked);
  if (asked === 0) return own;
  const word = text.slice(start, Math.min(end, start + MOST));
  for (const [one, parts] of PARTS) if ((asked & one) !== 0 && !parts.test(word)) own &= ~one;
  return own;
}

/** Cues all of whose parts have four letters at least, or begin a word: few words have the first four of one, and only those are asked. */
const OF_LONG = cue.PAPER | cue.PLATE | cue.MESSENGER;
const FOUR_BITS = 12;
const BY_FOUR = new Int32Array(1 << FOUR_BITS);
for (const [one, parts] of PARTS) {
  if ((one & OF_LONG) === 0) continue;
  for (const part of waysOf(parts.source)) {
    let letters = 0;
    for (let at = 0; at < 4; at += 1) letters = fourPushed(letters, part.charCodeAt(at));
    const slot = fourSlot(letters);
    BY_FOUR[slot] = (BY_FOUR[slot] as number) | one;
  }
}
/** Of each part its ways to begin: licen[cs]e is one, s[ée]cu are two. */
function waysOf(source: string): string[] {
  const parts = source.replace('^(?:ig|fb|tg|line)', 'line').split('|');
  return parts.flatMap((part) => {
    const [, head = part, either = '', tail = ''] = /^([^[]{0,3})\[(.+?)\](.*)$/.exec(part) ?? [];
    return either === '' ? [part] : Array.from(either, (one) => head + one + tail);
  });
}
/** The cues some part of which begins somewhere in the word. Never too little. */
function fourLetterCues(text: string, start: number, end: number): number {
  const last = Math.min(end, start + MOST);
  let letters = 0;
  let own = 0;
  for (let at = start; at < last; at += 1) {
    letters = fourPushed(letters, text.charCodeAt(at));
    if (at - start >= 3) own |= BY_FOUR[fourSlot(letters)] as number;
    else if (at - start === 1 && BEGIN_MESSENGER.has(letters)) own |= cue.MESSENGER;
  }
  return own;
}
const BEGIN_MESSENGER: ReadonlySet<number> = new Set(
  ['ig', 'fb', 'tg'].map((two) => fourPushed(fourPushed(0, two.charCodeAt(0)), two.charCodeAt(1))),
);
/** The last four letters, eight bits each: a capital is read as the small letter, of Latin-1, too. */
function fourPushed(letters: number, unit: number): number {
  return (letters << 8) | ((unit | 0x20) & 0xff);
}
function fourSlot(letters: number): number {
  return Math.imul(letters, 0x9e3779b1) >>> (32 - FOUR_BITS);
}
