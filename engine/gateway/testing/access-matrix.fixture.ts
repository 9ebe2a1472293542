/** What the access matrix is tried on: KPIs, alerts, actions and silences of one's own and of others, whose names begin with `x`. */
import { SignJWT } from 'jose';
import type { OpenRun } from '../../core/clocks/open-run.ts';
import { termsOf } from '../../core/voices/terms.ts';
import type { Voice, VoiceSample } from '../../core/voices/voice.ts';
import type { KpiMessage } from '../../core/wire.ts';
import type { Scope, ScopeOf } from '../../live/filter.ts';
import type { Role } from '../access/principal.ts';
import type { GatewayOptions, GatewayPorts } from '../gateway-ports.ts';
import { caseEntry, caseStep, caseStory } from './case-story.fixture.ts';
import { alertMessage, type Fixture, gatewayFixture, kpiValue } from './gateway.fixture.ts';

export const SECRET = 'a secret of thirty-two bytes, or a few more';
/** Nothing of this may reach somebody with limits, by any way. */
export const OF_OTHERS = /x(west|store2|store9|quote|reason|item|case|web)/;

/** Value n of the KPI has the key n. */
export const KEYS: Readonly<Record<number, Readonly<Record<string, string>>>> = {
  1: {},
  2: { region: 'east' },
  3: { region: 'xwest' },
  4: { region: 'east', store: 's1' },
  5: { product: 'tea', store: 's1' },
  6: { product: 'tea', store: 'xstore2' },
  7: { store: 'xstore9' },
  8: { channel: 'app' },
  9: { channel: 'app', region: 'east' },
  10: { channel: 'app', region: 'xwest' },
  11: { team: 't1' },
  12: { region: '~other' },
  13: { product: 'tea' },
  14: { team: 'xcase' },
};
export const SCOPE_OF: readonly ScopeOf[] = [
  { dimension: 'store', within: 'region', values: { s1: 'east', xstore2: 'xwest' } },
];

export interface Limits {
  readonly scope: Scope | null;
  /** Which values, by number. */
  readonly sees: readonly number[];
}
export const LIMITS: Readonly<Record<string, Limits>> = {
  none: { scope: null, sees: Object.keys(KEYS).map(Number) },
  'one region': { scope: { regions: ['east'] }, sees: [1, 2, 4, 5, 9] },
  'one region, no totals': { scope: { regions: ['east'], totals: false }, sees: [2, 4, 5, 9] },
  'one region and channel': { scope: { regions: ['east'], channels: ['app'] }, sees: [1, 2, 4, 5, 8, 9] },
  'one region and channel, no totals': { scope: { regions: ['east'], channels: ['app'], totals: false }, sees: [9] },
  'one team': { scope: { teams: ['t1'] }, sees: [1, 11] },
  nothing: { scope: { channels: [] }, sees: [1] },
};

export async function bearer(role: Role, scope: Scope | null): Promise<Record<string, string>> {
  const token = await new SignJWT({ sub: `${role} li`, role, ...(scope === null ? {} : { scope: { ...scope } }) })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime('10m')
    .sign(new TextEncoder().encode(SECRET));
  return { authorization: `Bearer ${token}` };
}

/** Of a rule whose expression says for which keys it is: so does the reason of each of its alerts. */
const OF_KEYS = {
  threshold: 'key.region == "xwest" && value < 80',
  reason: 'CSAT: 70; key.region == "xwest" && value < 80 holds.',
  reason_zh: '满意度：70；满足条件 key.region == "xwest" && value < 80。',
};

/** Keys in which nobody else's data is, for each scope that sees them. */
const OWN: readonly number[] = [2, 4, 5, 9, 11];

const OTHERS = { region: 'xwest', channel: 'xweb', team: 't2' };
/** A case of one's own that was with others before, and what they did then. */
const OWN_CASE = caseStory({
  key: { region: 'east', channel: 'app', team: 't1' },
  steps: [
    caseStep({ agent: 'xreason', owner: 'xwest', key: OTHERS }),
    caseStep({ from: 'open', to: 'pending', agent: 'a-4' }),
  ],
  entries: [
    caseEntry({ text: 'xquote', key: OTHERS }),
    caseEntry({ text: 'xquote', key: { ...OTHERS, store: 'xstore2' } }),
    caseEntry({ text: 'own words' }),
  ],
});

const openRun = (key: string, kept: Readonly<Record<string, string>>): OpenRun => ({
  ...{ clock: 'reply', key, started: -60_000, due: 60_000, isPaused: false, kept },
});

const voice = (text: string, key: Readonly<Record<string, string>>, change: Partial<Voice> = {}): Voice => ({
  ...{ at: 0, text, key, issues: ['refund'], sentiment: 'negative', intensity: 'negative', who: null, ...change },
});
const VOICES: readonly Voice[] = [
  voice('own words', { region: 'east', channel: 'app', team: 't1' }),
  voice('xquote', { region: 'xwest', channel: 'app', team: 't2' }, { issues: [], sentiment: 'positive' }),
  voice('xquote of nobody', { store: 'xstore9' }, { issues: [], sentiment: null }),
];
/** Just now ten persons spoke of what nobody did before: of an own word, and others of one that is not one's own. */
const voiceSample = (now: number): VoiceSample => ({
  ...{ since: now - 60_000, beforeFrom: now - 4_500_000, beforeTo: now - 900_000 },
  now: [...VOICES, ...VOICES].flatMap((one, i) =>
    Array.from({ length: 6 }, (_, person) => ({ ...one, text: `${one.text} refund`, who: `p${i}${person}` })),
  ),
  before: VOICES.flatMap((one) => Array.from({ length: 60 }, () => ({ ...one, text: 'hello there' }))),
  terms: ({ text }) => [...termsOf(text)],
});

const values = (end: number, final: boolean): KpiMessage[] =>
  Object.entries(KEYS).map(([n, key]) => {
    const detail = [{ item: OWN.includes(Number(n)) ? 'own' : 'xitem' }];
    return kpiValue({ end, final, value: Number(n), key, detail });
  });

/** `partitions`: how many the engine has, each of which writes some of it. */
export async function matrixGateway(
  partitions: number,
  options: Partial<GatewayOptions> = {},
  ports: Partial<GatewayPorts> = {},
): Promise<Fixture> {
  const fixture = await gatewayFixture(
    {
      auth: { secret: SECRET, jwks: null, issuer: null, audience: null, scopeOf: SCOPE_OF },
      rates: {
        api: { perSecond: 1e6, burst: 1e6 },
        events: { perSecond: 1e6, burst: 1e6 },
        connect: { perSecond: 1e6, burst: 1e6 },
        links: { perSecond: 1e6, burst: 1e6 },
        callbacks: { perSecond: 1e6, burst: 1e6 },
      },
      ...options,
    },
    {
      schemas: { 'kpi/1': { type: 'object' } },
      ingest: () => Promise.resolve({ status: 202, body: { accepted: [] } }),
      reload: () => Promise.resolve({ outcome: 'unchanged', applied: [], restart: [], refused: [] }),
      reloadWould: () => ({ outcome: 'unchanged', applied: [], restart: [], refused: [] }),
      reloadModels: () => Promise.resolve({ from: null, to: null }),
      sources: { receive: () => Promise.resolve({ kind: 'taken', accepted: [], unmapped: 0 }) },
      answers: {
        link: () => null,
        acknowledge: () => Promise.resolve('unknown'),
        callback: () => Promise.resolve({ status: 202, body: null }),
      },
      hooks: () => [
        {
          ...{
            id: 'oncall',
            kind: 'slack',
            state: 'ok',
            delivered: 0,
            retried: 0,
            failed: 0,
            waiting: 0,
            accepted: null,
          },
          ...{ alerts: 0, left_out: 0, given_up: 0, failures: [], trouble: null },
        },
      ],
      testHook: () => Promise.resolve({ outcome: 'delivered' }),
      history: () => Promise.resolve(values(-60, true)),
      alertHistory: () =>
        Promise.resolve({
          isComplete: true,
          changes: Object.values(KEYS).map((key, i) =>
            alertMessage({
              ...{ alert: `h${i}`, key, causes: [], ...OF_KEYS },
              ...(key === KEYS['4'] ? {} : { samples: [] }),
            }),
          ),
        }),
      notices: () =>
        Promise.resolve([
          { hook: 'xstore2', kind: 'slack', state: 'delivered', first: null, last: null, escalated: 0 },
        ]),
      rules: () => [
        {
          ...{ id: 'csat_low', title: { 'zh-CN': '满意度低', en: 'CSAT low' }, kpi: 'csat', by: null },
          ...{ fire: OF_KEYS.threshold, recover: null, for_ms: 0, min_n: 1 },
          ...{ severity: 'major', owner: null, runbook: null },
        },
      ],
      journeys: () => [
        {
          ...{ id: 'checkout', title: { 'zh-CN': '下单', en: 'Checkout' }, kpis: ['csat'], dimensions: ['region'] },
          funnel: () => ({ ended: 0, completed: 0, conversion: null, steps: [], break_points: [] }),
        },
      ],
      voices: () => Promise.resolve(VOICES),
      voiceSample: (now) => Promise.resolve(voiceSample(now)),
      clocks: () => [{ id: 'reply', title: { 'zh-CN': '响应', en: 'Reply' } }],
      openRuns: () => [
        openRun('c-1', { region: 'east', channel: 'app', team: 't1' }),
        openRun('xcase', { region: 'xwest', channel: 'app', team: 't2' }),
        openRun('xcase', { team: 'xstore2' }),
      ],
      caseStory: (id) => Promise.resolve(id === 'own' ? OWN_CASE : null),
      ...ports,
    },
  );
  const { hub } = fixture.gateway;
  for (let partition = 0; partition < partitions; partition++) hub.time(partition, 0, 0);
  show(fixture, 0);
  const of = (alert: string, key: Readonly<Record<string, string>>) =>
    alertMessage({ alert, key, samples: ['xquote'], ...OF_KEYS, causes: [] });
  const causes = [{ region: 'xwest' }, { store: 'xstore2' }, { store: 'xstore9' }, { region: 'east' }].map((key) => ({
    key,
    value: 1,
    n: 1,
    share: 1,
    contribution: 1,
  }));
  fixture.commit('cx.alerts.critical.r', { ...of('total', {}), causes });
  fixture.commit('cx.alerts.critical.r', of('xwest', { region: 'xwest' }));
  fixture.commit('cx.alerts.critical.r', of('xstore2', { product: 'tea', store: 'xstore2' }));
  fixture.commit('cx.alerts.critical.r', { ...of('own', { region: 'east', channel: 'app', team: 't1' }), samples: [] });
  fixture.commit('cx.actions.dispatch', { region: 'xwest', case: 'xcase' });
  fixture.commit('cx.actions.dispatch', { key: { region: 'east' }, data: { store: 'xstore2', case: 'xcase' } });
  fixture.commit('cx.actions.dispatch', { case: 'xcase' });
  const open = { state: 'due', open: true, due: null };
  fixture.commit('cx.actions.dispatch', { ...open, id: 'xwest.1', region: 'xwest', channel: 'xweb', team: 't2' });
  fixture.commit('cx.actions.dispatch', { ...open, id: 'own', region: 'east', channel: 'app', team: 't1' });
  const until = new Date(Date.now() + 3_600_000).toISOString();
  for (const [id, key] of [['s-west', { region: 'xwest' }] as const, ['s-store', { store: 'xstore2' }] as const]) {
    hub.board.setSilence(id, { silence: id, match: { key }, until, by: 'li', at: until, reason: 'xreason' });
  }
  hub.board.setSilence('s-all', {
    silence: 's-all',
    match: { rule: 'r' },
    until,
    by: 'li',
    at: until,
    reason: 'xreason',
  });
  return fixture;
}

/** Everything once more, `end` seconds later. */
export function show(fixture: Fixture, end: number): void {
  fixture.show(...values(end, false));
}
