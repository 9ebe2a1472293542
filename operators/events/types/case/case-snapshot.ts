import type { EventType } from '../event-type.ts';
import { instant, optionalSeconds } from '../field-forms.ts';
import { caseData } from './case-data.ts';

/** What a helpdesk says of a case that it has; `in_progress` is `open`. */
export const SNAPSHOT_STATES = ['open', 'in_progress', 'pending', 'resolved', 'reopened', 'closed'] as const;

export const caseSnapshot = {
  type: 'cx.case.snapshot',
  about: {
    en: 'How a case stands that was there before: opening stock, so that a backlog is right from the first day',
    'zh-CN': '期初存量：接入前已存在的工单的当前状态',
  },
  data: caseData(['opened', 'state'], {
    opened: instant,
    state: { type: 'string', enum: [...SNAPSHOT_STATES] },
    paused_s: { ...optionalSeconds, maximum: 3_153_600_000 },
  }),
  example: {
    ...{ channel: 'phone', case: 'k-12', opened: '2026-02-27T16:05:00+08:00', state: 'pending', paused_s: 5400 },
    ...{ class: 'refund', priority: 'high', owner: 'support-2' },
  },
} as const satisfies EventType;
