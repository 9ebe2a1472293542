import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import type { HttpAnswer, HttpRequest } from '../../server/http-message.ts';
import { RequestBodyBudget } from '../request-body-budget.ts';
import { withUnpacked } from './unpack.ts';

const LIMIT = 100_000;

async function asked(body: Uint8Array, coding: string | undefined, budget = new RequestBodyBudget(1 << 20)) {
  const request: HttpRequest = {
    ...{ method: 'POST', path: '/', query: '', remote: '', secure: false, base: '', body },
    headers: coding === undefined ? {} : { 'content-encoding': coding },
  };
  let seen: string | undefined;
  let heldDuring = 0;
  const answer: HttpAnswer = await withUnpacked(request, { maxBodyBytes: LIMIT, bodies: budget }, (inner) => {
    seen = Buffer.from(inner.body).toString();
    heldDuring = budget.bytes;
    return { status: 202, headers: {}, body: '' };
  });
  return { status: answer.status, seen, heldDuring, heldAfter: budget.bytes };
}

it('hands over what was packed, holds it in the budget, and gives it back', async () => {
  for (const coding of ['gzip', 'x-gzip', 'GZIP']) {
    expect(await asked(gzipSync('满意'), coding)).toEqual({ status: 202, seen: '满意', heldDuring: 6, heldAfter: 0 });
  }
  for (const coding of [undefined, 'identity']) {
    expect(await asked(Buffer.from('as it is'), coding)).toMatchObject({ status: 202, seen: 'as it is' });
  }
});

it('unpacks several members, as gzip has them', async () => {
  expect((await asked(Buffer.concat([gzipSync('a'), gzipSync('b')]), 'gzip')).seen).toBe('ab');
});

it('stops a bomb at the limit', async () => {
  const bomb = gzipSync(Buffer.alloc(50 << 20));
  expect(bomb.length).toBeLessThan(LIMIT);
  expect(await asked(bomb, 'gzip')).toEqual({ status: 413, seen: undefined, heldDuring: 0, heldAfter: 0 });
  expect((await asked(gzipSync(Buffer.alloc(LIMIT, 'x')), 'gzip')).status).toBe(202);
});

it('stops where the budget of all bodies ends', async () => {
  const budget = new RequestBodyBudget(10_000);
  expect(await asked(gzipSync(Buffer.alloc(20_000, 'x')), 'gzip', budget)).toMatchObject({ status: 503, heldAfter: 0 });
});

it.each([
  ['no gzip at all', Buffer.from('{}'), 'gzip', 400],
  ['gzip cut short', gzipSync('x'.repeat(1_000)).subarray(0, 20), 'gzip', 400],
  ['another coding', Buffer.from('{}'), 'br', 415],
  ['gzip twice', gzipSync(gzipSync('{}')), 'gzip, gzip', 415],
])('refuses %s', async (_, body, coding, status) => {
  expect(await asked(body, coding)).toMatchObject({ status, seen: undefined, heldAfter: 0 });
});
