/** Chatwoot's account webhooks (https://github.com/chatwoot/docs, docs/product/others/webhook-events.md; user guide, "How to use webhooks"). */
import { rule } from '../map-rule.ts';
import { lookUp, type Preset } from './preset.ts';

const CHANNELS = {
  'Channel::Email': 'email',
  'Channel::Sms': 'sms',
  'Channel::TwilioSms': 'sms',
  'Channel::FacebookPage': 'social',
  'Channel::Instagram': 'social',
  'Channel::TwitterProfile': 'social',
  'Channel::Whatsapp': 'social',
  'Channel::Telegram': 'social',
  'Channel::Line': 'social',
};
const PRIORITIES = { urgent: 'urgent', high: 'high', medium: 'normal', low: 'low' };

const isEvent = (name: string): string => `body.event == "${name}"`;
const status = (now: string): string => `${isEvent('conversation_status_changed')} && ${now}`;
const ofConversation = {
  channel: lookUp('body.channel', CHANNELS, '"web_chat"'),
  case: 'string(body.id)',
  customer: { id: 'string(body.meta.sender.id)', name: 'body.meta.sender.name' },
  agent: 'body.meta.assignee.name',
};
/** A change of status has no id of its own: the conversation and when it was. */
const changed = {
  id: 'string(body.id) + "@" + string(body.timestamp)',
  time: 'has(body.updated_at) ? body.updated_at : body.timestamp',
};
const isSaid = '!(body.private == true) && body.content != null && body.content != ""';
const ofMessage = {
  channel: lookUp('body.conversation.channel', CHANNELS, '"web_chat"'),
  conversation: 'string(body.conversation.id)',
  case: 'string(body.conversation.id)',
  customer: { id: 'string(body.conversation.meta.sender.id)', name: 'body.conversation.meta.sender.name' },
};
const message = { id: 'string(body.id)', time: 'body.created_at' };
const isBot = 'has(body.sender) && body.sender.type == "agent_bot"';

export const chatwoot: Preset = {
  name: 'chatwoot',
  about: { en: 'Chatwoot: conversations, messages, CSAT', 'zh-CN': 'Chatwoot：会话、消息、满意度' },
  verify: {
    ...{ scheme: 'hmac-sha256', header: 'x-chatwoot-signature', prefix: 'sha256=', encoding: 'hex' },
    ...{ timestamp: 'x-chatwoot-timestamp', signed: '{timestamp}.{body}' },
  },
  needsQuestions: false,
  map: [
    rule({
      when: isEvent('conversation_created'),
      type: 'cx.case.opened',
      id: 'string(body.id)',
      time: 'has(body.created_at) ? body.created_at : body.timestamp',
      data: { ...ofConversation, priority: lookUp('body.priority', PRIORITIES, '""') },
    }),
    rule({ when: status('body.status == "resolved"'), type: 'cx.case.resolved', ...changed, data: ofConversation }),
    rule({
      when: status('body.status in ["pending", "snoozed"]'),
      ...{ type: 'cx.case.pending', ...changed, data: ofConversation },
    }),
    rule({
      when: status(
        'body.status == "open" && body.changed_attributes.exists(c, has(c.status) && c.status.previous_value == "resolved")',
      ),
      ...{ type: 'cx.case.reopened', ...changed, data: ofConversation },
    }),
    rule({
      when: `${isEvent('message_created')} && body.message_type == "incoming" && ${isSaid}`,
      ...{ type: 'cx.interaction.message', ...message },
      data: { ...ofMessage, author: '"customer"', text: 'body.content' },
    }),
    rule({
      when: `${isEvent('message_created')} && body.message_type == "outgoing" && ${isSaid}`,
      ...{ type: 'cx.interaction.message', ...message },
      data: { ...ofMessage, author: `${isBot} ? "bot" : "agent"`, text: 'body.content', agent: 'body.sender.name' },
    }),
    rule({
      when: `${isEvent('message_created')} && body.message_type == "outgoing" && ${isSaid}`,
      ...{ type: 'cx.case.replied', ...message },
      data: { ...ofMessage, author: `${isBot} ? "bot" : "agent"`, agent: 'body.sender.name' },
    }),
    rule({
      when: `${isEvent('message_updated')} && has(body.content_attributes.submitted_values.csat_survey_response)`,
      type: 'cx.survey.answered',
      id: 'string(body.id)',
      data: {
        ...ofMessage,
        survey: '"chatwoot_csat"',
        metric: '"csat"',
        score: 'body.content_attributes.submitted_values.csat_survey_response.rating',
        text: 'body.content_attributes.submitted_values.csat_survey_response.feedback_message',
      },
    }),
    rule({
      when: 'body.event.startsWith("conversation_") || body.event.startsWith("message_") || body.event.startsWith("contact_") || body.event.startsWith("inbox_") || body.event == "webwidget_triggered"',
      ignore: true,
    }),
  ],
};
