/** ntfy: JSON to its root, 4,096 bytes of message (more becomes an attachment), 60 requests at once and then 1 in 5 s. */
import { byteLength, cutToBytes, oneLine } from '../notices/cut.ts';
import { meaningOfStatus, postJson, type Destination } from './destination.ts';
import { secret, text } from '../config/config-schema-forms.ts';
import { fitNotice } from '../notices/fit-notice.ts';
import { isResolved } from '../notices/notices.ts';
import { requiredText, webAddress } from './setting-forms.ts';
import { WORDS } from '../notices/wording.ts';

export const NTFY_BYTES = 4096;
const TITLE_BYTES = 250;
const PRIORITIES: Readonly<Record<string, number>> = { critical: 5, major: 4, minor: 3, info: 2 };
const DEFAULT = 'https://ntfy.sh';

interface Settings {
  readonly url: string;
  readonly topic: string;
  readonly token: string | null;
}

export const ntfy: Destination<Settings> = {
  kind: 'ntfy',
  readers: 'people',
  rates: [{ notices: 12, per: 60_000 }],
  fields: {
    url: text('the address of the server', DEFAULT),
    topic: secret('the topic; whoever knows it can read it'),
    token: secret('an access token, where the topic asks for one'),
  },
  required: ['topic'],
  read: (section, report) => ({
    url: webAddress(section, 'url', report, DEFAULT),
    topic: requiredText(section, 'topic'),
    token: section.text('token', null),
  }),
  address: ({ url }) => ({ setting: 'url', url }),
  request(notice, { url, topic, token }, writing) {
    const colon = WORDS[writing.language].colon;
    const [worst] = notice.alerts;
    const isOver = notice.alerts.length > 0 && notice.alerts.every(isResolved);
    return fitNotice(
      notice,
      writing,
      (message) => {
        const links = message.lines.flatMap((line) => (line.kind === 'link' ? [line] : []));
        const lines = message.lines.flatMap((line) =>
          line.kind === 'link' ? [] : [line.kind === 'fact' ? `${line.label}${colon}${line.text}` : line.text],
        );
        return postJson(
          `${url.replace(/\/$/, '')}/`,
          {
            topic,
            title: cutToBytes(oneLine(message.headline), TITLE_BYTES),
            message: lines.join('\n'),
            priority: isOver ? 3 : (PRIORITIES[worst?.message.severity ?? 'minor'] ?? 3),
            tags: [isOver ? 'white_check_mark' : 'rotating_light'],
            ...(links[0] === undefined ? {} : { click: links[0].href }),
            actions: links.slice(0, 3).map((link) => ({ action: 'view', label: link.text, url: link.href })),
          },
          token === null ? {} : { authorization: `Bearer ${token}` },
        );
      },
      ({ body }) => byteLength(body) <= NTFY_BYTES,
    );
  },
  meaning: meaningOfStatus,
};
