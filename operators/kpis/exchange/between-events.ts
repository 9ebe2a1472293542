/** What happens between the events of a partition, on its way to where partitions come together: records of clocks, steps of journeys. */
import type { Collector } from '../../../engine/core/types.ts';
import type { ClockConfig } from '../../clocks/clocks-config.ts';
import { RecordGatherer } from '../../clocks/forwarded-records.ts';
import { StepGatherer } from '../../journeys/forwarded-steps.ts';
import type { JourneyConfig } from '../../journeys/journey.ts';
import type { CompileExpression, CxEnvelope } from '../../shared/messages.ts';
import type { PartialMessage } from './partial-message.ts';

/** What runs where partitions come together: events that they read go on as records. */
export interface BetweenConfig {
  readonly clocks?: readonly ClockConfig[];
  readonly journeys?: readonly JourneyConfig[];
}

export class BetweenEvents {
  readonly #clocks: RecordGatherer;
  readonly #journeys: StepGatherer;

  /** Throws EngineError EXPRESSION_INVALID. */
  constructor({ clocks = [], journeys = [] }: BetweenConfig, compile: CompileExpression) {
    this.#clocks = new RecordGatherer(clocks, compile);
    this.#journeys = new StepGatherer(journeys, compile);
  }

  /** Returns about how many bytes that adds. */
  gather(event: CxEnvelope, out: Pick<Collector<never>, 'count'>): number {
    const bytes = this.#clocks.gather(event) + this.#journeys.gather(event);
    for (const clock of this.#clocks.takeKeyless()) out.count(`clock_keyless_${clock}`);
    for (const journey of this.#journeys.takeKeyless()) out.count(`journey_keyless_${journey}`);
    return bytes;
  }
  /** What was gathered since the last call; null: nothing. */
  take(): Pick<PartialMessage, 'clocks' | 'journeys'> | null {
    if (this.#clocks.isEmpty && this.#journeys.isEmpty) return null;
    return {
      ...(this.#clocks.isEmpty ? null : { clocks: this.#clocks.take() }),
      ...(this.#journeys.isEmpty ? null : { journeys: this.#journeys.take() }),
    };
  }
}
