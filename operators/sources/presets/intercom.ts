/** Intercom's notifications (https://developers.intercom.com/docs/references/webhooks/webhook-models, conversation topics). */
import { rule } from '../map-rule.ts';
import { plainText, type Preset } from './preset.ts';

const is = (...topics: readonly string[]): string =>
  `body.topic in [${topics.map((topic) => `"${topic}"`).join(', ')}]`;
const item = 'body.data.item';
const part = `${item}.conversation_parts.conversation_parts[0]`;
const hasPart = `size(${item}.conversation_parts.conversation_parts) > 0 && ${part}.body != null`;
const base = {
  channel: `${item}.source.type == "email" ? "email" : ${item}.source.type in ["facebook", "twitter", "instagram", "whatsapp"] ? "social" : "web_chat"`,
  case: `string(${item}.id)`,
  customer: { id: `string(${item}.contacts.contacts[0].id)` },
  team: `string(${item}.team_assignee_id)`,
  agent: `string(${item}.admin_assignee_id)`,
};
const ofCase = { ...base, priority: `${item}.priority == "priority" ? "high" : ""` };
const spoken = { ...base, conversation: `string(${item}.id)` };
const notice = { id: 'body.id', time: 'body.created_at' };

export const intercom: Preset = {
  name: 'intercom',
  about: { en: 'Intercom: conversations, messages, ratings', 'zh-CN': 'Intercom：会话、消息、评分' },
  verify: { scheme: 'hub' },
  needsQuestions: false,
  map: [
    rule({ when: is('conversation.user.created'), type: 'cx.case.opened', ...notice, data: ofCase }),
    rule({
      when: `${is('conversation.user.created')} && ${item}.source.body != null && ${item}.source.body != ""`,
      ...{ type: 'cx.interaction.message', ...notice },
      data: { ...spoken, author: '"customer"', text: plainText(`${item}.source.body`) },
    }),
    rule({
      when: `${is('conversation.user.replied', 'conversation.admin.replied', 'conversation.operator.replied')} && ${hasPart}`,
      ...{ type: 'cx.interaction.message', ...notice },
      data: {
        ...spoken,
        author: `${part}.author.type == "admin" ? "agent" : ${part}.author.type == "bot" ? "bot" : "customer"`,
        text: plainText(`${part}.body`),
      },
    }),
    rule({
      when: is('conversation.admin.replied', 'conversation.user.replied'),
      ...{ type: 'cx.case.replied', ...notice },
      data: { ...ofCase, author: 'body.topic == "conversation.admin.replied" ? "agent" : "customer"' },
    }),
    rule({ when: is('conversation.admin.assigned'), type: 'cx.case.assigned', ...notice, data: ofCase }),
    rule({ when: is('conversation.admin.snoozed'), type: 'cx.case.pending', ...notice, data: ofCase }),
    rule({ when: is('conversation.admin.closed'), type: 'cx.case.resolved', ...notice, data: ofCase }),
    rule({ when: is('conversation.admin.opened'), type: 'cx.case.reopened', ...notice, data: ofCase }),
    rule({
      when: is('conversation.rating.added'),
      type: 'cx.survey.answered',
      ...notice,
      data: {
        ...base,
        survey: '"intercom_rating"',
        metric: '"csat"',
        score: `${item}.conversation_rating.rating`,
        text: `${item}.conversation_rating.remark`,
      },
    }),
    rule({ when: 'body.topic == "ping" || body.type == "notification_event"', ignore: true }),
  ],
};
