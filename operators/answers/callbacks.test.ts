/** Callbacks of tools, by the values that are published for their signatures. */
import { describe, expect, it } from 'vitest';
import { callbackCrypto } from '../../engine/app/hooks/answers/callback-crypto.ts';
import { must } from '../../engine/core/must.ts';
import type { Callback } from './callback.ts';
import { callbackOf } from './callbacks.ts';

const AT = 1_700_000_000_000;

function receive(
  kind: string,
  body: string,
  headers: Readonly<Record<string, string>>,
  { secrets = [], token = null, now = AT }: { secrets?: readonly string[]; token?: string | null; now?: number },
): Callback {
  return must(callbackOf(kind)).receive({ headers, body }, { secrets, token }, callbackCrypto, now);
}

describe('PagerDuty', () => {
  const BODY =
    '{"event":{"id":"01DEMO","event_type":"incident.acknowledged","data":{"incident_key":"cx/csat_low/满意度"}}}';
  const OLD = 'v1=3d727d18607f63467cf80c18e39f56daaedde2400f36feb4c8f48cbc94d0575d';
  const NEW = 'v1=4d59b2b5b0a9979cf3bd79dca59cbee4fe5a079318f6ba2518374f73e14c6439';
  const taken = {
    kind: 'answer',
    id: '01DEMO',
    decisions: [{ do: 'ack', alert: '满意度', by: 'PagerDuty', note: null }],
  };
  const post = (signature: string, secrets: readonly string[], body = BODY): Callback =>
    receive('pagerduty', body, { 'x-pagerduty-signature': signature }, { secrets });

  it('any one of the signatures under any one of the secrets is enough while they rotate', () => {
    expect(post(OLD, ['pd-old'])).toEqual(taken);
    expect(post(`${OLD},${NEW}`, ['pd-new'])).toEqual(taken);
    expect(post(`${OLD}, ${NEW}`, ['pd-other', 'pd-new'])).toEqual(taken);
    expect(post(OLD, ['pd-new'])).toEqual({ kind: 'refused' });
  });

  it('42: what was spaced again, or is not signed, is refused', () => {
    expect(post(NEW, ['pd-new'], BODY.replaceAll(':', ': '))).toEqual({ kind: 'refused' });
    for (const signature of ['', 'v1=', 'v0=x', NEW.slice(0, -1), NEW.slice(3)]) {
      expect(post(signature, ['pd-new'])).toEqual({ kind: 'refused' });
    }
  });

  const event = (type: string, more: object): Callback => {
    const body = JSON.stringify({
      event: {
        id: 'e',
        event_type: type,
        data: { incident_key: 'cx/r/a1' },
        agent: { type: 'user_reference', summary: '李' },
        ...more,
      },
    });
    return post(`v1=${callbackCrypto.hmacSha256('s', body, 'hex')}`, ['s'], body);
  };
  const decided = (type: string, more: object = {}): unknown => {
    const answer = event(type, more);
    return 'decisions' in answer ? answer.decisions : answer.kind;
  };

  it('means what a person did there, and nothing of what we did or of other incidents', () => {
    const by = { alert: 'a1', by: '李' };
    expect(decided('incident.acknowledged')).toEqual([{ do: 'ack', ...by, note: null }]);
    expect(decided('incident.unacknowledged')).toEqual([{ do: 'unack', ...by, note: null }]);
    expect(decided('incident.reopened')).toEqual([{ do: 'unack', ...by, note: null }]);
    expect(decided('incident.resolved')).toEqual([{ do: 'ack', ...by, note: 'resolved in PagerDuty' }]);
    expect(decided('incident.resolved', { agent: null })).toEqual([]);
    const ours = { type: 'events_api_v2_inbound_integration_reference', summary: 'Earshot' };
    expect(decided('incident.acknowledged', { agent: ours })).toEqual([]);
    expect(decided('incident.annotated')).toEqual([]);
    for (const incident_key of [null, '', 'srv-7', 'cx/a', 'cx/r/a/b', 'x/r/a1']) {
      expect(decided('incident.acknowledged', { data: { incident_key } })).toEqual([]);
    }
    expect(decided('incident.acknowledged', { id: null })).toBe('unreadable');
    expect(decided('pagey.ping', { id: null })).toEqual([]);
  });
});

describe('Slack', () => {
  const post = (body: string, headers: Readonly<Record<string, string>>, secret: string, now: number): Callback =>
    receive('slack', body, headers, { secrets: [secret], now });

  it('takes the published signature', () => {
    const body = 'payload=%7B%22type%22%3A%22block_actions%22%7D';
    const signature = 'v0=51b0c021cfcb344fb3c70fe636dd5fbc7e1b766a971c28de78a169411a754b42';
    const headers = { 'x-slack-request-timestamp': '1700000000', 'x-slack-signature': signature };
    expect(post(body, headers, 'demo-signing-secret', AT)).toEqual({ kind: 'answer', id: signature, decisions: [] });
    expect(post(body, headers, 'demo-signing-secret', AT + 300_000).kind).toBe('answer');
    expect(post(body, headers, 'demo-signing-secret', AT - 300_000).kind).toBe('answer');
    expect(post(body, headers, 'demo-signing-secret', AT + 301_000).kind).toBe('refused');
    expect(post(body, headers, 'demo-signing-secret', AT - 301_000).kind).toBe('refused');
    expect(post(`${body} `, headers, 'demo-signing-secret', AT).kind).toBe('refused');
    expect(post(body, { ...headers, 'x-slack-request-timestamp': '1700000001' }, 'demo-signing-secret', AT).kind).toBe(
      'refused',
    );
    expect(post(body, { 'x-slack-signature': signature }, 'demo-signing-secret', AT).kind).toBe('refused');
    expect(post(body, headers, 'another', AT).kind).toBe('refused');
  });

  it('hands back the token of our button alone', () => {
    const payload = {
      type: 'block_actions',
      user: { id: 'U1', username: 'li', name: 'Li Lei' },
      actions: [
        { action_id: 'other', value: 'x' },
        { action_id: 'earshot_ack', value: 'T.1' },
      ],
    };
    const body = `payload=${encodeURIComponent(JSON.stringify(payload))}`;
    const signature = `v0=${callbackCrypto.hmacSha256('s', `v0:1700000000:${body}`, 'hex')}`;
    const headers = { 'x-slack-request-timestamp': '1700000000', 'x-slack-signature': signature };
    expect(post(body, headers, 's', AT)).toMatchObject({ decisions: [{ do: 'ack', token: 'T.1', by: 'Li Lei' }] });
  });
});

describe('Feishu', () => {
  const BODY =
    '{"schema":"2.0","header":{"event_type":"card.action.trigger"},"event":{"action":{"value":{"ack":"a-1"}}}}';
  const lark = (signature: string, time = '1700000000'): Readonly<Record<string, string>> => ({
    'x-lark-request-timestamp': time,
    'x-lark-request-nonce': 'n-1',
    'x-lark-nonce': 'n-1',
    'x-lark-signature': signature,
  });
  const SHA256 = 'acfe08223af3bd812565eca6bf07d656b908968cd6c704865b3161af144fb13d';

  it('takes the published signature by the encrypt key, within its time', () => {
    const by = { secrets: ['demo-encrypt-key'] };
    expect(receive('feishu', BODY, lark(SHA256), by)).toMatchObject({ decisions: [{ do: 'ack', token: 'a-1' }] });
    expect(receive('feishu', BODY, lark(SHA256), { ...by, now: AT + 301_000 }).kind).toBe('refused');
    expect(receive('feishu', BODY.replace('a-1', 'a-2'), lark(SHA256), by).kind).toBe('refused');
    expect(receive('feishu', BODY, {}, by).kind).toBe('refused');
    expect(receive('feishu', BODY, lark(SHA256), { secrets: ['another'] }).kind).toBe('refused');
  });

  it('takes the older card callback by SHA-1 with the verification token, its time as Go writes it', () => {
    const body = '{"open_id":"ou_1","token":"c-1","action":{"value":{"ack":"a-1"}}}';
    const go = '2023-11-15 06:13:20.05 +0800 CST m=+1.2';
    const signature = callbackCrypto.sha1(`${go}n-1demo-verification-token${body}`);
    const by = { token: 'demo-verification-token' };
    expect(receive('feishu', body, lark(signature, go), by)).toMatchObject({
      decisions: [{ token: 'a-1', by: 'ou_1' }],
    });
    expect(receive('feishu', `${body} `, lark(signature, go), by).kind).toBe('refused');
    expect(callbackCrypto.sha1(`1700000000n-1demo-verification-token${BODY}`)).toBe(
      '6be2401ddd13e20821af3d8cc75aef5ff26d3e22',
    );
  });

  it('takes the newer form without an encrypt key by the token in it, for five minutes', () => {
    const of = (token: string, created: number): string =>
      JSON.stringify({
        schema: '2.0',
        header: { event_id: 'ev-1', token, create_time: String(created * 1000) },
        event: { operator: { open_id: 'ou_1', user_id: 'li' }, action: { value: { ack: 'a-1' } } },
      });
    const by = { token: 'vt' };
    const decisions = [{ do: 'ack', token: 'a-1', by: 'li' }];
    expect(receive('feishu', of('vt', AT), {}, by)).toMatchObject({ kind: 'answer', id: 'ev-1', decisions });
    expect(receive('feishu', of('vx', AT), {}, by).kind).toBe('refused');
    expect(receive('feishu', of('vt', AT - 301_000), {}, by).kind).toBe('refused');
    expect(receive('feishu', of('vt', AT), {}, { token: null }).kind).toBe('refused');
  });

  it('answers the challenge of an address, open or encrypted, to who knows the token', () => {
    expect(callbackCrypto.open('test key', 'P37w+VZImNgPEO1RBhJ6RtKl7n6zymIbEG1pReEzghk=')).toBe('hello world');
    const asked = '{"type":"url_verification","token":"vt","challenge":"c-77"}';
    expect(receive('feishu', asked, {}, { token: 'vt' })).toEqual({ kind: 'challenge', reply: { challenge: 'c-77' } });
    expect(receive('feishu', asked, {}, { token: 'vx' }).kind).toBe('refused');
    expect(receive('feishu', asked, {}, { token: null }).kind).toBe('refused');
    expect(receive('feishu', '{"encrypt":"AAAA"}', {}, { secrets: ['k'], token: 'vt' }).kind).toBe('refused');
    expect(receive('feishu', 'x', {}, { secrets: ['k'], token: 'vt' }).kind).toBe('refused');
  });
});

describe('DingTalk', () => {
  const SIGNATURE = 'Tbu6B8hjlisXhGjLBLBRK3nPLxHD61eCusWJ12GKMWU=';
  const headers = { 'x-ddpaas-signature-timestamp': '1700000000000', 'x-ddpaas-signature': SIGNATURE };
  const by = { secrets: ['demo-api-secret'] };

  it('takes the published signature, which covers no body: only a token in it counts', () => {
    const content = JSON.stringify({ cardPrivateData: { params: { ack: 'T.1' } } });
    const body = JSON.stringify({ userId: 'li', content });
    expect(receive('dingtalk', body, headers, by)).toMatchObject({
      decisions: [{ do: 'ack', token: 'T.1', by: 'li' }],
    });
    expect(receive('dingtalk', '{"alert":"A2"}', headers, by)).toMatchObject({ decisions: [] });
    expect(receive('dingtalk', body, headers, { ...by, now: AT + 301_000 }).kind).toBe('refused');
    expect(receive('dingtalk', body, headers, { secrets: ['another'] }).kind).toBe('refused');
    expect(receive('dingtalk', body, {}, by).kind).toBe('refused');
    expect(receive('dingtalk', '[', headers, by).kind).toBe('unreadable');
  });
});
