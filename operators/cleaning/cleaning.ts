/**
 * Marks what only other events show to be no opinion of a customer: texts that the same customer, or another, has sent before,
 * nearly (`near_duplicate`, `copied`), and floods of one sender (`flood`); and says for which of its marks KPIs leave an event
 * out (`quality.left_out`). Every event goes on.
 *
 * Lateness: an event is judged when it comes, against those that came before: the first to come is the original. So a replay in
 * the stored order gives the same marks, another order may give others. A partition knows its own events alone: with several,
 * what a customer sends to cases and conversations of different partitions is judged in each for itself.
 * State size: 150 bytes a text, up to `near_duplicates.max_texts` and no longer than their window; 100 bytes a sender, up to
 * `flood.max_senders` and until its level is back at rest. What is forgotten early is counted: `cleaning_forgotten`.
 * Counts `events_marked.<mark>`, `events_left_out`.
 */
import { cyrb53 } from '../../engine/core/hash.ts';
import type { Collector, Json, JsonObject, Millis, Operator, OperatorDef, State } from '../../engine/core/types.ts';
import { wordsOf } from '../events/types/event-types.ts';
import type { CxEnvelope, CxEvent } from '../shared/messages.ts';
import type { CleaningConfig } from './cleaning-config.ts';
import { Floods } from './floods.ts';
import { LEFT_OUT, MARKS, type Mark } from './marks.ts';
import { NearDuplicates } from './near-duplicates.ts';

export function cleaning(config: CleaningConfig): OperatorDef<CxEvent, CxEvent> {
  return {
    name: 'cleaning',
    create: (_context, saved = []) => new Cleaning(config, saved),
  };
}

interface Part {
  readonly texts?: State;
  readonly floods?: State;
}

class Cleaning implements Operator<CxEvent, CxEvent> {
  readonly #leaveOut: readonly Mark[];
  readonly #texts: NearDuplicates;
  readonly #floods: Floods;

  constructor(config: CleaningConfig, saved: readonly State[]) {
    this.#leaveOut = config.leaveOut;
    this.#texts = new NearDuplicates(config.nearDuplicates);
    this.#floods = new Floods(config.flood);
    if (saved.length === 0) return;
    const parts = saved as unknown as readonly Part[];
    this.#texts.restore(parts.flatMap(({ texts }) => (texts === undefined ? [] : [texts])));
    this.#floods.restore(parts.flatMap(({ floods }) => (floods === undefined ? [] : [floods])));
  }

  onEvent(event: CxEnvelope, watermark: Millis, out: Collector<CxEvent>): void {
    if (event.isControl === true) return out.emit(event);
    const { value } = event;
    const { quality } = value.enrichment;
    const text = wordsOf(value.type, value.data);
    let copy: Mark | null = null;
    let isFlood = false;
    if (text !== null || value.type === 'cx.survey.answered') {
      const sender = senderOf(value.data);
      if (text !== null) copy = this.#texts.judge(text, sender, event.ts, watermark);
      if (sender !== 0) isFlood = this.#floods.add(sender, event.ts, watermark);
      const forgotten = this.#texts.takeForgotten() + this.#floods.takeForgotten();
      if (forgotten > 0) out.count('cleaning_forgotten', forgotten);
    }
    if (copy === null && !isFlood && !hasMark(quality)) return out.emit(event);
    const marks: Record<string, Json> = { ...quality };
    if (copy !== null) marks[copy] = true;
    if (isFlood) marks['flood'] = true;
    for (const mark of MARKS) if (marks[mark] === true) out.count(`events_marked.${mark}`);
    const reasons = this.#leaveOut.filter((mark) => marks[mark] === true);
    if (reasons.length > 0) {
      marks[LEFT_OUT] = reasons;
      out.count('events_left_out');
    }
    out.emit({ ...event, value: { ...value, enrichment: { ...value.enrichment, quality: marks } } });
  }

  dueAt(): Millis | undefined {
    const [text, flood] = [this.#texts.dueAt, this.#floods.dueAt];
    return text === undefined || (flood !== undefined && flood < text) ? flood : text;
  }
  onWatermark(watermark: Millis): void {
    this.#texts.expire(watermark);
    this.#floods.expire(watermark);
  }

  delta(): State | undefined {
    const [texts, floods] = [this.#texts.delta(), this.#floods.delta()];
    if (texts === undefined && floods === undefined) return undefined;
    return { ...(texts === undefined ? null : { texts }), ...(floods === undefined ? null : { floods }) };
  }
  *snapshot(): Iterable<State> {
    for (const texts of this.#texts.snapshot()) yield { texts };
    for (const floods of this.#floods.snapshot()) yield { floods };
  }
  size(): Readonly<Record<string, number>> {
    return { texts: this.#texts.size, senders: this.#floods.size };
  }
}

function hasMark(quality: JsonObject): boolean {
  for (const mark in quality) if (quality[mark] === true) return true;
  return false;
}

/** A number for the customer; 0: it does not say which. */
function senderOf({ customer }: JsonObject): number {
  if (typeof customer !== 'object' || customer === null || Array.isArray(customer)) return 0;
  const { id } = customer as JsonObject;
  return typeof id === 'string' && id !== '' ? cyrb53(id) : 0;
}
