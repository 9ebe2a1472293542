import type { EventType } from '../event-type.ts';
import { caseData } from './case-data.ts';

export const caseEvaluated = {
  type: 'cx.case.evaluated',
  about: { en: 'A customer judged how a case was handled', 'zh-CN': '客户评价了工单的处理' },
  data: caseData(['satisfied']),
  example: { channel: 'sms', case: 'k-12', satisfied: false, text: 'Nobody called me back' },
} as const satisfies EventType;
