/**
 * The story of a case from its events, in whatever order they come: they are put in the order in which they happened, so one that
 * came late puts the story right. Nothing is kept anywhere: it is worked out when somebody asks.
 */
import {
  type CaseAction,
  type CaseClock,
  type CaseEntry,
  type CaseKey,
  type CaseState,
  type CaseStep,
  type CaseStory,
} from '../../engine/core/cases/case-story-form.ts';
import { formatInstant, parseInstant } from '../../engine/core/cloud-events.ts';
import { cutText } from '../../engine/core/json/well-formed.ts';
import type { Json, JsonObject, Millis } from '../../engine/core/types.ts';
import type { CxEvent } from '../shared/messages.ts';
import { actOf, CASE_ACTS, rankOf, stateSaid, stepOf, type CaseAct } from './case-states.ts';

const MOST_TEXT = 4000;
/** What a scope may limit, and what may lie within it. */
const KEY_FIELDS = ['region', 'team', 'product', 'store'] as const;

export interface StorySource {
  readonly id: string;
  /** In any order. */
  readonly events: readonly CxEvent[];
  /** Of events in their order, at an instant. */
  readonly clocksOf: (events: readonly CxEvent[], at: Millis) => readonly CaseClock[];
  /** In their order. */
  readonly actions: readonly CaseAction[];
  readonly isComplete: boolean;
  /** How far time is; what has happened since is in the story too. */
  readonly now: Millis;
}

/** null: there is nothing of it. */
export function storyOf({ id, events, clocksOf, actions, isComplete, now }: StorySource): CaseStory | null {
  const sorted = inOrder(events);
  if (sorted.length === 0) return null;
  const life = new Life();
  for (const event of sorted) life.take(event);
  const { state, since } = life;
  // Messages alone, or surveys, are no case.
  if (state === null) return null;
  const at = Math.max(now, (sorted.at(-1)?.time ?? now) + 1); // there is one
  return {
    ...{ case: id, state, since: formatInstant(since), opened: instant(life.opened), reopened: life.reopened },
    ...life.said,
    ...{ key: life.key, steps: life.steps, illegal: Object.fromEntries(life.illegal), clocks: clocksOf(sorted, at) },
    ...{ actions, entries: sorted.map(entryOf), complete: isComplete, as_of: formatInstant(at) },
  };
}

/** As they happened; at one instant in the order of acts; each once. */
export function inOrder(events: readonly CxEvent[]): readonly CxEvent[] {
  const known = new Map<string, CxEvent>();
  for (const event of events) known.set(idOf(event), event);
  return [...known.values()].sort((a, b) => a.time - b.time || placeOf(a) - placeOf(b) || (idOf(a) < idOf(b) ? -1 : 1));
}
function idOf({ source, eventId }: CxEvent): string {
  return `${source}|${eventId}`;
}
/** What happens beside the case comes after what happens to it. */
function placeOf({ type, data }: CxEvent): number {
  const act = actOf(type, data['author']);
  return act === undefined ? CASE_ACTS.length : rankOf(act);
}

interface Said {
  readonly owner: string | null;
  readonly class: string | null;
  readonly priority: string | null;
  readonly complaint: boolean | null;
  readonly satisfied: boolean | null;
  readonly customer: Json;
}

class Life {
  state: CaseState | null = null;
  since: Millis = 0;
  opened: Millis | null = null;
  reopened = 0;
  readonly steps: CaseStep[] = [];
  readonly illegal = new Map<string, number>();
  said: Said = { owner: null, class: null, priority: null, complaint: null, satisfied: null, customer: null };
  key: CaseKey = {};

  take(event: CxEvent): void {
    this.key = { ...this.key, ...keyOf(event) };
    const { type, data } = event;
    this.#hear(data);
    const act = actOf(type, data['author']);
    if (act !== undefined) this.#step(event, act);
  }

  /** The newest of what events say. */
  #hear(data: JsonObject): void {
    const { owner, class: kind, priority, complaint, satisfied, customer } = data;
    const { said } = this;
    this.said = {
      owner: textOf(owner) ?? said.owner,
      class: textOf(kind) ?? said.class,
      priority: textOf(priority) ?? said.priority,
      complaint: typeof complaint === 'boolean' ? complaint : said.complaint,
      satisfied: typeof satisfied === 'boolean' ? satisfied : said.satisfied,
      customer: isObject(customer) ? customer : said.customer,
    };
  }

  #step(event: CxEvent, act: CaseAct): void {
    const { type, data, time } = event;
    const { state: from } = this;
    // What the customer says begins no case.
    if (from === null && act === 'spoken') return;
    const { to, isIllegal } = stepOf(from, act, stateSaid(data['state']));
    if (act === 'opened') this.opened ??= time;
    else if (act === 'snapshot') this.opened ??= openedIn(data) ?? null;
    if (act === 'reopened' && !isIllegal) this.reopened += 1;
    if (isIllegal) {
      const kind = `${String(from)} → ${act}`;
      this.illegal.set(kind, (this.illegal.get(kind) ?? 0) + 1);
    }
    if (to === from && !isIllegal) return;
    this.state = to;
    if (to !== from) this.since = time;
    const by = textOf(data['author']) ?? (textOf(data['agent']) === null ? null : 'agent');
    this.steps.push({
      ...{ at: formatInstant(time), event: type, from, to, by, agent: textOf(data['agent']) },
      ...{ owner: textOf(data['owner']), illegal: isIllegal, key: keyOf(event) },
    });
  }
}

function openedIn({ opened }: JsonObject): Millis | undefined {
  return typeof opened === 'string' ? (parseInstant(opened) ?? undefined) : undefined;
}

function keyOf({ channel, data }: CxEvent): CaseKey {
  const key: Record<string, string> = { channel };
  for (const field of KEY_FIELDS) {
    const value = textOf(data[field]);
    if (value !== null) key[field] = value;
  }
  return key;
}

function entryOf(event: CxEvent): CaseEntry {
  const { type, channel, data, enrichment, time } = event;
  const text = textOf(data['text']) ?? textOf(data['transcript']);
  return {
    ...{ at: formatInstant(time), type, id: event.eventId, channel, author: textOf(data['author']) },
    ...{ agent: textOf(data['agent']), text: text === null ? null : cutText(text, MOST_TEXT), score: scoreOf(data) },
    sentiment: enrichment.sentiment === null ? null : { ...enrichment.sentiment },
    issues: enrichment.issues.map((issue) => ({ ...issue })),
    urgency: enrichment.urgency,
    key: keyOf(event),
  };
}

function scoreOf({ metric, score, rating, satisfied }: JsonObject): JsonObject | null {
  if (typeof score === 'number') return { metric: textOf(metric), score };
  if (isObject(rating)) return { metric: 'rating', ...rating };
  return typeof satisfied === 'boolean' ? { metric: 'satisfied', score: satisfied } : null;
}

function textOf(value: Json | undefined): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
function instant(at: Millis | null): string | null {
  return at === null ? null : formatInstant(at);
}
