/** The issue-type model: a bag with a probability for each label, several of which may hold. */
import { join } from 'node:path';
import { openBag } from './bag-member.mjs';
import { parseIssuesConfig } from './model-config.mjs';
import { readBytes } from './onnx-session.mjs';

/**
 * @param {string} dir with model.json and the file it names
 */
export async function openIssues(dir) {
  const config = parseIssuesConfig((await readBytes(join(dir, 'model.json'))).toString('utf8'));
  const { labels, thresholds, temperature } = config;
  const bag = await openBag(dir, config.bag);
  const last = labels.length - 1;

  /**
   * A probability for each label.
   * @type {(texts: readonly ReturnType<typeof bag.read>[]) => Promise<number[][]>}
   */
  async function probabilities(texts) {
    const logits = await bag.logits(texts);
    if (logits.length < texts.length * labels.length) {
      throw new Error(`expected ${labels.length} logits a text of ${config.bag.file}`);
    }
    return texts.map((_, i) =>
      labels.map((_, c) => 1 / (1 + Math.exp(-Number(logits[i * labels.length + c]) / temperature))),
    );
  }

  return {
    labels,
    read: bag.read,
    probabilities,
    /**
     * Each text's labels, most probable first; the last label of the model where nothing else holds.
     * @type {(texts: readonly ReturnType<typeof bag.read>[]) => Promise<{ label: string, confidence: number }[][]>}
     */
    async find(texts) {
      return (await probabilities(texts)).map((of) => {
        const found = of
          .map((confidence, c) => ({ label: labels[c] ?? '', confidence, over: confidence - Number(thresholds[c]) }))
          .filter(({ over }, c) => over >= 0 && c !== last)
          .sort((a, b) => b.confidence - a.confidence)
          .map(({ label, confidence }) => ({ label, confidence }));
        return found.length > 0 ? found : [{ label: labels[last] ?? '', confidence: Number(of[last]) }];
      });
    },
  };
}
