import type { EventType } from '../event-type.ts';
import { caseData } from './case-data.ts';

export const caseReplied = {
  type: 'cx.case.replied',
  about: { en: 'A case was answered by us', 'zh-CN': '我方已回复工单' },
  data: caseData(),
  example: { channel: 'email', case: 'k-12', agent: 'a-4' },
} as const satisfies EventType;
