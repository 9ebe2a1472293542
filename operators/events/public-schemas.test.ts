import { Ajv2020 } from 'ajv/dist/2020.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { compileExpression } from '../../engine/adapters/expressions/cel.ts';
import { createCodec } from '../../engine/adapters/formats/codec.ts';
import { createSchemaValidator } from '../../engine/adapters/formats/schema-validator.ts';
import { fan, pipe } from '../../engine/core/chain.ts';
import { schemaNameOf } from '../../engine/core/cloud-events.ts';
import type { Json, JsonObject, OperatorDef, Outgoing, RawMessage } from '../../engine/core/types.ts';
import type { KpiMessage } from '../../engine/core/wire.ts';
import { runFile } from '../../engine/runtime/file-run.ts';
import { badMessages } from '../../engine/testing/bad-messages.ts';
import { parseConfig } from '../../engine/app/config/config.ts';
import { enriched } from './enriched.ts';
import { kpisOperator } from '../kpis/kpis.ts';
import { auditOperator } from '../audit/audit-chain.ts';
import { controlsOperator, type RuleControl } from '../controls/controls.ts';
import { rulesOperator } from '../rules/rules.ts';
import type { CxEvent, KpiBirth, KpiValue } from '../shared/messages.ts';
import { decodeStage } from './decode.ts';
import { publicSchemas } from './public-schemas.ts';
import { dataSchemas, EVENT_TYPE_NAMES } from './types/event-types.ts';

const START = Date.UTC(2026, 2, 2, 1, 0, 0);
const schemas = publicSchemas();
const ajv = new Ajv2020({
  strict: true,
  strictRequired: false,
  strictTypes: false,
  allowUnionTypes: true,
  allErrors: true,
});
const checks = new Map(schemas.map(({ name, schema }) => [name, ajv.compile(schema)]));

function faults(name: string, data: unknown): unknown {
  const check = checks.get(name);
  if (check === undefined) return `no schema ${name}`;
  return check(data) ? null : check.errors;
}

describe('publicSchemas', () => {
  it('has one for every type in and every kind out, each with its address', () => {
    const names = schemas.map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining([...EVENT_TYPE_NAMES, 'kpi', 'alert', 'enriched', 'dlq', 'late', 'action', 'audit']),
    );
    expect(new Set(names).size).toBe(names.length);
    expect(names.some((name) => name.startsWith('earshot.'))).toBe(false);
    for (const { name, version, schema } of schemas) {
      expect(schema['$id']).toBe(`/schemas/${name}/${version}.json`);
      expect(schema['title']).toMatch(/^[A-Z].{10,}/);
    }
  });

  it("holds the contract's own example", () => {
    const data = {
      ...{ channel: 'app', customer: { id: 'c-77', tier: 'vip' }, region: 'east', product: 'delivery' },
      ...{ text: '等了两个小时还没送到，太慢了', rating: { value: 1, min: 1, max: 5 } },
    };
    expect(faults('cx.feedback.posted', data)).toBeNull();
    expect(faults('cx.feedback.posted', { channel: 'app' })).not.toBeNull();
  });
});

describe('what really goes out', () => {
  let outputs: readonly Outgoing[] = [];

  beforeAll(async () => {
    const parsed = parseConfig(
      {
        kpis: [
          {
            ...{ id: 'csat', title: { 'zh-CN': '满意度', en: 'CSAT' }, from: 'cx.survey.answered' },
            measure: { kind: 'csat', value: 'data.score' },
            window: { kind: 'tumbling', size: '10s' },
            by: [[], ['channel']],
          },
        ],
        rules: [
          {
            id: 'csat_low',
            kpi: 'csat',
            fire: 'value < 80',
            recover: 'value >= 82',
            on: 'final',
            severity: 'critical',
          },
        ],
      },
      compileExpression,
    );
    if (!('config' in parsed)) throw new Error(JSON.stringify(parsed.faults));
    const { config } = parsed;
    const codec = createCodec();
    const stage = decodeStage({
      codec,
      validate: createSchemaValidator(dataSchemas()),
      channels: [],
      maxEventBytes: 262_144,
      maxFutureMs: Infinity,
      maskKey: 'a key',
    });
    const heard = fan<CxEvent, KpiValue | KpiBirth | RuleControl>(
      kpisOperator(config.kpis, {
        zone: config.time.zone,
        liveEveryMs: 250,
        compile: compileExpression,
        samplesFor: new Set(['csat']),
        liveFor: new Set(['csat']),
      }),
      // Nobody completes an action here.
      controlsOperator() as OperatorDef<CxEvent, RuleControl>,
    );
    const written: Outgoing[] = [];
    await runFile<CxEvent>({
      input: inputs(),
      stage,
      chain: pipe(
        enriched(),
        pipe(
          heard,
          pipe(rulesOperator(config.rules, config.kpis, compileExpression, config.time.zone), auditOperator()),
        ),
      ),
      outOfOrdernessMs: 0,
      write: (messages) => Promise.resolve(void written.push(...messages)),
      clock: { now: () => START, elapsed: () => 0, sleepUntil: () => Promise.resolve() },
      logger: { info: () => undefined, warn: () => undefined, error: () => undefined },
      signal: new AbortController().signal,
    });
    outputs = written;
  });

  it.each(['kpi', 'alert', 'enriched', 'dlq', 'late', 'audit'])('%s fits its schema', (name) => {
    const ofKind = outputs.filter(({ type }) => schemaNameOf(type) === name);
    expect(ofKind.length).toBeGreaterThan(0);
    for (const { data } of ofKind) {
      // As a reader gets it.
      expect(faults(name, JSON.parse(JSON.stringify(data)))).toBeNull();
    }
  });

  it('has no kind without a schema', () => {
    expect(outputs.filter(({ type }) => !checks.has(schemaNameOf(type)))).toEqual([]);
  });

  it('a schema refuses what lacks a field or has another form', () => {
    const kpi = outputs.find(({ type }) => type.startsWith('cx.kpi.'))?.data as unknown as KpiMessage;
    for (const bad of [
      { ...kpi, n: '5' },
      { ...kpi, watermark: 5 },
      { ...kpi, key: { a: 1 } },
      { ...kpi, interval: [1] },
    ]) {
      expect(faults('kpi', bad)).not.toBeNull();
    }
    const { revision: _, ...without } = kpi;
    expect(faults('kpi', without)).not.toBeNull();
  });
});

/** Good and bad answers, a late one, a control, and all kinds of bad messages. */
async function* inputs(): AsyncGenerator<readonly RawMessage[]> {
  let seq = 0;
  const message = (
    id: string,
    at: number,
    data: JsonObject,
    type = 'cx.survey.answered',
    channel = 'app',
  ): RawMessage => ({
    subject: `cx.events.${channel}.x.-`,
    headers: {},
    data: Buffer.from(
      JSON.stringify({
        specversion: '1.0',
        id,
        source: '/s',
        type,
        time: new Date(START + at).toISOString(),
        data,
      } satisfies Json),
    ),
    seq: ++seq,
    stored: START,
  });
  for (let i = 0; i < 200; i += 1) {
    const score = i < 100 ? 1 : 5;
    yield [
      message(`e-${i}`, i * 500, {
        channel: i % 2 === 0 ? 'app' : 'web',
        metric: 'csat',
        score,
        text: '打13812345678',
      }),
    ];
  }
  yield [message('late', 0, { channel: 'app', metric: 'csat', score: 1 })];
  yield [
    message(
      'silence',
      100_000,
      { silence: 's-1', by: 'li', reason: 'x', until: '2026-03-03T00:00:00Z', match: { rule: 'csat_low' } },
      'earshot.silence.created',
      'internal',
    ),
  ];
  yield badMessages(3, 60, START)
    .filter(({ reason }) => reason !== 'future_time')
    .map(({ subject, headers, data }) => ({ subject, headers, data, seq: ++seq, stored: START }));
  await Promise.resolve();
}
