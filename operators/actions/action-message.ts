/** What is said of an action (CONTRACT §7): on `cx.actions.<kind>`, one message a change of its state. */
import { formatInstant } from '../../engine/core/cloud-events.ts';
import type { Json, JsonObject, LiveItem, Millis, OutputMessage } from '../../engine/core/types.ts';
import type { ActionConfig, ActionRecord, ActionSaid, Completion, Held } from './action.ts';

export const ACTIONS_SUBJECT = 'cx.actions';
export const ESCALATION = 'escalation';

/** `lateByMs`: how long after its instant it is said. */
export function actionMessage(config: ActionConfig, held: Held, said: ActionSaid, lateByMs: Millis): OutputMessage {
  if (said.state === 'escalated' || said.state === 'relieved') return escalationMessage(config, held, said, lateByMs);
  const time = instantOf(held, said);
  const data: JsonObject = {
    ...standing(config, held, said.state),
    ...('reason' in said ? { reason: said.reason } : reasonsOf(config, held)),
    ...(said.state === 'done' ? { done: completionData(said.completion, held) } : null),
    late_by_s: lateByMs / 1000,
  };
  return { subject: `${ACTIONS_SUBJECT}.${config.kind}`, type: 'cx.action', time, data };
}

/** When what is said became so. */
export function instantOf(held: Held, said: ActionSaid): Millis {
  switch (said.state) {
    case 'done':
      return said.completion.at;
    case 'withdrawn':
    case 'expired':
    case 'relieved':
      return said.at;
    case 'escalated':
      return held.due ?? held.sendAt; // what is escalated was due
    case 'due':
    case 'suppressed':
      return held.sendAt;
  }
}

/** For boards only: an open one as it stands. */
export function openItem(config: ActionConfig, held: Held): LiveItem {
  const data: JsonObject = {
    ...standing(config, held, 'due'),
    ...reasonsOf(config, held),
    ...(held.isEscalated ? { escalated: true } : null),
  };
  const value = { id: held.trigger.id, kind: config.kind, type: 'cx.action', time: formatInstant(held.sendAt), data };
  return { topic: 'actions', key: held.trigger.id, value };
}

function standing(config: ActionConfig, { trigger, sendAt, due, stage }: Held, state: string): JsonObject {
  const { customer, priority } = trigger;
  return {
    ...{ action: config.kind, id: trigger.id, name: config.id, state },
    ...(config.title === null ? null : { title: { ...config.title } }),
    ...{ key: trigger.key, case: trigger.case },
    ...(customer === null ? null : { customer: { id: customer } }),
    ...{ owner: trigger.owner, due: due === null ? null : formatInstant(due) },
    ...(state === 'due' && stage === 'open' ? { open: true } : null),
    ...(priority === null ? null : { priority }),
    ...{ event: { type: trigger.type, time: formatInstant(trigger.at) }, sent: formatInstant(sendAt) },
    ...deep(trigger.kept),
    ...(Object.keys(config.data).length === 0 ? null : { data: config.data }),
  };
}

type Reasons = { readonly reason: string; readonly reason_zh: string };

function reasonsOf({ id, title }: ActionConfig, { trigger: { key, type } }: Held): Reasons {
  return {
    reason: `${title?.en ?? id}: ${type}${key === '' ? '' : ` of ${key}`}`,
    reason_zh: `${title?.['zh-CN'] ?? id}：${key === '' ? '' : `${key} 的 `}${type}`,
  };
}
function overdueReasons({ id, title }: ActionConfig, { trigger: { key, type } }: Held): Reasons {
  return {
    reason: `${title?.en ?? id} is overdue: ${type} of ${key}`,
    reason_zh: `${title?.['zh-CN'] ?? id}已逾期：${key} 的 ${type}`,
  };
}

function completionData({ at, on, by, note, via }: Completion, { due }: Held): JsonObject {
  return {
    at: formatInstant(at),
    ...(on === null ? null : { on }),
    ...(by === null ? null : { by }),
    ...(note === null ? null : { note }),
    ...(via === null ? null : { via }),
    // Without a due time nothing was missed.
    ...(due === null ? null : { in_time: at <= due }),
  };
}

/** What is overdue, said to who is to know; `relieved`: it had been done in time. */
function escalationMessage(
  config: ActionConfig,
  held: Held,
  said: Extract<ActionSaid, { state: 'escalated' | 'relieved' }>,
  lateByMs: Millis,
): OutputMessage {
  const { id, owner } = held.trigger;
  // It is called an escalation; what is overdue its reason says.
  const { open: _, title: __, ...own } = standing(config, held, said.state === 'escalated' ? 'due' : 'withdrawn');
  const data: JsonObject = {
    ...own,
    ...{ action: ESCALATION, id: `${id}.${ESCALATION}`, of: { id, action: config.kind, owner } },
    owner: config.escalate?.to ?? owner, // who it is of, where nobody else is named
    ...(said.state === 'escalated' ? overdueReasons(config, held) : { reason: 'it had been done in time' }),
    late_by_s: lateByMs / 1000,
  };
  return { subject: `${ACTIONS_SUBJECT}.${ESCALATION}`, type: 'cx.action', time: instantOf(held, said), data };
}

/** A record that came too late to count. */
export function lateMessage({ id, allowedLatenessMs }: ActionConfig, late: ActionRecord, now: Millis): OutputMessage {
  const { key, at, verb, type, event } = late;
  return {
    subject: `cx.late.${id}`,
    type: 'cx.late.event',
    time: at,
    data: {
      ...{ action: id, id: event, type, verb, key, time: formatInstant(at) },
      ...{ late_by_ms: now - at, watermark: formatInstant(now), allowed_lateness_ms: allowedLatenessMs },
    },
  };
}

/** A dotted name lies as deep as it says. */
function deep(kept: JsonObject): JsonObject {
  const data: Record<string, Json> = {};
  for (const [name, value] of Object.entries(kept)) {
    const [first = name, ...rest] = name.split('.');
    data[first] = rest.reduceRight((inner: Json, part) => ({ [part]: inner }), value);
  }
  return data;
}
