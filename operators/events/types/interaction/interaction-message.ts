import type { JsonObject } from '../../../../engine/core/types.ts';
import type { EventType } from '../event-type.ts';
import { eventData, id, oneOf, optionalId, text } from '../field-forms.ts';

export const interactionMessage = {
  type: 'cx.interaction.message',
  about: { en: 'A message in a conversation', 'zh-CN': '会话中的一条消息' },
  data: eventData({ conversation: id, author: oneOf('customer', 'agent', 'bot'), text, case: optionalId }, [
    'conversation',
    'author',
    'text',
  ]),
  example: { channel: 'web_chat', conversation: 'v-3', author: 'customer', text: 'Where is my order?' },
  words: (data: JsonObject) => (data['author'] === 'customer' ? data['text'] : null),
} as const satisfies EventType;
