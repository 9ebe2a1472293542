import type { EventType } from '../event-type.ts';
import { caseData } from './case-data.ts';

export const caseResolved = {
  type: 'cx.case.resolved',
  about: { en: 'A case was solved', 'zh-CN': '工单已解决' },
  data: caseData(),
  example: { channel: 'phone', case: 'k-12', owner: 'support-2' },
} as const satisfies EventType;
