/**
 * What an event type is made of. Each is one file of its family's folder that says all of it; event-types.ts lists them. What
 * is listed is taken in, checked, published under `/schemas`, documented, and a KPI can be computed from it.
 */
import type { Json, JsonObject } from '../../../engine/core/types.ts';
import type { Titles } from '../../config/config-values.ts';

export interface EventType {
  /** `cx.<family>.<what happened>`; the family is part of its subjects. */
  readonly type: `cx.${string}.${string}`;
  /** What happened, in one line for people. */
  readonly about: Titles;
  /** JSON Schema 2020-12 of `data`, made by `eventData` (field-forms.ts). */
  readonly data: JsonObject;
  /** Data that fits the schema, as a source may send it; shown in the documentation. */
  readonly example: JsonObject;
  /** Where the customer's own words stand; `data.text` where this is absent. */
  words?(data: JsonObject): Json | undefined;
  /** Its `score` is an answer: without a `scale` of its own, it is held to the usual one of its `metric` (checks/ranges.ts). */
  readonly isAnswer?: true;
}

/**
 * What Earshot says to itself through its own input, so that commands of people take part in replay like everything else.
 * Never accepted from outside.
 */
export interface ControlEventType {
  readonly type: `earshot.${string}.${string}`;
  readonly title: string;
  readonly data: JsonObject;
}
