import type { EventType } from '../event-type.ts';
import { pageData } from './page-data.ts';

export const pageViewed = {
  type: 'cx.page.viewed',
  about: { en: 'A page was viewed', 'zh-CN': '页面被浏览' },
  data: pageData,
  example: { channel: 'web', page: '/checkout', dwell_ms: 8400 },
} as const satisfies EventType;
