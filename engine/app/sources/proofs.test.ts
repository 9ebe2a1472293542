/** Every scheme takes what its tool signs, made here as its documentation says, and nothing that is changed, old or of another key. */
import { createHash, createHmac } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { compileExpression } from '../../adapters/expressions/cel.ts';
import { must } from '../../core/must.ts';
import { SCHEME_NAMES, type SourceRequest } from '../../../operators/sources/proofs/proof.ts';
import { PROOFS } from '../../../operators/sources/proofs/proofs.ts';
import { parseConfig } from '../config/config.ts';
import { proofCrypto } from './proof-crypto.ts';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const NOW = Date.parse('2026-03-02T09:15:00Z');
const SECONDS = String(NOW / 1000);
const BODY = '{"activity":"1","index":"7","text":"等了两个小时","sign":"SIGN"}';
const hmac = (hash: string, text: string, as: 'hex' | 'base64', key = SECRET): string =>
  createHmac(hash, key).update(text).digest(as);

interface Case {
  readonly verify: object;
  readonly preset?: string;
  readonly headers?: Record<string, string>;
  readonly query?: Record<string, string>;
  readonly body?: string;
  readonly hasTime?: true;
  /** What proves it is not over the body. */
  readonly isOfSender?: true;
}

const signedWjx = BODY.replace('SIGN', createHash('sha1').update(`17${SECRET}`).digest('hex'));
const CASES: Readonly<Record<string, Case>> = {
  'hmac-sha256 as hex with a prefix': {
    verify: { scheme: 'hmac-sha256', header: 'X-Signature', prefix: 'sha256=' },
    headers: { 'x-signature': `sha256=${hmac('sha256', BODY, 'hex')}` },
  },
  'hmac-sha1': {
    verify: { scheme: 'hmac-sha1', header: 'X-S' },
    headers: { 'x-s': hmac('sha1', BODY, 'hex').toUpperCase() },
  },
  'hmac-sha512 as base64': {
    verify: { scheme: 'hmac-sha512', header: 'X-S', encoding: 'base64' },
    headers: { 'x-s': hmac('sha512', BODY, 'base64') },
  },
  'hub, SHA-1 (Intercom)': {
    verify: {},
    preset: 'intercom',
    headers: { 'x-hub-signature': `sha1=${hmac('sha1', BODY, 'hex')}` },
  },
  'hub, SHA-256 (GitHub)': {
    verify: { scheme: 'hub' },
    headers: { 'x-hub-signature-256': `sha256=${hmac('sha256', BODY, 'hex')}`, 'x-hub-signature': 'sha1=00' },
  },
  'github-style, both signatures': {
    verify: {},
    preset: 'github-style',
    headers: { 'x-hub-signature-256': `sha256=${hmac('sha256', BODY, 'hex')}`, 'x-hub-signature': 'sha1=00' },
  },
  'standard-webhooks (Formbricks)': {
    ...{ verify: {}, preset: 'formbricks', hasTime: true },
    headers: {
      'webhook-id': 'msg_1',
      'webhook-timestamp': SECONDS,
      'webhook-signature': `v1,AAAA ${new Webhook(SECRET).sign('msg_1', new Date(NOW), BODY)}`,
    },
  },
  stripe: {
    ...{ verify: { scheme: 'stripe' }, hasTime: true },
    headers: { 'stripe-signature': `t=${SECONDS},v0=00,v1=${hmac('sha256', `${SECONDS}.${BODY}`, 'hex')}` },
  },
  slack: {
    ...{ verify: { scheme: 'slack' }, hasTime: true },
    headers: {
      'x-slack-request-timestamp': SECONDS,
      'x-slack-signature': `v0=${hmac('sha256', `v0:${SECONDS}:${BODY}`, 'hex')}`,
    },
  },
  zendesk: {
    ...{ verify: {}, preset: 'zendesk', hasTime: true },
    headers: {
      'x-zendesk-webhook-signature-timestamp': '2026-03-02T09:15:00Z',
      'x-zendesk-webhook-signature': hmac('sha256', `2026-03-02T09:15:00Z${BODY}`, 'base64'),
    },
  },
  chatwoot: {
    ...{ verify: {}, preset: 'chatwoot', hasTime: true },
    headers: {
      'x-chatwoot-timestamp': SECONDS,
      'x-chatwoot-signature': `sha256=${hmac('sha256', `${SECONDS}.${BODY}`, 'hex')}`,
    },
  },
  typeform: {
    verify: {},
    preset: 'typeform',
    headers: { 'typeform-signature': `sha256=${hmac('sha256', BODY, 'base64')}` },
  },
  'a secret in a header': {
    ...{ verify: { scheme: 'header', header: 'Authorization', prefix: 'Bearer ' }, isOfSender: true },
    headers: { authorization: `Bearer ${SECRET}` },
  },
  'a secret in the address (query)': { verify: { scheme: 'query' }, query: { key: SECRET }, isOfSender: true },
  'wjx (问卷星)': { verify: {}, preset: 'wjx', body: signedWjx, isOfSender: true },
};

function proves(
  { verify, preset, headers = {}, query = {}, body = BODY }: Case,
  change: { secret?: unknown; now?: number } = {},
): boolean {
  const source = {
    id: 's',
    preset,
    questions: { q1: 'nps' },
    map: [{ type: 'cx.case.opened' }],
    verify: { secret: SECRET, ...verify, ...(change.secret === undefined ? {} : { secret: change.secret }) },
  };
  const parsed = parseConfig({ sources: [source] }, compileExpression);
  if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
  const settings = must(parsed.config.sources[0]).verify;
  const request: SourceRequest = { headers, query, body: Buffer.from(body) };
  return PROOFS[settings.scheme](request, settings, proofCrypto, change.now ?? NOW, () => JSON.parse(body) as unknown);
}

describe.each(Object.entries(CASES))('%s', (_, one) => {
  it('is proved by its secret, also where that is one of two', () => {
    expect(proves(one)).toBe(true);
    expect(proves(one, { secret: ['another secret', SECRET] })).toBe(true);
  });
  it('is refused with another secret, without a signature, and changed', () => {
    expect(proves(one, { secret: 'another secret' })).toBe(false);
    expect(proves({ ...one, headers: {}, query: {}, body: BODY })).toBe(false);
    if (one.isOfSender === undefined) expect(proves({ ...one, body: BODY.replace('两', '三') })).toBe(false);
  });
  it('is refused six minutes later where its time is signed', () => {
    expect(proves(one, { now: NOW + 360_000 })).toBe(one.hasTime !== true);
    expect(proves(one, { now: NOW - 360_000 })).toBe(one.hasTime !== true);
  });
});

it('takes the example that GitHub publishes', () => {
  const signature = 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17';
  const headers = { 'x-hub-signature-256': signature };
  const one = { verify: {}, preset: 'github-style', headers, body: 'Hello, World!' };
  expect(proves(one, { secret: "It's a Secret to Everybody" })).toBe(true);
  expect(proves(one, { secret: "It's a secret to Everybody" })).toBe(false);
});

it('every scheme but none is among the cases', () => {
  const seen = new Set(
    Object.values(CASES).map(({ verify, preset }) => {
      const parsed = parseConfig(
        {
          sources: [
            {
              id: 's',
              preset,
              questions: { q1: 'nps' },
              map: [{ type: 'cx.case.opened' }],
              verify: { secret: SECRET, ...verify },
            },
          ],
        },
        compileExpression,
      );
      return 'config' in parsed ? parsed.config.sources[0]?.verify.scheme : undefined;
    }),
  );
  expect(SCHEME_NAMES.filter((name) => !seen.has(name))).toEqual(['none']);
});
