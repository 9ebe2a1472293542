/**
 * One journey of one key as a state machine over plain data. Steps come in the order of time (`isBefore`), instants between them.
 *
 *   (none) ──a step, not the last──▶ open ──the last step──▶ (none)   ended: completed
 *                                     │ ▲                            left, of the step before
 *                       another step  └─┘ left · after a stall: recovered
 *              `stall` without a step: stalled, once until the next
 *              `expire` after its first: (none)                       ended: expired
 *
 * Instants: it stalls when time is past last step + `stall` (a step at that instant is in time), and expires when time reaches
 * first step + `expire` (a step at that instant begins another).
 */
import type { Json, Millis } from '../../engine/core/types.ts';
import { at as elementAt } from '../../engine/core/must.ts';
import type { JourneyConfig, Outcome, StepRecord } from './journey.ts';

export interface Run {
  readonly started: Millis;
  readonly first: readonly (Millis | null)[];
  readonly last: readonly (Millis | null)[];
  /** Where it is, since when, and when it last said so. */
  readonly step: number;
  readonly since: Millis;
  readonly seen: Millis;
  readonly stalls: number;
  readonly isStalled: boolean;
  readonly kept: readonly Json[];
}
export type Say = (outcome: Outcome) => void;
type Rules = Pick<JourneyConfig, 'steps' | 'stallMs' | 'expireMs'>;

/** When it stalls and expires if nothing comes; Infinity: never. */
export function stallOf({ seen, started, isStalled }: Run, { stallMs, expireMs }: Rules): Millis {
  return stallMs === null || isStalled || seen + stallMs >= started + expireMs ? Infinity : seen + stallMs;
}
export function expiryOf({ started }: Run, { expireMs }: Rules): Millis {
  return started + expireMs;
}

/** Time reaches `now`, no step having come: at an instant `now` a step may still come. */
export function advance(run: Run | null, now: Millis, rules: Rules, say: Say): Run | null {
  if (run === null) return null;
  let next = run;
  const stall = stallOf(run, rules);
  if (stall < now) {
    next = { ...run, stalls: run.stalls + 1, isStalled: true };
    say({ kind: 'stalled', at: stall, step: run.step, since: run.since, kept: run.kept });
  }
  const expiry = expiryOf(run, rules);
  if (expiry > now) return next;
  say(ended(next, 'expired', expiry));
  return null;
}

export function take(run: Run | null, record: StepRecord, rules: Rules, say: Say): Run | null {
  const open = advance(run, record.at, rules, say);
  const { step, at, kept } = record;
  const lastStep = rules.steps.length - 1;
  if (open === null) {
    // Who is seen at the end alone has come by a way that is not this one, or says it once more.
    if (step === lastStep) return null;
    const none = rules.steps.map(() => null);
    const reached = withAt(none, step, at);
    return { started: at, first: reached, last: reached, step, since: at, seen: at, stalls: 0, isStalled: false, kept };
  }
  if (open.isStalled) say({ kind: 'recovered', at, step: open.step, kept: open.kept });
  const isOther = step !== open.step;
  if (isOther) say({ kind: 'left', at, step: open.step, seconds: (at - open.since) / 1000, kept: open.kept });
  const next: Run = {
    ...open,
    first: elementAt(open.first, step) === null ? withAt(open.first, step, at) : open.first,
    last: withAt(open.last, step, at),
    step,
    since: isOther ? at : open.since,
    seen: at,
    isStalled: false,
    kept: open.kept.map((value, i) => value ?? kept[i] ?? null), // what is not said yet
  };
  if (step !== lastStep) return next;
  say(ended(next, 'completed', at));
  return null;
}

function withAt(times: readonly (Millis | null)[], place: number, at: Millis): readonly (Millis | null)[] {
  return times.map((time, i) => (i === place ? at : time));
}

function ended({ started, first, last, stalls, kept }: Run, outcome: 'completed' | 'expired', at: Millis): Outcome {
  const furthest = first.findLastIndex((time) => time !== null);
  const dropped = furthest === first.length - 1 ? null : furthest;
  return { kind: 'ended', at, ending: { outcome, started, first, last, dropped, stalls }, kept };
}
