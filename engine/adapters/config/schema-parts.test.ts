import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { CONFIG_SCHEMA } from '../../app/config/config.ts';
import { schemaName } from '../formats/compiled-schemas.ts';
import { QUICK_TO_COMPILE } from '../formats/schema-validator.ts';
import { CONFIG_CHECKS, schemaCheck } from './config-schema-faults.ts';
import { schemaInParts } from './schema-parts.ts';

const inOnePiece = new Ajv({ ...CONFIG_CHECKS, ...QUICK_TO_COMPILE, inlineRefs: true }).compile(CONFIG_SCHEMA);
const pieces = new Map([[schemaName(CONFIG_SCHEMA, 'config'), inOnePiece]]);
const hook = (more: object): object => ({ id: 'a', kind: 'slack', url: 'https://a.example/', ...more });
const kpi = (more: object): object => ({ id: 'n', from: 'cx.survey.answered', measure: { kind: 'count' }, ...more });

describe('the schema of the configuration in parts', () => {
  it.each([
    [null],
    [[]],
    [{ partitions: 0, threads: 'some', unknown: 1, installation: 'a b', include: ['', 7] }],
    [{ nats: { servers: [1], tls: { ca: 3, more: 1 }, embedded: { port: 70_000, store: '' } } }],
    [{ http: { port: 'x', auth: { oidc: { issuer: 1 } }, limits: { body: '3 apples' }, tls: [] } }],
    [{ time: { zone: 1, out_of_orderness: '1 week', allowed_lateness: -1 }, dedupe: { keep: true } }],
    [{ kpis: [kpi({}), kpi({ measure: { kind: 'quantil' } }), kpi({ measure: {} }), kpi({ measure: 1 }), 3] }],
    [{ kpis: [kpi({ measure: { kind: 'quantile', value: 1, q: 'high', p: 2 }, title: { en: '' }, by: [['a b']] })] }],
    [{ kpis: [kpi({ window: { kind: 'tumbling', size: '1y' } }), kpi({ window: { kind: 'session' }, better: 'x' })] }],
    [{ rules: [{ id: 'R', severity: 'grave', fire: '', for: '1x' }, {}], event_rules: {} }],
    [{ hooks: [hook({ kind: 'slak' }), hook({ escalate: [{ after: 'x' }], quiet: { except: 3 } }), hook({ url: 7 })] }],
    [{ clocks: [{ id: 1, start: {}, by: 3 }], journeys: [{ steps: [1] }], actions: [{ verb: 1 }], dispatch: [] }],
    [{ facts: [{ id: 'f', fields: { 'a b': {} } }], sources: [{ id: 's', map: 3 }], board: { tiles: [{ kpi: 1 }] } }],
    [{ outputs: { streams: { no: { max_age: 1 }, CX_KPI: { max_age: 'x', replicas: 9 } } }, calendars: [{ week: 1 }] }],
  ])('finds what the whole finds, in the same words and order: %j', (raw) => {
    const faults = schemaCheck(CONFIG_SCHEMA, raw);
    expect(faults).toEqual(schemaCheck(CONFIG_SCHEMA, raw, pieces));
    expect(faults.length > 0).toBe(raw !== null);
  });

  it('holds what is large once, and nothing for readers alone', () => {
    const parts = JSON.stringify(schemaInParts(CONFIG_SCHEMA));
    expect(parts.length).toBeLessThan(JSON.stringify(CONFIG_SCHEMA).length / 2);
    expect(parts).not.toContain('"description":"');
    const child = { type: 'object', description: 'd', properties: { description: { type: 'string', title: 't' } } };
    const kept = { type: 'object', properties: { description: { type: 'string' } } };
    expect(schemaInParts({ ...child, items: child, oneOf: [child] })).toEqual({
      ...{ ...kept, items: kept, oneOf: [kept] },
      $defs: {},
    });
  });
});
