import type { EventType } from '../event-type.ts';
import { caseData } from './case-data.ts';

export const caseAssigned = {
  type: 'cx.case.assigned',
  about: { en: 'A case got an owner', 'zh-CN': '工单已分派负责人' },
  data: caseData(),
  example: { channel: 'phone', case: 'k-12', owner: 'support-2', priority: 'high' },
} as const satisfies EventType;
