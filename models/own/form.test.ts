import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compileExpression } from '../../engine/adapters/expressions/cel.ts';
import { checkConfig } from '../../engine/adapters/config/config-file.ts';
import { configForm } from '../../engine/app/config/config.ts';
import { MODEL_SCHEMA, modelForm, type OwnModel } from './form.ts';
import { activate, issuesOf, sentimentOf } from './own-model.mjs';

const START = 'name: mine\nversion: 1.0.0\n';
const check = (yaml: string): ReturnType<typeof checkConfig<OwnModel>> => checkConfig(START + yaml, modelForm, {});
function parsed(yaml: string): OwnModel {
  const checked = check(yaml);
  if ('faults' in checked) throw new Error(JSON.stringify(checked.faults));
  return checked.config;
}
const faults = (yaml: string): string[] => {
  const checked = check(yaml);
  return 'faults' in checked ? checked.faults.map(({ line, path, message }) => `${line} ${path}: ${message}`) : [];
};

describe('model.yaml', () => {
  it('has a default for all but name, version, task and labels', () => {
    expect(parsed('task: sentiment\nlabels: [negative, neutral, positive]')).toEqual({
      name: 'mine',
      version: '1.0.0',
      task: 'sentiment',
      outputs: ['negative', 'neutral', 'positive'],
      maxLength: 128,
      activation: 'softmax',
      temperature: 1,
      thresholds: [0, 0, 0],
      strong: { negative: -0.9, positive: 0.9 },
      fallback: 'other',
      inputs: { ids: 'input_ids', mask: 'attention_mask', types: 'token_type_ids', positions: 'position_ids' },
      output: null,
      reference: null,
    } satisfies OwnModel);
    const issues = parsed('task: issues\nlabels: [delivery, refund]\nthresholds: {refund: 0.8}');
    expect([issues.activation, issues.thresholds]).toEqual(['sigmoid', [0.5, 0.8]]);
  });

  it.each([
    ['labels: [NEG, Neutral, POS]', ['negative', 'neutral', 'positive']],
    ['labels: [positive, negative]', ['positive', 'negative']],
    ['labels: [1, 2, 3, 4, 5]', ['negative', 'negative', 'neutral', 'positive', 'positive']],
    [
      'labels: [1 star, 2 stars, 3 stars, 4 stars, 5 stars]',
      ['negative', 'negative', 'neutral', 'positive', 'positive'],
    ],
    ['labels: [LABEL_0, LABEL_1]\nmapping: {LABEL_0: negative, LABEL_1: positive}', ['negative', 'positive']],
    ['labels: [joy, anger]\nmapping: {joy: positive, anger: negative}', ['positive', 'negative']],
    ['labels: [positive]\nactivation: sigmoid', ['positive']],
  ])('understands %s', (labels, outputs) => {
    expect(parsed(`task: sentiment\n${labels}`).outputs).toEqual(outputs);
  });

  it.each([
    [
      'task: sentiment\nlables: [negative, positive]',
      '4 lables: unknown key "lables"; did you mean labels? (expected:',
    ],
    ['task: weather\nlabels: [a, b]', '3 task: found "weather", expected sentiment or issues'],
    ['task: sentiment\nlabels: [good, positive]', '4 labels[0]: the label "good" says nothing: expected negative'],
    ['task: sentiment\nlabels: [neutral, positive]', '4 labels: no label means negative'],
    ['task: sentiment\nlabels: [positive]', '4 labels: found one label'],
    ['task: sentiment\nlabels: [neg, pos]\nactivation: sigmoid', '5 activation: found sigmoid, expected softmax'],
    [
      'task: sentiment\nlabels: [neg, pos]\nmapping: {ned: negative}',
      '5 mapping.ned: there is no label "ned"; did you mean neg?',
    ],
    [
      'task: sentiment\nlabels: [neg, pos]\nthresholds: {negativ: 0.7}',
      '5 thresholds.negativ: there is no label "negativ"; did you mean negative?',
    ],
    ['task: sentiment\nlabels: [neg, pos]\nthresholds: 1.5', '5 thresholds: found 1.5, expected at most 1'],
    ['task: sentiment\nlabels: [neg, pos]\nmax_length: 100000', '5 max_length: found 100000, expected at most 4096'],
    ['task: sentiment\nlabels: [neg, pos]\nreference: [0, 0]', '5 reference: found no counts'],
    ['task: issues\nlabels: [Late Delivery, refund]', '4 labels[0]: the label "Late Delivery" says nothing'],
    ['task: issues\nlabels: [late, refund]\nstrong: {negative: -0.5}', '5 strong: "strong" means nothing for issues'],
    ['labels: [neg, pos]', '1 task: the key "task" is missing'],
  ])('names the fault in %s', (yaml, fault) => {
    expect(faults(yaml).join('\n')).toContain(fault);
  });
});

describe('the guide in models/README.md', () => {
  const guide = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const [, section = ''] = /## Bring your own model([\s\S]*?)\n## /.exec(guide) ?? [];

  it('shows a model.yaml that is good', () => {
    const yaml = /```yaml\n(name:[\s\S]*?)```/.exec(section)?.[1] ?? '';
    expect(checkConfig(yaml, modelForm, {})).toMatchObject({ config: { name: 'shop-sentiment', temperature: 1.3 } });
  });

  it('shows a configuration that is good', () => {
    const yaml = /```yaml\n(scoring:[\s\S]*?)```/.exec(section)?.[1] ?? '';
    expect(checkConfig(yaml, configForm(compileExpression), {})).toMatchObject({
      config: { scoring: { sentiment: 'DIR' } },
    });
  });

  it('lists every key', () => {
    const rows = section.split('\n').filter((line) => line.startsWith('| `'));
    const listed = rows.flatMap((line) => [...(line.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map(([, key]) => key));
    expect(listed.sort()).toEqual(Object.keys(MODEL_SCHEMA['properties'] as object).sort());
  });
});

describe('what outputs mean', () => {
  it('stars add up to a sentiment, with the score between', () => {
    const stars = parsed('task: sentiment\nlabels: [1, 2, 3, 4, 5]\nstrong: {negative: -0.8}');
    expect(sentimentOf([0.5, 0.4, 0.1, 0, 0], stars)).toEqual({
      label: 'negative',
      score: -0.9,
      intensity: 'strong_negative',
      confidence: 0.9,
    });
  });

  it('one yes-or-no output and two exclusive ones say the same', () => {
    const one = parsed('task: sentiment\nlabels: [positive]\nactivation: sigmoid');
    const two = parsed('task: sentiment\nlabels: [negative, positive]');
    const logit = 1.25;
    const [a, b] = [
      sentimentOf(activate(Float32Array.of(logit), one), one),
      sentimentOf(activate(Float32Array.of(0, logit), two), two),
    ];
    expect(a.label).toBe('positive');
    expect(a.score).toBeCloseTo(b.score, 12);
    expect(a.confidence).toBeCloseTo(b.confidence, 12);
  });

  it('below its threshold a sentiment is neutral, as surely as the other does not hold', () => {
    const binary = parsed('task: sentiment\nlabels: [negative, positive]\nthresholds: {negative: 0.7}');
    expect(sentimentOf([0.625, 0.375], binary)).toEqual({
      label: 'neutral',
      score: -0.25,
      intensity: 'neutral',
      confidence: 0.375,
    });
    expect(sentimentOf([0.375, 0.625], binary).label).toBe('positive');
  });

  it('issues come by probability, those that mean the same once, and other only alone', () => {
    const issues = parsed('task: issues\nlabels: [late, slow, refund, other]\nmapping: {slow: late}\nthresholds: 0.5');
    expect(issuesOf([0.6, 0.9, 0.7, 0.8], issues)).toEqual([
      { label: 'late', confidence: 0.9, routes: true },
      { label: 'refund', confidence: 0.7, routes: true },
    ]);
    expect(issuesOf([0.1, 0.25, 0.2, 0.1], issues)).toEqual([{ label: 'other', confidence: 0.75, routes: false }]);
    const exclusive = parsed(
      'task: issues\nlabels: [late, refund]\nactivation: softmax\nthresholds: 0.4\nfallback: null',
    );
    expect(issuesOf([0.45, 0.55], exclusive)).toEqual([{ label: 'refund', confidence: 0.55, routes: true }]);
    expect(issuesOf([0.3, 0.3], exclusive)).toEqual([]);
  });

  it('the temperature divides the logits', () => {
    const cool = parsed('task: sentiment\nlabels: [negative, positive]\ntemperature: 2');
    expect(activate(Float32Array.of(0, 2), cool)[1]).toBeCloseTo(1 / (1 + Math.exp(-1)), 12);
  });
});
