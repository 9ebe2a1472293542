/** Models of one's own through the worker pool, as a user has them: from a folder, without code. */
import { copyFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compileExpression } from '../../engine/adapters/expressions/cel.ts';
import { checkConfig } from '../../engine/adapters/config/config-file.ts';
import { packageRoot } from '../../engine/adapters/process/package-root.ts';
import { type ScoringPool } from '../../engine/adapters/scoring/scoring-pool.ts';
import { configForm } from '../../engine/app/config/config.ts';
import type { Config } from '../../engine/app/config/config.ts';
import { openScoring } from '../../engine/app/open-models.ts';
import { GOLDEN_TEXTS } from '../lab/golden.mjs';
import { type TextScore } from '../serving/scorer.ts';

const EXAMPLE = join(packageRoot(), 'models', 'examples');
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const open: ScoringPool<TextScore>[] = [];

async function scorer(yaml: string, modelDir?: string): Promise<ScoringPool<TextScore>> {
  const checked = checkConfig<Config>(yaml, configForm(compileExpression), {});
  if ('faults' in checked) throw new Error(JSON.stringify(checked.faults));
  const made = await openScoring(checked.config, log, modelDir);
  if (made === null) throw new Error('no scoring was configured');
  open.push(made.pool);
  return made.pool;
}
async function scores(pool: ScoringPool<TextScore>, texts: readonly string[]): Promise<TextScore[]> {
  return (await pool.score(texts)).map((one) => {
    if ('failed' in one) throw new Error(one.failed);
    return one.score;
  });
}
const TEXTS = [
  '服务很差，太慢了',
  '服务很好，非常满意',
  '怎么退款？',
  'the staff was rude and slow',
  'the food was excellent',
];
const LABELS = ['negative', 'positive', 'neutral', 'negative', 'positive'];

afterAll(() => Promise.all(open.map((one) => one.close())));

describe('a folder with model.yaml, model.onnx and tokenizer.json', () => {
  it('tells sentiment, beside the bundled issue types', async () => {
    const pool = await scorer(`scoring: {sentiment: "${EXAMPLE}/sentiment"}`);
    const got = await scores(pool, TEXTS);
    expect(got.map((one) => one.sentiment.label)).toEqual(LABELS);
    expect(got[0]?.issues.map(({ label }) => label)).toContain('wait_time');
    expect(got[0]?.model).toMatchObject({
      name: 'example-sentiment',
      version: '1.0.0',
      issues: { name: 'earshot-issues' },
    });
    expect(pool.stats().model).toEqual({ name: 'example-sentiment', version: '1.0.0' });
  });

  it('tells issues, beside the bundled sentiment', async () => {
    const [got] = await scores(await scorer('', `${EXAMPLE}/issues`), ['How do I change my PIN? My PIN is blocked']);
    expect(got?.issues[0]?.label).toBe('account_access');
    expect(got?.model).toMatchObject({
      name: 'earshot-sentiment',
      issues: { name: 'example-issues', version: '1.0.0' },
    });
  });

  it('gives a text the same bits alone and in any batch, whatever the text', async () => {
    const pool = await scorer(`scoring: {sentiment: "${EXAMPLE}/sentiment", issues: "${EXAMPLE}/issues"}`);
    const other = await scorer(`scoring: {sentiment: "${EXAMPLE}/sentiment", issues: "${EXAMPLE}/issues", workers: 2}`);
    const texts = Object.values(GOLDEN_TEXTS);
    const together = await scores(pool, texts);
    const alone = [];
    for (const text of [...texts].reverse()) alone.unshift(...(await scores(other, [text])));
    expect(alone).toEqual(together);
    for (const { sentiment } of together) {
      expect(sentiment.confidence).toBeGreaterThan(0);
      expect(Math.abs(sentiment.score)).toBeLessThanOrEqual(1);
    }
  });

  it('reads the beginning of a long text', async () => {
    const pool = await scorer('', `${EXAMPLE}/sentiment`);
    const [short, long] = await scores(pool, ['味道很好，', '味道很好，'.repeat(2000)]);
    expect(long?.sentiment.label).toBe(short?.sentiment.label);
  });
});

describe('a folder that is not usable', () => {
  let dir = '';
  beforeEach(() => {
    dir = join(mkdtempSync(join(tmpdir(), 'own-')), 'mine');
    cpSync(join(EXAMPLE, 'sentiment'), dir, { recursive: true });
  });
  afterEach(() => rmSync(join(dir, '..'), { recursive: true }));

  const path = (name: string): string => join(dir, name);
  const change = (name: string, from: string, to: string): void =>
    writeFileSync(path(name), readFileSync(path(name), 'utf8').replace(from, to));
  const sentiment = join(packageRoot(), 'models', 'sentiment');

  const wrong: [what: string, code: string, says: RegExp, make: () => void, yaml?: string][] = [
    ['no folder', 'MODEL_FILE_MISSING', /there is no folder .*mine/, () => rmSync(dir, { recursive: true })],
    ['an empty one', 'MODEL_FILE_MISSING', /expected model\.yaml in .*mine/, () => rmSync(path('model.yaml'))],
    ['no network', 'MODEL_FILE_MISSING', /expected a file .*model\.onnx/, () => rmSync(path('model.onnx'))],
    ['no tokenizer', 'MODEL_FILE_MISSING', /expected a file .*tokenizer\.json/, () => rmSync(path('tokenizer.json'))],
    ['YAML that is none', 'MODEL_CONFIG_INVALID', /model\.yaml:/, () => writeFileSync(path('model.yaml'), 'a: [b')],
    [
      'an unknown key',
      'MODEL_CONFIG_INVALID',
      /model\.yaml:6:1 maxlength: unknown key "maxlength"; did you mean max_length\?/,
      () => change('model.yaml', 'max_length', 'maxlength'),
    ],
    [
      'a pointer instead of a network',
      'MODEL_NOT_ONNX',
      /expected an ONNX model in .*model\.onnx/,
      () => writeFileSync(path('model.onnx'), 'version https://git-lfs.github.com/spec/v1\n'),
    ],
    [
      'another network',
      'MODEL_MISMATCH',
      /no input takes token ids: expected input_ids, .*found grams int32/,
      () => copyFileSync(join(sentiment, 'model.onnx'), path('model.onnx')),
    ],
    [
      'an input nobody knows',
      'MODEL_MISMATCH',
      /the input token_type_ids can't be filled: expected .*segments/,
      () => change('model.yaml', 'max_length', 'inputs: {types: segments}\nmax_length'),
    ],
    [
      'labels for another network',
      'MODEL_MISMATCH',
      /expected float32 \[texts, 2\] for the 2 labels of model\.yaml, found logits float32 \[texts, 3\]/,
      () => change('model.yaml', ', neutral', ''),
    ],
    [
      'an output nobody has',
      'MODEL_MISMATCH',
      /expected an output scores \(output in model\.yaml\), found logits/,
      () => change('model.yaml', 'max_length', 'output: scores\nmax_length'),
    ],
    [
      'more tokens than it takes',
      'MODEL_MISMATCH',
      /expected it to take 512 tokens \(max_length in model\.yaml\)/,
      () => change('model.yaml', 'max_length: 64', 'max_length: 512'),
    ],
    [
      'another tokenizer',
      'MODEL_MISMATCH',
      /expected it to take every token of tokenizer\.json, up to number 9999/,
      () => change('tokenizer.json', '"vocab":{', '"vocab":{"zebra":9999,'),
    ],
    [
      'a tokenizer cut short',
      'TOKENIZER_INVALID',
      /tokenizer\.json: expected JSON/,
      () => change('tokenizer.json', '}}', ''),
    ],
    [
      'a tokenizer without a model',
      'TOKENIZER_INVALID',
      /expected a fast tokenizer with a "model", found version/,
      () => change('tokenizer.json', '"model":{', '"modell":{'),
    ],
    [
      'a tokenizer of an unknown kind',
      'TOKENIZER_INVALID',
      /expected a tokenizer of BERT's kind/,
      () => change('tokenizer.json', '"type":"BertPreTokenizer"', '"type":"Wordy"'),
    ],
    [
      'a large network',
      'MODEL_TOO_LARGE',
      /model\.onnx has \d+ bytes, expected at most 500000 \(scoring\.max_model\)/,
      () => undefined,
      'scoring: {max_model: 500KB}',
    ],
  ];
  it.each(wrong)('%s: %s', async (_, code, says, make, yaml = '') => {
    make();
    await expect(scorer(yaml, dir)).rejects.toMatchObject({ code, message: expect.stringMatching(says) as string });
  });

  it('another task than it is configured for', async () => {
    await expect(scorer(`scoring: {issues: "${dir}"}`)).rejects.toMatchObject({
      code: 'MODEL_CONFIG_INVALID',
      message: expect.stringContaining('task: found sentiment, expected issues under scoring.issues') as string,
    });
  });
});
