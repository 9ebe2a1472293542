import type { EventType } from '../event-type.ts';
import { caseData } from './case-data.ts';

export const caseClosed = {
  type: 'cx.case.closed',
  about: { en: 'A case was closed', 'zh-CN': '工单已关闭' },
  data: caseData(),
  example: { channel: 'phone', case: 'k-12', owner: 'support-2' },
} as const satisfies EventType;
