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
import { wordsOf } from '../events/types/event-types.ts';
import type { CxEvent, Enrichment, Sentiment } from '../shared/messages.ts';
import type { ServedLanguage } from './scoring-config.ts';
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

export interface ScoreOptions {
  readonly owners?: Owners;
  /** By default those that the bundled models read. */
  readonly languages?: readonly ServedLanguage[];
  /** Asked after each event; a promise hands the event loop over until it resolves. */
  readonly maybeYield?: () => Promise<void> | undefined;
}

const LETTER = /\p{L}/u;

/** Whether the models read the language that a text was found to be in. What has no letters (😡, 5/5) is of no language. */
function isServed(lang: string | null, text: string, languages: readonly ServedLanguage[]): boolean {
  if (lang === 'zh' || lang === 'en') return languages.includes(lang);
  if (lang === 'mixed') return languages.includes('zh') || languages.includes('en');
  return languages.includes('other') || !LETTER.test(text);
}

/** What is known of a text in a language that no model reads: a score would be made up. */
function unread(before: Enrichment, text: string): Enrichment {
  return { ...before, status: 'skipped', urgency: urgencyOfWording(text)?.urgency ?? before.urgency };
}

/** Scores every customer text of a batch at once; without a scorer, and in a language that is not served, a text is `skipped`. */
export function scoreStage(
  scorer: CxTextScorer | null,
  { owners = {}, languages = ['zh', 'en'], maybeYield }: ScoreOptions = {},
): BatchStage<Prepared<CxEvent>, Prepared<CxEvent>> {
  return {
    name: 'score',
    async apply(batch, signal) {
      if (scorer === null) return batch;
      const texts: string[] = [];
      for (const { items } of batch) {
        for (const item of items) {
          if (!('event' in item)) continue;
          const { type, data, enrichment } = item.event.value;
          const text = wordsOf(type, data);
          if (text !== null && isServed(enrichment.lang, text, languages)) texts.push(text);
        }
      }
      const results = texts.length === 0 ? [] : await scoreAll(scorer, texts, signal);
      let next = 0;
      const scoreItem = (item: PreparedItem<CxEvent>): PreparedItem<CxEvent> => {
        if (!('event' in item)) return item;
        const { value } = item.event;
        const text = wordsOf(value.type, value.data);
        if (text === null) return item;
        const before = value.enrichment;
        const enrichment = isServed(before.lang, text, languages)
          ? enriched(before, text, results[next++] ?? { failed: 'the scorer gave no result' }, owners)
          : unread(before, text);
        const event: Envelope<CxEvent> = { ...item.event, value: { ...value, enrichment } };
        return { ...item, event };
      };
      const scored: Prepared<CxEvent>[] = [];
      for (const prepared of batch) {
        const items: PreparedItem<CxEvent>[] = [];
        for (const item of prepared.items) {
          items.push(scoreItem(item));
          const yielded = maybeYield?.();
          if (yielded === undefined) continue;
          await yielded;
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

/** One line of `earshot score`: `text, sentiment, issues, ms`. `ms` is measured by the caller. */
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
