/** Judging one value of a KPI by a rule's expressions. */
import type { RuleConfig } from './rules-config.ts';
import type { CompileExpression, Expression, KpiValue } from '../shared/messages.ts';
import type { Verdict } from './episode.ts';
import type { Past } from './history/window-history.ts';

export interface Judgement {
  /** `isFiring`: an alert fires for this key: half the observations then do to keep judging it. */
  verdict(value: KpiValue, isFiring: boolean, past?: Past): Verdict;
  /** Whether `fire` can hold for this key, whatever its values: `key.channel == "app" && value < 5` never does for another. */
  canBreach(key: KpiValue['key']): boolean;
}

/** An expression that cannot be evaluated for a value does not hold. */
export function judgementOf(rule: RuleConfig, compile: CompileExpression): Judgement {
  const fire = compile(rule.fire, `rules[${rule.id}].fire`);
  const recover = rule.recover === null ? null : compile(rule.recover, `rules[${rule.id}].recover`);
  const canFire = fire.whenKnown(['key']);
  const enoughWhenFiring = Math.ceil(rule.minN / 2);
  return {
    canBreach: (key) => canFire({ key }),
    verdict(value, isFiring, past) {
      if (value.value === null || value.n < (isFiring ? enoughWhenFiring : rule.minN)) return 'no_data';
      const { interval } = value;
      const variables: Record<string, unknown> = { value: value.value, n: value.n, key: value.key, time: value.at };
      if (interval !== null) {
        variables['low'] = interval[0];
        variables['high'] = interval[1];
      }
      if (past !== undefined) Object.assign(variables, past);
      const isLongEnough = rule.consecutive === undefined || past?.run === rule.consecutive.periods;
      if (isLongEnough && fire(variables) === true) {
        if (rule.certain !== true || isCertain(fire, variables, interval)) return 'breach';
        return 'between';
      }
      return recover === null || recover(variables) === true ? 'calm' : 'between';
    },
  };
}

/** Whether it holds from one end of the interval to the other; without an interval nothing is certain. */
function isCertain(
  fire: Expression,
  variables: Readonly<Record<string, unknown>>,
  interval: KpiValue['interval'],
): boolean {
  return interval !== null && interval.every((value) => fire({ ...variables, value }) === true);
}

/** Whether a rule judges this key: any, or exactly its dimensions. */
export function coversKey(rule: RuleConfig, key: Readonly<Record<string, string>>): boolean {
  if (rule.by === null) return true;
  let dimensions = 0;
  for (const dimension in key) {
    if (!rule.by.includes(dimension)) return false;
    dimensions += 1;
  }
  return dimensions === rule.by.length;
}
