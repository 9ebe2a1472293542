/** Flashduty (快猫), standard alert events: one an alert under its `alert_key`; failures stand in the body. */
import { cutToUnits, oneLine } from '../notices/cut.ts';
import { bodyObject, codeText, dead, meaningOfStatus, postJson, retry, type Destination } from './destination.ts';
import { secret, text } from '../config/config-schema-forms.ts';
import { messageOf } from '../notices/notice-message.ts';
import { labelsOf } from '../notices/labels.ts';
import { dedupKey, isResolved } from '../notices/notices.ts';
import { requiredText, webAddress } from './setting-forms.ts';

const ADDRESS = 'https://api.flashcat.cloud/event/push/alert/standard';
const STATUSES: Readonly<Record<string, string>> = {
  critical: 'Critical',
  major: 'Warning',
  minor: 'Warning',
  info: 'Info',
};

interface Settings {
  readonly key: string;
  readonly url: string;
}

export const flashduty: Destination<Settings> = {
  kind: 'flashduty',
  readers: 'programs',
  rates: [{ notices: 100, per: 60_000 }],
  fields: { key: secret('the integration key'), url: text('where events go', ADDRESS) },
  required: ['key'],
  read: (section, report) => ({
    key: requiredText(section, 'key'),
    url: webAddress(section, 'url', report, ADDRESS),
  }),
  address: ({ url }) => ({ setting: 'url', url }),
  request(notice, { key, url }, writing) {
    const message = messageOf(notice, writing);
    const [alert] = notice.alerts;
    const described = message.lines.map((line) => (line.kind === 'link' ? `${line.text}: ${line.href}` : line.text));
    const labels = alert === undefined ? [] : Object.entries(labelsOf(alert));
    return postJson(`${url}?integration_key=${encodeURIComponent(key)}`, {
      event_status: statusOf(notice.alerts.length > 0 && notice.alerts.every(isResolved), alert?.message.severity),
      alert_key: cutToUnits(alert === undefined ? `cx/${notice.action?.id ?? notice.id}` : dedupKey(alert), 255, ''),
      title_rule: cutToUnits(oneLine(message.headline), 512),
      description: cutToUnits(described.join('\n'), 2048),
      labels: Object.fromEntries(
        labels.slice(0, 50).map(([name, value]) => [cutToUnits(name, 128, ''), cutToUnits(value, 2048)]),
      ),
    });
  },
  meaning(answer) {
    const error = bodyObject(answer)?.['error'];
    const status = meaningOfStatus(answer);
    if (status.kind !== 'delivered' || typeof error !== 'object' || error === null) return status;
    const code = codeText((error as Readonly<Record<string, unknown>>)['code']);
    if (/limit/i.test(code)) return retry('rate_limited', `Flashduty limits the integration (${code})`);
    return dead('rejected', `Flashduty refuses the event (${code})`);
  },
};

function statusOf(isOver: boolean, severity: string | undefined): string {
  return isOver ? 'Ok' : (STATUSES[severity ?? 'minor'] ?? 'Warning');
}
