/** Slack's interactivity: `v0` signature over time and body, five minutes; a form whose `payload` is JSON. */
import { secretList } from './callback-fields.ts';
import { textOrList } from '../destinations/setting-forms.ts';
import {
  isWithin,
  jsonObject,
  REFUSED,
  textAt,
  UNREADABLE,
  valueAt,
  type CallbackKind,
  type Decision,
} from './callback.ts';

export const ACTION_ID = 'earshot_ack';

export const slackCallback: CallbackKind = {
  kind: 'slack',
  hasButtons: true,
  status: 200,
  reply: () => null,
  fields: { secret: secretList('the signing secret of the app that the webhook belongs to; a list while it rotates') },
  required: ['secret'],
  read: (section) => ({ secrets: textOrList(section, 'secret'), token: null }),
  receive({ headers, body }, { secrets }, hashes, now) {
    const time = headers['x-slack-request-timestamp'] ?? ''; // none was sent: it proves nothing
    const given = headers['x-slack-signature'] ?? ''; // none was sent: it proves nothing
    if (!/^\d{1,12}$/.test(time) || !isWithin(Number(time) * 1000, now)) return REFUSED;
    const base = `v0:${time}:${body}`;
    const isOurs = secrets.some((key) => hashes.isSame(given, `v0=${hashes.hmacSha256(key, base, 'hex')}`));
    if (!isOurs) return REFUSED;
    const payload = jsonObject(new URLSearchParams(body).get('payload') ?? '');
    if (payload === null) return UNREADABLE;
    const replaceAt = textAt(payload, 'response_url');
    return { kind: 'answer', id: given, decisions: decisionsOf(payload), ...(replaceAt === null ? {} : { replaceAt }) };
  },
};

function decisionsOf(payload: unknown): readonly Decision[] {
  const actions = valueAt(payload, 'actions');
  const by =
    textAt(payload, 'user', 'name') ?? textAt(payload, 'user', 'username') ?? textAt(payload, 'user', 'id') ?? 'Slack';
  return (Array.isArray(actions) ? (actions as readonly unknown[]) : []).flatMap((action): readonly Decision[] => {
    const token = textAt(action, 'value');
    return textAt(action, 'action_id') === ACTION_ID && token !== null ? [{ do: 'ack', token, by }] : [];
  });
}
