/**
 * The funnel of a journey as its page shows it: how many pass from step to step, how that was in the time before, where most are lost,
 * and one sentence. A change counts only where chance does not explain it. Pure.
 */
import { at, must } from '../../../engine/core/must.ts';
import type { FunnelStep, JourneyFunnel } from '../../line/funnel-form.ts';

export interface StepShown {
  readonly id: string;
  readonly reached: number;
  /** Percent of those who reached the step before; of the first step, 100; null: nobody came so far. */
  readonly pass: number | null;
  /** The same in the time before. */
  readonly usualPass: number | null;
  /** Percent of those who reached the first step: the height of its bar. */
  readonly share: number;
  readonly usualShare: number | null;
  readonly dropped: number;
  readonly timeS: number | null;
  readonly stalls: number;
  /** Fewer pass into it than before, by more than chance. */
  readonly isWorse: boolean;
}
export interface FunnelShown {
  readonly steps: readonly StepShown[];
  /** Where most more are lost than before; null: nowhere. */
  readonly worst: StepShown | null;
  /** How many more than before would have passed into it. */
  readonly lost: number;
  readonly hasUsual: boolean;
}

/** Of fewer nothing is concluded. */
const LEAST = 30;
/** Of a normal distribution, 97.5 %. */
const Z = 1.96;

export function funnelShown(now: JourneyFunnel, before: JourneyFunnel | null): FunnelShown {
  const usual = before !== null && before.ended >= LEAST ? before : null;
  const first = must(now.steps[0], 'the first step of a journey').reached;
  const steps = now.steps.map((step, i) => stepShown(step, now.steps[i - 1], usual, i, first));
  const lost = (step: StepShown, i: number): number =>
    i === 0 || step.pass === null || step.usualPass === null
      ? 0 // into the first nobody is lost
      : ((step.usualPass - step.pass) / 100) * at(now.steps, i - 1).reached;
  const ranked = steps
    .map((step, i) => ({ step, lost: lost(step, i) }))
    .filter(({ step }) => step.isWorse)
    .sort((a, b) => b.lost - a.lost);
  return {
    steps,
    worst: ranked[0]?.step ?? null, // nowhere
    lost: Math.round(ranked[0]?.lost ?? 0),
    hasUsual: usual !== null,
  };
}

function stepShown(
  step: FunnelStep,
  from: FunnelStep | undefined,
  usual: JourneyFunnel | null,
  i: number,
  first: number,
): StepShown {
  const [was, wasFrom, wasFirst] = [usual?.steps[i], usual?.steps[i - 1], usual?.steps[0]?.reached ?? 0]; // not compared
  const pass = from === undefined ? 100 : from.to_next;
  const usualPass = wasFrom === undefined ? null : wasFrom.to_next;
  return {
    ...{ id: step.step, reached: step.reached, pass, usualPass },
    share: first === 0 ? 0 : (step.reached / first) * 100,
    usualShare: was === undefined || wasFirst === 0 ? null : (was.reached / wasFirst) * 100,
    ...{ dropped: step.dropped, timeS: step.time_s, stalls: step.stalls },
    isWorse:
      from !== undefined &&
      wasFrom !== undefined &&
      pass !== null &&
      usualPass !== null &&
      isBelow(pass, from.reached, usualPass, wasFrom.reached),
  };
}

/** Whether one percentage lies below another by more than chance: two proportions, pooled. */
export function isBelow(percent: number, n: number, usual: number, usualN: number): boolean {
  if (n < LEAST || usualN < LEAST || percent >= usual) return false;
  const pooled = (percent * n + usual * usualN) / (n + usualN) / 100;
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / n + 1 / usualN)) * 100;
  return usual - percent > Z * error;
}
