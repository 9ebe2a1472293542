/** 钉钉 robot: Markdown, 20,000 bytes, 20 a minute (then 10 minutes shut); signed by a secret, time in ms. */
import { botMarkdown, plainForBots } from './chinese-bots.ts';
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
import { webAddress } from './setting-forms.ts';

export const DINGTALK_BYTES = 20_000;
const SHUT_FOR = 600_000;

interface Settings {
  readonly url: string;
  readonly secret: string | null;
}

/** `timestamp` and `sign` are for this attempt only: they are never part of the configured address. */
export function signedDingtalkAddress(
  url: string,
  secretKey: string,
  now: number,
  hmac: (key: string, text: string) => string,
): string {
  const sign = encodeURIComponent(hmac(secretKey, `${now}\n${secretKey}`));
  return `${url}${url.includes('?') ? '&' : '?'}timestamp=${now}&sign=${sign}`;
}

export const dingtalk: Destination<Settings> = {
  kind: 'dingtalk',
  readers: 'people',
  rates: [{ notices: 20, per: 60_000 }],
  fields: {
    url: secret("the robot's webhook address, with its access_token"),
    secret: secret('its signing secret (`SEC…`), where the robot asks for signatures'),
  },
  required: ['url'],
  read: (section, report) => ({ url: webAddress(section, 'url', report), secret: section.text('secret', null) }),
  address: ({ url }) => ({ setting: 'url', url }),
  request(notice, settings, writing) {
    const { url, secret: key } = settings;
    const address = key === null ? url : signedDingtalkAddress(url, key, writing.now, writing.sign.hmacSha256);
    return fitNotice(
      notice,
      writing,
      (message) => {
        const title = plainForBots(message.headline);
        const text = botMarkdown(message, writing.language, `#### ${title}`);
        return postJson(address, { msgtype: 'markdown', markdown: { title, text }, at: { isAtAll: false } });
      },
      ({ body }) => byteLength(body) <= DINGTALK_BYTES,
    );
  },
  meaning(answer) {
    const status = meaningOfStatus(answer);
    if (status.kind !== 'delivered') return status;
    const body = bodyObject(answer);
    const code = body?.['errcode'];
    switch (code) {
      case 0:
        return DELIVERED;
      case 130101:
      case 90030:
        return retry('rate_limited', `the robot takes 20 messages a minute (errcode ${code})`, SHUT_FOR);
      case -1:
        return retry('server_error', 'DingTalk is busy (errcode -1)');
      case 310000:
        return dead(
          'signature',
          "the robot's security setting refuses the message (errcode 310000): check `secret`, this machine's clock, the robot's keywords and addresses",
        );
      case 300001:
        return dead('credentials', 'the access_token is wrong (errcode 300001): copy the webhook address again');
      case 101002:
      case 460101:
        return dead('too_large', `DingTalk refuses the message (errcode ${code})`);
      default:
        return dead('rejected', `DingTalk refuses the message (errcode ${codeText(code)})`);
    }
  },
};
