import type { EventType } from '../event-type.ts';
import { eventData, id, optionalBool, optionalId, optionalName } from '../field-forms.ts';

export const interactionHandoff = {
  type: 'cx.interaction.handoff',
  about: {
    en: 'A conversation went from one to another, e.g. from bot to agent',
    'zh-CN': '会话转给了别人，例如由机器人转人工',
  },
  data: eventData(
    { conversation: id, from: optionalName, to: optionalName, repeated: optionalBool, case: optionalId },
    ['conversation'],
  ),
  example: { channel: 'web_chat', conversation: 'v-3', from: 'bot', to: 'support-2' },
} as const satisfies EventType;
