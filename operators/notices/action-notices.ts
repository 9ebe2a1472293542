/** An action as it stands on `cx.actions.<kind>`, as a notice tells it. */
import type { JsonObject } from '../../engine/core/types.ts';
import type { NoticeAction } from './notices.ts';

/** Of the kinds that the engine knows; others are called by their name. */
const TITLES: Readonly<Record<string, NoticeAction['title']>> = {
  sla_warning: { 'zh-CN': '即将超时', en: 'Due soon' },
  sla_breached: { 'zh-CN': '已超时', en: 'Overdue' },
  survey: { 'zh-CN': '发送问卷', en: 'Ask the customer' },
  follow_up: { 'zh-CN': '需要跟进', en: 'Follow up' },
  call_back: { 'zh-CN': '需要回访', en: 'Call back' },
  thank_you: { 'zh-CN': '致谢', en: 'Thank the customer' },
  kick_off: { 'zh-CN': '跨部门协同', en: 'Bring departments together' },
  dispatch: { 'zh-CN': '派单', en: 'Take over' },
  journey_stalled: { 'zh-CN': '客户流程停滞', en: 'A customer is stuck' },
  escalation: { 'zh-CN': '升级处理', en: 'Escalated' },
};

/** Of these nobody has to do anything. */
const NOT_TO_DO: readonly (string | null)[] = ['suppressed', 'withdrawn', 'done', 'expired'];

/** undefined: nobody has to do anything, or it is no action. */
export function noticeAction(subject: string, id: string, data: JsonObject): NoticeAction | undefined {
  const kind = textOf(data['kind']) ?? subject.slice('cx.actions.'.length); // its subject says it, too
  const state = textOf(data['state']);
  if (id === '' || kind === '' || NOT_TO_DO.includes(state) || data['withdrawn'] === true) {
    return undefined;
  }
  const title = titleOf(data['title']) ?? TITLES[kind] ?? { 'zh-CN': kind, en: kind }; // a kind of somebody's own
  const [reasonZh, completes] = [textOf(data['reason_zh']), openActionOf(data)];
  return {
    id,
    kind,
    title,
    case: textOf(data['case']),
    owner: textOf(data['owner']),
    due: textOf(data['due']),
    reason: textOf(data['reason']),
    ...(reasonZh === null ? {} : { reason_zh: reasonZh }),
    ...(completes === null ? {} : { completes }),
  };
}

/** An escalation names what is overdue, and is done with that; what clocks and journeys say is not open. */
function openActionOf({ open, id, of }: JsonObject): string | null {
  if (typeof of === 'object' && of !== null && !Array.isArray(of)) return textOf((of as JsonObject)['id']);
  return open === true ? textOf(id) : null;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function titleOf(value: unknown): NoticeAction['title'] | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { 'zh-CN': zh, en } = value as Readonly<Record<string, unknown>>;
  return typeof zh === 'string' && typeof en === 'string' ? { 'zh-CN': zh, en } : undefined;
}
