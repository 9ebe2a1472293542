/** Zendesk's event webhooks (https://developer.zendesk.com/api-reference/webhooks/event-types/ticket-events). */
import { rule } from '../map-rule.ts';
import { lookUp, type Preset } from './preset.ts';

const CHANNELS = {
  email: 'email',
  voice: 'phone',
  phone: 'phone',
  chat: 'web_chat',
  native_messaging: 'web_chat',
  sms: 'sms',
  facebook: 'social',
  twitter: 'social',
  instagram_dm: 'social',
  whatsapp: 'social',
  wechat: 'wechat',
};
const PRIORITIES = { URGENT: 'urgent', HIGH: 'high', NORMAL: 'normal', LOW: 'low' };

const isType = (name: string): string => `body.type == "zen:event-type:ticket.${name}"`;
const statusNow = (names: string, more = ''): string =>
  `${isType('status_changed')} && body.event.current in [${names}]${more}`;
const ofTicket = {
  channel: lookUp('body.detail.via.channel', CHANNELS, '"web"'),
  case: 'string(body.detail.id)',
  class: 'body.detail.type',
  priority: lookUp('body.detail.priority', PRIORITIES, '""'),
  customer: { id: 'string(body.detail.requester_id)' },
  team: 'string(body.detail.group_id)',
  agent: 'string(body.detail.assignee_id)',
};
const event = { id: 'body.id', time: 'body.time' };

export const zendesk: Preset = {
  name: 'zendesk',
  about: { en: 'Zendesk: tickets', 'zh-CN': 'Zendesk：工单' },
  verify: {
    ...{ scheme: 'hmac-sha256', header: 'x-zendesk-webhook-signature', encoding: 'base64' },
    ...{ timestamp: 'x-zendesk-webhook-signature-timestamp', signed: '{timestamp}{body}' },
  },
  needsQuestions: false,
  map: [
    rule({
      when: isType('created'),
      ...{ type: 'cx.case.opened', ...event },
      data: { ...ofTicket, text: 'body.detail.description' },
    }),
    rule({ when: statusNow('"SOLVED"'), type: 'cx.case.resolved', ...event, data: ofTicket }),
    rule({ when: statusNow('"CLOSED"'), type: 'cx.case.closed', ...event, data: ofTicket }),
    rule({ when: statusNow('"PENDING", "HOLD"'), type: 'cx.case.pending', ...event, data: ofTicket }),
    rule({
      when: statusNow('"NEW", "OPEN"', ' && body.event.previous in ["SOLVED", "CLOSED"]'),
      ...{ type: 'cx.case.reopened', ...event, data: ofTicket },
    }),
    rule({
      when: `${isType('comment_added')} && body.event.comment.is_public`,
      ...{ type: 'cx.case.replied', ...event },
      data: {
        ...ofTicket,
        author: 'body.event.comment.author.is_staff ? "agent" : "customer"',
        text: 'body.event.comment.body',
      },
    }),
    rule({
      when: `${isType('agent_assignment_changed')} && body.event.current != null`,
      ...{ type: 'cx.case.assigned', ...event },
      data: { ...ofTicket, agent: 'string(body.event.current)', owner: 'string(body.event.current)' },
    }),
    rule({ when: 'body.type.startsWith("zen:event-type:")', ignore: true }),
  ],
};
