/** Opsgenie and what speaks its Alert API: created under an alias, closed by it. */
import { cutToUnits, oneLine } from '../notices/cut.ts';
import { meaningOfStatus, postJson, type Destination } from './destination.ts';
import { secret, text } from '../config/config-schema-forms.ts';
import { messageOf } from '../notices/notice-message.ts';
import { dedupKey, isResolved, type NoticeAlert } from '../notices/notices.ts';
import { programAlert } from '../notices/program-alert.ts';
import { requiredText, webAddress } from './setting-forms.ts';

const ADDRESS = 'https://api.opsgenie.com';
const MESSAGE_UNITS = 130;
const DESCRIPTION_UNITS = 15_000;
const ALIAS_UNITS = 512;
const PRIORITIES: Readonly<Record<string, string>> = { critical: 'P1', major: 'P2', minor: 'P3', info: 'P5' };

interface Settings {
  readonly key: string;
  readonly url: string;
}

export const opsgenie: Destination<Settings> = {
  kind: 'opsgenie',
  readers: 'programs',
  rates: [{ notices: 60, per: 60_000 }],
  fields: {
    key: secret('the API key of the integration'),
    url: text('the base address of the API; in the EU https://api.eu.opsgenie.com', ADDRESS),
  },
  required: ['key'],
  read: (section, report) => ({
    key: requiredText(section, 'key'),
    url: webAddress(section, 'url', report, ADDRESS),
  }),
  address: ({ url }) => ({ setting: 'url', url }),
  request(notice, { key, url }, writing) {
    const headers = { authorization: `GenieKey ${key}` };
    const base = `${url.replace(/\/$/, '')}/v2/alerts`;
    const message = messageOf(notice, writing);
    const [alert] = notice.alerts;
    const alias = cutToUnits(
      alert === undefined ? `cx/${notice.action?.id ?? notice.id}` : dedupKey(alert),
      ALIAS_UNITS,
      '',
    );
    const named = `${base}/${encodeURIComponent(alias)}`;
    if (alert !== undefined && isResolved(alert)) {
      return postJson(`${named}/close?identifierType=alias`, { source: 'Earshot', note: message.headline }, headers);
    }
    if (alert !== undefined && notice.reason === 'acknowledged') {
      const user = alert.message.acked?.by ?? '';
      return postJson(`${named}/acknowledge?identifierType=alias`, { source: 'Earshot', user }, headers);
    }
    if (alert !== undefined && notice.reason === 'unacknowledged') {
      const note = message.headline;
      return postJson(`${named}/unacknowledge?identifierType=alias`, { source: 'Earshot', note }, headers);
    }
    const described = message.lines.map((line) => (line.kind === 'link' ? `${line.text}: ${line.href}` : line.text));
    return postJson(
      base,
      {
        message: cutToUnits(oneLine(message.headline), MESSAGE_UNITS),
        alias,
        description: cutToUnits(described.join('\n'), DESCRIPTION_UNITS),
        source: 'Earshot',
        priority: PRIORITIES[alert?.message.severity ?? 'minor'] ?? 'P3',
        ...(alert === undefined ? {} : { entity: entityOf(alert), details: detailsOf(programAlert(alert, message)) }),
      },
      headers,
    );
  },
  meaning: meaningOfStatus,
};

/** What it is about: a KPI, or the rule where that judges none. */
function entityOf({ message: { kpi, rule } }: NoticeAlert): string {
  return kpi === '' ? rule : kpi;
}

/** Details are texts there. */
function detailsOf(alert: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(alert).flatMap(([name, value]) =>
      value === null || name === 'text' ? [] : [[name, typeof value === 'string' ? value : JSON.stringify(value)]],
    ),
  );
}
