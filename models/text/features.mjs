/**
 * Text → hashed tokens and n-grams: the one implementation, used by training (through prepare.mjs) and by the engine.
 * Integer arithmetic only; golden.json holds it to the bit. Any change here needs a newly trained model.
 *
 * Tokens: a Han character, a Latin word, a number, a link, a mention, a `[tag]`, an emoji, or any other single character.
 * A run of three or more of the same character gives one or two of it and the token REPEATED.
 */
import { MAX_UNITS, normalise } from './normalise.mjs';

/** Further tokens of a text are left out. */
export const MAX_TOKENS = 512;
/** Further pieces of words are left out. */
export const MAX_PIECES = 1536;
/** Space that writeGrams may need at most. */
export const MAX_GRAMS = 3 * MAX_TOKENS;

const FNV_OFFSET = 0x811c9dc5 | 0;
const FNV_PRIME = 0x01000193;

/** @type {(name: string) => number} */
const special = (name) => {
  let hash = FNV_OFFSET;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), FNV_PRIME);
  return hash;
};
// No text can spell these: U+0000 is folded to a space.
const LINK = special('\0link');
const MENTION = special('\0mention');
const NUMBER = special('\0number');
const REPEATED = special('\0repeated');
const BIGRAM = special('\0bigram');
const TRIGRAM = special('\0trigram');
const PIECE = special('\0piece');

/**
 * Last step of MurmurHash3 (32 bit): spreads the bits, so that the highest may serve as bucket number.
 * @param {number} hash
 */
export function mix(hash) {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/**
 * Hashes of all tokens, n-grams and word pieces, 32 bits each; a bucket is the first bits of an n-gram's or a piece's.
 * @typedef {{ readonly tokens: Int32Array, readonly grams: Int32Array, readonly pieces: Int32Array }} Features
 */

/**
 * Finds features; holds scratch space, so one instance serves one thread and its arrays are valid until the next call.
 */
export class FeatureExtractor {
  /** Hash of each token (int32). */
  tokens = new Int32Array(MAX_TOKENS);
  tokenCount = 0;
  /** Hash of each 3- to 5-character piece of a Latin word, its ends marked (int32). */
  pieces = new Int32Array(MAX_PIECES);
  pieceCount = 0;
  #units = new Uint16Array(MAX_UNITS + 1);
  #grams = new Int32Array(MAX_GRAMS);

  /**
   * What all members of a model read of a text, made once.
   * @param {string} text
   * @returns {Features}
   */
  features(text) {
    const { tokens, tokenCount, pieces, pieceCount } = this.read(text);
    const found = pieces.slice(0, pieceCount);
    writePieces(pieces, pieceCount, 32, found, 0);
    return {
      tokens: tokens.slice(0, tokenCount),
      grams: this.#grams.slice(0, writeGrams(tokens, tokenCount, 32, this.#grams, 0)),
      pieces: found,
    };
  }

  /**
   * Fills tokens and pieces, and returns itself.
   * @param {string} text
   */
  read(text) {
    const units = this.#units;
    const end = normalise(text, units);
    this.tokenCount = 0;
    this.pieceCount = 0;
    let i = 0;
    while (i < end && this.tokenCount < MAX_TOKENS) {
      const unit = /** @type {number} */ (units[i]);
      if (unit === 0x20) i++;
      else if (isLetter(unit)) i = this.#word(units, i, end);
      else if (isDigit(unit)) i = this.#number(units, i, end);
      else if (unit === 0x40 /* @ */ && i + 1 < end && isNameUnit(units[i + 1])) {
        i++;
        while (i < end && isNameUnit(units[i])) i++;
        this.#push(MENTION);
      } else if (unit === 0x5b /* [ */) i = this.#tag(units, i, end);
      else i = this.#character(units, i, end);
    }
    return this;
  }

  /** @param {number} hash */
  #push(hash) {
    if (this.tokenCount < MAX_TOKENS) this.tokens[this.tokenCount++] = hash;
  }

  /** @type {(units: Uint16Array, from: number, end: number) => number} */
  #word(units, from, end) {
    if (isLink(units, from, end)) {
      let i = from;
      while (i < end && isLinkUnit(units[i])) i++;
      this.#push(LINK);
      return i;
    }
    let hash = FNV_OFFSET;
    let repeated = false;
    let i = from;
    let kept = 0;
    while (i < end) {
      const unit = /** @type {number} */ (units[i]);
      const inside = isLetter(unit) || (unit === 0x27 && i + 1 < end && isLetter(units[i + 1]));
      if (!inside) break;
      if (i - from >= 2 && unit === units[i - 1] && unit === units[i - 2]) repeated = true;
      else {
        hash = Math.imul(hash ^ unit, FNV_PRIME);
        word[kept < MAX_WORD ? kept++ : MAX_WORD - 1] = unit;
      }
      i++;
    }
    this.#push(hash);
    if (repeated) this.#push(REPEATED);
    if (kept >= 3) this.#cut(kept);
    return i;
  }

  /**
   * Pieces of the word in `word`, its ends marked by `<` and `>`.
   * @param {number} length
   */
  #cut(length) {
    const total = length + 2;
    for (let start = 0; start < total; start++) {
      let hash = PIECE;
      for (let n = 1; n <= 5 && start + n <= total; n++) {
        const at = start + n - 1;
        const unit = at === 0 ? 0x3c : at === total - 1 ? 0x3e : /** @type {number} */ (word[at - 1]);
        hash = Math.imul(hash ^ unit, FNV_PRIME);
        if (n >= 3 && this.pieceCount < MAX_PIECES) this.pieces[this.pieceCount++] = hash;
      }
    }
  }

  /** Numbers of one or two digits stay themselves; longer ones and decimals are one token. */
  /** @type {(units: Uint16Array, from: number, end: number) => number} */
  #number(units, from, end) {
    let hash = FNV_OFFSET;
    let i = from;
    while (i < end) {
      const unit = /** @type {number} */ (units[i]);
      const joins = (unit === 0x2e || unit === 0x2c || unit === 0x3a) && i + 1 < end && isDigit(units[i + 1]);
      if (!isDigit(unit) && !joins) break;
      hash = Math.imul(hash ^ unit, FNV_PRIME);
      i++;
    }
    this.#push(i - from <= 2 ? hash : NUMBER);
    return i;
  }

  /** `[怒]`: up to six units in brackets are one token. */
  /** @type {(units: Uint16Array, from: number, end: number) => number} */
  #tag(units, from, end) {
    let hash = FNV_OFFSET;
    for (let i = from; i < end && i - from <= 7; i++) {
      const unit = /** @type {number} */ (units[i]);
      hash = Math.imul(hash ^ unit, FNV_PRIME);
      if (unit === 0x5d && i - from >= 2) {
        this.#push(hash);
        return i + 1;
      }
      if (unit === 0x20 || (i > from && unit === 0x5b)) break;
    }
    return this.#character(units, from, end);
  }

  /** @type {(units: Uint16Array, from: number, end: number) => number} */
  #character(units, from, end) {
    const unit = /** @type {number} */ (units[from]);
    const width = unit >= 0xd800 && unit <= 0xdbff ? 2 : 1;
    let hash = Math.imul(FNV_OFFSET ^ unit, FNV_PRIME);
    if (width === 2) hash = Math.imul(hash ^ /** @type {number} */ (units[from + 1]), FNV_PRIME);
    let i = from + width;
    while (i + width <= end && units[i] === unit && (width === 1 || units[i + 1] === units[from + 1])) i += width;
    const times = (i - from) / width;
    this.#push(hash);
    // Han characters double lawfully (谢谢, 慢慢); marks do not.
    if (times >= 2 && (isHan(unit) || width === 2)) this.#push(hash);
    if (times >= 3 || (times === 2 && !isHan(unit))) this.#push(REPEATED);
    return i;
  }
}

const MAX_WORD = 40;
/** Letters of the word being read. */
const word = new Uint16Array(MAX_WORD);

/** @type {(unit: number | undefined) => boolean} */
const isLetter = (unit) =>
  unit !== undefined && ((unit >= 0x61 && unit <= 0x7a) || (unit >= 0xdf && unit <= 0x24f && unit !== 0xf7));
/** @type {(unit: number | undefined) => boolean} */
const isDigit = (unit) => unit !== undefined && unit >= 0x30 && unit <= 0x39;
/** @type {(unit: number | undefined) => boolean} */
const isNameUnit = (unit) => isDigit(unit) || unit === 0x5f || (unit !== undefined && unit >= 0x61 && unit <= 0x7a);
/** @type {(unit: number) => boolean} */
const isHan = (unit) => unit >= 0x3400 && unit <= 0x9fff;
/** @type {(unit: number | undefined) => boolean} */
const isLinkUnit = (unit) => unit !== undefined && unit > 0x20 && unit < 0x7f;

/** @type {(units: Uint16Array, from: number, end: number) => boolean} */
function isLink(units, from, end) {
  return (
    startsWith(units, from, end, 'http://') ||
    startsWith(units, from, end, 'https://') ||
    startsWith(units, from, end, 'www.')
  );
}

/** @type {(units: Uint16Array, from: number, end: number, what: string) => boolean} */
function startsWith(units, from, end, what) {
  if (end - from < what.length) return false;
  for (let i = 0; i < what.length; i++) if (units[from + i] !== what.charCodeAt(i)) return false;
  return true;
}

/**
 * Buckets of the token uni-, bi- and trigrams in `tokens`, written to `into` from `at`; returns the new end.
 * @param {Int32Array} tokens
 * @param {number} count
 * @param {number} bits log2 of the number of buckets
 * @param {Int32Array} into
 * @param {number} at
 */
export function writeGrams(tokens, count, bits, into, at) {
  const shift = 32 - bits;
  let end = at;
  let before = 0;
  let last = 0;
  for (let i = 0; i < count; i++) {
    const token = /** @type {number} */ (tokens[i]);
    into[end++] = mix(token) >>> shift;
    if (i > 0) into[end++] = mix(Math.imul(last ^ BIGRAM, FNV_PRIME) + token) >>> shift;
    if (i > 1) {
      const pair = Math.imul(Math.imul(before ^ TRIGRAM, FNV_PRIME) + last, FNV_PRIME);
      into[end++] = mix(pair + token) >>> shift;
    }
    before = last;
    last = token;
  }
  return end;
}

/**
 * For each token the bucket, plus one, of it and the token before; 0 for the first. The same buckets as in writeGrams.
 * @param {Int32Array} tokens
 * @param {number} count
 * @param {number} bits
 * @param {Int32Array} into
 */
export function writePairs(tokens, count, bits, into) {
  const shift = 32 - bits;
  for (let i = 1; i < count; i++) {
    const last = /** @type {number} */ (tokens[i - 1]);
    const token = /** @type {number} */ (tokens[i]);
    into[i] = (mix(Math.imul(last ^ BIGRAM, FNV_PRIME) + token) >>> shift) + 1;
  }
}

/**
 * Buckets of the word pieces.
 * @param {Int32Array} pieces
 * @param {number} count
 * @param {number} bits
 * @param {Int32Array} into
 * @param {number} at
 */
export function writePieces(pieces, count, bits, into, at) {
  const shift = 32 - bits;
  for (let i = 0; i < count; i++) into[at + i] = mix(/** @type {number} */ (pieces[i])) >>> shift;
  return at + count;
}
