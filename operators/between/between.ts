/** What an operator that keeps state between events is made of, wherever it runs. */
import type { OpenRun } from '../../engine/core/clocks/open-run.ts';
import type { Collector, Millis, State } from '../../engine/core/types.ts';
import type { CxEnvelope, CxEvent } from '../shared/messages.ts';

/** Receives what one event is to those that keep state. `R`: a record. */
export interface MatchHearing<R> {
  record(record: R): void;
  /** It means something to this owner (a clock, a journey), but belongs to nobody. */
  keyless(owner: string): void;
}

/** Looks at nothing but the event, so it runs where the event comes in. */
export interface Matcher<R> {
  match(event: Pick<CxEnvelope, 'id' | 'ts' | 'value'>, hearing: MatchHearing<R>): void;
  /** Also events that other operators derived (`clock.<id>`); left out: only those that came in. */
  readonly readsDerived?: boolean;
}

/** What is emitted goes on to KPIs, what is sent leaves. */
export type BetweenCollector = Pick<Collector<CxEvent>, 'emit' | 'send' | 'count' | 'urgent' | 'now'>;

/** The state, whoever hands it its records. */
export interface Running<R> {
  /** An event came from so far in event time: an input that ends goes no further. */
  reached(at: Millis): void;
  take(record: R, watermark: Millis, out: BetweenCollector): void;
  /** As of an operator: the lowest watermark at which `pass` has something to do; undefined: never. */
  dueAt(): Millis | undefined;
  pass(watermark: Millis, out: BetweenCollector): void;
  delta(): State | undefined;
  snapshot(): Iterable<State>;
  size(): { readonly [what: string]: number };
  /** Of clocks. */
  openRuns?(): Iterable<OpenRun>;
}
