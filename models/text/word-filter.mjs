/**
 * A set of words as a Bloom filter (Bloom 1970): 10 bits a word and 4 hashes, so that one in a hundred words that are not in the
 * set passes for one that is. Small enough to stand in a source file.
 */
const HASHES = 4;
const BITS_A_WORD = 10;

/** Two independent hashes of the letters `text[start, end)`, large or small alike; the others are their sums (Kirsch, Mitzenmacher 2006). */
let first = 0;
let step = 0;
/** @param {string} text @param {number} start @param {number} end */
function hash(text, start, end) {
  first = 0x811c9dc5;
  step = 0x9e3779b9;
  for (let at = start; at < end; at += 1) {
    const unit = text.charCodeAt(at) | 0x20;
    first = Math.imul(first ^ unit, 0x01000193);
    step = Math.imul(step ^ unit, 0x85ebca6b) ^ (step >>> 13);
  }
  step |= 1;
}

/** @param {number} size in bits @param {number} i */
const position = (size, i) => ((first + Math.imul(i, step)) >>> 0) % size;

/** @param {readonly string[]} words in Latin letters */
export function filterOf(words) {
  const bits = new Uint8Array(Math.ceil((words.length * BITS_A_WORD) / 8));
  for (const word of words) {
    hash(word, 0, word.length);
    for (let i = 0; i < HASHES; i += 1) {
      const at = position(bits.length * 8, i);
      bits[at >>> 3] = (bits[at >>> 3] ?? 0) | (1 << (at & 7)); // within the bits
    }
  }
  return bits;
}

/** @param {string} base64 */
export function filterFrom(base64) {
  const binary = atob(base64);
  const bits = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i += 1) bits[i] = binary.charCodeAt(i);
  return bits;
}

/**
 * Whether the letters `text[start, end)` are a word of the set; of others one in a hundred passes.
 * @param {Uint8Array} bits @param {string} text @param {number} start @param {number} end
 */
export function holdsWord(bits, text, start, end) {
  hash(text, start, end);
  const size = bits.length * 8;
  for (let i = 0; i < HASHES; i += 1) {
    const at = position(size, i);
    // Within the bits.
    if (((bits[at >>> 3] ?? 0) & (1 << (at & 7))) === 0) return false;
  }
  return true;
}
