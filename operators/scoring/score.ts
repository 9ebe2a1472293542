/**
 * The stage that scores: the customer's own words → sentiment, issues, urgency. Reads no clock and keeps nothing; a text
 * that cannot be scored, or a scorer that fails altogether, marks the event and lets it pass.
 */
import {
  type BatchStage,
  type Envelope,
  type Prepared,
  type PreparedItem,
  type Scored,
} from '../../engine/core/types.ts';
import { type CxTextScorer, type TextScore } from '../../models/serving/scorer.ts';
import { type CxEvent, type Enrichment, type Sentiment, textOf } from '../shared/messages.ts';
import { urgencyOf, urgencyOfWording } from './urgency.ts';

/** Four decimals: enough to use, and the same on every machine. */
const rounded = (value: number): number => Math.round(value * 10_000) / 10_000;

function sentimentOf({ label, score, intensity, confidence }: TextScore['sentiment']): Sentiment {
  return { label, score: rounded(score), intensity, confidence: rounded(confidence) };
}

export type Owners = Readonly<Record<string, string>>;

/** Of the labels that the model would route by, the most probable one that has an owner. */
function ownerOf(issues: TextScore['issues'], owners: Owners): string | null {
  const found = issues.find(({ label, routes }) => routes && Object.hasOwn(owners, label));
  return found === undefined ? null : (owners[found.label] ?? null);
}

/** The scored part of an enrichment. */
export function enriched(before: Enrichment, text: string, result: Scored<TextScore>, owners: Owners): Enrichment {
  if ('failed' in result) {
    const urgency = urgencyOfWording(text)?.urgency ?? before.urgency;
    return { ...before, status: 'failed', sentiment: null, issues: [], urgency, model: null };
  }
  const { score } = result;
  return {
    ...before,
    status: before.status === 'partial' ? 'partial' : 'ok',
    sentiment: sentimentOf(score.sentiment),
    issues: score.issues.map(({ label, confidence }) => ({ label, confidence: rounded(confidence) })),
    owner: ownerOf(score.issues, owners),
    urgency: urgencyOf(text, score.sentiment.score),
    model: score.model,
  };
}

/**
 * Scores every customer text of a batch at once; without a scorer each text is `skipped`. `turn`, asked after each event, may
 * give a promise: the event loop is handed over until it resolves.
 */
export function scoreStage(
  scorer: CxTextScorer | null,
  owners: Owners = {},
  turn?: () => Promise<void> | undefined,
): BatchStage<Prepared<CxEvent>, Prepared<CxEvent>> {
  return {
    name: 'score',
    async apply(batch, signal) {
      if (scorer === null) return batch;
      const texts: string[] = [];
      for (const { items } of batch) {
        for (const item of items) {
          const text = 'event' in item ? textOf(item.event.value.type, item.event.value.data) : null;
          if (text !== null) texts.push(text);
        }
      }
      if (texts.length === 0) return batch;
      const results = await scoreAll(scorer, texts, signal);
      let next = 0;
      const scoreItem = (item: PreparedItem<CxEvent>): PreparedItem<CxEvent> => {
        if (!('event' in item)) return item;
        const { value } = item.event;
        const text = textOf(value.type, value.data);
        if (text === null) return item;
        const result = results[next++] ?? { failed: 'the scorer gave no result' };
        const event: Envelope<CxEvent> = {
          ...item.event,
          value: { ...value, enrichment: enriched(value.enrichment, text, result, owners) },
        };
        return { event };
      };
      const scored: Prepared<CxEvent>[] = [];
      for (const prepared of batch) {
        const items: PreparedItem<CxEvent>[] = [];
        for (const item of prepared.items) {
          items.push(scoreItem(item));
          const turned = turn?.();
          if (turned === undefined) continue;
          await turned;
          signal.throwIfAborted();
        }
        scored.push({ ...prepared, items });
      }
      return scored;
    },
  };
}

async function scoreAll(
  scorer: CxTextScorer,
  texts: readonly string[],
  signal: AbortSignal,
): Promise<readonly Scored<TextScore>[]> {
  try {
    return await scorer.score(texts, signal);
  } catch (thrown) {
    signal.throwIfAborted();
    const failed = thrown instanceof Error ? thrown.message : String(thrown);
    return texts.map(() => ({ failed }));
  }
}

/** One line of `earshot score`: what CONTRACT §2 promises. `ms` is measured by the caller. */
export function scoreLine(text: string, result: Scored<TextScore>, ms: number): string {
  if ('failed' in result)
    return JSON.stringify({ text, sentiment: null, issues: [], failed: result.failed, ms: rounded(ms) });
  const { sentiment, issues } = result.score;
  return JSON.stringify({
    text,
    sentiment: sentimentOf(sentiment),
    issues: issues.map(({ label, confidence }) => ({ label, confidence: rounded(confidence) })),
    ms: rounded(ms),
  });
}
