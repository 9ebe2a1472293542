/**
 * What a clock says, computed slowly and obviously: all events in their order, time in steps of one millisecond, one counter of
 * working time. For small numbers only; shares nothing with what it is compared with but the names of verbs.
 */
import { must } from '../../../engine/core/must.ts';
import type { Json, Millis } from '../../../engine/core/types.ts';

export interface OracleEvent {
  readonly key: string;
  readonly verb: 'stock' | 'start' | 'stop' | 'pause' | 'resume' | 'restart' | 'cancel' | 'update' | 'again';
  readonly at: Millis;
  readonly id: string;
  readonly values: readonly (Json | undefined)[];
  readonly stock?: { readonly opened: Millis; readonly pausedMs: number; readonly isPaused: boolean };
}
export interface OracleClock {
  /** Target by the values; null: none. */
  readonly target: (values: readonly (Json | undefined)[]) => number | null;
  readonly warnings: readonly number[];
  readonly expire: number;
  readonly once: boolean;
  readonly isOpen: (instant: Millis) => boolean;
}
export interface OracleFact {
  readonly key: string;
  readonly run: number;
  /** stopped, cancelled, expired, breached, warning 50 … */
  readonly what: string;
  readonly at: Millis;
  readonly started: Millis;
  readonly ended: Millis | null;
  readonly elapsed: number;
  readonly working: number;
  readonly paused: number;
  readonly target: number | null;
  readonly met: boolean | null;
  readonly restarts: number;
  readonly values: readonly (Json | undefined)[];
}

const ORDER = ['stock', 'start', 'resume', 'pause', 'restart', 'update', 'stop', 'cancel', 'again'];

interface Run {
  started: Millis;
  paused: boolean;
  pausedTicks: number;
  worked: number;
  /** When the counter came to each number. */
  reached: Millis[];
  target: number | null;
  breached: boolean;
  warned: number;
  values: (Json | undefined)[];
}

/** Everything that is so before `until`. */
export function oracleFacts(clock: OracleClock, events: readonly OracleEvent[], until: Millis): readonly OracleFact[] {
  const keys = [...new Set(events.map(({ key }) => key))];
  return keys.flatMap((key) =>
    factsOfKey(
      clock,
      key,
      events.filter((event) => event.key === key),
      until,
    ),
  );
}

function factsOfKey(
  clock: OracleClock,
  key: string,
  events: readonly OracleEvent[],
  until: Millis,
): readonly OracleFact[] {
  const facts: OracleFact[] = [];
  const first = Math.min(...events.map(({ at }) => at));
  let runs = 0;
  let restarts = 0;
  let endedAt: Millis | null = null;
  let open: Run | null = null;

  const tell = (run: Run, what: string, now: Millis, ended: Millis | null, met: boolean | null): void => {
    facts.push({
      ...{ key, run: runs, what, at: now, started: run.started, ended, elapsed: now - run.started },
      ...{ working: run.worked, paused: run.pausedTicks, target: run.target, met, restarts, values: [...run.values] },
    });
  };
  const amount = (run: Run, percent: number): number => Math.ceil((must(run.target) * percent) / 100);
  const begin = (event: OracleEvent): void => {
    const values = [...event.values];
    runs += 1;
    const target = clock.target(values);
    open = {
      started: event.at,
      paused: false,
      pausedTicks: 0,
      worked: 0,
      reached: [event.at],
      target,
      breached: false,
      warned: 0,
      values,
    };
  };
  /** Every moment since it was opened, as if it had been seen; of what came by then nothing is said. */
  const beginStock = (event: OracleEvent, { opened, pausedMs, isPaused }: NonNullable<OracleEvent['stock']>): void => {
    begin({ ...event, at: opened });
    const run = must(open);
    for (let now = opened; now < event.at; now++) {
      if (now < opened + pausedMs) run.pausedTicks += 1;
      else if (clock.isOpen(now)) run.reached[++run.worked] = now + 1;
    }
    run.paused = isPaused;
    if (run.target === null) return;
    while (run.warned < clock.warnings.length && run.worked >= amount(run, must(clock.warnings[run.warned])))
      run.warned += 1;
    run.breached = (run.reached[run.target] ?? Infinity) < event.at;
  };
  const overlay = (run: Run, event: OracleEvent): void => {
    event.values.forEach((value, i) => {
      if (value !== undefined) run.values[i] = value;
    });
  };
  const retarget = (run: Run, now: Millis): void => {
    const target = clock.target(run.values);
    if (target === run.target) return;
    run.target = target;
    if (target === null || run.breached) return;
    const pastDue = run.reached[target];
    const warnedBefore = run.warned;
    while (
      run.warned < clock.warnings.length &&
      run.reached[amount(run, must(clock.warnings[run.warned]))] !== undefined
    )
      run.warned += 1;
    if (pastDue !== undefined && pastDue < now) {
      run.breached = true;
      run.warned = clock.warnings.length;
      tell(run, 'breached', now, null, false);
    } else if (pastDue === undefined && run.warned > warnedBefore) {
      tell(run, `warning ${String(clock.warnings[run.warned - 1])}`, now, null, null);
    }
  };
  const finish = (run: Run, what: string, now: Millis): void => {
    const due = run.target === null ? undefined : run.reached[run.target];
    const missed = run.breached || (due !== undefined && due < now);
    const met = what === 'stopped' && run.target !== null ? !missed : what === 'expired' && run.breached ? false : null;
    tell(run, what, now, now, met);
    endedAt = now;
    open = null;
  };
  const happen = (event: OracleEvent): void => {
    const run = open;
    if (run === null && endedAt !== null && event.at > endedAt + clock.expire) [runs, restarts, endedAt] = [0, 0, null];
    if (event.verb === 'start' && run === null) {
      if (!(clock.once && runs > 0)) begin(event);
    } else if (event.stock !== undefined && run === null) {
      const isKnownBetter = runs > 0 && (clock.once || must(endedAt) >= event.stock.opened);
      if (!isKnownBetter && event.stock.opened + clock.expire >= event.at) beginStock(event, event.stock);
    } else if (event.verb === 'again') {
      const isFirst = runs === 0;
      if (run !== null) {
        overlay(run, event);
        finish(run, 'stopped', event.at);
      }
      if (isFirst || !clock.once) begin(event);
    } else if (event.verb === 'restart') {
      restarts += 1;
      begin(event);
    } else if (run !== null) {
      overlay(run, event);
      if (event.verb === 'stop' || event.verb === 'cancel')
        return finish(run, event.verb === 'stop' ? 'stopped' : 'cancelled', event.at);
      if (event.verb === 'pause') run.paused = true;
      if (event.verb === 'resume') run.paused = false;
      retarget(run, event.at);
    }
  };

  const current = (): Run | null => open;
  const sorted = [...events].sort(
    (a, b) => a.at - b.at || ORDER.indexOf(a.verb) - ORDER.indexOf(b.verb) || (a.id < b.id ? -1 : 1),
  );
  for (let now = first; now < until; now++) {
    for (const event of sorted) if (event.at === now) happen(event);
    let run = current();
    while (run !== null && run.target !== null && !run.breached && run.warned < clock.warnings.length) {
      const percent = must(clock.warnings[run.warned]);
      if (run.worked < amount(run, percent)) break;
      run.warned += 1;
      tell(run, `warning ${String(percent)}`, now, null, null);
    }
    if (run !== null && run.target !== null && !run.breached && run.worked >= run.target) {
      run.breached = true;
      tell(run, 'breached', now, null, false);
    }
    if (run !== null && now >= run.started + clock.expire) finish(run, 'expired', now);
    run = current();
    if (run === null) continue;
    if (run.paused) run.pausedTicks += 1;
    else if (clock.isOpen(now)) {
      run.worked += 1;
      run.reached[run.worked] = now + 1;
    }
  }
  return facts;
}
