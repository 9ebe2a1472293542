/** What an .onnx file holds, read without a runtime: the kinds of its nodes in their order, and its constants by name. */

/**
 * @typedef {{ readonly dims: readonly number[], readonly type: number, readonly bytes: Uint8Array }} Constant
 * @typedef {{ readonly ops: readonly string[], readonly constants: ReadonlyMap<string, Constant> }} OnnxGraph
 */

/** Data types of constants, as ONNX numbers them. */
export const FLOAT32 = 1;
export const INT8 = 3;
export const INT16 = 5;

/** Numbers of the fields that are read, in the messages of onnx.proto. */
const MODEL_GRAPH = 7;
const GRAPH = { node: 1, initializer: 5 };
const NODE_OP = 4;
const TENSOR = { dims: 1, type: 2, name: 8, raw: 9 };

/**
 * Throws where the file is no protocol buffer. Constants that are kept in another form than raw bytes are left out.
 * @param {Uint8Array} file
 * @returns {OnnxGraph}
 */
export function readGraph(file) {
  /** @type {string[]} */
  const ops = [];
  /** @type {Map<string, Constant>} */
  const constants = new Map();
  for (const { field, bytes: graph } of fieldsOf(file)) {
    if (field !== MODEL_GRAPH) continue;
    for (const { field, bytes } of fieldsOf(graph)) {
      if (field === GRAPH.node) {
        for (const one of fieldsOf(bytes)) if (one.field === NODE_OP) ops.push(textOf(one.bytes));
      } else if (field === GRAPH.initializer) {
        const { name, constant } = tensorOf(bytes);
        if (constant.bytes.length > 0) constants.set(name, constant);
      }
    }
  }
  return { ops, constants };
}

/** @type {(bytes: Uint8Array) => { name: string, constant: Constant }} */
function tensorOf(bytes) {
  let name = '';
  let type = 0;
  let raw = NONE;
  /** @type {number[]} */
  const dims = [];
  for (const { field, value, bytes: inner } of fieldsOf(bytes)) {
    if (field === TENSOR.name) name = textOf(inner);
    else if (field === TENSOR.type) type = value;
    else if (field === TENSOR.raw) raw = inner;
    else if (field === TENSOR.dims && inner.length === 0) dims.push(value);
    else if (field === TENSOR.dims)
      for (let at = 0; at < inner.length;) at = varint(inner, at, (one) => dims.push(one));
  }
  return { name, constant: { dims, type, bytes: raw } };
}

/** @type {(bytes: Uint8Array) => string} */
const textOf = (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');

/** @type {Uint8Array} */
const NONE = new Uint8Array();

/**
 * The fields of a message: a number, or bytes.
 * @param {Uint8Array} message
 * @returns {Generator<{ field: number, value: number, bytes: Uint8Array }>}
 */
function* fieldsOf(message) {
  for (let at = 0; at < message.length;) {
    let tag = 0;
    at = varint(message, at, (value) => (tag = value));
    const field = Math.floor(tag / 8);
    let value = 0;
    let bytes = /** @type {Uint8Array} */ (NONE);
    const kind = tag % 8;
    if (kind === 0) at = varint(message, at, (one) => (value = one));
    else if (kind === 1) at += 8;
    else if (kind === 5) at += 4;
    else if (kind === 2) {
      at = varint(message, at, (length) => (value = length));
      bytes = message.subarray(at, at + value);
      at += value;
    } else throw new Error('expected a protocol buffer');
    if (at > message.length) throw new Error('expected a protocol buffer that is not cut short');
    yield { field, value, bytes };
  }
}

/** Reads a number (exact to 2^53), gives it to `take` and returns where it ends. @type {(bytes: Uint8Array, at: number, take: (value: number) => void) => number} */
function varint(bytes, at, take) {
  let value = 0;
  let unit = 1;
  for (;;) {
    const byte = bytes[at++];
    if (byte === undefined) throw new Error('expected a protocol buffer that is not cut short');
    value += (byte & 0x7f) * unit;
    if (byte < 0x80) break;
    unit *= 128;
  }
  take(value);
  return at;
}
