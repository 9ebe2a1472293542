/** E-mail by SMTP, text and HTML; repeats and the end answer the first notice, so that they stand in one thread. */
import { cutToUnits, oneLine } from '../notices/cut.ts';
import { dead, DELIVERED, retry, type Destination } from './destination.ts';
import { secret, text } from '../config/config-schema-forms.ts';
import { messageOf, type Line, type Message, type Tone } from '../notices/notice-message.ts';
import { requiredText, textOrList } from './setting-forms.ts';
import { WORDS } from '../notices/wording.ts';

const SUBJECT_UNITS = 200;
const COLOURS: Readonly<Record<Tone, string>> = {
  critical: '#b42318',
  warning: '#b54708',
  info: '#175cd3',
  good: '#067647',
};

interface Settings {
  readonly smtp: string;
  readonly from: string;
  readonly to: readonly string[];
}

export function escapeHtml(words: string): string {
  return words
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

export const email: Destination<Settings> = {
  kind: 'email',
  readers: 'people',
  rates: [{ notices: 30, per: 60_000 }],
  fields: {
    smtp: secret('the server: smtp://user:password@host:587 (STARTTLS) or smtps://…:465'),
    from: text('the sender'),
    to: {
      type: ['string', 'array'],
      description: 'who reads it',
      items: { type: 'string', maxLength: 320 },
      maxLength: 320,
      maxItems: 50,
    },
  },
  required: ['smtp', 'from', 'to'],
  read(section, report) {
    const smtp = requiredText(section, 'smtp');
    if (section.has('smtp') && !/^smtps?:\/\/[^\s/]+/.test(smtp)) {
      report(section.path('smtp'), 'expected smtp://… or smtps://… (its text is a secret and not shown)');
    }
    const to = textOrList(section, 'to');
    if (section.has('to') && !to.every((one) => /^[^\s@]+@[^\s@]+$/.test(one))) {
      report(section.path('to'), 'expected e-mail addresses');
    }
    return { smtp, from: requiredText(section, 'from'), to };
  },
  address: ({ smtp }) => ({ setting: 'smtp', url: smtp }),
  request(notice, { smtp, from, to }, writing) {
    const message = messageOf(notice, writing, 50);
    return {
      via: 'mail',
      server: smtp,
      from,
      to,
      subject: cutToUnits(oneLine(message.headline), SUBJECT_UNITS),
      text: textOf(message, WORDS[writing.language].colon),
      html: htmlOf(message, WORDS[writing.language].colon, writing.language),
      messageId: `<${notice.id}@earshot>`,
      inReplyTo: notice.thread === null ? null : `<${notice.thread}@earshot>`,
      headers: {
        'Auto-Submitted': 'auto-generated',
        'X-Earshot-Notice': notice.id,
        ...(notice.alerts[0] === undefined ? {} : { 'X-Earshot-Alert': notice.alerts[0].message.alert }),
      },
    };
  },
  /** SMTP's own codes: 4xx later, 5xx never. */
  meaning(answer) {
    if (answer.status < 400) return DELIVERED;
    if (answer.status === 535 || answer.status === 530) {
      return dead('credentials', `the mail server refuses user or password (${answer.status})`);
    }
    if (answer.status < 500) return retry('server_error', `the mail server asks to try later (${answer.status})`);
    return dead('rejected', `the mail server refuses the message (${answer.status})`);
  },
};

function textOf({ headline, lines }: Message, colon: string): string {
  return [headline, '', ...lines.map((line) => lineText(line, colon))].join('\n');
}

function lineText(line: Line, colon: string): string {
  switch (line.kind) {
    case 'fact':
      return `${line.label}${colon}${line.text}`;
    case 'quote':
      return `  “${line.text}”`;
    case 'link':
      return `${line.text}${colon}${line.href}`;
    case 'alert':
      return `- ${line.text}`;
    case 'sentence':
      return line.text;
  }
}

function htmlOf({ headline, tone, lines }: Message, colon: string, language: string): string {
  const body = lines.map((line) => lineHtml(line, colon)).join('\n');
  return `<!doctype html><html lang="${language}"><meta charset="utf-8"><body style="font:15px/1.6 sans-serif;color:#1d2939">
<h2 style="font-size:18px;border-left:6px solid ${COLOURS[tone]};padding-left:10px">${escapeHtml(headline)}</h2>
${body}
</body></html>`;
}

function lineHtml(line: Line, colon: string): string {
  const words = escapeHtml(line.text);
  switch (line.kind) {
    case 'fact':
      return `<p><b>${escapeHtml(line.label)}</b>${colon}${words}</p>`;
    case 'quote':
      return `<blockquote style="color:#475467;border-left:3px solid #d0d5dd;margin:6px 0;padding-left:10px">${words}</blockquote>`;
    case 'link':
      return `<p><a href="${escapeHtml(line.href)}">${words}</a></p>`;
    case 'alert':
      return `<p style="border-left:4px solid ${COLOURS[line.tone]};padding-left:8px">${words}</p>`;
    case 'sentence':
      return `<p>${words}</p>`;
  }
}
