/**
 * Clocks of several partitions: where what these have gathered comes together, at the lowest of their watermarks. So a clock whose
 * key is not the partition's is as exact as with one partition. Hands every message on, and adds outcomes, which KPIs there read.
 * Lateness and state are those of clocks.ts.
 */
import type { Envelope, Operator, OperatorDef } from '../../engine/core/types.ts';
import type { CompileExpression, CxEvent } from '../shared/messages.ts';
import type { PartialMessage } from '../kpis/exchange/partial-message.ts';
import type { ClockConfig } from './clocks-config.ts';
import { clocksDef } from './clocks.ts';
import type { CalendarOf } from './compiled-clock.ts';
import { readForwarded } from './forwarded-records.ts';
import { Interner } from './interner.ts';
import { compileClocks, RunningClocks } from './running-clocks.ts';

/** What KPIs are combined from: messages of partitions, and outcomes, which say that they are `derived`. */
export type Combinable = PartialMessage | CxEvent;

/** Throws EngineError EXPRESSION_INVALID. */
export function combinedClocks(
  clocks: readonly ClockConfig[],
  compile: CompileExpression,
  calendarOf: CalendarOf,
  leveled?: ReadonlySet<string>,
): OperatorDef<PartialMessage, Combinable> {
  const compiled = compileClocks(clocks, compile, calendarOf, leveled);
  return {
    ...clocksDef(clocks),
    create: (_context, saved = []): Operator<PartialMessage, Combinable> => {
      const running = new RunningClocks(compiled, saved);
      const interner = new Interner();
      return {
        onEvent(event: Envelope<PartialMessage>, watermark, out) {
          out.emit(event);
          const { clocks: forwarded } = event.value;
          if (forwarded === undefined) return;
          for (const record of readForwarded(forwarded, clocks, interner)) {
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
