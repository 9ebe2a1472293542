/** The customers' own words behind a value: the newest few that speak against it. Masked before they come here. */
import { cutText } from '../../../engine/core/json/well-formed.ts';
import type { Millis } from '../../../engine/core/types.ts';
import { wordsOf } from '../../events/types/event-types.ts';
import type { CxEvent } from '../../shared/messages.ts';
import type { KeyDirectory } from '../keys/key-directory.ts';
import type { KeyEntry } from '../keys/key-entry.ts';
import type { Quote } from './quote.ts';

/** Kept a key, so that windows that close a little later still find theirs; shown at most SHOWN of them. */
const KEPT = 6;
const SHOWN = 3;
const MAX_LENGTH = 200;

/** A text that is scored must be negative; one that is not may be any. */
export function quoteOf(event: CxEvent, ts: Millis): Quote | null {
  const { sentiment } = event.enrichment;
  if (sentiment !== null && sentiment.label !== 'negative') return null;
  const text = wordsOf(event.type, event.data);
  return text === null ? null : { ts, text: text.length > MAX_LENGTH ? `${cutText(text, MAX_LENGTH - 1)}…` : text };
}

/** Newest first; of those of one instant, the one that came first. */
export function keepQuote(quotes: Quote[], quote: Quote): boolean {
  let at = quotes.length;
  while (at > 0 && (quotes[at - 1]?.ts ?? quote.ts) < quote.ts) at--;
  if (at >= KEPT) return false;
  quotes.splice(at, 0, quote);
  if (quotes.length > KEPT) quotes.pop();
  return true;
}

/** The key that something was added up for elsewhere, with what its customers said there. */
export interface Contributor {
  readonly values: readonly string[];
  readonly quotes: readonly Quote[];
}
export function mergeQuotes(directory: KeyDirectory, entry: KeyEntry, { quotes }: Contributor): void {
  for (const quote of quotes) if (keepQuote((entry.quotes ??= []), quote)) directory.touchQuotes(entry);
}

export function quotesWithin(quotes: readonly Quote[], start: Millis, end: Millis): readonly string[] {
  const texts: string[] = [];
  for (const { ts, text } of quotes) {
    if (ts >= start && ts < end && texts.length < SHOWN) texts.push(text);
  }
  return texts;
}
