/** Saved keys of a clock whose warnings, expiry or calendars are others now. */
import { at as elementAt } from '../../../engine/core/must.ts';
import { canonical } from '../../kpis/layout.ts';
import type { ClockPlan, KeyState } from '../clock.ts';
import type { ClockConfig } from '../clocks-config.ts';
import type { ClockKey } from '../key-log.ts';
import { schedule } from '../state-machine.ts';

type Timing = Pick<ClockConfig, 'warn' | 'expireMs' | 'calendar'>;

/** What the instants of a run depend on, beside its target. */
export function timingOf({ warn, expireMs, calendar }: Timing): string {
  return canonical({ warn, expireMs, calendar });
}

/** `before`: its timing when it was saved. A run keeps its calendar as long as the clock names it. */
export function refit({ state, tail }: ClockKey, before: string, config: ClockConfig, plan: ClockPlan): void {
  const { warn, calendar } = JSON.parse(before) as Timing;
  const base = tail?.base ?? null; // nothing that may change, or nothing before it
  for (const one of base === null ? [state] : [state, base]) refitState(one, { warn, calendar }, config, plan);
}

function refitState(
  state: KeyState,
  before: Pick<Timing, 'warn' | 'calendar'>,
  config: ClockConfig,
  plan: ClockPlan,
): void {
  if (!state.isOpen) return;
  if (state.calendar >= 0) {
    const { use } = elementAt(before.calendar, state.calendar);
    const number = config.calendar.findIndex((one) => one.use === use);
    state.calendar = number < 0 ? plan.choose(state.values).calendar : number;
  }
  if (state.warned > 0) {
    const highest = elementAt(before.warn, state.warned - 1);
    state.warned = config.warn.filter((percent) => percent <= highest).length;
  }
  schedule(plan, state);
}
