/**
 * 钉钉 card callbacks: an HMAC of the time alone, so that who has seen one may sign any body with it. What is decided is therefore
 * believed by the token of the notice in the card's parameters, and by nothing else in the body.
 */
import { secretList } from './callback-fields.ts';
import { textOrList } from '../destinations/setting-forms.ts';
import { isWithin, jsonObject, REFUSED, textAt, UNREADABLE, valueAt, type CallbackKind } from './callback.ts';

export const dingtalkCallback: CallbackKind = {
  kind: 'dingtalk',
  hasButtons: false,
  status: 200,
  reply: () => ({}),
  fields: { secret: secretList("the apiSecret of the card's callback; a list while it rotates") },
  required: ['secret'],
  read: (section) => ({ secrets: textOrList(section, 'secret'), token: null }),
  receive({ headers, body }, { secrets }, hashes, now) {
    const time = headers['x-ddpaas-signature-timestamp'] ?? ''; // none was sent: it proves nothing
    const given = headers['x-ddpaas-signature'] ?? ''; // none was sent: it proves nothing
    if (!/^\d{10,16}$/.test(time) || !isWithin(Number(time), now)) return REFUSED;
    if (!secrets.some((key) => hashes.isSame(given, hashes.hmacSha256(key, time, 'base64')))) return REFUSED;
    const card = jsonObject(body);
    if (card === null) return UNREADABLE;
    const content = valueAt(card, 'content');
    const token = textAt(
      typeof content === 'string' ? jsonObject(content) : content,
      'cardPrivateData',
      'params',
      'ack',
    );
    const by = textAt(card, 'userId') ?? 'DingTalk';
    return { kind: 'answer', id: given, decisions: token === null ? [] : [{ do: 'ack', token, by }] };
  },
};
