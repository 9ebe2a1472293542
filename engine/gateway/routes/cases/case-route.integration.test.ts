import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CaseStory } from '../../../core/cases/case-story-form.ts';
import { bearer, SECRET } from '../../testing/access-matrix.fixture.ts';
import { caseEntry, caseStep, caseStory } from '../../testing/case-story.fixture.ts';
import { ask, type Fixture, gatewayFixture } from '../../testing/gateway.fixture.ts';

const own = { region: 'east', channel: 'app' };
const stored = caseStory({
  key: own,
  steps: [
    caseStep({ agent: 'a-1', owner: 'west-desk', key: { region: 'west', channel: 'app' } }),
    caseStep({ from: 'open', to: 'pending', agent: 'a-4', key: own }),
  ],
  entries: [caseEntry({ text: 'of the west', key: { region: 'west' } }), caseEntry({ text: 'of the east', key: own })],
});

describe('GET /v1/cases/{id}', () => {
  let fixture: Fixture;
  const asked: string[] = [];
  beforeAll(async () => {
    fixture = await gatewayFixture(
      { auth: { secret: SECRET, jwks: null, issuer: null, audience: null } },
      {
        caseStory: (id, _now, signal) => {
          asked.push(id);
          if (id === 'slow')
            return new Promise((_resolve, reject) =>
              signal.addEventListener('abort', () => reject(signal.reason as Error)),
            );
          return Promise.resolve(id === 'k-1' ? stored : id === 'west' ? { ...stored, key: { region: 'west' } } : null);
        },
      },
    );
  });
  afterAll(() => fixture.gateway.close());
  const of = async (id: string, scope: Parameters<typeof bearer>[1] = null) =>
    ask(`${fixture.gateway.url}/v1/cases/${id}`, { headers: await bearer('operator', scope) });

  it('without limits it is shown whole', async () => {
    const reply = await of('k-1');
    expect(reply.status).toBe(200);
    expect(reply.json()).toEqual({ ...stored, hidden: 0 });
    expect(reply.headers['cache-control']).toBe('no-store');
  });

  it('with limits it is shown without what was done for others', async () => {
    const reply = (await of('k-1', { regions: ['east'] })).json() as CaseStory & { readonly hidden: number };
    expect(reply.entries.map(({ text }) => text)).toEqual(['of the east']);
    expect(reply.hidden).toBe(1);
    expect(reply.steps.map(({ to, agent, owner, key }) => [to, agent, owner, key])).toEqual([
      ['open', null, null, {}],
      ['pending', 'a-4', null, own],
    ]);
  });

  it('a case of others, and one that is not there, answer alike', async () => {
    const [others, none] = [await of('west', { regions: ['east'] }), await of('none', { regions: ['east'] })];
    expect([others.status, none.status]).toEqual([404, 404]);
    expect(others.text).toBe(none.text);
  });

  it('a case that says nothing of a limited dimension is nobody’s', async () => {
    expect((await of('k-1', { regions: ['east'], teams: ['t1'] })).status).toBe(404);
  });

  it('an id longer than any is not looked for', async () => {
    const before = asked.length;
    expect((await of('k'.repeat(257))).status).toBe(404);
    expect(asked.length).toBe(before);
  });
});
