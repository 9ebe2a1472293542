/** What flows between the parts of journeys. Plain data only. */
import type { Json, Millis } from '../../engine/core/types.ts';
import type { Titles } from '../config/config-values.ts';

export interface StepConfig {
  readonly id: string;
  readonly on: readonly string[];
  /** CEL; null: all. */
  readonly where: string | null;
}
export interface JourneyConfig {
  readonly id: string;
  readonly title: Titles;
  /** CEL: whose journey it is. */
  readonly key: string;
  /** Two or more, in their order. */
  readonly steps: readonly StepConfig[];
  /** null: nobody stalls. */
  readonly stallMs: Millis | null;
  readonly expireMs: Millis;
  readonly allowedLatenessMs: Millis;
  readonly keep: readonly string[];
  readonly maxKeys: number;
  /** Windows of its funnel; null: it has none. */
  readonly funnel: string | null;
}

/** An event that is a step of a journey. */
export interface StepRecord {
  /** Place in the configuration. */
  readonly journey: number;
  readonly key: string;
  readonly step: number;
  readonly at: Millis;
  /** Of the event. */
  readonly id: string;
  /** Of the fields that are kept; null: it does not say. */
  readonly kept: readonly Json[];
}

/** What became of a journey at an instant. */
export type Outcome =
  /** Another step came: that is how long it took. */
  | { readonly kind: 'left'; readonly at: Millis; readonly step: number; readonly seconds: number; readonly kept: Kept }
  | {
      readonly kind: 'stalled';
      readonly at: Millis;
      readonly step: number;
      readonly since: Millis;
      readonly kept: Kept;
    }
  /** It goes on after it stalled. */
  | { readonly kind: 'recovered'; readonly at: Millis; readonly step: number; readonly kept: Kept }
  | { readonly kind: 'ended'; readonly at: Millis; readonly ending: Ending; readonly kept: Kept };
type Kept = readonly Json[];

export interface Ending {
  readonly outcome: 'completed' | 'expired';
  readonly started: Millis;
  /** First and last time of each step; null: not reached. */
  readonly first: readonly (Millis | null)[];
  readonly last: readonly (Millis | null)[];
  /** The furthest step that was reached, where that is not the last. */
  readonly dropped: number | null;
  readonly stalls: number;
}

/** Each event once, in the order of time: where several are of one instant, of their steps, then of their ids. */
export function isBefore(a: StepRecord, b: StepRecord): boolean {
  if (a.at !== b.at) return a.at < b.at;
  return a.step !== b.step ? a.step < b.step : a.id < b.id;
}

/** Whether who reached `from` reached `to` then, or after it. */
export function isConverted({ first, last }: Pick<Ending, 'first' | 'last'>, from: number, to: number): boolean {
  const [left, reached] = [first[from] ?? null, last[to] ?? null]; // not reached
  return left !== null && reached !== null && reached >= left;
}
