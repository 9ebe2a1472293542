/** Messages carry a button only where the tool can call back; else the link that opens a page. */
import { expect, it } from 'vitest';
import { feishu } from '../destinations/feishu.ts';
import { slack } from '../destinations/slack.ts';
import { DESTINATIONS } from '../destinations/destinations.ts';
import { SETTINGS } from '../destinations/testing/specimen-settings.ts';
import { Section } from '../config/config-values.ts';
import { must } from '../../engine/core/must.ts';
import { AT, FLOOD, notice, noticeAlert } from '../destinations/testing/specimen-notices.ts';
import { refusal } from '../destinations/testing/receiver-rules.ts';
import { ReaderTimes } from '../notices/reader-times.ts';
import { LANGUAGES, type Writing } from '../notices/writing.ts';

const WRITING: Writing = {
  language: 'en',
  times: new ReaderTimes('Asia/Shanghai', 'en'),
  now: AT,
  sign: { hmacSha256: () => '', webhook: () => '' },
  fill: () => '',
};
const URL = 'https://hooks.slack.com/services/T0/B0/x';
const LINK = 'https://earshot.example/a/T.1';
const plain = notice('first', [{ ...noticeAlert(), ackLink: LINK }]);
const alone = notice('first', [{ ...noticeAlert(), ackLink: null, ackToken: 'T.1' }]);
const pressed = notice('first', [{ ...noticeAlert(), ackLink: LINK, ackToken: 'T.1' }]);

it.each([
  [
    'slack',
    (one: typeof plain) => slack.request(one, { url: URL }, WRITING),
    '"action_id":"earshot_ack"',
    '"value":"T.1"',
  ],
  [
    'feishu',
    (one: typeof plain) => feishu.request(one, { url: URL, secret: null }, WRITING),
    '"type":"callback"',
    '{"ack":"T.1"}',
  ],
] as const)('%s: a button that comes back, or a link', (kind, write, action, value) => {
  const bodies = [plain, pressed, alone].map((one) => {
    const request = write(one);
    expect(refusal(kind, request)).toBeNull();
    return 'body' in request ? request.body : '';
  });
  const [withLink, withButton, withoutLink] = bodies;
  expect(withoutLink).toBe(withButton);
  expect(withLink).toContain(LINK);
  expect(withLink).not.toContain(action);
  for (const part of [action, value]) expect(withButton).toContain(part);
  expect(withButton).not.toContain(LINK);
});

it.each(DESTINATIONS.filter(({ readers }) => readers === 'people').map((one) => [one.kind, one] as const))(
  '%s: a notice of several alerts has one link, or button, for all of them, whatever has to be cut',
  (kind, destination) => {
    const settings = destination.read(new Section(must(SETTINGS[kind]), []), () => undefined);
    const link = `https://earshot.example/a/${'T'.repeat(380)}.1`;
    for (const answering of [
      { count: 20, link },
      { count: 20, link: null, token: 'T.1' },
    ]) {
      const several = notice('more', FLOOD.alerts.slice(0, 20), { unlisted: 40, answering });
      for (const language of LANGUAGES) {
        const request = destination.request(several, settings, { ...WRITING, language });
        expect(refusal(kind, request)).toBeNull();
        const body = request.via === 'mail' ? request.text : request.body;
        expect(body).toContain(language === 'en' ? 'Acknowledge these 20' : '认领这 20 条');
        if (answering.link !== null) expect(body).toContain(link);
      }
    }
  },
);
