/**
 * The journeys operator: which way customers go through steps, where they leave it, and how long a step takes (CONTRACT §7). It
 * stands before the KPIs, hands every event on, and adds outcomes, which KPIs read as `journey.<id>`.
 *
 * Lateness: a step within a journey's `allowed_lateness` changes what was said, as a late event changes a window; a later one goes to
 * `cx.late.<journey>`. State: the run and the later steps of each key that is on its way, up to `max_keys` a journey and no longer
 * than `expire`; further keys are not followed, counted (`journey_keys_dropped_<journey>`).
 */
import type { OperatorDef } from '../../engine/core/types.ts';
import { singleOperator } from '../between/single-operator.ts';
import type { CompileExpression, CxEvent } from '../shared/messages.ts';
import type { JourneyConfig } from './journey.ts';
import { journeysDef, RunningJourneys } from './running-journeys.ts';
import { StepMatcher } from './step-matcher.ts';

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
      singleOperator('journey', new StepMatcher(journeys, compile), new RunningJourneys(journeys, saved)),
  };
}
