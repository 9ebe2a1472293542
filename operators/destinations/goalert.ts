/** GoAlert, generic incoming integration: one alert under its `dedup`, closed by `action: close`; `details` is Markdown. */
import { cutToFit, cutToUnits, oneLine } from '../notices/cut.ts';
import { meaningOfStatus, postJson, type Destination } from './destination.ts';
import { secret, text } from '../config/config-schema-forms.ts';
import { WORDS } from '../notices/wording.ts';
import { messageOf } from '../notices/notice-message.ts';
import { dedupKey, isResolved } from '../notices/notices.ts';
import { requiredText, webAddress } from './setting-forms.ts';

const SUMMARY_UNITS = 1024;
const DETAILS_UNITS = 6144;

interface Settings {
  readonly key: string;
  readonly url: string;
}

/** Every character that Markdown may read has its backslash. */
export function escapeMarkdown(words: string): string {
  return words.replace(/[\\`*_{}[\]()#+\-.!|<>~]/g, '\\$&');
}

export const goalert: Destination<Settings> = {
  kind: 'goalert',
  readers: 'programs',
  rates: [{ notices: 100, per: 60_000 }],
  fields: {
    key: secret('the token of the generic API integration key'),
    url: text('the base address of GoAlert'),
  },
  required: ['key', 'url'],
  read: (section, report) => ({ key: requiredText(section, 'key'), url: webAddress(section, 'url', report) }),
  address: ({ url }) => ({ setting: 'url', url }),
  request(notice, { key, url }, writing) {
    const message = messageOf(notice, writing);
    const [alert] = notice.alerts;
    const colon = WORDS[writing.language].colon;
    const lines = message.lines.map((line) => {
      const text = escapeMarkdown(line.text);
      if (line.kind === 'link') return `[${text}](${line.href})`;
      return line.kind === 'fact' ? `${escapeMarkdown(line.label)}${colon}${text}` : text;
    });
    return postJson(`${url.replace(/\/$/, '')}/api/v2/generic/incoming?token=${encodeURIComponent(key)}`, {
      summary: cutToUnits(oneLine(message.headline), SUMMARY_UNITS),
      details: cutToFit(lines.join('\n\n'), '…', (candidate) => candidate.length <= DETAILS_UNITS),
      dedup: cutToUnits(alert === undefined ? `cx/${notice.action?.id ?? notice.id}` : dedupKey(alert), 512, ''),
      ...(alert !== undefined && isResolved(alert) ? { action: 'close' } : {}),
    });
  },
  meaning: meaningOfStatus,
};
