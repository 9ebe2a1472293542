/**
 * One look at the Latin words of a text: which rules have a word to start from, by the first three letters of each word. What it says
 * may be too much, never too little: a rule whose word is missing is not asked.
 */
import { COMMON_WORDS } from './names/common-words.ts';

/** Bits. A word with a capital that is no common word. */
export const NAME_WORD = 1;
/** Two words with capitals, with no more than a short word between. */
export const PAIR = 2;
/** Two words of capitals alone. */
export const LOUD_PAIR = 4;
export const TITLE = 8;
export const NAME = 16;
export const GREETING = 32;
export const SIGN_OFF = 64;
/** my, your, the … */
export const DETERMINER = 128;
export const SELF = 256;
/** spoke, ask, by, for … */
export const SPOKE = 512;
/** here, said, promised … */
export const SAYS = 1024;
export const SECRET = 2048;
export const ACCOUNT = 4096;
export const SIGN_AT = 8192;
export const PLATE_WORD = 16384;
export const NETWORK = 32768;

const WORDS: readonly (readonly [cue: number, prefixes: string])[] = [
  [
    TITLE,
    'mr mrs ms mis mx dr pro sir mad her fra mon mme mll se sen sra sr seq sig lor lad rev cap sgt off nur doc unc aun m',
  ],
  [NAME, 'nam hei hie app lla nom chi hee naz het sen my m'],
  [GREETING, 'hi hel hey dea mor aft eve goo'],
  [SIGN_OFF, 'reg che tha you lov bes wis sin sig tru fai cor res'],
  [DETERMINER, 'my you our the his her'],
  [SELF, 'i im thi her it its'],
  [SPOKE, 'ask spo tal cha tha kud hel ser han sig ass del cc nam tel tol boo ord res by for met'],
  [SAYS, 'her tol sai pro ass ans rep hel apo ref cal hun fro'],
  [SECRET, 'pas pwd pin cv cvv cvc cvv sec tok api mys use'],
  [
    ACCOUNT,
    'wei wec we vch vx wx v w q qq ali b twi ins ig fac fb mes tel tg sna sky dis tik lin vib sig kak add wha xin x',
  ],
  [SIGN_AT, 'at ät a dot'],
  [PLATE_WORD, 'pla lic ken num imm mat tar reg veh'],
  [NETWORK, 'mac'],
];
const LETTERS = 32;
const CUES: Uint32Array = cuesByPrefix();

function cuesByPrefix(): Uint32Array {
  const table = new Uint32Array(LETTERS ** 3);
  for (const [cue, prefixes] of WORDS) {
    for (const prefix of prefixes.split(' ')) {
      const [a = 0, b = 0, c = 0] = Array.from(prefix, (letter) => letter.charCodeAt(0) & 31);
      const key = (a * LETTERS + b) * LETTERS + c;
      table[key] = (table[key] as number) | cue;
    }
  }
  return table;
}

/** Hashes of the common words, open addressing. */
const SLOTS = 1 << 13;
const COMMON: Int32Array = hashes();
function hashes(): Int32Array {
  const table = new Int32Array(SLOTS);
  for (const word of COMMON_WORDS) {
    let hash = 0;
    for (let i = 0; i < word.length; i += 1) hash = Math.imul(hash, 31) + word.charCodeAt(i);
    let slot = hash & (SLOTS - 1);
    while (table[slot] !== 0) slot = (slot + 1) & (SLOTS - 1);
    table[slot] = hash | 0;
  }
  return table;
}
function isCommon(hash: number): boolean {
  let slot = hash & (SLOTS - 1);
  for (let found = COMMON[slot]; found !== 0; found = COMMON[slot]) {
    if (found === hash) return true;
    slot = (slot + 1) & (SLOTS - 1);
  }
  return false;
}

export function cuesOf(text: string): number {
  let cues = 0;
  let lastCapitalEnd = -1000;
  let lastLoudEnd = -1000;
  for (let at = 0; at < text.length; at += 1) {
    const first = text.charCodeAt(at);
    if (!isLetter(first)) continue;
    let hash = 0;
    let key = 0;
    let big = 0;
    let end = at;
    let unit = first;
    while (isLetter(unit)) {
      const lower = unit > 0x7f ? unit : unit | 0x20;
      hash = (Math.imul(hash, 31) + lower) | 0;
      if (end - at < 3) key = key * LETTERS + (lower & 31);
      if (unit < 0x60) big += 1;
      end += 1;
      unit = text.charCodeAt(end);
    }
    const length = end - at;
    if (length === 1) key *= LETTERS * LETTERS;
    else if (length === 2) key *= LETTERS;
    cues |= CUES[key & (LETTERS ** 3 - 1)] as number;
    if (first < 0x60 || (first >= 0xc0 && first <= 0xde) || first > 0xff) {
      if (length > 1 && !isCommon(hash)) cues |= NAME_WORD;
      if (at - lastCapitalEnd <= MAX_BETWEEN) cues |= PAIR;
      if (length > 2 && big === length) {
        if (at - lastLoudEnd === 1) cues |= LOUD_PAIR;
        lastLoudEnd = end;
      }
      lastCapitalEnd = end;
    }
    at = end;
  }
  return cues;
}
/** John van der Berg */
const MAX_BETWEEN = 10;

function isLetter(unit: number): boolean {
  const letter = unit | 0x20;
  return (letter >= 0x61 && letter <= 0x7a) || (unit >= 0xc0 && unit <= 0x24f);
}
