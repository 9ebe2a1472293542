/**
 * Steps on their way from a partition to where journeys run: about eighty bytes each. With them go the names of journeys, steps and
 * fields, so that they are read rightly under another configuration.
 */
import { at as elementAt } from '../../engine/core/must.ts';
import type { Json, JsonObject } from '../../engine/core/types.ts';
import type { CompileExpression, CxEnvelope } from '../shared/messages.ts';
import type { JourneyConfig, StepRecord } from './journey.ts';
import { StepMatcher, type StepHearing } from './step-matcher.ts';

/** About how large a step is in a message, beside its key and values. */
const STEP_BYTES = 80;

/** Gathers the steps of a partition's events, until they are sent. Throws EngineError EXPRESSION_INVALID. */
export class StepGatherer implements StepHearing {
  readonly #journeys: readonly JourneyConfig[];
  readonly #matcher: StepMatcher;
  #steps: StepRecord[] = [];
  #keyless: string[] = [];

  constructor(journeys: readonly JourneyConfig[], compile: CompileExpression) {
    this.#journeys = journeys;
    this.#matcher = new StepMatcher(journeys, compile);
  }

  /** Returns about how many bytes that adds. */
  gather(event: CxEnvelope): number {
    const before = this.#steps.length;
    this.#matcher.match(event, this);
    return (this.#steps.length - before) * STEP_BYTES;
  }
  step(record: StepRecord): void {
    this.#steps.push(record);
  }
  keyless(journey: number): void {
    this.#keyless.push(elementAt(this.#journeys, journey).id);
  }

  get isEmpty(): boolean {
    return this.#steps.length === 0;
  }
  /** Journeys of events that belong to nobody, since the last call. */
  takeKeyless(): readonly string[] {
    if (this.#keyless.length === 0) return NOBODY;
    const taken = this.#keyless;
    this.#keyless = [];
    return taken;
  }
  /** What was gathered since the last call. */
  take(): Json {
    const taken = this.#steps;
    this.#steps = [];
    const journeys = this.#journeys.map(({ id, steps, keep }): Json => ({
      id,
      steps: steps.map((step) => step.id),
      keep,
    }));
    return {
      journeys,
      steps: taken.map(({ journey, key, step, at, id, kept }): Json => [journey, key, step, at, id, kept]),
    };
  }
}
const NOBODY: readonly string[] = [];

/** Whether it has the form of what a gatherer gives. */
export function isForwardedSteps(value: Json): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const { journeys, steps } = value as JsonObject;
  return Array.isArray(journeys) && Array.isArray(steps);
}

type Written = readonly [journey: number, key: string, step: number, at: number, id: string, kept: readonly Json[]];

/** The steps, by the journeys that there are now; those of journeys and steps that are gone are left out. */
export function readForwardedSteps(value: Json, configs: readonly JourneyConfig[]): readonly StepRecord[] {
  const { journeys, steps } = value as unknown as {
    readonly journeys: readonly {
      readonly id: string;
      readonly steps: readonly string[];
      readonly keep: readonly string[];
    }[];
    readonly steps: readonly Written[];
  };
  return steps.flatMap(([number, key, place, at, id, kept]): StepRecord[] => {
    const named = elementAt(journeys, number);
    const journey = configs.findIndex((config) => config.id === named.id);
    const config = configs[journey];
    const step = config?.steps.findIndex((one) => one.id === named.steps[place]) ?? -1; // the journey is gone
    if (config === undefined || step < 0) return [];
    const values = config.keep.map((name) => kept[named.keep.indexOf(name)] ?? null); // not said, or not kept then
    return [{ journey, key, step, at, id, kept: values }];
  });
}
