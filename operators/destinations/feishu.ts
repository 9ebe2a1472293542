/** 飞书 / Lark group bot: an interactive card, 20 KB, 5 a second and 100 a minute; signed by a secret, time in seconds. */
import type { JsonObject } from '../../engine/core/types.ts';
import { byteLength } from '../notices/cut.ts';
import {
  bodyObject,
  codeText,
  dead,
  DELIVERED,
  meaningOfStatus,
  postJson,
  retry,
  type Destination,
} from './destination.ts';
import { secret } from '../config/config-schema-forms.ts';
import { fitNotice } from '../notices/fit-notice.ts';
import type { Line, Message, Tone } from '../notices/notice-message.ts';
import { webAddress } from './setting-forms.ts';
import { WORDS } from '../notices/wording.ts';

export const FEISHU_BYTES = 20_000;
const COLOURS: Readonly<Record<Tone, string>> = { critical: 'red', warning: 'orange', info: 'blue', good: 'green' };

interface Settings {
  readonly url: string;
  readonly secret: string | null;
}

/** The key is time and secret; the text that is signed is empty. */
export function feishuSignature(
  secretKey: string,
  seconds: number,
  hmac: (key: string, text: string) => string,
): string {
  return hmac(`${seconds}\n${secretKey}`, '');
}

export const feishu: Destination<Settings> = {
  kind: 'feishu',
  readers: 'people',
  rates: [
    { notices: 5, per: 1000 },
    { notices: 100, per: 60_000 },
  ],
  fields: {
    url: secret("the bot's webhook address"),
    secret: secret('its signing secret, where the bot asks for signatures'),
  },
  required: ['url'],
  read: (section, report) => ({ url: webAddress(section, 'url', report), secret: section.text('secret', null) }),
  address: ({ url }) => ({ setting: 'url', url }),
  request(notice, settings, writing) {
    const seconds = Math.floor(writing.now / 1000);
    const signed =
      settings.secret === null
        ? {}
        : {
            timestamp: String(seconds),
            sign: feishuSignature(settings.secret, seconds, writing.sign.hmacSha256),
          };
    return fitNotice(
      notice,
      writing,
      (message) =>
        postJson(settings.url, {
          ...signed,
          msg_type: 'interactive',
          card: cardOf(message, WORDS[writing.language].colon),
        }),
      ({ body }) => byteLength(body) <= FEISHU_BYTES,
    );
  },
  replacement(notice, writing) {
    const colon = WORDS[writing.language].colon;
    const write = (message: Message): JsonObject => cardOf(message, colon);
    return fitNotice(notice, writing, write, (card) => byteLength(JSON.stringify(card)) <= FEISHU_BYTES);
  },
  meaning(answer) {
    const body = bodyObject(answer);
    const code = body?.['code'] ?? body?.['StatusCode'];
    if (code === 11232)
      return retry('rate_limited', 'the bot is limited to 100 messages a minute (code 11232)', 60_000);
    const status = meaningOfStatus(answer);
    if (status.kind !== 'delivered') return status;
    switch (code) {
      case 0:
        return DELIVERED;
      case 19021:
        return dead('signature', "the signature is refused (code 19021): check `secret` and this machine's clock");
      case 19022:
        return dead('credentials', "this machine's address is not in the bot's list (code 19022)");
      case 19024:
        return dead('rejected', "the message has none of the bot's keywords (code 19024): add one that notices hold");
      case 19001:
        return dead('credentials', 'the bot is unknown (code 19001): copy its webhook address again');
      case 19036:
        return dead('too_large', 'Feishu refuses the message (code 19036)');
      default:
        return dead('rejected', `Feishu refuses the message (code ${codeText(code)})`);
    }
  },
};

/** Everything that others wrote stands in `plain_text`: it can neither format nor mention. */
function cardOf(message: Message, colon: string): JsonObject {
  return {
    schema: '2.0',
    header: { template: COLOURS[message.tone], title: { tag: 'plain_text', content: message.headline } },
    body: { elements: message.lines.map((line) => elementOf(line, colon)) },
  };
}

function elementOf(line: Line, colon: string): JsonObject {
  const plain = (content: string, grey = false): JsonObject => ({
    tag: 'div',
    text: { tag: 'plain_text', content, ...(grey ? { text_color: 'grey' } : {}) },
  });
  switch (line.kind) {
    case 'fact':
      return plain(`${line.label}${colon}${line.text}`);
    case 'quote':
      return plain(`“${line.text}”`, true);
    case 'alert':
    case 'sentence':
      return plain(line.text);
    case 'link':
      return {
        tag: 'button',
        text: { tag: 'plain_text', content: line.text },
        type: 'default',
        behaviors: [
          line.button === undefined
            ? { type: 'open_url', default_url: line.href }
            : { type: 'callback', value: { ack: line.button } },
        ],
      };
  }
}
