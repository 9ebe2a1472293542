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

describe('GET /v1/voices/words', () => {
  let fixture: Fixture;
  beforeAll(async () => {
    fixture = await matrixGateway(1);
  });
  afterAll(() => fixture.gateway.close());
  interface Answer {
    readonly now: { readonly n: number };
    readonly before: { readonly n: number };
    readonly words: readonly object[];
  }
  const of = async (query = '', scope: Parameters<typeof bearer>[1] = null) => {
    const url = `${fixture.gateway.url}/v1/voices/words${query}`;
    const reply = await ask(url, { headers: await bearer('operator', scope) });
    return { status: reply.status, answer: reply.json() as Answer };
  };

  it('gives what rises, of the voices that are compared', async () => {
    const { answer } = await of();
    expect([answer.now.n, answer.before.n]).toEqual([36, 180]);
    expect(answer.words[0]).toEqual({ word: 'refund', n: 36, before: 0, times: null });
    expect((await of('?limit=1')).answer.words).toHaveLength(1);
  });
  it('within a scope, an issue or a slice of those alone', async () => {
    const own = (await of('', { regions: ['east'] })).answer;
    expect([own.now.n, own.before.n]).toEqual([12, 60]);
    expect(JSON.stringify(own)).not.toContain('xquote');
    expect((await of('?issue=refund')).answer.now.n).toBe(12);
    expect((await of('?key=region:xwest')).answer.words).toMatchObject([{ word: 'xquote refund', n: 12 }]);
    expect((await of('', { channels: [] })).answer).toMatchObject({ now: { n: 0 }, before: { n: 0 }, words: [] });
  });
  it('a word leads to the voices that hold it, and nobody’s name comes along', async () => {
    const url = `${fixture.gateway.url}/v1/voices?word=own%20words`;
    const { voices } = (await ask(url, { headers: await bearer('operator', null) })).json() as { voices: object[] };
    expect(voices.map((one) => Object.keys(one).toSorted().join())).toEqual(['at,intensity,issues,key,sentiment,text']);
  });
  it('refuses what it does not understand', async () => {
    for (const query of ['?limit=0', '?limit=31', '?key=channel', '?word=refund'])
      expect([query, (await of(query)).status]).toEqual([query, 422]);
  });
});
