/**
 * The clocks operator: what happens between two events, said as events (CONTRACT §7). It stands before the KPIs, hands every event
 * on, and adds the outcomes of clocks, which KPIs read as `clock.<id>`.
 *
 * Lateness: an event within a clock's `allowed_lateness` changes what was said, as a late event changes a window; a later one goes to
 * `cx.late.<clock>`. State: one entry a key that is open or remembered, `max_keys` a clock; see clock-table.ts for what bounds it.
 * An outcome is said when time has passed its instant; time is the watermark, so that windows and clocks agree.
 */
import { EngineError } from '../../engine/core/errors.ts';
import type { OperatorDef, State } from '../../engine/core/types.ts';
import { singleOperator } from '../between/single-operator.ts';
import type { CompileExpression, CxEvent } from '../shared/messages.ts';
import { canonical } from '../kpis/layout.ts';
import { ClockMatcher } from './matching.ts';
import type { ClockConfig } from './clocks-config.ts';
import { RunningClocks } from './running-clocks.ts';
import { compileClocks, type CalendarOf } from './compiled-clock.ts';

/** Throws EngineError EXPRESSION_INVALID. */
export function clocksOperator(
  clocks: readonly ClockConfig[],
  compile: CompileExpression,
  calendarOf: CalendarOf,
  leveled?: ReadonlySet<string>,
): OperatorDef<CxEvent, CxEvent> {
  const compiled = compileClocks(clocks, compile, calendarOf, leveled);
  // Whatever is wrong shows here, not when the operator starts.
  new ClockMatcher(clocks, compile);
  return {
    ...clocksDef(clocks),
    create: (_context, saved = []) =>
      singleOperator('clock', new ClockMatcher(clocks, compile), new RunningClocks(compiled, saved)),
  };
}

/** Name, fingerprint and migration: the same where clocks run behind several partitions. */
export function clocksDef(
  clocks: readonly ClockConfig[],
): Required<Pick<OperatorDef<never, never>, 'name' | 'fingerprint' | 'migrate'>> {
  return {
    name: 'clocks',
    fingerprint: Object.fromEntries(clocks.map((clock) => [clock.id, canonical(keysOf(clock))])),
    migrate: (saved, from) => {
      refuseOtherKeys(clocks, from);
      return saved;
    },
  };
}

/** Whose a clock is may not change while clocks run. */
function keysOf({ key, verbs }: ClockConfig): unknown {
  return { key, verbs: Object.fromEntries(Object.entries(verbs).map(([verb, read]) => [verb, read.key])) };
}
function refuseOtherKeys(clocks: readonly ClockConfig[], from: State | undefined): void {
  if (typeof from !== 'object' || from === null) return;
  const before = from as Readonly<Record<string, State>>;
  for (const clock of clocks) {
    const known = before[clock.id];
    if (typeof known !== 'string') continue;
    const { key } = JSON.parse(known) as { readonly key: string };
    if (key !== clock.key)
      throw new EngineError('STATE_MISMATCH', [
        `the clock ${clock.id}`,
        'its key changed: give it another id to begin with none',
      ]);
  }
}
