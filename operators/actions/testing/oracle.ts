/**
 * What becomes of actions, computed slowly: every trigger by itself, in the order in which it would be sent, looking at all records
 * there are. Nothing is late; time goes up to `until`.
 */
import { must } from '../../../engine/core/must.ts';
import type { Millis } from '../../../engine/core/types.ts';
import type { ActionConfig, ActionRecord, TriggerRecord, VerbRecord } from '../action.ts';

export function saidOf(
  configs: readonly ActionConfig[],
  records: readonly ActionRecord[],
  until: Millis,
): readonly string[] {
  const said: string[] = [];
  const say = (trigger: TriggerRecord, state: string, at: Millis): void =>
    void said.push(`${trigger.id} ${state} ${String(at)}`);
  const sent: { readonly group: string; readonly per: string; readonly at: Millis }[] = [];
  const triggers = records.filter((record) => record.verb === 'trigger');
  const sendAt = (trigger: TriggerRecord): Millis => trigger.at + must(configs[trigger.action]).afterMs;
  triggers.sort((a, b) => sendAt(a) - sendAt(b) || (a.id < b.id ? -1 : 1));
  for (const trigger of triggers) {
    const config = must(configs[trigger.action]);
    const at = sendAt(trigger);
    const isAtOnce = config.afterMs === 0 && config.atMost === null;
    if (at >= until && !isAtOnce) continue;
    const verbs = records
      .filter((record): record is VerbRecord => record.verb === 'unless' || record.verb === 'done')
      .filter((one) => one.action === trigger.action && one.key === trigger.key && one.event !== trigger.event)
      .filter((one) => one.at >= trigger.at && one.at < until)
      .sort((a, b) => a.at - b.at);
    if (!isAtOnce && verbs.some((verb) => verb.at <= at)) continue;
    if (config.atMost !== null && trigger.per !== null) {
      const { times, inMs, shared } = config.atMost;
      const group = shared ?? config.id;
      const near = sent.filter(
        (one) => one.group === group && one.per === trigger.per && one.at > at - inMs && one.at <= at,
      );
      if (near.length >= times) {
        say(trigger, 'suppressed', at);
        continue;
      }
      sent.push({ group, per: trigger.per, at });
    }
    say(trigger, 'due', at);
    afterwards(config, trigger, at, verbs, until, say);
  }
  return said.sort();
}

function afterwards(
  config: ActionConfig,
  trigger: TriggerRecord,
  at: Millis,
  verbs: readonly VerbRecord[],
  until: Millis,
  say: (trigger: TriggerRecord, state: string, at: Millis) => void,
): void {
  const isFollowed = config.dueMs !== null || config.done !== null;
  const withdrawn = verbs.find((verb) => verb.verb === 'unless' && verb.at <= at)?.at;
  const done = isFollowed ? verbs.find((verb) => verb.verb === 'done')?.at : undefined;
  if (withdrawn !== undefined && (done === undefined || withdrawn <= done)) return say(trigger, 'withdrawn', at);
  const expiry = at + config.expireMs;
  const end = Math.min(done ?? Infinity, expiry);
  const due = config.dueMs === null ? null : at + config.dueMs;
  if (due !== null && config.escalate !== null) {
    const escalation = due + config.escalate.afterMs;
    const isBefore = escalation < (done ?? Infinity) && escalation <= expiry;
    if (isBefore && escalation < until) say(trigger, 'escalated', due);
  }
  if (!isFollowed || end >= until) return;
  say(trigger, done !== undefined && done <= expiry ? 'done' : 'expired', end);
}
