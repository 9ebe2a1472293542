import { readdirSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../core/types.ts';
import { type ClientFrame, PROTOCOLS, type ServerFrame } from '../../core/wire.ts';
import { readClientFrame } from '../../live/client-frame.ts';
import type { Operation, RouteSpec } from '../routes/route.ts';
import { ROUTES } from '../routes/routes.ts';
import { asyncapi, CLIENT_FRAMES, SERVER_FRAMES } from './asyncapi.ts';
import { openapi } from './openapi.ts';

const documents = { openapi: openapi('1', ROUTES), asyncapi: asyncapi('1', {}) };
const routes: readonly RouteSpec[] = ROUTES;
const paths = documents.openapi['paths'] as unknown as Record<
  string,
  Record<string, Operation & { security?: unknown[] }>
>;
/** By `METHOD path`, as the document has them. */
const documented = new Map(
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => [`${method.toUpperCase()} ${path}`, operation] as const),
  ),
);

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

/** Schemas of the document that nothing in it refers to. */
function unusedSchemas(document: JsonObject): string[] {
  const { schemas } = document['components'] as { schemas: JsonObject };
  const text = JSON.stringify(document);
  return Object.keys(schemas).filter((name) => !text.includes(`"#/components/schemas/${name}"`));
}

it.each(['openapi', 'asyncapi'] as const)('%s has no schema that nothing refers to', (name) => {
  expect(unusedSchemas(documents[name])).toEqual([]);
});

describe('openapi.json', () => {
  it('has every route, and no other; and says of each whether it is open', () => {
    const served = [...routes.map(({ method, path }) => `${method} ${path}`), 'GET /'];
    expect([...documented.keys()].sort()).toEqual(served.sort());
    const open = routes.filter(({ permission }) => permission === null).map(({ method, path }) => `${method} ${path}`);
    const said = [...documented].filter(([, { security }]) => security?.length === 0);
    expect(said.map(([name]) => name).sort()).toEqual([...open, 'GET /'].sort());
  });

  it('names every parameter of its paths and refers to nothing that is missing', () => {
    for (const { method, path, query, operation } of routes) {
      const { parameters = [] }: Operation = operation;
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      expect(parameters.filter((one) => one['in'] === 'path').map((one) => one['name'])).toEqual(inPath);
      const inQuery = parameters
        .filter((one) => one['in'] === 'query')
        .map((one) => [one['name'] as string, (one['schema'] as JsonObject)['type'] === 'array' ? 'many' : 'once']);
      expect(Object.fromEntries(inQuery), `${method} ${path}`).toEqual(query ?? {});
    }
    expect(brokenRefs(documents.openapi)).toEqual([]);
    const ids = JSON.stringify(documents.openapi).match(/"operationId":"[^"]+"/g) ?? [];
    expect(new Set(ids).size).toBe(documented.size);
  });

  it('says what linters ask for: a server, and of each operation a summary, an id, what it answers and what a fault is', () => {
    expect(documents.openapi['servers']).toEqual([expect.objectContaining({ url: '.' })]);
    for (const [name, operation] of documented) {
      const { summary, operationId, responses } = operation as unknown as Record<string, Record<string, unknown>>;
      expect(typeof summary === 'string' && typeof operationId === 'string', name).toBe(true);
      expect(Object.keys(responses ?? {}), name).toEqual(expect.arrayContaining(['4XX', 'default']));
    }
  });

  it('has schemas that a strict validator takes, one by one', () => {
    const { schemas } = documents.openapi['components'] as { schemas: Record<string, JsonObject> };
    const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, formats: { 'date-time': true, uri: true } });
    ajv.addVocabulary(['components']);
    ajv.addSchema({ $id: 'openapi', components: { schemas } });
    for (const name of Object.keys(schemas)) {
      expect(() => ajv.compile({ $ref: `openapi#/components/schemas/${name}` }), name).not.toThrow();
    }
  });

  it('has every file of a route in the list, and nothing twice', () => {
    const folder = new URL('../routes', import.meta.url);
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('-route.ts'),
    );
    expect(routes.length, 'as many as files *-route.ts: each needs its line in ROUTES of routes.ts').toBe(files.length);
    expect(new Set(routes.map(({ method, path }) => `${method} ${path}`)).size).toBe(files.length);
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
      'cx.clocks.{clock}',
      'cx.dlq.{reason}',
      'cx.late.{about}',
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
      show: true,
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
