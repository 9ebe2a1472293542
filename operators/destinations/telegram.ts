/**
 * Telegram bot: plain text with marked parts (`entities`), 4,096 UTF-16 units; 20 a minute in a group. The token is part of the path.
 * What follows answers the message that first told the alert, which is edited to show how it stands: an edit alone rings nowhere.
 */
import type { JsonObject } from '../../engine/core/types.ts';
import { bodyObject, dead, DELIVERED, meaningOfStatus, postJson, retry, type Destination } from './destination.ts';
import { secret, text } from '../config/config-schema-forms.ts';
import { fitNotice } from '../notices/fit-notice.ts';
import type { Line, Message, Tone } from '../notices/notice-message.ts';
import type { Notice } from '../notices/notices.ts';
import type { Writing } from '../notices/writing.ts';
import { requiredText, webAddress } from './setting-forms.ts';
import { WORDS } from '../notices/wording.ts';

export const TELEGRAM_UNITS = 4096;
const MARKS: Readonly<Record<Tone, string>> = { critical: '🔴', warning: '🟠', info: '🔵', good: '🟢' };

interface Settings {
  readonly token: string;
  readonly chat: string;
  readonly url: string;
}

interface Entity {
  readonly type: 'bold' | 'text_link' | 'blockquote';
  readonly offset: number;
  readonly length: number;
  readonly url?: string;
}

export const telegram: Destination<Settings> = {
  kind: 'telegram',
  readers: 'people',
  rates: [
    { notices: 1, per: 1000 },
    { notices: 20, per: 60_000 },
  ],
  fields: {
    token: secret("the bot's token"),
    chat: text('the chat: its number or @name'),
    url: text('the address of the Bot API, for a server of your own', 'https://api.telegram.org'),
  },
  required: ['token', 'chat'],
  read: (section, report) => ({
    token: requiredText(section, 'token'),
    chat: requiredText(section, 'chat'),
    url: webAddress(section, 'url', report, 'https://api.telegram.org'),
  }),
  address: ({ url }) => ({ setting: 'url', url }),
  request(notice, settings, writing) {
    const { posted } = notice;
    return postJson(methodAt(settings, 'sendMessage'), {
      ...bodyOf(notice, settings, writing),
      ...(posted === undefined
        ? {}
        : { reply_parameters: { message_id: Number(posted), allow_sending_without_reply: true } }),
    });
  },
  edit(notice, message, settings, writing) {
    const body = bodyOf(notice, settings, writing);
    return postJson(methodAt(settings, 'editMessageText'), { message_id: Number(message), ...body });
  },
  meaning(answer) {
    const body = bodyObject(answer);
    const parameters = body?.['parameters'] as Readonly<Record<string, unknown>> | undefined;
    const seconds = parameters?.['retry_after'];
    if (answer.status === 429 || body?.['error_code'] === 429) {
      return retry('rate_limited', 'Telegram limits the bot', typeof seconds === 'number' ? seconds * 1000 : null);
    }
    const moved = parameters?.['migrate_to_chat_id'];
    if (typeof moved === 'number') {
      return dead('gone', 'the group has become a supergroup with another number: configure `chat` again');
    }
    const status = meaningOfStatus(answer);
    if (status.kind === 'dead' && (answer.status === 401 || answer.status === 404)) {
      return dead('credentials', "the bot's token is wrong or was revoked");
    }
    if (status.kind === 'dead' && answer.status === 403) {
      return dead('credentials', 'the bot is not in the chat, or was blocked there');
    }
    if (status.kind === 'delivered' && body?.['ok'] !== true) return dead('rejected', 'Telegram refuses the message');
    if (status.kind !== 'delivered') return status;
    const { message_id: message } = (body?.['result'] ?? {}) as { readonly message_id?: unknown }; // it names none
    return Number.isSafeInteger(message) ? { ...DELIVERED, message: String(message) } : DELIVERED;
  },
};

function methodAt({ token, url }: Settings, method: string): string {
  return `${url.replace(/\/$/, '')}/bot${token}/${method}`;
}

function bodyOf(notice: Notice, { chat }: Settings, writing: Writing): JsonObject {
  const colon = WORDS[writing.language].colon;
  const written = fitNotice(
    notice,
    writing,
    (message) => writeText(message, colon),
    ({ text: body }) => body.length <= TELEGRAM_UNITS,
  );
  const entities = written.entities.map((entity): JsonObject => ({ ...entity }));
  return { chat_id: chat, text: written.text, entities, link_preview_options: { is_disabled: true } };
}

/** Offsets are UTF-16 units, as JavaScript counts. An `@` is parted from its name: it mentions nobody. */
function writeText(message: Message, colon: string): { readonly text: string; readonly entities: readonly Entity[] } {
  const entities: Entity[] = [];
  let body = '';
  const add = (part: string, type?: Entity['type'], url?: string): void => {
    if (type !== undefined && part !== '') {
      entities.push({ type, offset: body.length, length: part.length, ...(url === undefined ? {} : { url }) });
    }
    body += part;
  };
  add(`${MARKS[message.tone]} `);
  add(plain(message.headline), 'bold');
  for (const line of message.lines) {
    add('\n');
    addLine(line, colon, add);
  }
  return { text: body, entities };
}

function addLine(line: Line, colon: string, add: (part: string, type?: Entity['type'], url?: string) => void): void {
  switch (line.kind) {
    case 'fact':
      add(line.label, 'bold');
      add(`${colon}${plain(line.text)}`);
      return;
    case 'quote':
      add(plain(line.text), 'blockquote');
      return;
    case 'link':
      add(line.text, 'text_link', line.href);
      return;
    case 'alert':
      add(`${MARKS[line.tone]} ${plain(line.text)}`);
      return;
    case 'sentence':
      add(plain(line.text));
  }
}

function plain(words: string): string {
  return words.replaceAll('@', '@\u2060');
}
