import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../core/types.ts';
import { type ClientFrame, PROTOCOLS, type ServerFrame } from '../../core/wire.ts';
import { readClientFrame } from '../../live/client-frame.ts';
import { Hub } from '../../live/hub.ts';
import { Access } from '../access/access.ts';
import { alertRoutes } from '../routes/alert-routes.ts';
import { asyncapi, CLIENT_FRAMES, SERVER_FRAMES } from './asyncapi.ts';
import { kpiRoutes } from '../routes/kpi-routes.ts';
import { Metrics } from '../metrics/prometheus.ts';
import { openapi, OPERATIONS } from './openapi.ts';
import { modelRoutes } from '../routes/model-routes.ts';
import type { GatewayPorts } from '../gateway-ports.ts';
import type { Route } from '../http/router.ts';
import { SharedLists } from '../http/shared-list.ts';
import { systemRoutes } from '../routes/system-routes.ts';
import { Turnstile } from '../http/concurrency-limit.ts';

const now = (): number => 0;
const hub = new Hub({ epoch: 'e', version: '1', now, wake: () => undefined });
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const ports: GatewayPorts = { log, version: '1', kpis: () => [] };
const access = new Access({ keys: null, origins: [], secure: false, now });
const metrics = new Metrics({ hub: () => hub.stats(), live: () => ({}), queues: () => [], families: () => [] });
const documents = { openapi: openapi('1'), asyncapi: asyncapi('1') };
const lists = new SharedLists(() => undefined, now);
const routes: Route[] = [
  ...kpiRoutes(hub, ports, new Turnstile('history_reads', 1, 1), lists),
  ...alertRoutes(hub, ports, lists, now),
  ...modelRoutes(ports),
  ...systemRoutes(hub, ports, access, metrics, () => documents, now),
];

/** Every `$ref` of the document leads somewhere in it. */
function brokenRefs(document: JsonObject): string[] {
  const broken: string[] = [];
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [name, field] of Object.entries(value)) {
      if (name === '$ref' && typeof field === 'string') {
        let target: unknown = document;
        for (const part of field.split('/').slice(1)) target = (target as Record<string, unknown> | undefined)?.[part];
        if (!field.startsWith('#/') || target === undefined) broken.push(field);
      } else visit(field);
    }
  };
  visit(document);
  return broken;
}

describe('openapi.json', () => {
  it('has every route, and no other; and says of each whether it is open', () => {
    const served = [...routes.map(({ method, path }) => `${method} ${path}`), 'GET /'];
    expect(Object.keys(OPERATIONS).sort()).toEqual([...new Set(served)].sort());
    const open = routes.filter(({ permission }) => permission === null).map(({ method, path }) => `${method} ${path}`);
    const documented = Object.entries(OPERATIONS).filter(([, operation]) => operation.open === true);
    expect(documented.map(([name]) => name).sort()).toEqual([...open, 'GET /'].sort());
  });

  it('names every parameter of its paths and refers to nothing that is missing', () => {
    for (const [name, { parameters = [] }] of Object.entries(OPERATIONS)) {
      const inPath = [...name.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      expect(parameters.filter((one) => one['in'] === 'path').map((one) => one['name'])).toEqual(inPath);
    }
    const inQuery = (name: string): Record<string, 'once' | 'many'> =>
      Object.fromEntries(
        (OPERATIONS[name]?.parameters ?? [])
          .filter((one) => one['in'] === 'query')
          .map((one) => [one['name'] as string, (one['schema'] as JsonObject)['type'] === 'array' ? 'many' : 'once']),
      );
    for (const { method, path, query } of routes) expect(inQuery(`${method} ${path}`), path).toEqual(query ?? {});
    expect(brokenRefs(documents.openapi)).toEqual([]);
    const ids = JSON.stringify(documents.openapi).match(/"operationId":"[^"]+"/g) ?? [];
    expect(new Set(ids).size).toBe(Object.keys(OPERATIONS).length);
  });
});

describe('asyncapi.json', () => {
  it('refers to nothing that is missing, and has the subjects and protocols of the contract', () => {
    expect(brokenRefs(documents.asyncapi)).toEqual([]);
    const channels = documents.asyncapi['channels'] as Record<string, { address: string; 'x-subprotocols'?: string[] }>;
    expect(Object.values(channels).map(({ address }) => address)).toEqual([
      'cx.events.{channel}.{family}.{key}',
      'cx.enriched.{channel}.{family}.{key}',
      'cx.kpi.{kpi}',
      'cx.alerts.{severity}.{rule}',
      'cx.actions.{kind}',
      'cx.dlq.{reason}',
      'cx.late.{kpi}',
      'cx.audit',
      '/v1/live',
    ]);
    expect(channels['live']?.['x-subprotocols']).toEqual([...PROTOCOLS]);
  });

  it('has every frame of the protocol', () => {
    // Checked by the compiler: a new frame breaks these lists.
    const server: Record<ServerFrame['op'], true> = {
      hello: true,
      snapshot: true,
      resumed: true,
      delta: true,
      tick: true,
      unsubscribed: true,
      error: true,
    };
    const client: Record<ClientFrame['op'], true> = { sub: true, unsub: true, ping: true };
    expect(Object.keys(SERVER_FRAMES).sort()).toEqual(Object.keys(server).sort());
    expect(Object.keys(CLIENT_FRAMES).sort()).toEqual(Object.keys(client).sort());
  });

  it('describes what clients say as the gateway reads it', () => {
    const ajv = new Ajv2020({ strict: false });
    const frames: unknown[] = [
      {
        op: 'sub',
        id: 1,
        topics: ['kpi/csat', 'alerts'],
        where: { channel: ['app'] },
        max_hz: 4,
        resume: { epoch: 'e', seq: 812 },
      },
      { op: 'sub', id: 0, topics: ['kpi/*'] },
      { op: 'sub', id: 1, topics: [] },
      { op: 'sub', id: 1, topics: ['kpi/'] },
      { op: 'sub', id: 1.5, topics: ['alerts'] },
      { op: 'sub', id: 1, topics: ['alerts'], max_hz: 0 },
      { op: 'sub', id: 1, topics: ['alerts'], where: { channel: 'app' } },
      { op: 'sub', id: 1, topics: ['alerts'], resume: { epoch: 'e' } },
      { op: 'sub', topics: ['alerts'] },
      { op: 'unsub', id: 1 },
      { op: 'unsub' },
      { op: 'ping' },
    ];
    const verdicts = frames.map((frame) => {
      const schema = CLIENT_FRAMES[(frame as { op: string }).op]!;
      return [frame, ajv.validate(schema, frame)];
    });
    expect(verdicts).toEqual(frames.map((frame) => [frame, 'frame' in readClientFrame(frame)]));
    expect(verdicts.filter(([, good]) => good === true)).toHaveLength(4);
  });
});
