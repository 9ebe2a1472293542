import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import Mustache from 'mustache';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { must } from '../../engine/core/must.ts';
import { Section } from '../config/config-values.ts';
import { ReaderTimes } from '../notices/reader-times.ts';
import { LANGUAGES, type Writing } from '../notices/writing.ts';
import type { Answer, Destination, Request } from './destination.ts';
import { DESTINATIONS, destinationOf } from './destinations.ts';
import { signedDingtalkAddress } from './dingtalk.ts';
import { feishuSignature } from './feishu.ts';
import { refusal } from './testing/receiver-rules.ts';
import { SETTINGS } from './testing/specimen-settings.ts';
import {
  ACKNOWLEDGED,
  ACTION,
  AT,
  FIRST,
  FLOOD,
  GIVEN_BACK,
  HOSTILE,
  notice,
  noticeAlert,
  OF_EVENTS,
  OF_MANY_EVENTS,
  RESOLVED,
  SPECIMENS,
} from './testing/specimen-notices.ts';

const hmacSha256 = (key: string, text: string): string => createHmac('sha256', key).update(text).digest('base64');

function writing(language: Writing['language'], now = AT + 1000): Writing {
  return {
    language,
    times: new ReaderTimes('Asia/Shanghai', language),
    now,
    sign: {
      hmacSha256,
      webhook: (secret, id, at, body) => new Webhook(secret).sign(id, new Date(at), body),
    },
    fill: (template, view, escape) =>
      Mustache.render(template, view, undefined, { escape: (value: unknown) => escape(String(value)) }),
  };
}

function settingsOf(destination: Destination, more: Readonly<Record<string, unknown>> = {}): unknown {
  const faults: string[] = [];
  const values = { ...must(SETTINGS[destination.kind], 'every kind has settings to test with'), ...more };
  const settings = destination.read(new Section(values, []), (at, message) =>
    faults.push(`${at.join('.')}: ${message}`),
  );
  expect(faults).toEqual([]);
  return settings;
}

function answer(status: number, body: unknown = '', headers: Readonly<Record<string, string>> = {}): Answer {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { status, body: text, header: (name) => headers[name] ?? null };
}

function shown(request: Request): string {
  if (request.via === 'mail') return `${request.subject}\n\n${request.text}\n\n${request.html}`;
  return `POST ${request.url}\n${JSON.stringify(request.headers, null, 2)}\n${JSON.stringify(JSON.parse(request.body), null, 2)}`;
}

const SUCCESS: Readonly<Record<string, Answer>> = {
  pagerduty: answer(202, { status: 'success' }),
  wecom: answer(200, { errcode: 0, errmsg: 'ok' }),
  dingtalk: answer(200, { errcode: 0, errmsg: 'ok' }),
  feishu: answer(200, { code: 0 }),
  slack: answer(200, 'ok'),
  teams: answer(202),
  telegram: answer(200, { ok: true, result: {} }),
  flashduty: answer(200, { request_id: 'x', data: {} }),
  goalert: answer(204),
};

describe.each(DESTINATIONS.map((destination) => [destination.kind, destination] as const))(
  '%s',
  (kind, destination) => {
    const settings = settingsOf(destination);
    const request = (of: typeof FIRST, language: Writing['language'] = 'en', now?: number): Request =>
      destination.request(of, settings, writing(language, now));

    it.each(LANGUAGES)('writes what was looked at, in %s', async (language) => {
      const text = [FIRST, ACKNOWLEDGED, GIVEN_BACK, RESOLVED, FLOOD, OF_EVENTS, OF_MANY_EVENTS]
        .map((one) => shown(request(one, language)))
        .join('\n\n----\n\n');
      await expect(`${text}\n`).toMatchFileSnapshot(`testing/golden/${language}/${kind}.txt`);
    });

    it.each(Object.entries(SPECIMENS))(
      '32: writes nothing that its tool refuses, measured as it is sent: %s',
      (_, specimen) => {
        for (const language of LANGUAGES) expect(refusal(kind, request(specimen, language))).toBeNull();
      },
    );

    it('writes nothing that its tool refuses, whatever texts of whatever length come to its limits', () => {
      const unit = fc.constantFrom(
        '超',
        '👨‍👩‍👧‍👦',
        '🇨🇳',
        '👍🏽',
        'e\u0301',
        '"',
        '\\',
        '\n',
        '<',
        '&',
        '_',
        '@',
        'a',
        '\u202e',
        '\ud83d',
      );
      const text = fc.tuple(unit, fc.nat(1200)).map(([one, times]) => one.repeat(times));
      const alert = fc.record({ title: text, reason: text, quote: text, store: text, owner: text });
      fc.assert(
        fc.property(fc.array(alert, { minLength: 1, maxLength: 25 }), fc.nat(2000), (alerts, unlisted) => {
          const made = alerts.map(({ title, reason, quote, store, owner }, i) =>
            noticeAlert({
              ...{
                alert: `a${i}`,
                title: { 'zh-CN': title, en: title },
                reason,
                reason_zh: reason,
                samples: [quote, quote],
              },
              ...{ key: { channel: 'app', store }, owner },
            }),
          );
          const said = notice('more', made, { unlisted });
          for (const language of LANGUAGES) expect(refusal(kind, request(said, language))).toBeNull();
        }),
        { numRuns: 8 },
      );
    });

    it('carries the link that completes an action wherever it carries the one that acknowledges an alert', () => {
      const acknowledges = 'https://earshot.example/ack/';
      const link = 'https://earshot.example/a/token';
      for (const language of LANGUAGES) {
        const of = notice('action', [], { action: ACTION, completing: { count: 1, link } });
        const hasAck = shown(request(FIRST, language)).includes(acknowledges);
        expect(shown(request(of, language)).includes(link)).toBe(hasAck);
        expect(shown(request({ ...of, completing: null }, language))).not.toContain(link);
        expect(refusal(kind, request(of, language))).toBeNull();
      }
    });

    it('says of an action what is to be done, for which case and for whom', () => {
      for (const language of LANGUAGES) {
        const text = shown(request(notice('action', [], { action: ACTION }), language));
        // GoAlert's Markdown escapes the hyphen.
        const plain = text.replaceAll('\\\\-', '-');
        for (const word of [ACTION.title[language], ACTION.case, ACTION.owner]) expect(plain).toContain(word);
      }
    });

    it('writes the same on a second attempt, but for the time and what is signed with it', () => {
      const twice = [AT + 1000, AT + 61_000].map((now) => {
        const made = request(FIRST, 'zh-CN', now);
        return made.via === 'mail' ? made.text : made.body.replace(/"(timestamp|sign|endsAt)":"[^"]*"/g, '"$1":""');
      });
      expect(twice[0]).toBe(twice[1]);
    });

    it('takes success for delivered, and what is temporary for later', () => {
      expect(destination.meaning(SUCCESS[kind] ?? answer(200))).toEqual({ kind: 'delivered' });
      if (kind === 'email') return;
      expect(destination.meaning(answer(503))).toMatchObject({ kind: 'retry', reason: 'server_error' });
      expect(destination.meaning(answer(429, '', { 'retry-after': '7' }))).toMatchObject({
        kind: 'retry',
        reason: 'rate_limited',
        ...(kind === 'telegram' ? {} : { after: 7000 }),
      });
      expect(destination.meaning(answer(302))).toMatchObject({ kind: 'dead', reason: 'redirect' });
    });

    it('49: quotes no secret and nothing of the answer that could be one, in what it says of a failure', () => {
      const secrets = JSON.stringify(SETTINGS[kind]).match(/[A-Z0-9]*SECRET/g) ?? ['MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'];
      for (const status of [200, 302, 400, 401, 403, 404, 410, 413, 429, 500]) {
        const meaning = destination.meaning(
          answer(status, { errcode: 1, code: 1, error: { code: 'x' }, echo: secrets }),
        );
        for (const secret of secrets) expect(JSON.stringify(meaning)).not.toContain(secret);
      }
    });
  },
);

describe('22: failures inside an HTTP 200', () => {
  it.each([
    ['wecom', { errcode: 45009 }, 'retry', 'rate_limited'],
    ['wecom', { errcode: 93000 }, 'dead', 'credentials'],
    ['wecom', 'garbled', 'dead', 'rejected'],
    ['dingtalk', { errcode: 310000 }, 'dead', 'signature'],
    ['dingtalk', { errcode: 130101 }, 'retry', 'rate_limited'],
    ['feishu', { code: 19021 }, 'dead', 'signature'],
    ['feishu', { code: 11232 }, 'retry', 'rate_limited'],
    ['flashduty', { error: { code: 'InvalidParameter' } }, 'dead', 'rejected'],
    ['slack', 'invalid_blocks', 'dead', 'rejected'],
    ['telegram', { ok: false }, 'dead', 'rejected'],
    ['teams', 'Webhook message delivery failed', 'dead', 'rejected'],
  ])('%s: %j is %s (%s)', (kind, body, meaning, reason) => {
    expect(destinationOf(kind).meaning(answer(200, body))).toMatchObject({ kind: meaning, reason });
  });

  it('21: Telegram says in the body how long to wait', () => {
    const said = answer(429, { ok: false, error_code: 429, parameters: { retry_after: 5 } });
    expect(destinationOf('telegram').meaning(said)).toMatchObject({ kind: 'retry', after: 5000 });
  });

  it('20: a date to retry after is judged by the clock of who said it', () => {
    const headers = { date: 'Mon, 02 Mar 2026 09:00:00 GMT', 'retry-after': 'Mon, 02 Mar 2026 09:00:20 GMT' };
    expect(destinationOf('webhook').meaning(answer(429, '', headers))).toMatchObject({ after: 20_000 });
  });
});

describe('Telegram', () => {
  const telegram = destinationOf('telegram');
  const settings = settingsOf(telegram);

  it('says what it calls the message', () => {
    expect(telegram.meaning(answer(200, { ok: true, result: { message_id: 77 } }))).toEqual({
      kind: 'delivered',
      message: '77',
    });
    expect(telegram.meaning(answer(200, { ok: true, result: { message_id: '<b>' } }))).toEqual({ kind: 'delivered' });
  });

  it('answers the message that first told the alert, and edits it: the same text, in the same chat', () => {
    const ended = { ...RESOLVED, posted: '77' };
    const sent = telegram.request(ended, settings, writing('zh-CN'));
    const edited = must(telegram.edit?.(ended, '77', settings, writing('zh-CN')));
    if (sent.via === 'mail') throw new Error('Telegram is asked over HTTP');
    expect(edited.url).toBe(sent.url.replace('sendMessage', 'editMessageText'));
    const { reply_parameters: reply, ...body } = JSON.parse(sent.body) as Record<string, unknown>;
    expect(reply).toEqual({ message_id: 77, allow_sending_without_reply: true });
    expect(JSON.parse(edited.body)).toEqual({ message_id: 77, ...body });
    expect(refusal('telegram', edited)).toBeNull();
  });
});

describe('signatures, by published vectors', () => {
  it('DingTalk', () => {
    expect(signedDingtalkAddress('https://x/send?access_token=T', 'SECdemo0123456789', 1700000000000, hmacSha256)).toBe(
      'https://x/send?access_token=T&timestamp=1700000000000&sign=ww0uYz9hgC%2F%2Fla1LzHCxhiH8ja6t5XU0VlJXBRQKVAA%3D',
    );
  });

  it('Feishu', () => {
    expect(feishuSignature('demo', 1599360473, hmacSha256)).toBe('l1N0gAcBjdwBvGm1xMjOF0XSyaLRpR7tuO5dHfhAYc8=');
  });

  it('38: Standard Webhooks: two secrets while they rotate, and the official verifier takes either', () => {
    const secrets = ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'whsec_c3RhbmRhcmQtd2ViaG9va3Mtb2xkLXNlY3JldC0wMQ=='];
    const destination = destinationOf('webhook');
    const now = Date.now();
    const made = destination.request(FIRST, settingsOf(destination, { secret: secrets }), writing('en', now));
    if (made.via !== 'http') throw new Error('a webhook is HTTP');
    expect(must(made.headers['webhook-signature'], 'signed').split(' ')).toHaveLength(2);
    for (const secret of secrets) expect(new Webhook(secret).verify(made.body, made.headers)).toBeTruthy();
    const other = new Webhook('whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA');
    expect(() => other.verify(made.body, made.headers)).toThrow();
  });

  it('Standard Webhooks: the published one', () => {
    const secrets = ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'whsec_c3RhbmRhcmQtd2ViaG9va3Mtb2xkLXNlY3JldC0wMQ=='];
    const signed = secrets.map((one) =>
      writing('en').sign.webhook(one, 'msg_earshot_1', 1_700_000_000_000, '{"type":"cx.alert.firing"}'),
    );
    expect(signed.join(' ')).toBe(
      'v1,s5VwGRjdiWttOU3UbU+E7JSc+aqUOqn2A3guxPzU6SI= v1,XnykCPwp5crQ0o7Gb2tJkGFjxuzI5AfGtrA3WfPU5oY=',
    );
  });
});

describe('what customers wrote is text', () => {
  it('33: in Slack: neither mention nor link', () => {
    const quote = '<!channel> & <https://x|y>';
    const made = destinationOf('slack').request(
      notice('first', [noticeAlert({ samples: [quote] })]),
      settingsOf(destinationOf('slack')),
      writing('en'),
    );
    expect(made.via === 'http' && made.body).toContain('&lt;!channel&gt; &amp; &lt;https://x|y&gt;');
  });

  it('34: in Telegram: plain text beside its marks, never markup', () => {
    const quote = '1.5*x_[a](tg://user?id=1)! a<b&c';
    const said = notice('first', [noticeAlert({ samples: [quote] })]);
    const telegram = destinationOf('telegram');
    const made = telegram.request(said, settingsOf(telegram), writing('en'));
    const body = JSON.parse(made.via === 'http' ? made.body : '') as {
      readonly text: string;
      readonly parse_mode?: string;
      readonly entities: readonly { readonly type: string; readonly url?: string }[];
    };
    expect(body.text).toContain(quote);
    expect(body.parse_mode).toBeUndefined();
    expect(body.entities.filter(({ url }) => url?.startsWith('tg:'))).toEqual([]);
    expect(body.entities.map(({ type }) => type)).not.toContain('text_mention');
  });

  it('36: in a mail: headers of one line, HTML escaped, the text part as it was written', () => {
    const made = destinationOf('email').request(HOSTILE, settingsOf(destinationOf('email')), writing('en'));
    if (made.via !== 'mail') throw new Error('mail');
    const broken = notice('first', [noticeAlert({ title: { 'zh-CN': 'x', en: 'x\r\nBcc: a@b.example' } })]);
    const { subject } = destinationOf('email').request(
      broken,
      settingsOf(destinationOf('email')),
      writing('en'),
    ) as typeof made;
    expect(subject).toContain('x Bcc: a@b.example');
    for (const one of [subject, made.subject]) expect(one).not.toMatch(/[\r\n]/);
    expect(Object.values(made.headers).join('')).not.toMatch(/[\r\n]/);
    const ntfy = destinationOf('ntfy').request(broken, settingsOf(destinationOf('ntfy')), writing('en'));
    expect(ntfy.via === 'http' && (JSON.parse(ntfy.body) as { title: string }).title).not.toMatch(/[\r\n]/);
    expect(made.html).not.toContain('<script>');
    expect(made.html).toContain('&lt;script&gt;');
    expect(made.text).toContain('<script>alert(1)</script>');
  });

  it('35: in the bots of WeCom and DingTalk: no tag, no mention, no link but our own', () => {
    for (const kind of ['wecom', 'dingtalk']) {
      const made = destinationOf(kind).request(HOSTILE, settingsOf(destinationOf(kind)), writing('zh-CN'));
      if (made.via !== 'http') throw new Error('http');
      const body = JSON.parse(made.body) as { markdown: { content?: string; text?: string } };
      const text = body.markdown.content ?? body.markdown.text ?? '';
      expect(text).not.toMatch(/<@|<at|<script|\]\(http:\/\/evil/);
      expect(text.match(/<font/g)?.length ?? 0).toBeLessThanOrEqual(1);
      expect(text).not.toContain('http://evil');
    }
  });
});

describe('what customers wrote in cards', () => {
  /** Every map in it. */
  const mapsIn = (value: unknown): readonly Readonly<Record<string, unknown>>[] =>
    typeof value !== 'object' || value === null
      ? []
      : [...(Array.isArray(value) ? [] : [value as Record<string, unknown>]), ...Object.values(value).flatMap(mapsIn)];
  const parsed = (kind: string): { readonly body: unknown; readonly text: string } => {
    const made = destinationOf(kind).request(HOSTILE, settingsOf(destinationOf(kind)), writing('zh-CN'));
    if (made.via !== 'http') throw new Error('http');
    return { body: JSON.parse(made.body), text: made.body };
  };

  it('35: in Feishu: plain text alone, and no element that mentions or formats', () => {
    const { body, text } = parsed('feishu');
    const tags = new Set(mapsIn(body).flatMap(({ tag }) => (tag === undefined ? [] : [tag])));
    expect([...tags].sort()).toEqual(['button', 'div', 'plain_text']);
    const holders = mapsIn(body).filter(({ content }) => typeof content === 'string');
    expect(holders.every(({ tag }) => tag === 'plain_text')).toBe(true);
    expect(text).toContain('<at user_id');
  });

  it('35: in Teams: runs of text, which know no Markdown, and nobody who is mentioned', () => {
    const { body } = parsed('teams');
    const maps = mapsIn(body);
    expect(maps.filter(({ type }) => type === 'TextBlock' || type === 'mention')).toEqual([]);
    expect(maps.filter((one) => 'entities' in one)).toEqual([]);
    const holders = maps.filter(({ text }) => typeof text === 'string');
    expect(holders.length).toBeGreaterThan(5);
    expect(holders.every(({ type }) => type === 'TextRun')).toBe(true);
  });
});

describe('a template of a webhook', () => {
  const filled = (template: string, contentType?: string): string => {
    const more = { body: 'template', template, ...(contentType === undefined ? {} : { content_type: contentType }) };
    const made = destinationOf('webhook').request(HOSTILE, settingsOf(destinationOf('webhook'), more), writing('en'));
    if (made.via !== 'http') throw new Error('http');
    return made.body;
  };
  const EACH = '{"head":"{{headline}}","alerts":[{{#alerts}}{"n":{{n}},"text":"{{text}}"}{{/alerts}}]}';

  it('for JSON: whatever texts hold, it is JSON with those texts', () => {
    const body = JSON.parse(filled(EACH)) as { head: string; alerts: readonly { n: number; text: string }[] };
    expect(body.alerts[0]?.n).toBe(84);
    expect(body.alerts[0]?.text).toContain('<script>alert(1)</script>');
    expect(body.alerts[0]?.text).toContain('\n');
    expect(Object.keys(body)).toEqual(['head', 'alerts']);
    expect(() => void JSON.parse(filled(EACH, 'application/vnd.x+json; charset=utf-8'))).not.toThrow();
  });

  it('for HTML and XML: texts are no markup; for plain text: as they are', () => {
    const each = '{{#alerts}}<p>{{text}}</p>{{/alerts}}';
    for (const type of ['text/html; charset=utf-8', 'application/xml']) {
      expect(filled(each, type)).not.toContain('<script>');
      expect(filled(each, type)).toContain('&lt;script&gt;');
    }
    expect(filled('{{#alerts}}{{text}}{{/alerts}}', 'text/plain')).toContain('<script>alert(1)</script>');
  });
});

describe('keys of programs', () => {
  it.each([
    ['pagerduty', 'dedup_key'],
    ['flashduty', 'alert_key'],
    ['goalert', 'dedup'],
  ])('%s: the end comes under the key of the beginning', (kind, key) => {
    const destination = destinationOf(kind);
    const [first, end] = [FIRST, RESOLVED].map((one) => {
      const made = destination.request(one, settingsOf(destination), writing('en'));
      if (made.via !== 'http') throw new Error('http');
      return (JSON.parse(made.body) as Record<string, string>)[key];
    });
    expect(first).toBe('cx/csat_low/a464a23e6dae309bb');
    expect(end).toBe(first);
  });
});

describe('an acknowledgement that is taken back', () => {
  const said = (kind: string): { readonly url: string; readonly body: Readonly<Record<string, unknown>> } => {
    const made = destinationOf(kind).request(GIVEN_BACK, settingsOf(destinationOf(kind)), writing('en'));
    if (made.via !== 'http') throw new Error('http');
    return { url: made.url, body: JSON.parse(made.body) as Record<string, unknown> };
  };

  it('is one in Opsgenie, under the alias', () => {
    const alias = encodeURIComponent('cx/csat_low/a464a23e6dae309bb');
    expect(said('opsgenie').url).toBe(`https://api.opsgenie.com/v2/alerts/${alias}/unacknowledge?identifierType=alias`);
  });

  it('is an event in the log of the PagerDuty incident, which has no other way', () => {
    const { dedup_key: key, event_action: action, payload } = said('pagerduty').body;
    expect([key, action]).toEqual(['cx/csat_low/a464a23e6dae309bb', 'trigger']);
    expect((payload as { summary: string }).summary).toContain('No longer acknowledged');
  });
});
