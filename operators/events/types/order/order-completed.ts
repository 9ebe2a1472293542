import type { EventType } from '../event-type.ts';
import { orderData } from './order-data.ts';

export const orderCompleted = {
  type: 'cx.order.completed',
  about: { en: 'An order was completed', 'zh-CN': '订单已完成' },
  data: orderData,
  example: { channel: 'app', order: 'o-31', order_type: 'delivery', amount: 129.5, currency: 'CNY' },
} as const satisfies EventType;
