import type { EventType } from '../event-type.ts';
import { orderData } from './order-data.ts';

export const orderRefunded = {
  type: 'cx.order.refunded',
  about: { en: 'An order was refunded', 'zh-CN': '订单已退款' },
  data: orderData,
  example: { channel: 'app', order: 'o-31', amount: 129.5, currency: 'CNY' },
} as const satisfies EventType;
