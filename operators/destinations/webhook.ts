/**
 * Any receiver, by Standard Webhooks 1.0.0: `webhook-id` one a notice, the same on every attempt; `webhook-timestamp` and
 * `webhook-signature` of this attempt, one signature a secret while they rotate. The body is Alertmanager's webhook v4,
 * a CloudEvent, or a template of one's own.
 */
import { formatInstant } from '../../engine/core/cloud-events.ts';
import { must } from '../../engine/core/must.ts';
import type { Report } from '../config/config-part.ts';
import { choice, secret, text } from '../config/config-schema-forms.ts';
import type { Section } from '../config/config-values.ts';
import { cutToBytes } from '../notices/cut.ts';
import { dead, meaningOfStatus, type Destination } from './destination.ts';
import type { Writing } from '../notices/writing.ts';
import { annotationsOf, labelsOf } from '../notices/labels.ts';
import { messageOf } from '../notices/notice-message.ts';
import { dedupKey, isResolved, type Notice } from '../notices/notices.ts';
import { programAlert } from '../notices/program-alert.ts';
import { escapeHtml } from './email.ts';
import { textOrList, webAddress } from './setting-forms.ts';

const BODIES = ['alertmanager', 'cloudevents', 'template'] as const;
/** What a template may write at most. */
export const TEMPLATE_BYTES = 256 * 1024;
/** `whsec_` and base64 of 24 to 64 bytes. */
const SECRET = /^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/;

interface Settings {
  readonly url: string;
  readonly secrets: readonly string[];
  readonly body: (typeof BODIES)[number];
  readonly template: string | null;
  readonly contentType: string;
}

export const webhook: Destination<Settings> = {
  kind: 'webhook',
  readers: 'programs',
  rates: [{ notices: 200, per: 1000 }],
  fields: {
    url: secret('where notices are posted'),
    secret: {
      type: ['string', 'array', 'null'],
      description: 'signing secret, `whsec_…`; a list while it rotates: each signs',
      items: { type: 'string', maxLength: 200 },
      maxLength: 200,
      maxItems: 4,
      default: null,
      writeOnly: true,
    },
    body: choice("Alertmanager's webhook v4, a CloudEvent, or the `template`", 'alertmanager', BODIES),
    template: text('a Mustache template of the body, over what the CloudEvent has as `data`'),
    content_type: text("the template's media type", 'application/json'),
  },
  required: ['url'],
  read: readSettings,
  address: ({ url }) => ({ setting: 'url', url }),
  request(notice, settings, writing) {
    const { media, body } = bodyOf(notice, settings, writing);
    const seconds = String(Math.floor(writing.now / 1000));
    const signatures = settings.secrets.map((key) => writing.sign.webhook(key, notice.id, writing.now, body));
    return {
      via: 'http',
      url: settings.url,
      headers: {
        'content-type': media,
        'webhook-id': notice.id,
        'webhook-timestamp': seconds,
        ...(signatures.length === 0 ? {} : { 'webhook-signature': signatures.join(' ') }),
      },
      body,
    };
  },
  meaning(answer) {
    if (answer.status === 415)
      return dead('rejected', 'the receiver does not take this kind of body (415): see `body`');
    return meaningOfStatus(answer);
  },
};

function readSettings(section: Section, report: Report): Settings {
  const secrets = textOrList(section, 'secret');
  if (!secrets.every((key) => SECRET.test(key))) {
    report(section.path('secret'), 'expected `whsec_` and the base64 of 24 to 64 random bytes');
  }
  const body = section.choice('body', BODIES, 'alertmanager');
  const template = section.text('template', null);
  if ((body === 'template') !== (template !== null)) {
    report(section.path('template'), '`body: template` and `template` belong together');
  }
  const url = webAddress(section, 'url', report);
  return { url, secrets, body, template, contentType: section.text('content_type', 'application/json') };
}

function bodyOf(
  notice: Notice,
  settings: Settings,
  writing: Writing,
): { readonly media: string; readonly body: string } {
  switch (settings.body) {
    case 'alertmanager':
      return { media: 'application/json; charset=utf-8', body: JSON.stringify(webhookV4(notice, writing)) };
    case 'cloudevents':
      return {
        media: 'application/cloudevents+json; charset=utf-8',
        body: JSON.stringify({
          specversion: '1.0',
          id: notice.id,
          source: '/earshot/hooks',
          type: notice.action === null ? 'cx.notice.alerts' : 'cx.notice.action',
          time: formatInstant(notice.at),
          datacontenttype: 'application/json',
          data: dataOf(notice, writing),
        }),
      };
    case 'template': {
      const filled = writing.fill(
        must(settings.template, 'the template of a body by template'),
        dataOf(notice, writing),
        escapeFor(settings.contentType),
      );
      return { media: settings.contentType, body: cutToBytes(filled, TEMPLATE_BYTES, '') };
    }
  }
}

/** What customers wrote stays a text in what the template writes: in JSON, in HTML and XML; elsewhere as it is. */
function escapeFor(contentType: string): (value: string) => string {
  if (/[/+]json\b/i.test(contentType)) return (value) => JSON.stringify(value).slice(1, -1);
  return /html|xml/i.test(contentType) ? escapeHtml : (value) => value;
}

function dataOf(notice: Notice, writing: Writing): object {
  const message = messageOf(notice, writing);
  return {
    reason: notice.reason,
    headline: message.headline,
    group: notice.group,
    unlisted: notice.unlisted,
    alerts: notice.alerts.map((alert) => ({
      ...programAlert(alert, messageOf({ ...notice, alerts: [alert], unlisted: 0 }, writing)),
      dedup_key: dedupKey(alert),
    })),
    action: actionOf(notice),
  };
}

/** With where somebody says that it is done. */
function actionOf({ action, completing }: Notice): object | null {
  const link = completing?.link ?? null; // it is not open, or nobody can answer
  return action === null || link === null ? action : { ...action, complete_url: link };
}

/** The webhook of Alertmanager, version 4: what bridges of other tools read. */
function webhookV4(notice: Notice, writing: Writing): object {
  const alerts = notice.alerts.map((alert) => ({
    status: isResolved(alert) ? 'resolved' : 'firing',
    labels: labelsOf(alert),
    annotations: {
      ...annotationsOf(alert, notice, writing),
      ...(alert.ackLink === null ? {} : { acknowledge_url: alert.ackLink }),
    },
    startsAt: alert.message.since,
    endsAt: isResolved(alert) ? alert.message.at : '0001-01-01T00:00:00Z',
    generatorURL: alert.link ?? '', // without an address of the boards there is none
    fingerprint: alert.message.alert,
    ...programAlert(alert, messageOf({ ...notice, alerts: [alert], unlisted: 0 }, writing)),
  }));
  const groupKey = Object.entries(notice.group).map(([name, value]) => `${name}="${value}"`);
  const action = actionOf(notice);
  return {
    version: '4',
    groupKey: `{}:{${groupKey.join(', ')}}`,
    truncatedAlerts: notice.unlisted,
    status: alerts.some(({ status }) => status === 'firing') || action !== null ? 'firing' : 'resolved',
    receiver: 'earshot',
    groupLabels: notice.group,
    commonLabels: common(alerts.map(({ labels }) => labels)),
    commonAnnotations: common(alerts.map(({ annotations }) => annotations)),
    externalURL: notice.alerts[0]?.link ?? '',
    notification_reason: notice.reason,
    alerts,
    ...(action === null ? {} : { action }),
  };
}

function common(maps: readonly Readonly<Record<string, string>>[]): Readonly<Record<string, string>> {
  const [first, ...others] = maps;
  return Object.fromEntries(
    Object.entries(first ?? {}).filter(([name, value]) => others.every((other) => other[name] === value)), // no alerts: nothing in common
  );
}
