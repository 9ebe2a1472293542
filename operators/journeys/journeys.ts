/**
 * The journeys operator: which way customers go through steps, where they leave it, and how long a step takes (CONTRACT §7). It
 * stands before the KPIs, hands every event on, and adds outcomes, which KPIs read as `journey.<id>`.
 *
 * Lateness: a step within a journey's `allowed_lateness` changes what was said, as a late event changes a window; a later one goes to
 * `cx.late.<journey>`. State: the run and the later steps of each key that is on its way, up to `max_keys` a journey and no longer
 * than `expire`; further keys are not followed, counted (`journey_keys_dropped_<journey>`).
 */
import type { Collector, Operator, OperatorDef, State } from '../../engine/core/types.ts';
import type { CompileExpression, CxEnvelope, CxEvent } from '../shared/messages.ts';
import type { JourneyConfig, StepRecord } from './journey.ts';
import { journeysDef, RunningJourneys } from './running-journeys.ts';
import { StepMatcher, type StepHearing } from './step-matcher.ts';

/** Throws EngineError EXPRESSION_INVALID. */
export function journeysOperator(
  journeys: readonly JourneyConfig[],
  compile: CompileExpression,
): OperatorDef<CxEvent, CxEvent> {
  // Whatever is wrong shows here, not when the operator starts.
  new StepMatcher(journeys, compile);
  return {
    ...journeysDef(journeys),
    create: (_context, saved = []) =>
      new Journeys(new StepMatcher(journeys, compile), new RunningJourneys(journeys, saved)),
  };
}

class Journeys implements Operator<CxEvent, CxEvent>, StepHearing {
  readonly #matcher: StepMatcher;
  readonly #running: RunningJourneys;
  #out: Collector<CxEvent> | null = null;
  #watermark = 0;

  constructor(matcher: StepMatcher, running: RunningJourneys) {
    this.#matcher = matcher;
    this.#running = running;
  }

  onEvent(event: CxEnvelope, watermark: number, out: Collector<CxEvent>): void {
    out.emit(event);
    if (event.isControl === true || event.derived !== undefined) return;
    this.#running.reached(event.arrived ?? event.ts);
    this.#out = out;
    this.#watermark = watermark;
    this.#matcher.match(event, this);
    this.#out = null;
  }
  step(record: StepRecord): void {
    if (this.#out !== null) this.#running.take(record, this.#watermark, this.#out);
  }
  keyless(journey: number): void {
    this.#out?.count(`journey_keyless_${this.#running.idOf(journey)}`);
  }

  dueAt(): number | undefined {
    return this.#running.dueAt();
  }
  onWatermark(watermark: number, out: Collector<CxEvent>): void {
    this.#running.pass(watermark, out);
  }
  delta(): State | undefined {
    return this.#running.delta();
  }
  snapshot(): Iterable<State> {
    return this.#running.snapshot();
  }
  size(): { readonly [what: string]: number } {
    return this.#running.size();
  }
}
