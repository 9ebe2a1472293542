/** What flows between Earshot's operators. Plain data only. */
import type { Envelope, Json, JsonObject, Millis } from '../../engine/core/types.ts';
export type { CompileExpression, Expression, Variables } from '../../engine/core/expressions/expression.ts';

/** A channel event, decoded, validated and masked; scored if it carries a text. */
export interface CxEvent {
  /** CloudEvents attributes. */
  readonly source: string;
  readonly eventId: string;
  /** `cx.survey.answered`, … */
  readonly type: string;
  /** `survey`, `feedback`, `interaction`, `case`, `order`, `journey`, `page`. */
  readonly family: string;
  readonly channel: string;
  /** Subject-safe token of the case, conversation or customer; `-` where there is none. */
  readonly subjectKey: string;
  /** Further CloudEvents attributes, passed on (`traceparent`, `subject`, …). */
  readonly attributes: Readonly<Record<string, string>>;
  /** Masked. Unknown fields are kept. */
  readonly data: JsonObject;
  /** When it happened: event time. */
  readonly time: Millis;
  /** When the broker stored it. */
  readonly received: Millis;
  /** When the stages were done with it, where a clock was at hand; a file run has none, so that it stays deterministic. */
  readonly emitted?: Millis;
  readonly enrichment: Enrichment;
}
export type CxEnvelope = Envelope<CxEvent>;

export type SentimentLabel = 'negative' | 'neutral' | 'positive';
export type Intensity = 'strong_negative' | 'negative' | 'neutral' | 'positive' | 'strong_positive';
export interface Sentiment {
  readonly label: SentimentLabel;
  /** −1…1. */
  readonly score: number;
  readonly intensity: Intensity;
  /** 0…1, calibrated. */
  readonly confidence: number;
}
export type ModelName = { readonly name: string; readonly version: string };
export interface Enrichment {
  /** ok: scored · skipped: nothing to score · failed: the text could not be scored · partial: some models failed. */
  readonly status: 'ok' | 'partial' | 'skipped' | 'failed';
  readonly lang: string | null;
  readonly sentiment: Sentiment | null;
  readonly issues: readonly { readonly label: string; readonly confidence: number }[];
  readonly owner: string | null;
  readonly urgency: 'urgent' | 'high' | 'normal' | 'low' | null;
  /** Flags of cleaning: `{garbled: true}`, `{masked: 2}`, … */
  readonly quality: JsonObject;
  /** Of the sentiment; `issues`: of the issue types, where another model gave them. */
  readonly model: (ModelName & { readonly issues?: ModelName }) | null;
}

/** One value of one KPI for one key and window: final (with its revision) or live. */
export interface KpiValue {
  readonly kpi: string;
  /** Dimension → value; `{}` is the whole company. */
  readonly key: Readonly<Record<string, string>>;
  /** Canonical text of `key`, e.g. `channel=app`; `` for the whole company. Stable: part of ids. */
  readonly keyId: string;
  readonly window: { readonly start: Millis; readonly end: Millis };
  /** null when n is 0 */
  readonly value: number | null;
  readonly n: number;
  readonly interval: readonly [number, number] | null;
  readonly revision: number;
  readonly final: boolean;
  /** The KPI joined only after this window had begun: it may lack events, and no rule judges it. */
  readonly partial?: boolean;
  /** Sessions merged away by a late event say so: what they reported no longer holds. */
  readonly retracted?: boolean;
  /** Detail of measures whose result is more than a number (`top`: the items with their error bounds). */
  readonly detail?: Json;
  /** Event time this value stands for: the window's end when final, else the event-time clock. */
  readonly at: Millis;
  readonly watermark: Millis;
  /** Up to three masked quotes behind the value, newest first, where a rule of this KPI wants them. */
  readonly samples?: readonly string[];
}

/** Values of this KPI are partial for windows that end by `until`: what rules hold of it waits for one that is whole. */
export interface KpiBirth {
  readonly born: string;
  readonly until: Millis;
}
