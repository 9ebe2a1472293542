import type { EventType } from '../event-type.ts';
import { caseData } from './case-data.ts';

export const caseReopened = {
  type: 'cx.case.reopened',
  about: { en: 'A solved case came back', 'zh-CN': '已解决的工单被重新打开' },
  data: caseData(),
  example: { channel: 'phone', case: 'k-12' },
} as const satisfies EventType;
