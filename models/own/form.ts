/**
 * model.yaml of a model of your own: its form as a JSON Schema, and how it becomes plain data for the scoring threads. What
 * one place cannot see alone (labels that mean nothing, thresholds for labels that are not there) is held here.
 */
import { didYouMean } from '../../engine/core/text/spelling.ts';
import type { JsonObject } from '../../engine/core/types.ts';

export const SENTIMENTS = ['negative', 'neutral', 'positive'] as const;

export interface OwnModel {
  readonly name: string;
  readonly version: string;
  readonly task: 'sentiment' | 'issues';
  /** What each output of the network means, in their order: a sentiment, or an issue label. */
  readonly outputs: readonly string[];
  readonly maxLength: number;
  readonly activation: 'softmax' | 'sigmoid' | 'none';
  /** Divides the logits. */
  readonly temperature: number;
  /** Probability from which on a label is given: of each sentiment, or of each output. */
  readonly thresholds: readonly number[];
  /** Score from which on a sentiment is strong. */
  readonly strong: { readonly negative: number; readonly positive: number };
  /** Issues: the label where no other is given; null: none. */
  readonly fallback: string | null;
  readonly inputs: { readonly ids: string; readonly mask: string; readonly types: string; readonly positions: string };
  /** null: `logits`, or the only one. */
  readonly output: string | null;
  /** How the scores of a sentiment model were distributed when all was well: counts in equal bins from −1 to 1. */
  readonly reference: readonly number[] | null;
}

export interface FormFault {
  readonly at: readonly (string | number)[];
  readonly message: string;
}
type Parsed = { readonly config: OwnModel } | { readonly faults: readonly FormFault[] };

const text = (description: string, maxLength = 64): JsonObject => ({
  type: 'string',
  description,
  minLength: 1,
  maxLength,
});
const probability = (description: string): JsonObject => ({ type: 'number', description, minimum: 0, maximum: 1 });
const map = (description: string, properties: Readonly<Record<string, JsonObject>>): JsonObject => ({
  type: 'object',
  description,
  properties,
  additionalProperties: false,
});

export const MODEL_SCHEMA: JsonObject = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'A model of your own',
  ...map('', {
    name: { ...text('what it is called on events and in metrics'), pattern: '^[\\w.-]+$' },
    version: {
      type: ['string', 'number'],
      description: 'named on each event: a new one for every change',
      maxLength: 64,
      pattern: '^[\\w.+-]+$',
    },
    task: { enum: ['sentiment', 'issues'], description: 'what it tells' },
    labels: {
      type: 'array',
      description: "the network's outputs, in their order",
      items: { type: ['string', 'integer'], minLength: 1, maxLength: 200 },
      minItems: 1,
      maxItems: 1000,
      uniqueItems: true,
    },
    mapping: {
      type: 'object',
      description: 'what a label means, where its name does not say',
      additionalProperties: { type: 'string', minLength: 1, maxLength: 64 },
    },
    max_length: {
      type: 'integer',
      description: 'tokens read of a text, special ones included',
      default: 128,
      minimum: 4,
      maximum: 4096,
    },
    activation: {
      enum: ['softmax', 'sigmoid', 'none'],
      description: 'what makes probabilities of the outputs; softmax for sentiment, sigmoid for issues unless given',
    },
    temperature: {
      type: 'number',
      description: 'divides the outputs before that',
      default: 1,
      minimum: 0.01,
      maximum: 100,
    },
    thresholds: {
      type: ['number', 'object'],
      description: 'probability from which on a label is given: one for all, or one each by name',
      minimum: 0,
      maximum: 1,
      additionalProperties: probability('of this label'),
    },
    strong: map('sentiment: scores from which on it is strong', {
      negative: { type: 'number', default: -0.9, minimum: -1, maximum: 0 },
      positive: { type: 'number', default: 0.9, minimum: 0, maximum: 1 },
    }),
    fallback: { ...text('issues: the label where no other is given'), default: 'other', type: ['string', 'null'] },
    inputs: map('names of the inputs, where unusual', {
      ids: { ...text('token ids'), default: 'input_ids' },
      mask: { ...text('1 for each token'), default: 'attention_mask' },
      types: { ...text('all 0'), default: 'token_type_ids' },
      positions: { ...text('0, 1, 2, …'), default: 'position_ids' },
    }),
    output: text('name of the output, where there are several and none is called logits'),
    reference: {
      type: 'array',
      description:
        'sentiment: counts of scores when all was well, in equal bins from −1 to 1; drift is measured against it',
      items: { type: 'number', minimum: 0 },
      minItems: 2,
      maxItems: 100,
    },
  }),
  required: ['name', 'version', 'task', 'labels'],
};

export const modelForm = { schema: MODEL_SCHEMA, parse: parseModel };

const LABEL = /^[a-z][a-z0-9_]{0,63}$/;

/** Total: whatever it is given, it returns a model or every fault it found. */
export function parseModel(raw: unknown): Parsed {
  const given = mapOf(raw);
  const faults: FormFault[] = [];
  const report = (at: FormFault['at'], message: string): void => void faults.push({ at, message });
  const task = given['task'] === 'issues' ? 'issues' : 'sentiment';
  const labels = (Array.isArray(given['labels']) ? (given['labels'] as readonly unknown[]) : []).map(String);
  const mapping = mapOf(given['mapping']);
  for (const name of Object.keys(mapping)) {
    if (!labels.includes(name)) report(['mapping', name], `there is no label "${name}"${didYouMean(name, labels)}`);
  }
  const outputs = labels.map((label, i) => {
    const meaning = meaningOf(label, mapping[label], task);
    if (meaning !== undefined) return meaning;
    if (Object.hasOwn(mapping, label))
      report(['mapping', label], `found "${String(mapping[label])}", ${EXPECTED[task]}`);
    else report(['labels', i], `the label "${label}" says nothing: ${EXPECTED[task]}, or its meaning under mapping:`);
    return label;
  });
  const activation =
    oneOf(given['activation'], ['softmax', 'sigmoid', 'none'] as const) ??
    (task === 'sentiment' ? 'softmax' : 'sigmoid');
  if (task === 'sentiment') checkSentiment(outputs, activation, report);
  for (const key of FOREIGN[task]) {
    if (Object.hasOwn(given, key)) report([key], `"${key}" means nothing for ${task}: leave it out`);
  }
  const reference = Array.isArray(given['reference']) ? (given['reference'] as readonly unknown[]).map(Number) : null;
  if (reference !== null && !(reference.reduce((a, b) => a + b, 0) > 0)) {
    report(['reference'], 'found no counts, expected some above 0');
  }
  const classes: readonly string[] = task === 'sentiment' ? SENTIMENTS : outputs;
  const inputs = mapOf(given['inputs']);
  const strong = mapOf(given['strong']);
  const config: OwnModel = {
    name: String(given['name']),
    version: String(given['version']),
    task,
    outputs,
    maxLength: numberOf(given['max_length'], 128),
    activation,
    temperature: numberOf(given['temperature'], 1),
    thresholds: thresholdsOf(given['thresholds'], classes, task === 'sentiment' ? 0 : 0.5, report),
    strong: { negative: numberOf(strong['negative'], -0.9), positive: numberOf(strong['positive'], 0.9) },
    fallback: given['fallback'] === null ? null : textOf(given['fallback'], 'other'),
    inputs: {
      ids: textOf(inputs['ids'], 'input_ids'),
      mask: textOf(inputs['mask'], 'attention_mask'),
      types: textOf(inputs['types'], 'token_type_ids'),
      positions: textOf(inputs['positions'], 'position_ids'),
    },
    output: textOf(given['output'], null),
    reference,
  };
  return faults.length === 0 ? { config } : { faults };
}

const EXPECTED = {
  sentiment: 'expected negative, neutral, positive or stars from 1 to 5',
  issues: 'expected small letters, digits and "_"',
} as const;
const FOREIGN = { sentiment: ['fallback'], issues: ['strong', 'reference'] } as const;

function meaningOf(label: string, mapped: unknown, task: OwnModel['task']): string | undefined {
  const word = (typeof mapped === 'string' ? mapped : label).toLowerCase();
  if (task === 'issues') return LABEL.test(word) ? word : undefined;
  const stars = /^([1-5])(?: ?stars?)?$/.exec(word)?.[1];
  if (stars !== undefined) return SENTIMENTS[Math.sign(Number(stars) - 3) + 1];
  return SENTIMENTS.find((sentiment) => sentiment === word || sentiment.slice(0, 3) === word);
}

function checkSentiment(
  outputs: readonly string[],
  activation: OwnModel['activation'],
  report: (at: FormFault['at'], message: string) => void,
): void {
  if (outputs.length === 1) {
    if (activation !== 'sigmoid' || outputs[0] === 'neutral') {
      report(
        ['labels'],
        'found one label, expected one with activation: sigmoid that is negative or positive, or several',
      );
    }
  } else {
    if (activation === 'sigmoid') {
      report(['activation'], 'found sigmoid, expected softmax: of several sentiments one holds');
    }
    for (const needed of ['negative', 'positive']) {
      if (outputs.length > 0 && !outputs.includes(needed))
        report(['labels'], `no label means ${needed}: expected one that does`);
    }
  }
}

function thresholdsOf(
  value: unknown,
  classes: readonly string[],
  initial: number,
  report: (at: FormFault['at'], message: string) => void,
): readonly number[] {
  if (typeof value === 'number') return classes.map(() => value);
  const each = mapOf(value);
  for (const name of Object.keys(each)) {
    if (!classes.includes(name)) {
      report(
        ['thresholds', name],
        `there is no label "${name}"${didYouMean(name, classes)} (expected: ${classes.join(', ')})`,
      );
    }
  }
  return classes.map((name) => numberOf(each[name], initial));
}

function mapOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}
function numberOf(value: unknown, initial: number): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : initial;
}
function textOf<T>(value: unknown, initial: T): string | T {
  return typeof value === 'string' && value !== '' ? value : initial;
}
function oneOf<T extends string>(value: unknown, values: readonly T[]): T | undefined {
  return values.find((one) => one === value);
}
