/** A table of rows of small whole numbers, of which many are summed: exactly, so that neither order nor company matters. */
import { INT8, INT16 } from './onnx-graph.mjs';

/** Rows whose sums fit into 16 bits when each value is one unsigned byte. */
const ROWS_A_ROUND = 256;
/** Every other byte of a word. */
const LOW = 0xff00ff;

/**
 * int8, four to a word: two lanes of 16 bits are added at a time, of values made unsigned.
 * @param {import('./onnx-graph.mjs').Constant} constant [buckets, width]
 * @returns {{ readonly width: number, sum(buckets: Int32Array, count: number, into: Int32Array): void }}
 */
export function bytesTable({ dims, type, bytes }) {
  const [, width = 0] = dims;
  if (type !== INT8 || width % 4 !== 0 || bytes.length !== product(dims)) throw new Error('expected rows of int8');
  const words = width / 4;
  const table = new Int32Array(copied(bytes));
  for (let i = 0; i < table.length; i++) table[i] = /** @type {number} */ (table[i]) ^ 0x80808080;
  const even = new Int32Array(words);
  const odd = new Int32Array(words);
  return {
    width,
    sum(buckets, count, into) {
      into.fill(-128 * count, 0, width);
      for (let from = 0; from < count; from += ROWS_A_ROUND) {
        even.fill(0);
        odd.fill(0);
        const end = Math.min(count, from + ROWS_A_ROUND);
        let row = from;
        // Four at a time: their rows lie far apart, and are fetched at once.
        for (; row + 3 < end; row += 4) {
          const one = /** @type {number} */ (buckets[row]) * words;
          const two = /** @type {number} */ (buckets[row + 1]) * words;
          const three = /** @type {number} */ (buckets[row + 2]) * words;
          const four = /** @type {number} */ (buckets[row + 3]) * words;
          for (let w = 0; w < words; w++) {
            const a = /** @type {number} */ (table[one + w]);
            const b = /** @type {number} */ (table[two + w]);
            const c = /** @type {number} */ (table[three + w]);
            const d = /** @type {number} */ (table[four + w]);
            even[w] = /** @type {number} */ (even[w]) + (a & LOW) + (b & LOW) + (c & LOW) + (d & LOW);
            odd[w] =
              /** @type {number} */ (odd[w]) +
              ((a >>> 8) & LOW) +
              ((b >>> 8) & LOW) +
              ((c >>> 8) & LOW) +
              ((d >>> 8) & LOW);
          }
        }
        for (; row < end; row++) {
          const start = /** @type {number} */ (buckets[row]) * words;
          for (let w = 0; w < words; w++) {
            const word = /** @type {number} */ (table[start + w]);
            even[w] = /** @type {number} */ (even[w]) + (word & LOW);
            odd[w] = /** @type {number} */ (odd[w]) + ((word >>> 8) & LOW);
          }
        }
        for (let w = 0; w < words; w++) {
          const [first, second] = [Number(even[w]), Number(odd[w])];
          add(into, 4 * w, first & 0xffff);
          add(into, 4 * w + 1, second & 0xffff);
          add(into, 4 * w + 2, first >>> 16);
          add(into, 4 * w + 3, second >>> 16);
        }
      }
    },
  };
}

/**
 * int16, four a row.
 * @param {import('./onnx-graph.mjs').Constant} constant [buckets, 4]
 * @returns {{ readonly width: number, sum(buckets: Int32Array, count: number, into: Int32Array): void }}
 */
export function shortsTable({ dims, type, bytes }) {
  const [, width] = dims;
  if (type !== INT16 || width !== 4 || bytes.length !== 2 * product(dims)) throw new Error('expected four int16 a row');
  const table = new Int16Array(copied(bytes));
  return {
    width,
    sum(buckets, count, into) {
      let a = 0;
      let b = 0;
      let c = 0;
      let d = 0;
      for (let row = 0; row < count; row++) {
        const start = /** @type {number} */ (buckets[row]) * 4;
        a += /** @type {number} */ (table[start]);
        b += /** @type {number} */ (table[start + 1]);
        c += /** @type {number} */ (table[start + 2]);
        d += /** @type {number} */ (table[start + 3]);
      }
      into[0] = a;
      into[1] = b;
      into[2] = c;
      into[3] = d;
    },
  };
}

/** @type {(into: Int32Array, at: number, value: number) => void} */
const add = (into, at, value) => {
  into[at] = Number(into[at]) + value;
};

/** Aligned. @type {(bytes: Uint8Array) => ArrayBuffer} */
const copied = (bytes) => new Uint8Array(bytes).buffer;

/** @type {(dims: readonly number[]) => number} */
const product = (dims) => dims.reduce((a, b) => a * b, 1);
