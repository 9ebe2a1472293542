/**
 * 企业微信 group bot: Markdown of 4,096 bytes or a template card, 20 a minute; the key in the address is the only credential.
 */
import { byteLength } from '../notices/cut.ts';
import { botMarkdown, plainForBots } from './chinese-bots.ts';
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
import { choice, secret } from '../config/config-schema-forms.ts';
import { fitNotice } from '../notices/fit-notice.ts';
import { messageOf, type Tone } from '../notices/notice-message.ts';
import { webAddress } from './setting-forms.ts';
import { WECOM_ROWS, wecomCard } from './cards/wecom-card.ts';

export const WECOM_BYTES = 4096;
const COLOURS: Readonly<Record<Tone, string>> = {
  critical: 'warning',
  warning: 'warning',
  info: 'comment',
  good: 'info',
};

const STYLES = ['markdown', 'template_card'] as const;

interface Settings {
  readonly url: string;
  readonly style: (typeof STYLES)[number];
}

export const wecom: Destination<Settings> = {
  kind: 'wecom',
  readers: 'people',
  rates: [{ notices: 20, per: 60_000 }],
  fields: {
    url: secret("the bot's webhook address, with its key"),
    style: choice('a Markdown message, or a card, which needs `http.public_url` to lead somewhere', 'markdown', STYLES),
  },
  required: ['url'],
  read: (section, report) => ({
    url: webAddress(section, 'url', report),
    style: section.choice('style', STYLES, 'markdown'),
  }),
  address: ({ url }) => ({ setting: 'url', url }),
  request(notice, { url, style }, writing) {
    const card = style === 'template_card' ? wecomCard(messageOf(notice, writing, WECOM_ROWS)) : null;
    if (card !== null) return postJson(url, { msgtype: 'template_card', template_card: card });
    const content = fitNotice(
      notice,
      writing,
      (message) =>
        botMarkdown(
          message,
          writing.language,
          `<font color="${COLOURS[message.tone]}">${plainForBots(message.headline)}</font>`,
        ),
      (text) => byteLength(text) <= WECOM_BYTES,
    );
    return postJson(url, { msgtype: 'markdown', markdown: { content } });
  },
  meaning(answer) {
    const status = meaningOfStatus(answer);
    if (status.kind !== 'delivered') return status;
    const code = bodyObject(answer)?.['errcode'];
    switch (code) {
      case 0:
        return DELIVERED;
      case 45009:
        return retry('rate_limited', 'the bot takes 20 messages a minute (errcode 45009)', 60_000);
      case -1:
        return retry('server_error', 'WeCom is busy (errcode -1)');
      case 93000:
        return dead(
          'credentials',
          'the key of the bot is wrong or the bot was removed (errcode 93000): copy its webhook address again',
        );
      case 40058:
        return dead('too_large', 'WeCom refuses the message (errcode 40058)');
      default:
        return dead('rejected', `WeCom refuses the message (errcode ${codeText(code)})`);
    }
  },
};
