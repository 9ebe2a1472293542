/**
 * Journeys of several partitions: where the steps that these have gathered come together, so that a customer whose events lie in
 * several partitions goes one way. Adds outcomes, which KPIs there read. Lateness and state are those of journeys.ts.
 */
import type { OperatorDef } from '../../engine/core/types.ts';
import { combinedOperator } from '../between/combined-operator.ts';
import type { Combinable } from '../clocks/combined-clocks.ts';
import type { PartialMessage } from '../kpis/exchange/partial-message.ts';
import { readForwardedSteps } from './forwarded-steps.ts';
import type { JourneyConfig, StepRecord } from './journey.ts';
import { journeysDef, RunningJourneys } from './running-journeys.ts';

export function combinedJourneys(journeys: readonly JourneyConfig[]): OperatorDef<Combinable, Combinable> {
  return {
    ...journeysDef(journeys),
    create: (_context, saved = []) =>
      combinedOperator<StepRecord, PartialMessage>(new RunningJourneys(journeys, saved), (message) =>
        message.journeys === undefined ? NONE : readForwardedSteps(message.journeys, journeys),
      ),
  };
}
const NONE: readonly StepRecord[] = [];
