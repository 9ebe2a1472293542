import type { EventType } from '../event-type.ts';
import { eventData, number, optional, optionalText, string } from '../field-forms.ts';

export const feedbackPosted = {
  type: 'cx.feedback.posted',
  about: { en: 'A customer left a review or a comment', 'zh-CN': '客户发表了评价或评论' },
  data: eventData(
    {
      text: optionalText,
      rating: {
        type: ['object', 'null'],
        required: ['value', 'min', 'max'],
        properties: { value: number(), min: number(), max: number() },
      },
      permalink: optional(string(2048)),
      media: { type: ['array', 'null'], maxItems: 100 },
    },
    [],
    { anyOf: [{ required: ['text'] }, { required: ['rating'] }] },
  ),
  example: {
    channel: 'app',
    customer: { id: 'c-77', tier: 'vip' },
    region: 'east',
    product: 'delivery',
    text: '等了两个小时还没送到，太慢了',
    rating: { value: 1, min: 1, max: 5 },
  },
} as const satisfies EventType;
