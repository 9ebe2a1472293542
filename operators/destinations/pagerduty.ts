/** PagerDuty Events API v2: one event an alert under its `dedup_key`; 120 a minute a key, 512 KB. */
import { cutToUnits, oneLine } from '../notices/cut.ts';
import { dead, meaningOfStatus, postJson, retry, type Destination } from './destination.ts';
import { secret, text } from '../config/config-schema-forms.ts';
import { messageOf } from '../notices/notice-message.ts';
import { dedupKey, isResolved } from '../notices/notices.ts';
import { programAlert } from '../notices/program-alert.ts';
import { requiredText, webAddress } from './setting-forms.ts';

const SUMMARY_UNITS = 1024;
const ADDRESS = 'https://events.pagerduty.com/v2/enqueue';
const SEVERITIES: Readonly<Record<string, string>> = {
  critical: 'critical',
  major: 'error',
  minor: 'warning',
  info: 'info',
};

interface Settings {
  readonly key: string;
  readonly url: string;
}

export const pagerduty: Destination<Settings> = {
  kind: 'pagerduty',
  readers: 'programs',
  rates: [{ notices: 120, per: 60_000 }],
  fields: {
    key: secret('the integration key of the service (Events API v2)'),
    url: text('where events go; in the EU https://events.eu.pagerduty.com/v2/enqueue', ADDRESS),
  },
  required: ['key'],
  read: (section, report) => ({
    key: requiredText(section, 'key'),
    url: webAddress(section, 'url', report, ADDRESS),
  }),
  address: ({ url }) => ({ setting: 'url', url }),
  request(notice, { key, url }, writing) {
    const message = messageOf(notice, writing);
    const summary = cutToUnits(oneLine(message.headline), SUMMARY_UNITS);
    const [alert] = notice.alerts;
    const common = { routing_key: key, client: 'Earshot' };
    const links = message.lines.flatMap((line) => (line.kind === 'link' ? [{ href: line.href, text: line.text }] : []));
    if (alert === undefined) {
      const payload = { summary, source: 'earshot', severity: 'info', custom_details: notice.action ?? {} }; // a test is about nothing
      return postJson(url, {
        ...common,
        event_action: 'trigger',
        dedup_key: `cx/${notice.action?.id ?? notice.id}`,
        payload,
        links,
      });
    }
    const dedup = { ...common, dedup_key: cutToUnits(dedupKey(alert), 255, '') };
    if (isResolved(alert)) return postJson(url, { ...dedup, event_action: 'resolve' });
    const { message: said } = alert;
    // Events API v2 has no way to give an incident back: `unacknowledged` is one more event in its log, which says so.
    return postJson(url, {
      ...dedup,
      event_action: notice.reason === 'acknowledged' ? 'acknowledge' : 'trigger',
      ...(alert.link === null ? {} : { client_url: alert.link }),
      payload: {
        summary,
        source: oneLine(Object.values(said.key).join('/')) || 'earshot',
        severity: SEVERITIES[said.severity] ?? 'error',
        timestamp: said.at,
        ...(said.kpi === '' ? {} : { component: said.kpi }),
        group: said.owner ?? '', // no owner
        class: said.rule,
        custom_details: programAlert(alert, message),
      },
      links,
    });
  },
  meaning(answer) {
    const status = meaningOfStatus(answer);
    if (answer.status === 400) {
      return dead(
        'rejected',
        'PagerDuty refuses the event (400): check that `key` is an Events API v2 integration key',
      );
    }
    return status.kind === 'retry' && status.reason === 'rate_limited'
      ? retry('rate_limited', 'PagerDuty takes 120 events a minute for a key', status.after ?? 30_000)
      : status;
  },
};
