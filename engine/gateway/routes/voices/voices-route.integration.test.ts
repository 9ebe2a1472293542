import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bearer, matrixGateway } from '../../testing/access-matrix.fixture.ts';
import { ask, type Fixture } from '../../testing/gateway.fixture.ts';

describe('GET /v1/voices', () => {
  let fixture: Fixture;
  beforeAll(async () => {
    fixture = await matrixGateway(1);
  });
  afterAll(() => fixture.gateway.close());
  const of = async (query = '', scope: Parameters<typeof bearer>[1] = null) => {
    const reply = await ask(`${fixture.gateway.url}/v1/voices${query}`, { headers: await bearer('operator', scope) });
    const { voices = [] } = reply.json() as { voices?: readonly { text: string }[] };
    return { status: reply.status, texts: voices.map(({ text }) => text) };
  };

  it('gives what was said last, of an issue, a sentiment, a channel, as many as are wanted', async () => {
    expect((await of()).texts).toEqual(['own words', 'xquote', 'xquote of nobody']);
    expect((await of('?issue=refund')).texts).toEqual(['own words']);
    expect((await of('?sentiment=positive')).texts).toEqual(['xquote']);
    expect((await of('?key=channel:app&key=region:east')).texts).toEqual(['own words']);
    expect((await of('?key=region:east&key=region:xwest&limit=1')).texts).toEqual(['own words']);
    expect(await of('?key=constructor:a')).toEqual({ status: 200, texts: [] });
  });

  it('within a scope gives what lies wholly in it', async () => {
    expect((await of('', { regions: ['east'] })).texts).toEqual(['own words']);
    expect((await of('?key=region:xwest', { regions: ['east'] })).texts).toEqual([]);
    expect((await of('', { channels: [] })).texts).toEqual([]);
  });

  it('refuses what it does not understand', async () => {
    for (const query of ['?limit=0', '?limit=51', '?limit=some', '?key=channel', '?issues=refund'])
      expect([query, (await of(query)).status]).toEqual([query, 422]);
  });
});
