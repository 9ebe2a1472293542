import type { EventType } from '../event-type.ts';
import { pageData } from './page-data.ts';

export const pageActed = {
  type: 'cx.page.acted',
  about: { en: 'Something was done on a page', 'zh-CN': '客户在页面上做了操作' },
  data: pageData,
  example: { channel: 'web', page: '/checkout', action: 'pay' },
} as const satisfies EventType;
