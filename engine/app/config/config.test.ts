import { readFile } from 'node:fs/promises';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { compileExpression } from '../../adapters/expressions/cel.ts';
import { checkConfig } from '../../adapters/config/config-file.ts';
import type { Config } from './config.ts';
import { USUAL_LABELS } from '../../../operators/events/masking/label-names.ts';
import { CONFIG_SCHEMA, configForm } from './config.ts';

function parsed(text: string): Config {
  const checked = checkConfig(text, configForm(compileExpression), {});
  if ('faults' in checked) throw new Error(JSON.stringify(checked.faults));
  return checked.config;
}

describe('a configuration', () => {
  it('has a default for everything', () => {
    expect(parsed('')).toEqual({
      installation: null,
      nats: {
        servers: [],
        credentials: null,
        nkey: null,
        user: null,
        password: null,
        token: null,
        tls: null,
        jetstream: { domain: null, apiPrefix: null },
        embedded: { store: '.earshot/nats', port: 0, key: null },
        streams: {},
        replicas: 1,
      },
      http: {
        host: '127.0.0.1',
        port: 8080,
        server: 'ws',
        auth: null,
        tls: null,
        origins: [],
        publicUrl: null,
        trustedProxies: [],
        basePath: '',
        maxBufferBytes: 1_048_576,
        maxConnections: 5000,
        compression: true,
        limits: {
          requests: { perSecond: 100, burst: 500 },
          events: { perSecond: 500, burst: 1000 },
          connections: { perSecond: 200, burst: 5000 },
          frames: { perSecond: 10, burst: 60 },
          links: { perSecond: 1, burst: 30 },
          callbacks: { perSecond: 20, burst: 200 },
          bodyBytes: 4_194_304,
          bodiesBytes: 67_108_864,
          answersBytes: 67_108_864,
          messageBytes: 16_384,
          concurrent: 512,
          histories: 8,
          tickets: 1000,
        },
      },
      time: {
        zone: 'Asia/Shanghai',
        outOfOrdernessMs: 2000,
        allowedLatenessMs: 60_000,
        idleAfterMs: 10_000,
        maxFutureMs: 300_000,
      },
      partitions: 1,
      threads: 1,
      instances: 'standby',
      liveEveryMs: 100,
      commit: { everyMs: 100, maxEvents: 5000 },
      outputs: { enrichedBatch: 1 },
      dedupe: { horizonMs: 3_600_000, maxIds: 1_000_000 },
      cleaning: {
        leaveOut: ['garbled', 'boilerplate', 'keyboard_mash', 'straight_lined', 'too_fast', 'near_duplicate', 'flood'],
        boilerplate: [],
        leastPerAnswerMs: 1000,
        nearDuplicates: { windowMs: 3_600_000, leastWords: 8, maxTexts: 20_000 },
        flood: { most: 30, withinMs: 60_000, maxSenders: 100_000 },
      },
      channels: [],
      limits: { maxEventBytes: 262_144 },
      controls: { keys: [] },
      seal: { key: null, former: [] },
      drift: { file: null, learn: 10_000 },
      scoring: {
        sentiment: 'models/sentiment',
        issues: 'models/issues',
        languages: ['zh', 'en'],
        owners: {},
        workers: 1,
        batchTexts: 64,
        batchDeadlineMs: 0,
        queueTexts: 4096,
        maxModelBytes: 536_870_912,
        shadow: null,
      },
      include: [],
      mask: { labels: USUAL_LABELS },
      calendars: [],
      facts: [],
      outgoing: { proxy: null, noProxy: [] },
      hooks: [],
      inhibit: [],
      clocks: [],
      journeys: [],
      sources: [],
      kpis: [],
      rules: [],
      eventRules: [],
      actions: [],
      dispatch: {
        priority: null,
        weights: {
          tier: {},
          urgency: { urgent: 4, high: 3, normal: 2, low: 1 },
          intensity: { strong_negative: 3, negative: 2, neutral: 1, positive: 1, strong_positive: 1 },
        },
        owners: {},
      },
      board: { title: { 'zh-CN': '客户体验实时看板', en: 'Customer experience, live' }, tiles: [] },
    } satisfies Config);
  });

  it('the example of the contract', () => {
    const { kpis, rules, board } = parsed(`
kpis:
  - id: csat
    title: {zh-CN: 满意度, en: CSAT}
    from: cx.survey.answered
    where: data.metric == "csat"
    measure: {kind: csat, value: data.score}
    window: {kind: sliding, size: 15m, slide: 5s}
    by: [[], [channel], [region, product]]
  - id: complaint_rate
    from: [cx.case.opened]
    measure: {kind: ratio, of: data.complaint == true, per: "true"}
    window: {kind: sliding, size: 1h, slide: 10s}
    by: [[], [channel]]
rules:
  - id: csat_low
    kpi: csat
    fire: value < 80
    recover: value >= 82
    for: 30s
    min_n: 30
    severity: critical
    owner: care-team
`);
    expect(kpis).toEqual([
      {
        id: 'csat',
        title: { 'zh-CN': '满意度', en: 'CSAT' },
        from: ['cx.survey.answered'],
        where: 'data.metric == "csat"',
        measure: { kind: 'csat', value: 'data.score' },
        window: { kind: 'sliding', sizeMs: 900_000, slideMs: 5000 },
        by: [[], ['channel'], ['region', 'product']],
        maxKeys: 100_000,
        liveToStream: false,
        onPartial: 'mark',
        allowedLatenessMs: 60_000,
        better: 'higher',
        target: null,
        unit: 'percent',
        decimals: 1,
      },
      {
        id: 'complaint_rate',
        title: { 'zh-CN': 'complaint_rate', en: 'complaint_rate' },
        from: ['cx.case.opened'],
        where: null,
        measure: { kind: 'ratio', of: 'data.complaint == true', per: 'true' },
        window: { kind: 'sliding', sizeMs: 3_600_000, slideMs: 10_000 },
        by: [[], ['channel']],
        maxKeys: 100_000,
        liveToStream: false,
        onPartial: 'mark',
        allowedLatenessMs: 60_000,
        better: 'higher',
        target: null,
        unit: 'percent',
        decimals: 1,
      },
    ] satisfies Config['kpis']);
    expect(rules).toEqual([
      {
        id: 'csat_low',
        title: { 'zh-CN': 'csat_low', en: 'csat_low' },
        kpi: 'csat',
        by: null,
        fire: 'value < 80',
        recover: 'value >= 82',
        forMs: 30_000,
        keepFiringForMs: 0,
        minN: 30,
        on: 'final',
        onNoData: 'ok',
        expect: [],
        severity: 'critical',
        owner: 'care-team',
        runbook: null,
      },
    ] satisfies Config['rules']);
    expect(board.tiles).toEqual(['csat', 'complaint_rate']);
  });

  const kpi = (rest: string): string =>
    `kpis: [{id: x, from: cx.survey.answered, window: {kind: tumbling, size: 1m}, measure: {kind: count}, ${rest}}]`;
  const measured = (measure: string): Config['kpis'][number] | undefined =>
    parsed(kpi('').replace('{kind: count}', measure)).kpis[0];

  it.each([
    ['{kind: count}', { kind: 'count' }, 'count', 0],
    ['{kind: sum, value: data.amount}', { kind: 'sum', value: 'data.amount' }, 'none', 1],
    [
      '{kind: mean, value: data.score, min: 1, max: 5}',
      { kind: 'mean', value: 'data.score', min: 1, max: 5 },
      'none',
      1,
    ],
    ['{kind: nps, value: data.score}', { kind: 'nps', value: 'data.score' }, 'points', 1],
    ['{kind: mean100, value: data.score}', { kind: 'mean100', value: 'data.score' }, 'score', 1],
    ['{kind: ces, value: data.score}', { kind: 'ces', value: 'data.score', as: 'mean' }, 'score', 1],
    ['{kind: ces, value: data.score, as: top}', { kind: 'ces', value: 'data.score', as: 'top' }, 'percent', 1],
    ['{kind: ces, value: data.score, as: index}', { kind: 'ces', value: 'data.score', as: 'index' }, 'points', 1],
    ['{kind: ratio, of: data.a == 1}', { kind: 'ratio', of: 'data.a == 1', per: 'true' }, 'percent', 1],
    ['{kind: ratio, of: data.a == 1, per: true}', { kind: 'ratio', of: 'data.a == 1', per: 'true' }, 'percent', 1],
    ['{kind: quantile, value: data.w, q: 0.95}', { kind: 'quantile', value: 'data.w', q: 0.95 }, 'none', 1],
    ['{kind: distinct, value: data.customer.id}', { kind: 'distinct', value: 'data.customer.id' }, 'count', 0],
    ['{kind: top, value: data.product}', { kind: 'top', value: 'data.product', k: 10 }, 'count', 0],
    ['{kind: share, of: data.a == 1}', { kind: 'share', of: 'data.a == 1' }, 'percent', 1],
    [
      '{kind: psi, value: enrichment.sentiment.score}',
      { kind: 'psi', kpi: 'x', value: 'enrichment.sentiment.score', min: -1, max: 1, bins: 10, reference: null },
      'none',
      3,
    ],
    [
      '{kind: psi, value: data.w, min: 0, max: 9, reference: [1, 2, 3]}',
      { kind: 'psi', kpi: 'x', value: 'data.w', min: 0, max: 9, bins: 3, reference: [1, 2, 3] },
      'none',
      3,
    ],
    ['{kind: rate}', { kind: 'rate', perMs: 60_000 }, 'none', 1],
    ['{kind: rate, per: 1h}', { kind: 'rate', perMs: 3_600_000 }, 'none', 1],
  ])('the measure %s', (written, measure, unit, decimals) => {
    expect(measured(written)).toMatchObject({ measure, unit, decimals });
  });

  it.each([
    ['{kind: tumbling, size: 1d}', { kind: 'tumbling', sizeMs: 86_400_000 }],
    ['{kind: sliding, size: 7s, slide: 3s}', { kind: 'sliding', sizeMs: 7000, slideMs: 3000 }],
    [
      '{kind: sliding, size: 1d, slide: 1h}',
      { kind: 'sliding', sizeMs: 86_400_000, slideMs: 3_600_000, fromMidnight: true },
    ],
    ['{kind: sliding, size: 7d, slide: 1d}', { kind: 'sliding', sizeMs: 7 * 86_400_000, slideMs: 86_400_000 }],
    ['{kind: session, gap: 30m}', { kind: 'session', gapMs: 1_800_000 }],
    ['{kind: cumulative, period: month, every: 5m}', { kind: 'cumulative', period: 'month', everyMs: 300_000 }],
    ['{kind: cumulative, period: week, every: 1d}', { kind: 'cumulative', period: 'week', everyMs: 86_400_000 }],
  ])('the window %s', (written, window) => {
    expect(parsed(kpi('').replace('{kind: tumbling, size: 1m}', written)).kpis[0]?.window).toEqual(window);
  });

  it('a title for both languages', () => {
    expect(parsed(kpi('title: NPS')).kpis[0]?.title).toEqual({ 'zh-CN': 'NPS', en: 'NPS' });
  });

  it('lateness of its own, else the common one', () => {
    const common = 'time: {allowed_lateness: 5m}\n';
    expect(parsed(common + kpi('')).kpis[0]?.allowedLatenessMs).toBe(300_000);
    expect(parsed(common + kpi('allowed_lateness: 1h')).kpis[0]?.allowedLatenessMs).toBe(3_600_000);
  });

  it('no scoring when it is asked for none', () => {
    expect(parsed('scoring: {sentiment: null}').scoring.sentiment).toBeNull();
    expect(parsed('scoring: {sentiment: ./mine}').scoring.sentiment).toBe('./mine');
  });

  it('streams that were named, the half not given by default', () => {
    expect(parsed('nats: {streams: {CX_AUDIT: {max_age: 1096d}, CX_STATE: {max_age: 0s}}}').nats.streams).toMatchObject(
      { CX_AUDIT: { maxAgeMs: 1096 * 86_400_000 }, CX_STATE: { maxAgeMs: 0 } },
    );
    expect(parsed('nats: {streams: {CX_KPI: {max_age: 7d}, CX_DLQ: {max_bytes: 1GB}}}').nats.streams).toEqual({
      CX_KPI: { maxBytes: 1024 ** 3, maxAgeMs: 7 * 86_400_000 },
      CX_DLQ: { maxBytes: 1e9, maxAgeMs: 30 * 86_400_000 },
    });
  });

  it('six tiles at most when none are named', () => {
    const rest = '{kind: count}, from: cx.order.completed, window: {kind: tumbling, size: 1m}}';
    const many = Array.from({ length: 8 }, (_, i) => `  - {id: k${i}, measure: ${rest}`);
    expect(parsed(`kpis:\n${many.join('\n')}`).board.tiles).toEqual(['k0', 'k1', 'k2', 'k3', 'k4', 'k5']);
  });
});

describe('earshot.yaml', () => {
  it('is lawful, and what the README says of it is there', async () => {
    const config = parsed(await readFile(new URL('../../../earshot.yaml', import.meta.url), 'utf8'));
    expect(config.board.tiles).toHaveLength(6);
    const voices = config.rules.find((rule) => rule.on === 'live' && rule.by?.join() === 'region,channel');
    expect(voices).toMatchObject({ kpi: 'negative_share', onNoData: 'ok' });
    for (const { title, id } of [...config.kpis, ...config.rules]) {
      expect(title['zh-CN'], id).toMatch(/[一-鿿]/);
      expect(title.en, id).toMatch(/^[A-Z]/);
    }
    for (const rule of config.rules) {
      // A trend, and a silence, are over when they are not so any more.
      const isTrend = rule.consecutive !== undefined || rule.onNoData === 'fire';
      expect(isTrend || rule.recover !== null, `${rule.id} has no hysteresis`).toBe(true);
      // Of single events, and of bursts, each counts.
      expect(rule.minN > 1 || isTrend || rule.baseline !== undefined, `${rule.id} judges one answer`).toBe(true);
    }
  });
});

// A start does not look: it compiles without.
it('the schema of the configuration is a JSON Schema', () => {
  const ajv = new Ajv({ discriminator: true });
  expect(ajv.validateSchema(CONFIG_SCHEMA), JSON.stringify(ajv.errors)).toBe(true);
});
