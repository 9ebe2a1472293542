/** Microsoft Teams (Workflows, or a connector's address): an adaptive card of at most 20,000 bytes; texts are runs, not Markdown. */
import { byteLength } from '../notices/cut.ts';
import { dead, DELIVERED, meaningOfStatus, postJson, type Destination } from './destination.ts';
import { secret } from '../config/config-schema-forms.ts';
import { fitNotice } from '../notices/fit-notice.ts';
import type { Line, Message, Tone } from '../notices/notice-message.ts';
import { webAddress } from './setting-forms.ts';
import { WORDS } from '../notices/wording.ts';

/** 28 KB are documented, 21 KB were measured. */
export const TEAMS_BYTES = 20_000;
const COLOURS: Readonly<Record<Tone, string>> = {
  critical: 'attention',
  warning: 'warning',
  info: 'accent',
  good: 'good',
};

export const teams: Destination<{ readonly url: string }> = {
  kind: 'teams',
  readers: 'people',
  rates: [{ notices: 4, per: 1000 }],
  fields: { url: secret('the address of the workflow; all of it is the secret') },
  required: ['url'],
  read: (section, report) => ({ url: webAddress(section, 'url', report) }),
  address: ({ url }) => ({ setting: 'url', url }),
  request(notice, { url }, writing) {
    return fitNotice(
      notice,
      writing,
      (message) =>
        postJson(url, {
          type: 'message',
          attachments: [
            {
              contentType: 'application/vnd.microsoft.card.adaptive',
              contentUrl: null,
              content: cardOf(message, WORDS[writing.language].colon),
            },
          ],
        }),
      ({ body }) => byteLength(body) <= TEAMS_BYTES,
    );
  },
  /** 202 with an empty body (Workflows) is accepted; connectors answered 200 with the body `1`, and failures in words. */
  meaning(answer) {
    const status = meaningOfStatus(answer);
    if (status.kind !== 'delivered' || answer.status === 202) return status;
    const said = answer.body.trim();
    if (said === '' || said === '1') return DELIVERED;
    return dead('rejected', 'Teams refuses the message: see the runs of the workflow, or the connector, there');
  },
};

function cardOf(message: Message, colon: string): object {
  const links = message.lines.flatMap((line) =>
    line.kind === 'link' ? [{ type: 'Action.OpenUrl', title: line.text, url: line.href }] : [],
  );
  return {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.2',
    msteams: { width: 'full' },
    body: [
      runs([{ text: message.headline, weight: 'bolder', size: 'large', color: COLOURS[message.tone] }]),
      ...message.lines.flatMap((line) => bodyOf(line, colon)),
    ],
    ...(links.length === 0 ? {} : { actions: links }),
  };
}

function bodyOf(line: Line, colon: string): readonly object[] {
  switch (line.kind) {
    case 'fact':
      return [runs([{ text: `${line.label}${colon}`, weight: 'bolder' }, { text: line.text }])];
    case 'quote':
      return [runs([{ text: `“${line.text}”`, isSubtle: true }])];
    case 'alert':
      return [runs([{ text: line.text, color: COLOURS[line.tone] }])];
    case 'sentence':
      return [runs([{ text: line.text }])];
    case 'link':
      return [];
  }
}

function runs(parts: readonly object[]): object {
  return { type: 'RichTextBlock', inlines: parts.map((part) => ({ type: 'TextRun', ...part })) };
}
