/**
 * For tests of the scoring pool alone: a model that does what its texts tell it to, or a real one with faults thrown in.
 * Texts: `die`, `hang`, `throw`, `short` (one score too few), `die once <file>`, `slow <ms>`; all else scores its length.
 */
import { existsSync, writeFileSync } from 'node:fs';

/** @typedef {{ readonly real?: string; readonly dieRate?: number; readonly hangRate?: number; readonly brokenIf?: string }} Options */
/** @typedef {{ readonly name: string; readonly version: string; score(texts: readonly string[]): Promise<readonly unknown[]> }} Model */

const hang = () => {
  for (;;) if (Date.now() < 0) return;
};

/**
 * @param {string} dir
 * @param {Options} [options]
 * @returns {Promise<Model>}
 */
export async function load(dir, options = {}) {
  if (options.brokenIf !== undefined && existsSync(options.brokenIf)) throw new Error('expected a model, found none');
  if (options.real !== undefined) {
    const module = /** @type {{ load(dir: string): Promise<Model> }} */ (await import(options.real));
    return withFaults(await module.load(dir), options);
  }
  return { name: 'obedient', version: dir, score: (texts) => score(texts, dir) };
}

/** @type {(model: Model, options: Options) => Model} */
function withFaults(model, { dieRate = 0, hangRate = 0 }) {
  return {
    name: model.name,
    version: model.version,
    score: async (texts) => {
      if (Math.random() < hangRate) hang();
      const scores = await model.score(texts);
      if (Math.random() < dieRate) process.exit(9);
      return scores;
    },
  };
}

/** @type {(texts: readonly string[], version: string) => Promise<readonly unknown[]>} */
async function score(texts, version) {
  const scores = [];
  for (const text of texts) {
    if (text === 'die') process.exit(9);
    if (text === 'hang') hang();
    if (text === 'throw') throw new Error('cannot score this');
    if (text === 'short') continue;
    const once = /^die once (.+)$/.exec(text)?.[1];
    if (once !== undefined && !existsSync(once)) {
      writeFileSync(once, '');
      process.exit(9);
    }
    const slow = /^slow (\d+)$/.exec(text)?.[1];
    if (slow !== undefined) await new Promise((resolve) => setTimeout(resolve, Number(slow)));
    scores.push({ length: text.length, batch: texts.length, version });
  }
  return scores;
}
