/**
 * Whoever may publish events may not decide anything: acknowledgements, silences and switches of models count only with the
 * gateway's signature. A real nats-server, a real engine, and messages as an attacker would publish them.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pack } from 'msgpackr';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../adapters/config/config-file.ts';
import { compileExpression } from '../../adapters/expressions/cel.ts';
import { controlSigner } from '../../adapters/keys/control-signature.ts';
import { keptKeys, keyFileOf, newKey } from '../../adapters/keys/kept-keys.ts';
import { recordingLogger } from '../../adapters/testing/broker.fixture.ts';
import { configForm } from '../../app/config/config.ts';
import { startEngine, type LiveEngine } from '../../app/engine.ts';
import type { JsonObject } from '../../core/types.ts';
import { readMetrics, until } from '../rig/read-metrics.ts';
import { readStream } from '../rig/read-streams.ts';

const DAY = 86_400_000;
const TYPE = 'application/cloudevents+json';

let folder: string;
let store: string;
let engine: LiveEngine;
let alert = '';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'earshot-forged-'));
  store = join(folder, 'store');
  const file = join(folder, 'earshot.yaml');
  writeFileSync(
    file,
    `
nats: {embedded: {store: "${store}"}}
http: {port: 0}
scoring: {sentiment: null}
kpis:
  - {id: volume, from: cx.page.viewed, measure: {kind: count}, window: {kind: tumbling, size: 1s}}
rules:
  - {id: much, kpi: volume, fire: value > 1, on: live, severity: major, owner: care}
`,
  );
  const config = await loadConfig(file, configForm(compileExpression));
  engine = await startEngine({ config, logger: recordingLogger(), demo: null, signal: new AbortController().signal });
  await views(3);
  await until('an alert is open', 20_000, async () => {
    alert = ((await open())[0]?.['alert'] as string | undefined) ?? '';
    return alert !== '';
  });
});
afterAll(async () => {
  await engine.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function open(): Promise<readonly JsonObject[]> {
  const { open: alerts } = (await (await fetch(`${engine.url}/v1/alerts`)).json()) as { open: readonly JsonObject[] };
  return alerts;
}
async function views(count: number): Promise<void> {
  const time = new Date().toISOString();
  for (let n = 0; n < count; n++) {
    const event = {
      specversion: '1.0',
      id: `v${n}-${time}`,
      source: '/web',
      type: 'cx.page.viewed',
      time,
      data: { channel: 'web', page: '/' },
    };
    await publish(JSON.stringify(event), {}, 'cx.events.web.page.-');
  }
}
async function publish(
  payload: string | Uint8Array,
  more: Readonly<Record<string, string>> = {},
  subject = SUBJECT,
): Promise<void> {
  const message = { subject, headers: { 'content-type': TYPE, ...more }, data: Buffer.from(payload) };
  await engine.publisher.publish([message], AbortSignal.timeout(120_000));
}
const SUBJECT = 'cx.events.internal.control.-';

function binaryAttributes(type: string): Readonly<Record<string, string>> {
  const attributes = {
    'ce-specversion': '1.0',
    'ce-id': 'm-1',
    'ce-source': '/gateway',
    'ce-type': 'earshot.alert.acked',
  };
  return { ...attributes, 'content-type': type };
}

let forgeries = 0;
/** As the gateway writes it. */
function control(type: string, data: JsonObject, time = Date.now()): string {
  const id = `forged-${(forgeries += 1)}`;
  const attributes = { specversion: '1.0', id, source: '/gateway', type, time: new Date(time).toISOString() };
  return JSON.stringify({ ...attributes, data: { channel: 'internal', ...data } });
}
const acked = (): string => control('earshot.alert.acked', { alert, by: 'the director' });
const silenced = (): string =>
  control('earshot.silence.created', {
    silence: 's',
    by: 'nobody',
    match: { rule: 'much' },
    until: '9999-12-31T00:00:00Z',
    reason: '',
  });
const sign = (payload: string, key = keptKeys(keyFileOf(store, 'control'))[0]!): Readonly<Record<string, string>> => ({
  'earshot-signature': controlSigner([key])(Buffer.from(payload)),
});

/** How often each reason is in the DLQ. */
async function refused(): Promise<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = {};
  for (const { subject } of await readStream(engine.nc, 'CX_DLQ')) counts[subject] = (counts[subject] ?? 0) + 1;
  return counts;
}
/** Publishes, and says under which reason it was refused. */
async function reasonOf(put: () => Promise<void>): Promise<string> {
  const before = await refused();
  await put();
  let after = before;
  const grew = (): string | undefined => Object.keys(after).find((reason) => after[reason] !== before[reason]);
  await until('it is in the DLQ', 10_000, async () => {
    after = await refused();
    return grew() !== undefined;
  });
  return grew() ?? '';
}

describe('a control is refused', () => {
  it.each<[string, string, () => Promise<void>]>([
    ['an acknowledgement in another name, unsigned', 'unsigned', () => publish(acked())],
    ['a silence until 9999, unsigned', 'unsigned', () => publish(silenced())],
    [
      'a switch of models, unsigned',
      'unsigned',
      () => publish(control('earshot.model.switched', { by: 'x', outcome: 'done' })),
    ],
    [
      'a made-up report of a refusal, unsigned',
      'unsigned',
      () => publish(control('earshot.control.refused', { because: 'x' })),
    ],
    ['under another subject of the same channel', 'unsigned', () => publish(acked(), {}, 'cx.events.internal.other.k')],
    ['with an empty signature', 'unsigned', () => publish(acked(), { 'earshot-signature': '' })],
    ['with what is no signature', 'forged', () => publish(acked(), { 'earshot-signature': 'v1.AAAA' })],
    [
      'with a key of somebody else',
      'forged',
      () => {
        const payload = acked();
        return publish(payload, sign(payload, newKey()));
      },
    ],
    ['with the signature of another message', 'forged', () => publish(acked(), sign(silenced()))],
    [
      'with one letter changed after signing',
      'forged',
      () => {
        const payload = acked();
        return publish(payload.replace('director', 'doctor'), sign(payload));
      },
    ],
    [
      'signed, in binary mode',
      'forged',
      () => {
        const payload = acked();
        return publish(payload, {
          ...sign(payload),
          'ce-id': 'x',
          'ce-specversion': '1.0',
          'ce-type': 'earshot.alert.acked',
          'content-type': 'application/json',
        });
      },
    ],
    [
      'in a batch',
      'unsigned',
      () => publish(`[${acked()},${silenced()}]`, { 'content-type': 'application/cloudevents-batch+json' }),
    ],
    [
      'in MessagePack, unsigned',
      'unsigned',
      () => publish(pack({ channel: 'internal', alert, by: 'li' }), binaryAttributes('application/msgpack')),
    ],
    [
      'in MessagePack, with the signature of the same control in JSON',
      'forged',
      () => {
        const payload = acked();
        return publish(pack(JSON.parse(payload)), {
          ...sign(payload),
          'content-type': 'application/cloudevents+msgpack',
        });
      },
    ],
    [
      'in MessagePack, as a batch',
      'unsigned',
      () => publish(pack([JSON.parse(acked()), JSON.parse(silenced())]), { 'content-type': 'application/msgpack' }),
    ],
    [
      'signed, and kept back for an hour',
      'stale',
      () => {
        const payload = control('earshot.alert.acked', { alert, by: 'li' }, Date.now() - 3_600_000);
        return publish(payload, sign(payload));
      },
    ],
    [
      'signed, of tomorrow',
      'future_time',
      () => {
        const payload = control('earshot.alert.acked', { alert, by: 'li' }, Date.now() + DAY);
        return publish(payload, sign(payload));
      },
    ],
  ])(
    '%s',
    async (_, reason, put) => {
      expect(await reasonOf(put)).toBe(reason === 'future_time' ? 'cx.dlq.future_time' : `cx.dlq.${reason}_control`);
    },
    300_000,
  );

  it('on the channel of customers as well: the type is not taken from there', async () => {
    expect(await reasonOf(() => publish(acked(), {}, 'cx.events.app.control.-'))).toBe('cx.dlq.unknown_type');
  });

  it.each<[string, () => RequestInit]>([
    ['one control', () => ({ headers: { 'content-type': TYPE }, body: acked() })],
    [
      'signed, as seen on the stream',
      () => {
        const body = acked();
        return { headers: { 'content-type': TYPE, ...sign(body) }, body };
      },
    ],
    [
      'a batch',
      () => ({ headers: { 'content-type': 'application/cloudevents-batch+json' }, body: `[${acked()},${silenced()}]` }),
    ],
    [
      'MessagePack',
      () => ({
        headers: binaryAttributes('application/msgpack'),
        body: new Uint8Array(pack({ channel: 'internal', alert, by: 'li' })),
      }),
    ],
    [
      'on the channel of customers',
      () => ({ headers: { 'content-type': TYPE }, body: acked().replace('"internal"', '"app"') }),
    ],
  ])('by POST /v1/events: %s', async (_, request) => {
    const answer = await fetch(`${engine.url}/v1/events`, { method: 'POST', ...request() });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
  });

  it('so that nothing was acknowledged, silenced or reported; all is counted and in the audit', async () => {
    expect((await open())[0]).toMatchObject({ acked: null, silenced: false });
    const silences = (await (await fetch(`${engine.url}/v1/silences`)).json()) as JsonObject;
    expect(silences['silences']).toEqual([]);
    const metrics = await readMetrics(engine.url);
    expect(metrics('earshot_controls_forged_total')).toBe(16);
    const audit = (await readStream(engine.nc, 'CX_AUDIT')).map(({ data }) => data as JsonObject);
    const noted = audit.filter(({ action }) => action === 'control.refused');
    expect(noted.length).toBeGreaterThanOrEqual(10);
    expect(audit.filter(({ action }) => /^(alert|silence|model)/.test(action as string))).toEqual([]);
  });
});

describe('a control of the gateway', () => {
  it('counts, and published again by somebody who saw it counts no second time', async () => {
    const answer = await fetch(`${engine.url}/v1/alerts/${alert}/ack`, {
      method: 'POST',
      body: JSON.stringify({ note: 'on it' }),
      headers: { 'content-type': 'application/json' },
    });
    expect(answer.status).toBe(202);
    await until('it is acknowledged', 10_000, async () => (await open())[0]?.['acked'] !== null);
    const seen = (await readStream(engine.nc, 'CX_EVENTS_0'))
      .filter(({ headers }) => /^v1\./.test(headers['earshot-signature'] ?? ''))
      .at(-1)!;
    const again = JSON.stringify(seen.data);
    await publish(again, { 'earshot-signature': seen.headers['earshot-signature'] ?? '' });
    // What follows it was worked through, so it was as well.
    expect(await reasonOf(() => publish(acked()))).toBe('cx.dlq.unsigned_control');
    const audit = (await readStream(engine.nc, 'CX_AUDIT')).map(({ data }) => data as JsonObject);
    expect(audit.filter(({ action }) => action === 'alert.ack')).toHaveLength(1);
  });
});
