/** Slack incoming webhook: blocks, 1 a second; whatever others wrote is escaped and `verbatim`. */
import type { JsonObject } from '../../engine/core/types.ts';
import { ACTION_ID } from '../answers/slack-callback.ts';
import { cutToFit, cutToUnits } from '../notices/cut.ts';
import { codeText, dead, DELIVERED, meaningOfStatus, postJson, type Destination } from './destination.ts';
import { secret } from '../config/config-schema-forms.ts';
import { fitNotice } from '../notices/fit-notice.ts';
import type { Line, Message, Tone } from '../notices/notice-message.ts';
import { webAddress } from './setting-forms.ts';

/** What is shown at most: 50 blocks, 3,000 characters a section, some 13,000 in all. */
const SECTION_UNITS = 3000;
/** For what stands around a line's text: label, address. */
const LABEL_UNITS = 1000;
const BODY_UNITS = 12_000;
const HEADER_UNITS = 150;
const BUTTON_UNITS = 75;
const MARKS: Readonly<Record<Tone, string>> = { critical: '🔴', warning: '🟠', info: '🔵', good: '🟢' };

/** `&`, `<` and `>` as Slack asks; a zero-width space after what would format. */
export function escapeSlack(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[*_~`]/g, '$&\u200b');
}

export const slack: Destination<{ readonly url: string }> = {
  kind: 'slack',
  readers: 'people',
  rates: [{ notices: 1, per: 1000 }],
  fields: { url: secret('the address of the incoming webhook') },
  required: ['url'],
  read: (section, report) => ({ url: webAddress(section, 'url', report) }),
  address: ({ url }) => ({ setting: 'url', url }),
  request(notice, { url }, writing) {
    return fitNotice(
      notice,
      writing,
      (message) => {
        const { text, blocks } = bodyOf(message);
        return postJson(url, { text, unfurl_links: false, unfurl_media: false, blocks });
      },
      ({ body }) => body.length <= BODY_UNITS,
    );
  },
  replacement(notice, writing) {
    const body = fitNotice(notice, writing, bodyOf, (written) => JSON.stringify(written).length <= BODY_UNITS);
    return { replace_original: true, ...body };
  },
  meaning(answer) {
    const status = meaningOfStatus(answer);
    const said = answer.body.trim();
    if (status.kind === 'delivered') {
      return said === 'ok' ? DELIVERED : dead('rejected', `Slack refuses the message (${codeText(said)})`);
    }
    if (status.kind === 'dead' && /^(no_service|channel_is_archived|channel_not_found)$/.test(said)) {
      return dead('gone', `the webhook or its channel is no more (${said}): make a new webhook`);
    }
    return status;
  },
};

function bodyOf(message: Message): { readonly text: string; readonly blocks: readonly JsonObject[] } {
  return { text: escapeSlack(message.headline), blocks: blocksOf(message) };
}

function blocksOf(message: Message): readonly JsonObject[] {
  const title = cutToUnits(`${MARKS[message.tone]} ${message.headline}`, HEADER_UNITS);
  const texts = message.lines.map((line) =>
    line.kind === 'link' && line.button !== undefined
      ? buttonBlock(line.text, line.button)
      : { type: 'section', text: { type: 'mrkdwn', text: lineText(line), verbatim: true } },
  );
  return [{ type: 'header', text: { type: 'plain_text', text: title, emoji: true } }, ...texts];
}

function buttonBlock(text: string, value: string): JsonObject {
  const label = { type: 'plain_text', text: cutToUnits(text, BUTTON_UNITS) };
  return {
    type: 'actions',
    elements: [{ type: 'button', style: 'primary', action_id: ACTION_ID, text: label, value }],
  };
}

function lineText(line: Line): string {
  const text = escapeSlack(cutToFit(line.text, '…', (cut) => escapeSlack(cut).length <= SECTION_UNITS - LABEL_UNITS));
  switch (line.kind) {
    case 'fact':
      return `*${escapeSlack(line.label)}*: ${text}`;
    case 'quote':
      return `> ${text}`;
    case 'link':
      return `<${line.href.replaceAll('|', '%7C').replaceAll('>', '%3E')}|${text}>`;
    case 'alert':
      return `${MARKS[line.tone]} ${text}`;
    case 'sentence':
      return text;
  }
}
