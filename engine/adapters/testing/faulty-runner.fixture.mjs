/**
 * For tests of the scoring pool alone: a model that does what its texts tell it to, or a real one with faults thrown in.
 * Faults strike during a batch, at a text drawn at random, or just before or after it.
 * Texts: `die`, `hang`, `throw`, `short` (one score too few), `die once <file>`, `hang once <file>`, `slow <ms>`,
 * `says nothing` (which text is at work is not said), `native <ms> <file>` (is in native code that long, writes the file's end
 * after); all else scores its length.
 */
import { appendFileSync, existsSync, writeFileSync } from 'node:fs';

/** @typedef {{ readonly real?: string; readonly dieRate?: number; readonly hangRate?: number; readonly brokenIf?: string; readonly nativeLoad?: string; readonly dieLoadOnce?: string }} Options */
/** @typedef {(index: number) => void} At */
/** @typedef {{ readonly name: string; readonly version: string; score(texts: readonly string[], at?: At): Promise<readonly unknown[]> }} Model */

const hang = () => {
  for (;;) if (Date.now() < 0) return;
};

/** @type {(isInside: boolean) => void} */
let watchNative = () => undefined;

/** @param {(isInside: boolean) => void} watch */
export function watchNativeCalls(watch) {
  watchNative = watch;
}

/** As native code is: nothing of this thread runs meanwhile, and it ends badly if the thread has been ended. @type {(ms: number, file: string) => void} */
function pretendNative(ms, file) {
  watchNative(true);
  appendFileSync(file, 'entered ');
  const until = Date.now() + ms;
  while (Date.now() < until);
  appendFileSync(file, 'left');
  watchNative(false);
}

/**
 * @param {string} dir
 * @param {Options} [options]
 * @returns {Promise<Model>}
 */
export async function load(dir, options = {}) {
  if (options.brokenIf !== undefined && existsSync(options.brokenIf)) throw new Error('expected a model, found none');
  if (options.dieLoadOnce !== undefined && !existsSync(options.dieLoadOnce)) {
    writeFileSync(options.dieLoadOnce, '');
    process.exit(1);
  }
  if (options.nativeLoad !== undefined) pretendNative(200, options.nativeLoad);
  if (options.real !== undefined) {
    const module =
      /** @type {{ load(dir: string): Promise<Model>, watchNativeCalls(watch: typeof watchNative): void }} */ (
        await import(options.real)
      );
    module.watchNativeCalls(watchNative);
    return withFaults(await module.load(dir), options);
  }
  return { name: 'obedient', version: dir, score: (texts, at) => score(texts, dir, at) };
}

/** @type {(model: Model, options: Options) => Model} */
function withFaults(model, { dieRate = 0, hangRate = 0 }) {
  return {
    name: model.name,
    version: model.version,
    score: async (texts, at = () => undefined) => {
      const drawn = Math.random();
      const when = Math.floor(Math.random() * (texts.length + 2)) - 1;
      const strike = (/** @type {number} */ index) => {
        if (index !== when) return;
        if (drawn < hangRate) hang();
        if (drawn < hangRate + dieRate) process.exit(9);
      };
      if (texts.length > 0) strike(-1);
      const scores = await model.score(texts, (index) => {
        at(index);
        strike(index);
      });
      if (texts.length > 0) strike(texts.length);
      return scores;
    },
  };
}

/** @type {(texts: readonly string[], version: string, at?: At) => Promise<readonly unknown[]>} */
async function score(texts, version, at) {
  const scores = [];
  for (const [i, text] of texts.entries()) {
    if (!texts.includes('says nothing')) at?.(i);
    if (text === 'die') process.exit(9);
    if (text === 'hang') hang();
    if (text === 'throw') throw new Error('cannot score this');
    if (text === 'short') continue;
    const [, what, once] = /^(die|hang) once (.+)$/.exec(text) ?? [];
    if (once !== undefined && !existsSync(once)) {
      writeFileSync(once, '');
      if (what === 'hang') hang();
      process.exit(9);
    }
    const [, nativeMs, file] = /^native (\d+) (.+)$/.exec(text) ?? [];
    if (file !== undefined) pretendNative(Number(nativeMs), file);
    const slow = /^slow (\d+)$/.exec(text)?.[1];
    if (slow !== undefined) await new Promise((resolve) => setTimeout(resolve, Number(slow)));
    scores.push({ length: text.length, batch: texts.length, version });
  }
  return scores;
}
