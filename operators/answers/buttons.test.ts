/** Messages carry a button only where the tool can call back; else the link that opens a page. */
import { expect, it } from 'vitest';
import { feishu } from '../destinations/feishu.ts';
import { slack } from '../destinations/slack.ts';
import { AT, notice, noticeAlert } from '../destinations/testing/specimen-notices.ts';
import { refusal } from '../destinations/testing/receiver-rules.ts';
import type { Writing } from '../notices/writing.ts';

const WRITING: Writing = {
  language: 'en',
  zone: 'Asia/Shanghai',
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
