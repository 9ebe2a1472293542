/**
 * Journeys of several partitions: where the steps that these have gathered come together, at the lowest of their watermarks. So a
 * customer whose events lie in several partitions goes one way, as with one partition. Hands every message on, and adds outcomes,
 * which KPIs there read. Lateness and state are those of journeys.ts.
 */
import type { Envelope, Operator, OperatorDef } from '../../engine/core/types.ts';
import type { Combinable } from '../clocks/combined-clocks.ts';
import type { PartialMessage } from '../kpis/exchange/partial-message.ts';
import { readForwardedSteps } from './forwarded-steps.ts';
import type { JourneyConfig } from './journey.ts';
import { journeysDef, RunningJourneys } from './running-journeys.ts';

export function combinedJourneys(journeys: readonly JourneyConfig[]): OperatorDef<Combinable, Combinable> {
  return {
    ...journeysDef(journeys),
    create: (_context, saved = []): Operator<Combinable, Combinable> => {
      const running = new RunningJourneys(journeys, saved);
      return {
        onEvent(event, watermark, out) {
          out.emit(event);
          // What a clock said is no message of a partition.
          if (event.derived !== undefined) return;
          const { journeys: forwarded } = (event as Envelope<PartialMessage>).value;
          if (forwarded === undefined) return;
          for (const record of readForwardedSteps(forwarded, journeys)) {
            running.reached(record.at);
            running.take(record, watermark, out);
          }
        },
        dueAt: () => running.dueAt(),
        onWatermark: (watermark, out) => running.pass(watermark, out),
        delta: () => running.delta(),
        snapshot: () => running.snapshot(),
        size: () => running.size(),
      };
    },
  };
}
