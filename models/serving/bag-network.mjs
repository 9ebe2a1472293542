/** The graphs that export.py writes for bags, computed from the constants of their .onnx files: buckets in, logits out. */
import { FLOAT32, readGraph } from './onnx-graph.mjs';
import { bytesTable, shortsTable } from './pooled-table.mjs';

const POOL = ['Gather', 'Cast', 'Unsqueeze', 'MatMul', 'Squeeze'];
const HIDDEN = [...POOL, 'Mul', 'Mul', ...POOL, 'Mul', 'Mul', 'Concat', 'Gemm', 'Relu', 'Gemm'].join();
const SCALED = [...POOL, 'Mul', 'Slice', 'Slice', 'Max', 'Sqrt', 'Div'];
const LATIN = ['ReduceSum', 'ReduceSum', 'Max', 'Div', 'Min', 'Mul', 'Sub', 'Mul'];
const LINEAR = [...SCALED, ...SCALED, 'Add', 'Gemm', ...LATIN].join();

/**
 * undefined: it is another graph.
 * @param {Uint8Array} file
 * @returns {((grams: Int32Array, pieces: Int32Array) => Float32Array) | undefined}
 */
export function networkOf(file) {
  try {
    const { ops, constants } = readGraph(file);
    /** @type {(name: string) => import('./onnx-graph.mjs').Constant} */
    const named = (name) => {
      const constant = constants.get(name);
      if (constant === undefined) throw new Error(`expected a constant ${name}`);
      return constant;
    };
    if (ops.join() === HIDDEN) return hiddenNetwork(named);
    if (ops.join() === LINEAR) return linearNetwork(named);
  } catch {
    // ONNX Runtime says what is wrong with it.
  }
  return undefined;
}

/** @typedef {(name: string) => import('./onnx-graph.mjs').Constant} Named */

/** Means of both tables' rows (by the root of their number), a hidden layer, and the logits. @param {Named} named */
function hiddenNetwork(named) {
  const tables = /** @type {const} */ (['gram', 'piece']).map((name) => ({
    table: bytesTable(named(`${name}_table`)),
    scale: Number(floats(named(`${name}_scale`))[0]),
  }));
  const hidden = dense(named, 'hidden');
  const out = dense(named, 'logits');
  const widths = tables.map(({ table }) => table.width);
  const sums = new Int32Array(Math.max(...widths));
  const pooled = new Float32Array(widths.reduce((a, b) => a + b, 0));
  const inner = new Float32Array(hidden.width);
  return (/** @type {Int32Array} */ grams, /** @type {Int32Array} */ pieces) => {
    let from = 0;
    for (const [i, { table, scale }] of tables.entries()) {
      const buckets = i === 0 ? grams : pieces;
      table.sum(buckets, buckets.length, sums);
      const factor = scale / Math.sqrt(Math.max(1, buckets.length));
      for (let c = 0; c < table.width; c++) pooled[from + c] = /** @type {number} */ (sums[c]) * factor;
      from += table.width;
    }
    hidden.apply(pooled, inner);
    for (let c = 0; c < inner.length; c++) inner[c] = Math.max(0, /** @type {number} */ (inner[c]));
    const logits = new Float32Array(out.width);
    out.apply(inner, logits);
    return logits;
  };
}

/**
 * Two sums of weights, each divided by the length of the rows that were summed; the logits count less, the more pieces there
 * are for each n-gram (Latin words have some, Chinese has none). Each step is rounded to float32, as ONNX Runtime does it:
 * the same bits.
 * @param {Named} named
 */
function linearNetwork(named) {
  const tables = /** @type {const} */ (['gram', 'piece']).map((name) => {
    const table = shortsTable(named(`${name}_table`));
    const scale = floats(named(`${name}_scale`));
    if (scale.length !== table.width) throw new Error('expected two weights and two squares');
    return { table, scale };
  });
  const least = Number(floats(named('small'))[0]);
  const latinLess = Number(floats(named('latin_less'))[0]);
  const out = dense(named, 'full');
  const { fround } = Math;
  const sums = new Int32Array(4);
  const both = new Float32Array(2);
  return (/** @type {Int32Array} */ grams, /** @type {Int32Array} */ pieces) => {
    both.fill(0);
    for (const [i, { table, scale }] of tables.entries()) {
      const buckets = i === 0 ? grams : pieces;
      table.sum(buckets, buckets.length, sums);
      for (let c = 0; c < 2; c++) {
        const top = fround(Number(sums[c]) * Number(scale[c]));
        const squares = Math.max(least, fround(Number(sums[c + 2]) * Number(scale[c + 2])));
        both[c] = Number(both[c]) + fround(top / fround(Math.sqrt(squares)));
      }
    }
    const logits = new Float32Array(out.width);
    out.apply(both, logits);
    const latin = Math.min(1, fround(pieces.length / Math.max(1, grams.length)));
    const factor = fround(1 - fround(latinLess * latin));
    for (let c = 0; c < logits.length; c++) logits[c] = Number(logits[c]) * factor;
    return logits;
  };
}

/** Outputs of a dense layer that are computed side by side: one sum alone would wait for each of its additions. */
const LANES = 8;

/** A dense layer: weights [outputs, inputs] and biases. @param {Named} named @param {string} name */
function dense(named, name) {
  const [width = 0, inputs = 0] = named(`${name}_weight`).dims;
  const weight = floats(named(`${name}_weight`));
  const bias = floats(named(`${name}_bias`));
  if (weight.length !== width * inputs || bias.length !== width) throw new Error(`expected a dense layer ${name}`);
  const groups = Math.ceil(width / LANES);
  // Of each input in turn what it weighs for the outputs of a group.
  const turned = new Float32Array(groups * LANES * inputs);
  for (let row = 0; row < width; row++) {
    const first = (row - (row % LANES)) * inputs + (row % LANES);
    for (let i = 0; i < inputs; i++) turned[first + i * LANES] = Number(weight[row * inputs + i]);
  }
  const sums = new Float32Array(groups * LANES);
  return {
    width,
    /** @type {(x: Float32Array, into: Float32Array) => void} */
    apply(x, into) {
      let at = 0;
      for (let group = 0; group < groups; group++) {
        let a = 0;
        let b = 0;
        let c = 0;
        let d = 0;
        let e = 0;
        let f = 0;
        let g = 0;
        let h = 0;
        for (let i = 0; i < inputs; i++) {
          const value = /** @type {number} */ (x[i]);
          a += /** @type {number} */ (turned[at]) * value;
          b += /** @type {number} */ (turned[at + 1]) * value;
          c += /** @type {number} */ (turned[at + 2]) * value;
          d += /** @type {number} */ (turned[at + 3]) * value;
          e += /** @type {number} */ (turned[at + 4]) * value;
          f += /** @type {number} */ (turned[at + 5]) * value;
          g += /** @type {number} */ (turned[at + 6]) * value;
          h += /** @type {number} */ (turned[at + 7]) * value;
          at += LANES;
        }
        sums[group * LANES] = a;
        sums[group * LANES + 1] = b;
        sums[group * LANES + 2] = c;
        sums[group * LANES + 3] = d;
        sums[group * LANES + 4] = e;
        sums[group * LANES + 5] = f;
        sums[group * LANES + 6] = g;
        sums[group * LANES + 7] = h;
      }
      for (let row = 0; row < width; row++) into[row] = Number(sums[row]) + Number(bias[row]);
    },
  };
}

/** @type {(constant: import('./onnx-graph.mjs').Constant) => Float32Array} */
function floats({ type, bytes }) {
  if (type !== FLOAT32) throw new Error('expected float32');
  return new Float32Array(new Uint8Array(bytes).buffer);
}
