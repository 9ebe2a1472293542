/**
 * 飞书 / Lark: `card.action.trigger` (schema 2.0) and the older card callback. With an encrypt key every request is signed with
 * it by SHA-256; without one the newer form is proved by the verification token in it, the older by a SHA-1 with that token.
 */
import { secret } from '../config/config-schema-forms.ts';
import {
  isWithin,
  jsonObject,
  REFUSED,
  textAt,
  UNREADABLE,
  type Callback,
  type CallbackKind,
  type CallbackCrypto,
  type CallbackRequest,
  type CallbackSettings,
} from './callback.ts';

export const feishuCallback: CallbackKind = {
  kind: 'feishu',
  hasButtons: true,
  status: 200,
  reply: (language, message) => ({
    toast: { type: 'success', content: language === 'zh-CN' ? '已收到' : 'Taken' },
    ...(message === null ? {} : { card: { type: 'raw', data: message } }),
  }),
  fields: {
    token: secret("the app's verification token"),
    key: secret("the app's encrypt key, where it has one"),
  },
  required: ['token'],
  read: (section) => {
    const key = section.text('key', null);
    return { secrets: key === null ? [] : [key], token: section.text('token', null) };
  },
  receive(request, settings, hashes, now) {
    const [key] = settings.secrets;
    const outer = jsonObject(request.body);
    const sealed = textAt(outer, 'encrypt');
    const opened = sealed === null ? outer : key === undefined ? null : jsonObject(hashes.open(key, sealed) ?? ''); // not to be opened with our key: refused
    if (opened === null) return REFUSED;
    if (opened['type'] === 'url_verification') return challenge(opened, settings, hashes);
    if (!isProved(request, opened, settings, hashes, now)) return REFUSED;
    return answer(opened, request);
  },
};

/** What is echoed is shown to nobody who does not know the token. */
function challenge(opened: unknown, { token }: CallbackSettings, hashes: CallbackCrypto): Callback {
  const said = textAt(opened, 'challenge');
  if (token === null || !hashes.isSame(textAt(opened, 'token') ?? '', token)) return REFUSED; // none was sent: it proves nothing
  return said === null ? UNREADABLE : { kind: 'challenge', reply: { challenge: said } };
}

function isProved(
  { headers, body }: CallbackRequest,
  opened: unknown,
  { secrets: [key], token }: CallbackSettings,
  hashes: CallbackCrypto,
  now: number,
): boolean {
  const time = headers['x-lark-request-timestamp'] ?? ''; // none was sent: it proves nothing
  const salt = `${time}${headers['x-lark-nonce'] ?? ''}`; // none was sent: it proves nothing
  const given = headers['x-lark-signature'] ?? ''; // none was sent: it proves nothing
  if (key !== undefined)
    return isWithin(timeOf(time), now) && hashes.isSame(given, hashes.sha256(`${salt}${key}${body}`));
  if (token === null) return false;
  if (textAt(opened, 'schema') === '2.0') {
    // The time is part of what only who knows the token can have written.
    return hashes.isSame(textAt(opened, 'header', 'token') ?? '', token) && isWithin(timeOf(createdAt(opened)), now);
  }
  return isWithin(timeOf(time), now) && hashes.isSame(given, hashes.sha1(`${salt}${token}${body}`));
}

function createdAt(opened: unknown): string {
  return textAt(opened, 'header', 'create_time') ?? ''; // not a time: refused as too old
}

/** Seconds, milliseconds or microseconds; on cards also as Go writes a time: `2026-10-04 18:23:46.05 +0800 CST m=+…`. */
function timeOf(text: string): number {
  if (/^\d{9,16}$/.test(text)) return Number(text) * (text.length <= 11 ? 1000 : text.length <= 14 ? 1 : 0.001);
  const go = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.\d+)? ([+-]\d\d)(\d\d)\b/.exec(text);
  return go === null ? Number.NaN : Date.parse(`${go[1]}T${go[2]}${go[3]}:${go[4]}`);
}

function answer(opened: unknown, { headers }: CallbackRequest): Callback {
  const isNew = textAt(opened, 'schema') === '2.0';
  const event = isNew ? (opened as Readonly<Record<string, unknown>>)['event'] : opened;
  const operator = isNew ? ['operator'] : [];
  const id = textAt(opened, 'header', 'event_id') ?? headers['x-lark-signature'] ?? null;
  const token = textAt(event, 'action', 'value', 'ack');
  if (id === null) return UNREADABLE;
  const by = textAt(event, ...operator, 'user_id') ?? textAt(event, ...operator, 'open_id') ?? 'Feishu';
  // The older callback wants another form of card.
  return { kind: 'answer', id, decisions: token === null ? [] : [{ do: 'ack', token, by }], takesMessage: isNew };
}
