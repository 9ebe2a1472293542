/** In which language a text is, by its script and its words: enough to choose a model, and cheap enough for every event. */
import { ENGLISH_WORDS } from '../../models/text/english-words.mjs';
import { filterFrom, holdsWord } from '../../models/text/word-filter.mjs';

export type Lang = 'zh' | 'en' | 'mixed' | 'other';

/** More of a long text says nothing new. */
const MAX_LOOK = 2000;

/**
 * Latin letters that are no words of the writer's language: links, addresses, mentions, tags, entities. An address is looked for
 * from where it may begin only: tried from each letter, a long word would be read to its end again and again.
 */
const NO_WORDS =
  /(?:https?:|www\.)[\x21-\x7e]*|(?<![\w.+-])[\w.+-]*@[\w.-]+(?:[\w.+-]*@[\w.-]+)*|\[[a-z_ ]{1,20}\]|&(?:[a-z]{2,6}|#\d{1,6});/gi;

/**
 * `mixed` is Chinese and English in one text, each a good part of it: brands, units and single words in Chinese are Chinese.
 * `other` is all the rest: other languages, pinyin, and texts without letters.
 */
export function detectLang(text: string): Lang {
  const start = (text.length > MAX_LOOK ? text.slice(0, MAX_LOOK) : text).replace(NO_WORDS, ' ');
  const { han, words, accented, foreign } = lettersOf(start);
  if (foreign * 5 > han + words * 2 || (foreign > 2 && foreign * 10 > han)) return 'other';
  if (han === 0) return words > 0 && isEnglish(start, words, accented) ? 'en' : 'other';
  const share = (words * 2) / (words * 2 + han);
  if (share < 0.4 || !ENGLISH_WITHIN_HAN.test(start)) return 'zh';
  return share > 0.75 ? 'en' : 'mixed';
}

interface Letters {
  readonly han: number;
  /** In Latin letters. */
  readonly words: number;
  readonly accented: number;
  readonly foreign: number;
}

function lettersOf(text: string): Letters {
  let han = 0;
  let words = 0;
  let accented = 0;
  let foreign = 0;
  let inWord = false;
  /** Letters of other scripts in a row; one alone is part of a face, as in (´Д`) or (๑•ω•๑). */
  let run = 0;
  for (let i = 0; i < text.length; i += 1) {
    let unit = text.charCodeAt(i);
    if (unit >= 0xff21 && unit <= 0xff5a) unit -= 0xfee0; // full-width
    const letter = unit | 0x20;
    const isAccented =
      (unit >= 0x00c0 && unit <= 0x024f && unit !== 0xd7 && unit !== 0xf7) || (unit >= 0x1e00 && unit <= 0x1eff);
    if ((letter >= 0x61 && letter <= 0x7a) || isAccented) {
      if (isAccented) accented += 1;
      if (!inWord) words += 1;
      inWord = true;
      run = 0;
      continue;
    }
    if (unit !== 0x27 && unit !== 0x2019) inWord = false;
    if (unit < 0x80) {
      run = 0;
      continue;
    }
    if (
      (unit >= 0x4e00 && unit <= 0x9fff) ||
      (unit >= 0x3400 && unit <= 0x4dbf) ||
      (unit >= 0xd840 && unit <= 0xd884)
    ) {
      han += 1;
      run = 0;
    } else if (unit >= 0x3041 && unit <= 0x30fa) {
      // Chinese borrows の for looks.
      if (unit !== 0x306e) foreign += 1;
    } else if (isForeign(unit)) {
      run += 1;
      if (run > 1) foreign += run === 2 ? 2 : 1;
    } else if (!isMark(unit)) run = 0;
  }
  return { han, words, accented, foreign };
}

/** Letters of other scripts: Greek, Cyrillic, Armenian … Thai …, Hangul. */
function isForeign(unit: number): boolean {
  const isOfThese =
    (unit >= 0x0370 && unit <= 0x1fff) || (unit >= 0x3105 && unit <= 0x318e) || (unit >= 0xac00 && unit <= 0xd7a3);
  return isOfThese && LETTER.test(String.fromCharCode(unit));
}
const LETTER = /\p{L}/u;

/** Vowel signs and accents stand within a word. */
function isMark(unit: number): boolean {
  return unit >= 0x0300 && unit <= 0x1fff && !LETTER.test(String.fromCharCode(unit));
}

const COMMON =
  'the|and|is|was|to|of|my|you|it|for|not|in|on|this|that|are|have|has|had|with|very|good|bad|what|how|can|why|your|thanks|thank|please|never|great|card|money|order|service|love|hate|worst|best|at|from|we|be|been|will|would|he|she|they|his|her|our|me|so|just|all|up|out|now|there|here|by|or|an|as|if|do|does|did|were|get|got|when|who|their|its|more|than|about|only|after|again|but|dont|want|need|time|day|today|nothing|always|may|must|us|them|still|really|cancelled|flight|refund|nice|like|does|won|let|another';
/** Short words that every language writes. */
const ENGLISH = new RegExp(`\\b(?:${COMMON}|a|i|no)\\b`, 'gi');
const ENGLISH_WITHIN_HAN = new RegExp(`(?<![a-z])(?:${COMMON})(?![a-z])`, 'i');
const NOT_ENGLISH =
  /\b(?:el|la|los|las|una|muy|mal|malo|bien|bueno|gracias|pero|que|es|por|est|les|des|une|pas|bon|merci|tr[eè]s|avec|pour|mais|der|die|das|und|nicht|ist|ich|sehr|gut|danke|bitte|il|che|non|molto|grazie|sono|di|het|een|niet|zijn|não|muito|obrigad[oa]|uma|terima|kasih|yang|tidak|dan|sangat)\b/gi;
/** Pinyin: an initial, or none, and a final. */
const SYLLABLES: ReadonlySet<string> = new Set(
  ['', ...'zh ch sh b p m f d t n l g k h j q x z c s r y w'.split(' ')].flatMap((initial) =>
    'iang iong uang ang eng ian iao ing ong uai uan ai an ao ei en er ia ie in iu ou ua ue ui un uo a e i o u v'
      .split(' ')
      .map((final) => initial + final),
  ),
);
const LONGEST_SYLLABLE = 6;

/**
 * Words of nothing but pinyin syllables. By where a syllable may end, not by an expression: one that tries every way to cut a
 * word takes a time that doubles with each letter.
 */
function isPinyin(text: string): boolean {
  return (text.toLowerCase().match(/[a-z]+/g) ?? []).every((word) => {
    const ends = new Uint8Array(word.length + 1);
    ends[0] = 1;
    for (let end = 1; end <= word.length; end += 1) {
      for (let start = Math.max(0, end - LONGEST_SYLLABLE); start < end && ends[end] === 0; start += 1) {
        if (ends[start] === 1 && SYLLABLES.has(word.slice(start, end))) ends[end] = 1;
      }
    }
    return ends[word.length] === 1;
  });
}

function isEnglish(text: string, words: number, accented: number): boolean {
  const folded = text.replace(/[\uff21-\uff5a]/g, (full) => String.fromCharCode(full.charCodeAt(0) - 0xfee0));
  const english = folded.match(ENGLISH)?.length ?? 0;
  const other = folded.match(NOT_ENGLISH)?.length ?? 0;
  if (other > english || (accented > 2 && accented * 4 >= words)) return false;
  const isEnglishWords =
    isKnown(folded) || isKnown(folded.replace(DRAWN_OUT, '$1$1')) || isKnown(folded.replace(DRAWN_OUT, '$1'));
  return isEnglishWords && (english > 0 || words > 11 || !(words > 1 && isPinyin(folded)));
}

const KNOWN = filterFrom(ENGLISH_WORDS);
/** A letter three times or more in a row is drawn out: goooood, sooo. */
const DRAWN_OUT = /([a-z])\1{2,}/gi;

/**
 * Whether most of the words are English ones: romanised Hindi, Malay or Spanish without accents use the same letters, and brands
 * stand in every language. Single letters and names within a sentence (written large) count for neither side.
 */
function isKnown(text: string): boolean {
  let known = 0;
  let all = 0;
  let start = -1;
  for (let at = 0; at <= text.length && all < MOST_WORDS; at += 1) {
    if (at < text.length && isLatin(text.charCodeAt(at))) {
      if (start < 0) start = at;
      continue;
    }
    if (start >= 0 && at - start > 1) {
      const isWord = holdsWord(KNOWN, text, start, at);
      if (isWord || start === 0 || (text.charCodeAt(start) & 0x20) !== 0) all += 1;
      if (isWord) known += 1;
    }
    start = -1;
  }
  return known > 0 && (all < 6 ? known * 2 > all : known * 2 >= all);
}

/** Enough to tell. */
const MOST_WORDS = 24;

function isLatin(unit: number): boolean {
  const letter = unit | 0x20;
  return (letter >= 0x61 && letter <= 0x7a) || (unit >= 0xc0 && unit <= 0x24f);
}
