/**
 * Journeys computed slowly: all steps of a key in their order, cut into journeys by looking at the whole list, each judged by
 * itself. All steps count; nobody stalls or expires after `until`.
 */
import type { Millis } from '../../../engine/core/types.ts';
import { isBefore, type JourneyConfig, type Outcome, type StepRecord } from '../journey.ts';

type Rules = Pick<JourneyConfig, 'steps' | 'stallMs' | 'expireMs'>;

export function outcomesOf(records: readonly StepRecord[], rules: Rules, until: Millis): readonly Outcome[] {
  const sorted = [...records].sort((a, b) => (isBefore(a, b) ? -1 : 1));
  const outcomes: Outcome[] = [];
  for (let from = 0; from < sorted.length;) {
    const first = sorted[from] as StepRecord;
    if (first.step === rules.steps.length - 1) from += 1;
    else {
      const one = sorted.slice(from).filter(({ at }) => at < first.at + rules.expireMs);
      const last = one.findIndex(({ step }) => step === rules.steps.length - 1);
      const own = last < 0 ? one : one.slice(0, last + 1);
      outcomes.push(...ofOne(own, last >= 0, rules, until));
      from += own.length;
    }
  }
  return outcomes;
}

function ofOne(own: readonly StepRecord[], isDone: boolean, rules: Rules, until: Millis): readonly Outcome[] {
  const { stallMs, expireMs, steps } = rules;
  const started = (own[0] as StepRecord).at;
  const expiry = started + expireMs;
  const outcomes: Outcome[] = [];
  let since = started;
  let stalls = 0;
  own.forEach((record, i) => {
    const kept = keptBy(own.slice(0, i + 1));
    const next = own[i + 1];
    if (isDone && next === undefined) return;
    const silentUntil = next?.at ?? Math.min(expiry, until);
    const isStalled = stallMs !== null && record.at + stallMs < silentUntil && record.at + stallMs < expiry;
    if (isStalled) {
      stalls += 1;
      outcomes.push({ kind: 'stalled', at: record.at + stallMs, step: record.step, since, kept });
      if (next !== undefined) outcomes.push({ kind: 'recovered', at: next.at, step: record.step, kept });
    }
    if (next === undefined || next.step === record.step) return;
    outcomes.push({ kind: 'left', at: next.at, step: record.step, seconds: (next.at - since) / 1000, kept });
    since = next.at;
  });
  const timesOf = (step: number): readonly Millis[] => own.filter((one) => one.step === step).map(({ at }) => at);
  const reached = steps.map((_, step) => timesOf(step));
  const dropped = isDone ? null : Math.max(...own.map(({ step }) => step));
  const ending = {
    outcome: isDone ? ('completed' as const) : ('expired' as const),
    ...{ started, dropped, stalls },
    first: reached.map((times) => (times.length === 0 ? null : Math.min(...times))),
    last: reached.map((times) => (times.length === 0 ? null : Math.max(...times))),
  };
  const at = isDone ? (own.at(-1) as StepRecord).at : expiry;
  if (isDone || expiry <= until) outcomes.push({ kind: 'ended', at, ending, kept: keptBy(own) });
  return outcomes;
}

/** Of each field what was said first. */
function keptBy(records: readonly StepRecord[]): StepRecord['kept'] {
  const [{ kept }] = records as readonly [StepRecord];
  return kept.map((_, i) => records.find((record) => (record.kept[i] ?? null) !== null)?.kept[i] ?? null);
}
