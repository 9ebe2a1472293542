/** model.json of a model folder: parsed, and refused with what was expected. */

export const LABELS = /** @type {const} */ (['negative', 'neutral', 'positive']);

/**
 * @typedef {object} ModelConfig
 * @property {string} name
 * @property {string} version
 * @property {string} task
 * @property {readonly string[]} labels
 * @property {{ readonly file: string, readonly gramBits: number, readonly pieceBits: number }} bag
 * @property {import('./bag-member.mjs').BagConfig} [linear] a second quick member, without a hidden layer
 * @property {readonly number[]} quick weights of the quick members' logits, the bag's first, where they answer alone
 * @property {readonly import('./sequence-member.mjs').SequenceConfig[]} sequences
 * @property {number} sure a label this probable by the quick members is final; others go to the sequences too
 * @property {readonly number[]} weights of the quick members and of each sequence in the sum of logits
 * @property {{ readonly negative: number, readonly positive: number }} strong score from which on a sentiment is strong
 * @property {string} [issues] folder of the issue-type model that is run beside it
 */

/**
 * @typedef {object} IssuesConfig
 * @property {string} name
 * @property {string} version
 * @property {string} task
 * @property {readonly string[]} labels the last one stands alone: given when nothing else is
 * @property {{ readonly file: string, readonly gramBits: number, readonly pieceBits: number }} bag
 * @property {number} bagTemperature divides the bag's logits where it answers alone
 * @property {readonly import('./sequence-member.mjs').SequenceConfig[]} sequences
 * @property {{ readonly low: number, readonly high: number }} clear where the bag gives no label a probability between
 *   these it answers alone
 * @property {readonly number[]} weights of the bag and of each sequence in the sum of logits
 * @property {readonly number[]} thresholds probability from which on a label is given, one a label
 * @property {readonly number[]} routes probability from which on a label may route to its owner; above 1: never
 */

/** @type {(text: unknown) => boolean} */
const named = (text) => typeof text === 'string' && /^[\w.-]+$/.test(text);
/** @type {(n: unknown, low: number, high: number) => boolean} */
const within = (n, low, high) => typeof n === 'number' && n >= low && n <= high;
/** @type {(n: unknown, low: number, high: number) => boolean} */
const whole = (n, low, high) => within(n, low, high) && Number.isInteger(n);
/** @type {(condition: boolean | undefined, what: string) => void} */
const expect = (condition, what) => {
  if (condition !== true) throw new Error(`model.json: expected ${what}`);
};

/**
 * What every model.json has, checked.
 * @template T
 * @param {string} json
 * @param {string} task
 * @returns {Partial<T>}
 */
function parseCommon(json, task) {
  /** @type {unknown} */
  let value;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new Error('model.json: expected JSON', { cause: error });
  }
  const config = /** @type {Partial<ModelConfig>} */ (typeof value === 'object' && value !== null ? value : {});
  expect(named(config.name), 'name: letters, digits, ".", "-"');
  expect(named(config.version), 'version: letters, digits, ".", "-"');
  expect(config.task === task, `task: "${task}"`);
  const { bag } = config;
  expect(
    named(bag?.file) && whole(bag?.gramBits, 8, 24) && whole(bag?.pieceBits, 8, 24),
    'bag: {file, gramBits: 8–24, pieceBits: 8–24}',
  );
  return /** @type {Partial<T>} */ (config);
}

/** @type {(config: Partial<Pick<ModelConfig, 'sequences' | 'weights'>>, quickMembers: number) => void} */
function expectMembers({ sequences, weights }, quickMembers) {
  expect(
    Array.isArray(sequences) &&
      sequences.every(
        (/** @type {Partial<import('./sequence-member.mjs').SequenceConfig>} */ one) =>
          named(one.file) &&
          named(one.vocabulary) &&
          whole(one.outsideBits, 0, 20) &&
          whole(one.pairBits, 0, 24) &&
          whole(one.head, 1, 512) &&
          whole(one.tail, 0, 512),
      ),
    'sequences: [{file, vocabulary, outsideBits: 0–20, pairBits: 0–24, head: 1–512, tail: 0–512}]',
  );
  expect(
    Array.isArray(weights) &&
      weights.length === quickMembers + (sequences?.length ?? 0) &&
      weights.every((w) => within(w, 0, 100)),
    'weights: one for each quick member and one for each sequence',
  );
}

/**
 * @param {string} json
 * @returns {IssuesConfig}
 */
export function parseIssuesConfig(json) {
  const config = /** @type {Partial<IssuesConfig>} */ (parseCommon(json, 'issues'));
  const { labels, thresholds, routes } = config;
  expect(Array.isArray(labels) && labels.length > 1 && labels.every(named), 'labels: a list of names');
  expect(within(config.bagTemperature, 0.01, 100), 'bagTemperature: 0.01–100');
  expectMembers(config, 1);
  expect(within(config.clear?.low, 0, 1) && within(config.clear?.high, 0, 1), 'clear: {low: 0–1, high: 0–1}');
  expect(
    Array.isArray(thresholds) && thresholds.length === labels?.length && thresholds.every((one) => within(one, 0, 1)),
    'thresholds: a probability for each label',
  );
  expect(
    Array.isArray(routes) && routes.length === labels?.length && routes.every((one) => within(one, 0, 2)),
    'routes: a probability for each label (above 1: never)',
  );
  return /** @type {IssuesConfig} */ (config);
}

/**
 * @param {string} json
 * @returns {ModelConfig}
 */
export function parseConfig(json) {
  const config = /** @type {Partial<ModelConfig>} */ (parseCommon(json, 'sentiment'));
  expect(JSON.stringify(config.labels) === JSON.stringify(LABELS), `labels: ${JSON.stringify(LABELS)}`);
  const { linear, quick, strong } = config;
  expect(
    linear === undefined || (named(linear.file) && whole(linear.gramBits, 8, 24) && whole(linear.pieceBits, 8, 24)),
    'linear: {file, gramBits: 8–24, pieceBits: 8–24}',
  );
  const quickMembers = linear === undefined ? 1 : 2;
  expect(
    Array.isArray(quick) && quick.length === quickMembers && quick.every((w) => within(w, 0, 100)),
    'quick: a weight for the bag and one for the linear member if there is one',
  );
  expectMembers(config, quickMembers);
  expect(within(config.sure, 0, 2), 'sure: a probability (above 1: never)');
  expect(within(strong?.negative, -1, 0) && within(strong?.positive, 0, 1), 'strong: {negative: −1…0, positive: 0…1}');
  expect(
    config.issues === undefined || /^(\.\.\/)?[\w-]+$/.test(config.issues),
    'issues: a folder beside or in this one',
  );
  return /** @type {ModelConfig} */ (config);
}
