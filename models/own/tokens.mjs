/** tokenizer.json: from a text to token ids, cut to a length with the special tokens kept at both ends. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Tokenizer } from '@huggingface/tokenizers';
import { ModelFault, reasonOf } from './model-fault.mjs';

/** Of a long text only the beginning is read; no token of a usual text is longer than that on average. */
const UNITS_A_TOKEN = 32;

/**
 * @param {string} dir with tokenizer.json and perhaps tokenizer_config.json
 * @param {number} maxLength
 */
export async function openTokens(dir, maxLength) {
  const path = join(dir, 'tokenizer.json');
  const form = await readJson(path);
  if (form === undefined) throw new ModelFault('MODEL_FILE_MISSING', `expected a readable file ${path}`);
  if (typeof form['model'] !== 'object') {
    throw new ModelFault(
      'TOKENIZER_INVALID',
      `${path}: expected a fast tokenizer with a "model", found ${keysOf(form)}`,
    );
  }
  const config = (await readJson(join(dir, 'tokenizer_config.json'))) ?? {}; // as the library has it
  /** @type {Tokenizer} */
  let tokenizer;
  /** @type {number} */
  let after;
  /** @type {number} */
  let highest;
  try {
    tokenizer = new Tokenizer(form, config);
    const all = idsOf(tokenizer, 'a', true);
    const plain = idsOf(tokenizer, 'a', false);
    // How many special tokens stand behind a text.
    after = all.length - plain.length - startOf(all, plain);
    highest = [...tokenizer.get_vocab(true).values()].reduce((a, b) => Math.max(a, b), 0);
  } catch (thrown) {
    throw new ModelFault(
      'TOKENIZER_INVALID',
      `${path}: expected a tokenizer of BERT's kind: ${reasonOf(thrown)}`,
      thrown,
    );
  }
  const unknown = tokenizer.token_to_id('[UNK]') ?? 0; // a vocabulary without one

  return {
    /** The largest id it can give. */
    highest,
    /** At least one id. @type {(text: string) => number[]} */
    encode(text) {
      const most = maxLength * UNITS_A_TOKEN;
      const ids = idsOf(tokenizer, text.length > most ? text.slice(0, most) : text, true);
      if (ids.length === 0) return [unknown];
      if (ids.length <= maxLength) return ids;
      return [...ids.slice(0, maxLength - after), ...ids.slice(ids.length - after)];
    },
  };
}

/** @type {(tokenizer: Tokenizer, text: string, special: boolean) => number[]} */
function idsOf(tokenizer, text, special) {
  return tokenizer.encode(text, { add_special_tokens: special }).ids;
}

/** @type {(all: readonly number[], part: readonly number[]) => number} */
function startOf(all, part) {
  for (let at = 0; at + part.length <= all.length; at++) if (part.every((id, i) => all[at + i] === id)) return at;
  return 0;
}

/** @type {(form: object) => string} */
const keysOf = (form) => Object.keys(form).slice(0, 5).join(', ') || 'nothing';

/** undefined: there is none. @type {(path: string) => Promise<Record<string, unknown> | undefined>} */
async function readJson(path) {
  /** @type {string} */
  let text;
  try {
    text = await readFile(path, 'utf8');
  } catch {
    return undefined;
  }
  /** @type {unknown} */
  let value;
  try {
    value = JSON.parse(text);
  } catch (thrown) {
    throw new ModelFault('TOKENIZER_INVALID', `${path}: expected JSON: ${reasonOf(thrown)}`, thrown);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw new ModelFault(
    'TOKENIZER_INVALID',
    `${path}: expected a map, found ${Array.isArray(value) ? 'a list' : String(value)}`,
  );
}
