/**
 * Prometheus Alertmanager, API v2: what fires is sent again every minute, or it would be taken for resolved. An action is an alert
 * that stands until it is due (an hour at least): nobody renews it, and that it was done is not known here.
 */
import { parseInstant } from '../../engine/core/cloud-events.ts';
import type { JsonObject, Millis } from '../../engine/core/types.ts';
import { meaningOfStatus, postJson, type Destination } from './destination.ts';
import { secret, text } from '../config/config-schema-forms.ts';
import { cutToUnits, oneLine } from '../notices/cut.ts';
import { annotationsOf, labelsOf } from '../notices/labels.ts';
import { messageOf } from '../notices/notice-message.ts';
import { isResolved, type Notice, type NoticeAction } from '../notices/notices.ts';
import type { Writing } from '../notices/writing.ts';
import { webAddress } from './setting-forms.ts';

export const RENEW_EVERY = 60_000;
/** Longer than five renewals that fail. */
const STANDS_FOR = 360_000;
const ACTION_STANDS_FOR = 3_600_000;

interface Settings {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly username: string | null;
  readonly password: string | null;
}

export const alertmanager: Destination<Settings> = {
  kind: 'alertmanager',
  readers: 'programs',
  rates: [{ notices: 200, per: 1000 }],
  renewEvery: RENEW_EVERY,
  fields: {
    url: text('the base address of the Alertmanager'),
    headers: {
      type: 'object',
      description: 'further headers of each request',
      additionalProperties: { type: 'string', maxLength: 4096, writeOnly: true },
      maxProperties: 20,
      default: {},
    },
    username: text('for basic authentication'),
    password: secret('for basic authentication'),
  },
  required: ['url'],
  read(section, report) {
    const headers = section.section('headers');
    return {
      url: webAddress(section, 'url', report),
      headers: Object.fromEntries(headers.names().map((name) => [name.toLowerCase(), headers.text(name, '')])),
      username: section.text('username', null),
      password: section.text('password', null),
    };
  },
  address: ({ url }) => ({ setting: 'url', url }),
  request(notice, settings, writing) {
    const alerts = notice.alerts.map((alert) => {
      const ended = isResolved(alert) ? (parseInstant(alert.message.at) ?? writing.now) : writing.now + STANDS_FOR;
      return {
        labels: labelsOf(alert),
        annotations: annotationsOf(alert, notice, writing),
        startsAt: alert.message.since,
        endsAt: instant(isResolved(alert) ? Math.min(ended, writing.now) : ended),
        ...(alert.link === null ? {} : { generatorURL: alert.link }),
      };
    });
    const actions = notice.action === null ? [] : [actionAlert(notice.action, notice, writing)];
    return postJson(`${baseOf(settings)}/api/v2/alerts`, [...alerts, ...actions], headersOf(settings));
  },
  meaning: meaningOfStatus,
};

function actionAlert(action: NoticeAction, notice: Notice, writing: Writing): JsonObject {
  const { headline, lines } = messageOf(notice, writing);
  const texts = lines.flatMap((line) => {
    if (line.kind === 'link') return [];
    return [line.kind === 'fact' ? `${line.label}: ${line.text}` : line.text];
  });
  const until = writing.now + ACTION_STANDS_FOR;
  return {
    labels: {
      alertname: action.kind,
      action: action.id,
      severity: 'info',
      ...(action.case === null ? {} : { case: action.case }),
      ...(action.owner === null ? {} : { owner: action.owner }),
    },
    annotations: { summary: oneLine(headline), description: cutToUnits(texts.join('\n'), 4000) },
    startsAt: instant(notice.at),
    endsAt: instant(Math.max(until, parseInstant(action.due ?? '') ?? until)), // it is due at no time
  };
}

/** Where its silences are asked for. `settings`: as this destination has read them. */
export function silencesRequest(settings: unknown): {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
} {
  const read = settings as Settings;
  return { url: `${baseOf(read)}/api/v2/silences`, headers: { accept: 'application/json', ...headersOf(read) } };
}

function baseOf({ url }: Settings): string {
  return url.replace(/\/$/, '');
}

function headersOf({ headers, username, password }: Settings): Readonly<Record<string, string>> {
  // A password may be empty.
  const basic = username === null ? {} : { authorization: `Basic ${base64(`${username}:${password ?? ''}`)}` };
  return { ...headers, ...basic };
}

function instant(ms: Millis): string {
  return new Date(ms).toISOString();
}

function base64(plain: string): string {
  return btoa(String.fromCodePoint(...new TextEncoder().encode(plain)));
}
