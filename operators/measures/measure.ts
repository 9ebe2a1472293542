/**
 * What a measure is made of. Each is one file of this folder that says all of it: its configuration, what it reads from an
 * event, how that is aggregated, what the number is and how it is explained to people. measures.ts lists them; what is listed is
 * read, checked, documented and computed.
 */
import type { Wanted } from '../config/config-expressions.ts';
import type { AnyAggregate, Sketchable } from '../aggregates/aggregate.ts';
import type { Fields } from '../config/config-schema-forms.ts';
import type { Section, Titles } from '../config/config-values.ts';
import type { Report } from '../config/config-part.ts';
import type { Scale } from '../events/answer-bounds.ts';
import type { CompileExpression, CxEvent } from '../shared/messages.ts';

export type Unit = 'percent' | 'points' | 'count' | 'seconds' | 'milliseconds' | 'score' | 'none';

/** What is measured in an event; undefined: nothing, and the event does not count in n. */
export type Read = (event: CxEvent) => Sketchable | undefined;

/** Where a measure is read from in a configuration. */
export interface MeasureSource {
  /** Of its KPI. */
  readonly kpi: string;
  readonly section: Section;
  readonly report: Report;
  /** The CEL source under this key, checked. */
  readonly expression: (name: string, initial?: string, wanted?: Wanted) => string;
}

/** `C`: its configuration, normalised; expressions are CEL sources. */
export interface Measure<C extends { readonly kind: string }> {
  readonly kind: C['kind'];
  /** One line for people: what the number says. */
  readonly about: Titles;
  /** Keys beside `kind`. */
  readonly schema: { readonly fields: Fields; readonly required: readonly string[] };
  /** Total: what the schema refuses is reported by it, and reads as the default. */
  parse(source: MeasureSource): C;
  aggregate(config: C): AnyAggregate;
  /** Gives its aggregate what that takes. Throws EngineError EXPRESSION_INVALID. */
  reader(config: C, compile: CompileExpression): Read;
  /** The event types that it is computed from, where it says so itself: its KPI needs no `from` then. */
  from?(config: C): readonly string[];
  /** The journey that it is of, and the steps that its keys name. */
  journey?(config: C): { readonly id: string; readonly steps: Readonly<Record<string, string>> };
  /** The scale of answers that do not bring their own; only of measures of answers. */
  answerScale?(config: C): Scale | undefined;
  unit(config: C): Unit;
  /** Places shown unless the KPI says otherwise. */
  readonly decimals: number;
  /** The values of finer keys add up to that of the whole. */
  readonly isAdditive: boolean;
  /** A window in which nothing was measured is a 0 where windows are compared; else it is left out. */
  readonly isNothingZero: boolean;
  /** Values come with the interval that they are sure within. */
  readonly hasInterval: boolean;
  /** What of the configuration the saved state depends on; all of it where this is absent. */
  countedAs?(config: C): C;
}
