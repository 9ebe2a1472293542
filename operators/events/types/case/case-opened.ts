import type { EventType } from '../event-type.ts';
import { caseData } from './case-data.ts';

export const caseOpened = {
  type: 'cx.case.opened',
  about: { en: 'A case (ticket) was opened', 'zh-CN': '工单已创建' },
  data: caseData(),
  example: { channel: 'phone', case: 'k-12', class: 'refund', priority: 'high', complaint: true, text: '一直没有退款' },
} as const satisfies EventType;
