import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GOLDEN_TEXTS } from '../lab/golden.mjs';
import { BUNDLED_SENTIMENT } from '../location.ts';
import { FeatureExtractor } from '../text/features.mjs';
import { openIssues } from './issues-member.mjs';
import { parseConfig, parseIssuesConfig } from './model-config.mjs';
import { load } from './serve.mjs';

let model: Awaited<ReturnType<typeof load>>;
let folder = '';
beforeAll(async () => {
  model = await load(BUNDLED_SENTIMENT);
  folder = mkdtempSync(join(tmpdir(), 'model-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const sentiments = async (texts: string[]): Promise<Awaited<ReturnType<typeof model.score>>[number]['sentiment'][]> =>
  (await model.score(texts)).map((score) => score.sentiment);

describe('the bundled sentiment model', () => {
  it('tells plain praise from plain complaint, in both languages', async () => {
    const bad = ['等了两个小时还没送到，太慢了，再也不买了', 'Worst airline ever, rude staff and they lost my bag'];
    const good = ['服务很好，非常满意，下次还会再来', 'Great flight, friendly crew, thank you so much!'];
    expect((await sentiments(bad)).map((one) => one.label)).toEqual(['negative', 'negative']);
    expect((await sentiments(good)).map((one) => one.label)).toEqual(['positive', 'positive']);
  });

  it('gives scores that agree with each other, for any text', async () => {
    for (const one of await sentiments(Object.values(GOLDEN_TEXTS))) {
      expect(one.score).toBeGreaterThanOrEqual(-1);
      expect(one.score).toBeLessThanOrEqual(1);
      expect(one.confidence).toBeGreaterThanOrEqual(1 / 3);
      expect(one.confidence).toBeLessThanOrEqual(1);
      if (one.label === 'negative') expect(one.score).toBeLessThanOrEqual(0);
      if (one.label === 'positive') expect(one.score).toBeGreaterThanOrEqual(0);
      expect(one.intensity.endsWith(one.label)).toBe(true);
    }
  });

  it('gives a text the same bits alone and in any batch', async () => {
    const texts = Object.values(GOLDEN_TEXTS);
    const together = await sentiments(texts);
    const alone = (await Promise.all(texts.map((text) => sentiments([text])))).flat();
    const reversed = (await sentiments([...texts].reverse())).reverse();
    expect(alone).toEqual(together);
    expect(reversed).toEqual(together);
  });

  it('reads traditional and full-width text as the same', async () => {
    const [a, b] = await sentiments(['服务态度非常差，APP很难用!', '服務態度非常差，ＡＰＰ很難用！']);
    expect(a).toEqual(b);
  });
});

describe('the bundled issue-type model', () => {
  const issues = async (text: string): Promise<string[]> =>
    (await model.score([text])).flatMap((score) => score.issues.map(({ label }) => label));

  it('names what a text is about, and says other where it is about nothing', async () => {
    expect(await issues('快递太慢了，等了三天还没送到')).toEqual(expect.arrayContaining(['delivery', 'wait_time']));
    expect(await issues('房间隔音很差，空调很吵')).toContain('environment_facility');
    expect(await issues('I was charged twice for one payment')).toContain('payment_billing');
    expect(await issues('happy birthday to my best friend')).toEqual(['other']);
  });

  it('sums what its members say where the bag is not clear, and asks the bag alone elsewhere', async () => {
    const dir = join(BUNDLED_SENTIMENT, '../issues');
    const { bagTemperature, weights, clear, labels, thresholds } = parseIssuesConfig(
      readFileSync(join(dir, 'model.json'), 'utf8'),
    );
    const issues = await openIssues(dir);
    const extractor = new FeatureExtractor();
    const counts = { alone: 0, together: 0 };
    for (const text of ['快递太慢了，等了三天还没送到', '服务员态度一般，房间有点小', '不错', 'happy birthday']) {
      const read = extractor.features(text);
      const members = await issues.members(read);
      const sigmoid = (logit: number): number => 1 / (1 + Math.exp(-logit));
      const alone = labels.map((_, c) => sigmoid(Number(members[0]?.[c]) / bagTemperature));
      const isClear = alone.every((p) => p <= clear.low || p >= clear.high);
      const together = labels.map((_, c) =>
        sigmoid(Number(members[0]?.[c]) * Number(weights[0]) + Number(members[1]?.[c]) * Number(weights[1])),
      );
      counts[isClear ? 'alone' : 'together']++;
      const expected = (isClear ? alone : together)
        .map((p, c) => ({ label: labels[c], p, held: c < labels.length - 1 && p >= Number(thresholds[c]) }))
        .filter(({ held }) => held)
        .sort((a, b) => b.p - a.p)
        .map(({ label }) => label);
      const [found = []] = await issues.find([read]);
      expect(found.map(({ label }) => label)).toEqual(expected.length > 0 ? expected : ['other']);
    }
    expect(counts.alone).toBeGreaterThan(0);
    expect(counts.together).toBeGreaterThan(0);
  });

  it('orders labels by confidence, and never gives other beside another', async () => {
    for (const { issues } of await model.score(Object.values(GOLDEN_TEXTS))) {
      expect(issues.length).toBeGreaterThan(0);
      const confidences = issues.map(({ confidence }) => confidence);
      expect(confidences).toEqual([...confidences].sort((a, b) => b - a));
      if (issues.length > 1) expect(issues.map(({ label }) => label)).not.toContain('other');
    }
  });

  it.each([
    ['task: "issues"', { task: 'sentiment' }],
    ['labels: a list of names', { labels: ['one'] }],
    ['thresholds: a probability for each label', { thresholds: [0.5] }],
    ['bagTemperature', { bagTemperature: -1 }],
    ['weights: one for each quick member and one for each sequence', { weights: [1] }],
    ['clear: {low: 0–1, high: 0–1}', { clear: { low: -1, high: 1 } }],
    ['routes: a probability for each label (above 1: never)', { routes: [] }],
  ])('is refused without %s', (expected, changes) => {
    const config = JSON.parse(readFileSync(join(BUNDLED_SENTIMENT, '../issues/model.json'), 'utf8')) as object;
    expect(() => parseIssuesConfig(JSON.stringify({ ...config, ...changes }))).toThrow(
      `model.json: expected ${expected}`,
    );
    expect(parseIssuesConfig(JSON.stringify(config))).toEqual(config);
  });
});

describe('a model folder that is not usable', () => {
  const good = readFileSync(join(BUNDLED_SENTIMENT, 'model.json'), 'utf8');
  const change = (changes: object): string => JSON.stringify({ ...(JSON.parse(good) as object), ...changes });

  it.each([
    ['model.json: expected JSON', '{'],
    ['model.json: expected name', '[]'],
    ['model.json: expected name', 'null'],
    ['model.json: expected version', change({ version: 3 })],
    ['model.json: expected task', change({ task: 'weather' })],
    ['model.json: expected labels: ["negative","neutral","positive"]', change({ labels: ['good', 'bad'] })],
    ['model.json: expected linear', change({ linear: { file: 'a.onnx', gramBits: 99 } })],
    ['model.json: expected quick', change({ quick: [1] })],
    ['model.json: expected bag', change({ bag: { file: '../secret', gramBits: 16, pieceBits: 14 } })],
    ['model.json: expected sequences', change({ sequences: [{ file: 'a.onnx' }] })],
    ['model.json: expected weights', change({ weights: [1, 1, 1, 1, 1, 1, 1, 1, 1] })],
    ['model.json: expected sure', change({ sure: '0.9' })],
    ['model.json: expected issues', change({ issues: '../../elsewhere' })],
    ['model.json: expected strong', change({ strong: { negative: 0.5, positive: 0.5 } })],
  ])('says %s', (message, json) => {
    expect(() => parseConfig(json)).toThrow(message);
  });

  it('says which file is missing or not ONNX', async () => {
    await expect(load(join(folder, 'nowhere'))).rejects.toThrow(/expected a readable file .*model\.json \(ENOENT\)/);
    copyFileSync(join(BUNDLED_SENTIMENT, 'model.json'), join(folder, 'model.json'));
    await expect(load(folder)).rejects.toThrow(/expected a readable file .*model\.onnx \(ENOENT\)/);
    writeFileSync(join(folder, 'model.onnx'), 'not onnx');
    await expect(load(folder)).rejects.toThrow(/expected an ONNX model in .*model\.onnx/);
  });
});
