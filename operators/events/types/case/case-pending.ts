import type { EventType } from '../event-type.ts';
import { caseData } from './case-data.ts';

export const casePending = {
  type: 'cx.case.pending',
  about: { en: 'A case waits for the customer or a third party', 'zh-CN': '工单在等待客户或第三方' },
  data: caseData(),
  example: { channel: 'email', case: 'k-12', agent: 'a-4' },
} as const satisfies EventType;
