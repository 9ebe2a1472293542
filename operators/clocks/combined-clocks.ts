/**
 * Clocks of several partitions: where what these have gathered comes together. Adds outcomes, which KPIs there read. Lateness and
 * state are those of clocks.ts.
 */
import type { Json, OperatorDef } from '../../engine/core/types.ts';
import { combinedOperator } from '../between/combined-operator.ts';
import type { CompileExpression, CxEvent } from '../shared/messages.ts';
import type { PartialMessage } from '../kpis/exchange/partial-message.ts';
import type { VerbRecord } from './clock.ts';
import type { ClockConfig } from './clocks-config.ts';
import { clocksDef } from './clocks.ts';
import { compileClocks, type CalendarOf } from './compiled-clock.ts';
import { readForwarded } from './forwarded-records.ts';
import { Interner } from './values/interner.ts';
import { RunningClocks } from './running-clocks.ts';

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
    create: (_context, saved = []) => {
      const interner = new Interner();
      const recordsOf = (forwarded: Json): readonly VerbRecord[] => readForwarded(forwarded, clocks, interner);
      return combinedOperator<VerbRecord, PartialMessage>(new RunningClocks(compiled, saved), (message) =>
        message.clocks === undefined ? NONE : recordsOf(message.clocks),
      );
    },
  };
}
const NONE: readonly VerbRecord[] = [];
