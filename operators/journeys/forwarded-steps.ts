/** Steps on their way from a partition to where journeys run: about eighty bytes each. */
import { at as elementAt } from '../../engine/core/must.ts';
import type { Json } from '../../engine/core/types.ts';
import { readGathered, RecordGatherer, type GatheredForm } from '../between/gathered-records.ts';
import type { CompileExpression } from '../shared/messages.ts';
import type { JourneyConfig, StepRecord } from './journey.ts';
import { StepMatcher } from './step-matcher.ts';

export const JOURNEY_STEPS: GatheredForm = { owners: 'journeys', records: 'steps', recordBytes: 80 };

interface Names {
  readonly id: string;
  readonly steps: readonly string[];
  readonly keep: readonly string[];
}
type Written = readonly [journey: number, key: string, step: number, at: number, id: string, kept: readonly Json[]];

/** Throws EngineError EXPRESSION_INVALID. */
export function stepGatherer(
  journeys: readonly JourneyConfig[],
  compile: CompileExpression,
): RecordGatherer<StepRecord> {
  const names = journeys.map(({ id, steps, keep }) => ({ id, steps: steps.map((step) => step.id), keep }));
  return new RecordGatherer(JOURNEY_STEPS, names, new StepMatcher(journeys, compile), written);
}

function written({ journey, key, step, at, id, kept }: StepRecord): Written {
  return [journey, key, step, at, id, kept];
}

/** The steps, by the journeys that there are now; those of journeys and steps that are gone are left out. */
export function readForwardedSteps(value: Json, configs: readonly JourneyConfig[]): readonly StepRecord[] {
  return readGathered(value, JOURNEY_STEPS, (names: Names) => {
    const journey = configs.findIndex(({ id }) => id === names.id);
    if (journey < 0) return null;
    const config = elementAt(configs, journey);
    const steps = names.steps.map((name) => config.steps.findIndex(({ id }) => id === name));
    const places = config.keep.map((name) => names.keep.indexOf(name));
    return ([, key, number, at, id, said]: Written): StepRecord | null => {
      const step = elementAt(steps, number);
      if (step < 0) return null;
      return { journey, key, step, at, id, kept: places.map((place) => said[place] ?? null) }; // not said, or not kept then
    };
  });
}
