import { describe, expect, it } from 'vitest';
import { type JsonObject, type Prepared, type Scored } from '../../engine/core/types.ts';
import { type CxTextScorer, type TextScore } from '../../models/serving/scorer.ts';
import { scoreLine, scoreStage } from './score-stage.ts';
import { type CxEvent, type Enrichment } from '../shared/messages.ts';

const fresh: Enrichment = {
  status: 'skipped',
  lang: 'zh',
  sentiment: null,
  issues: [],
  owner: null,
  urgency: null,
  quality: { masked: 1 },
  model: null,
};

function event(type: string, data: JsonObject): Prepared<CxEvent>['items'][number] {
  const value: CxEvent = {
    source: '/s',
    eventId: 'e',
    type,
    family: 'feedback',
    channel: 'app',
    subjectKey: '-',
    attributes: {},
    data,
    time: 5,
    received: 5,
    enrichment: fresh,
  };
  return { event: { id: '/s|e', key: '-', ts: 1, value } };
}
const feedback = (text: string): Prepared<CxEvent>['items'][number] => event('cx.feedback.posted', { text });

function scored(score: number): Scored<TextScore> {
  return {
    score: {
      sentiment: { label: 'negative', score, intensity: 'negative', confidence: 0.812345678 },
      issues: [{ label: 'delivery', confidence: 0.70004, routes: true }],
      model: { name: 'm', version: '1' },
    },
  };
}

/** Scores by the number a text ends with; remembers what it was asked. */
function fakeScorer(): CxTextScorer & { asked: string[][] } {
  const asked: string[][] = [];
  return {
    asked,
    score: async (texts) => {
      asked.push([...texts]);
      return texts.map((text) =>
        text === 'poison' ? { failed: 'choked' } : scored(-Number(/[\d.]+$/.exec(text)?.[0])),
      );
    },
  };
}

const signal = new AbortController().signal;
const enrichments = (batch: readonly Prepared<CxEvent>[]): (Enrichment | null)[] =>
  batch.flatMap(({ items }) => items.map((item) => ('event' in item ? item.event.value.enrichment : null)));

const rejected = { rejected: { subject: 'cx.dlq.schema', type: 'cx.dlq', time: 1, data: null } };
const batch: readonly Prepared<CxEvent>[] = [
  { seq: 1, stored: 9, items: [feedback('bad 0.123456'), rejected, feedback('poison')] },
  { seq: 2, stored: 9, items: [] },
  {
    seq: 3,
    stored: 9,
    items: [
      event('cx.interaction.message', { author: 'agent', text: 'sorry 0.9' }),
      event('cx.interaction.message', { author: 'customer', text: 'worse 0.5' }),
      event('cx.interaction.call', { transcript: '食物中毒 0.7' }),
      event('cx.order.completed', {}),
    ],
  },
];

describe('the scoring stage', () => {
  it('hands the event loop over between events, and gives the same', async () => {
    let asked = 0;
    const yields: number[] = [];
    const maybeYield = (): Promise<void> | undefined => {
      asked += 1;
      return asked % 3 === 0 ? Promise.resolve().then(() => void yields.push(asked)) : undefined;
    };
    const out = await scoreStage(fakeScorer(), { maybeYield }).apply(batch, signal);
    expect(yields).toEqual([3, 6]);
    expect(out).toEqual(await scoreStage(fakeScorer()).apply(batch, signal));
  });

  it('goes no further once it is to stop', async () => {
    const stopping = new AbortController();
    const maybeYield = (): Promise<void> => {
      stopping.abort(new Error('stopping'));
      return Promise.resolve();
    };
    await expect(scoreStage(fakeScorer(), { maybeYield }).apply(batch, stopping.signal)).rejects.toThrow('stopping');
  });

  it('scores what customers wrote, all at once, each in its place, to four decimals', async () => {
    const scorer = fakeScorer();
    const out = await scoreStage(scorer).apply(batch, signal);
    expect(scorer.asked).toEqual([['bad 0.123456', 'poison', 'worse 0.5', '食物中毒 0.7']]);
    const ok = (score: number, urgency: Enrichment['urgency']): Enrichment => ({
      ...fresh,
      status: 'ok',
      sentiment: { label: 'negative', score, intensity: 'negative', confidence: 0.8123 },
      issues: [{ label: 'delivery', confidence: 0.7 }],
      urgency,
      model: { name: 'm', version: '1' },
    });
    expect(enrichments(out)).toEqual([
      ok(-0.1235, 'normal'),
      null,
      { ...fresh, status: 'failed' },
      fresh,
      ok(-0.5, 'normal'),
      ok(-0.7, 'urgent'),
      fresh,
    ]);
    expect(out.map(({ seq, stored, items }) => [seq, stored, items.length])).toEqual([
      [1, 9, 3],
      [2, 9, 0],
      [3, 9, 4],
    ]);
    expect(out[0]?.items[1]).toEqual(rejected);
    expect(enrichments(batch).filter((one) => one !== null)).toEqual(new Array(6).fill(fresh));
  });

  it('hands a text to the owner of its most probable label that routes and has one', async () => {
    const issues = [
      { label: 'product_quality', confidence: 0.95, routes: true },
      { label: 'wait_time', confidence: 0.9, routes: false },
      { label: 'delivery', confidence: 0.8, routes: true },
    ];
    const scorer: CxTextScorer = {
      score: async (texts) => texts.map(() => ({ score: { ...(scored(-1) as { score: TextScore }).score, issues } })),
    };
    const ownerBy = async (owners: Readonly<Record<string, string>>): Promise<unknown> => {
      const [one] = enrichments(
        await scoreStage(scorer, { owners }).apply([{ seq: 1, stored: 1, items: [feedback('x')] }], signal),
      );
      return [one?.owner, Object.keys(one?.issues[0] ?? {})];
    };
    expect(await ownerBy({ delivery: 'logistics', wait_time: 'floor' })).toEqual([
      'logistics',
      ['label', 'confidence'],
    ]);
    expect(await ownerBy({ delivery: 'logistics', product_quality: 'quality' })).toContain('quality');
    expect(await ownerBy({ wait_time: 'floor' })).toContain(null);
    expect(await ownerBy({})).toContain(null);
    expect(await ownerBy({ toString: 'nobody' })).toContain(null);
  });

  it('marks all texts as failed when the scorer fails altogether, and lets them pass', async () => {
    const broken: CxTextScorer = { score: () => Promise.reject(new Error('no worker')) };
    const statuses = enrichments(await scoreStage(broken).apply(batch, signal)).map((one) => one?.status);
    expect(statuses).toEqual(['failed', undefined, 'failed', 'skipped', 'failed', 'failed', 'skipped']);
  });

  it('keeps urgency from wording where the score is missing', async () => {
    const broken: CxTextScorer = { score: () => Promise.reject(new Error('no worker')) };
    const [one] = enrichments(
      await scoreStage(broken).apply([{ seq: 1, stored: 1, items: [feedback('着火了')] }], signal),
    );
    expect(one).toMatchObject({ status: 'failed', urgency: 'urgent' });
  });

  it('passes everything on untouched without a scorer, and stops when it is asked to', async () => {
    expect(await scoreStage(null).apply(batch, signal)).toBe(batch);
    const stopping: CxTextScorer = { score: (_, signal) => Promise.reject(signal?.reason as Error) };
    await expect(scoreStage(stopping).apply(batch, AbortSignal.abort(new Error('stop')))).rejects.toThrow('stop');
  });
});

describe('a line of `earshot score`', () => {
  it('holds the text, its sentiment and issues, and the time it took', () => {
    expect(JSON.parse(scoreLine('bad', scored(-0.98766), 1.23456))).toEqual({
      text: 'bad',
      sentiment: { label: 'negative', score: -0.9877, intensity: 'negative', confidence: 0.8123 },
      issues: [{ label: 'delivery', confidence: 0.7 }],
      ms: 1.2346,
    });
    expect(JSON.parse(scoreLine('x', { failed: 'choked' }, 2))).toEqual({
      text: 'x',
      sentiment: null,
      issues: [],
      failed: 'choked',
      ms: 2,
    });
  });

  it('leaves texts alone whose language no model reads, and scores the rest in their order', async () => {
    const inLanguage = (lang: string, text: string): Prepared<CxEvent>['items'][number] => {
      const item = feedback(text);
      if (!('event' in item)) throw new Error('an event was made');
      return { event: { ...item.event, value: { ...item.event.value, enrichment: { ...fresh, lang } } } };
    };
    const items = [
      inLanguage('other', 'bahut bakwas 0.1'),
      inLanguage('en', 'bad 0.2'),
      inLanguage('other', '😡 0.3'),
      inLanguage('mixed', '太差 bad 0.4'),
      inLanguage('zh', '太差 0.5'),
    ];
    const scorer = fakeScorer();
    const seen = async (options: Parameters<typeof scoreStage>[1]): Promise<unknown[]> =>
      enrichments(await scoreStage(scorer, options).apply([{ seq: 1, stored: 1, items }], signal)).map(
        (one) => one?.sentiment?.score ?? one?.status,
      );
    expect(await seen({})).toEqual(['skipped', -0.2, -0.3, -0.4, -0.5]);
    expect(scorer.asked).toEqual([['bad 0.2', '😡 0.3', '太差 bad 0.4', '太差 0.5']]);
    expect(await seen({ languages: ['other'] })).toEqual([-0.1, 'skipped', -0.3, 'skipped', 'skipped']);
    expect(await seen({ languages: ['zh'] })).toEqual(['skipped', 'skipped', -0.3, -0.4, -0.5]);
  });
});
