/** Facts joined to events by a running engine with a real broker: loaded, changed, deleted; after a stop; in one partition and in several. */
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import { headers as natsHeaders } from '@nats-io/transport-node';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compileExpression } from '../../adapters/expressions/cel.ts';
import { loadConfig } from '../../adapters/config/config-file.ts';
import { recordingLogger } from '../../adapters/testing/broker.fixture.ts';
import { configForm } from '../../app/config/config.ts';
import { startEngine, type LiveEngine } from '../../app/engine.ts';
import { withBroker } from '../../app/commands/shared/broker-session.ts';
import { openFactFile } from '../../app/facts/fact-file.ts';
import { loadFacts } from '../../app/facts/load-facts.ts';
import type { JsonObject } from '../../core/types.ts';
import { until } from '../rig/read-metrics.ts';
import { readStream } from '../rig/read-streams.ts';

const { signal } = new AbortController();
let folder: string;
let engine: LiveEngine;
const logger = recordingLogger();

async function start(partitions: number, more = ''): Promise<void> {
  const file = join(folder, 'earshot.yaml');
  writeFileSync(
    file,
    `
nats: {embedded: {store: "${join(folder, 'store')}"}}
http: {port: 0}
partitions: ${partitions}
scoring: {sentiment: null}
facts:
  - id: customer
    bucket: CX_CUSTOMERS
    key: data.customer.id
    take: [tier, spend, phone]
    derive: {segment: 'data.customer.spend >= 10000.0 ? "big" : "small"'}
${more}
`,
  );
  const config = await loadConfig(file, configForm(compileExpression));
  engine = await startEngine({ config, logger, demo: null, signal });
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'earshot-facts-'));
});
afterEach(async () => {
  await engine.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function load(csv: string, prune = false) {
  const path = join(folder, 'customers.csv');
  writeFileSync(path, csv);
  const file = await openFactFile(path, { key: 'id', text: csv.includes('phone') ? ['phone'] : [] });
  return loadFacts(engine.nc, file, { bucket: 'CX_CUSTOMERS', replicas: 1, prune, logger, signal });
}

function message(id: string, customer: string) {
  const data = { channel: 'web', page: '/', customer: { id: customer } };
  const event = { specversion: '1.0', id, source: '/s', type: 'cx.page.viewed', time: new Date().toISOString() };
  return {
    subject: `cx.events.web.page.${customer}`,
    headers: { 'content-type': 'application/cloudevents+json', 'Nats-Msg-Id': id },
    data: Buffer.from(JSON.stringify({ ...event, data })),
  };
}

async function publish(id: string, customer: string): Promise<void> {
  await engine.publisher.publish([message(id, customer)], signal);
}

/** Of the broker's clock too, which is this machine's. */
async function nextMillisecond(): Promise<void> {
  const before = Date.now();
  while (Date.now() === before) await new Promise(setImmediate);
}

/** What the enriched events say of their customers, by the id of the event. */
async function customers(): Promise<Readonly<Record<string, JsonObject>>> {
  const stored = await readStream(engine.nc, 'CX_ENRICHED');
  return Object.fromEntries(
    stored.map(({ data }) => {
      const { customer, enrichment } = data as { customer: JsonObject; enrichment: { event: { id: string } } };
      return [enrichment.event.id, customer];
    }),
  );
}

async function enriched(count: number): Promise<Readonly<Record<string, JsonObject>>> {
  await until(`${count} events are enriched`, 20_000, async () => Object.keys(await customers()).length >= count);
  return customers();
}

describe.each([1, 2])('in %d partition(s)', (partitions) => {
  it('each event is given the facts that were stored before it, however shortly', async () => {
    await start(partitions);
    expect(await load('id,tier,spend,phone\nc1,gold,12000,13800138000\nc2,plain,5,\n')).toEqual({
      ...{ added: 2, changed: 0, same: 0, removed: 0 },
    });
    await publish('e1', 'c1');
    await publish('e2', 'c2');
    await publish('e3', 'unknown');
    const kv = await new Kvm(jetstream(engine.nc)).open('CX_CUSTOMERS');
    // No wait between the change and the next event, again and again; a change within the millisecond after an event would count for it.
    for (let i = 0; i < 10; i += 1) {
      await nextMillisecond();
      await kv.put('c2', JSON.stringify({ tier: `t${i}`, spend: i }));
      await publish(`n${i}`, 'c2');
    }
    await kv.delete('c1');
    await publish('e4', 'c1');
    const found = await enriched(14);
    expect(found['e1']).toMatchObject({ id: 'c1', tier: 'gold', spend: 12_000, segment: 'big' });
    expect(found['e2']).toEqual({ id: 'c2', tier: 'plain', spend: 5, segment: 'small' });
    expect(found['e3']).toEqual({ id: 'unknown' });
    expect(found['e4']).toEqual({ id: 'c1' });
    expect(Array.from({ length: 10 }, (_, i) => found[`n${i}`]?.['tier'])).toEqual(
      Array.from({ length: 10 }, (_, i) => `t${i}`),
    );
    expect(JSON.stringify(found)).not.toContain('13800138000');
    const metrics = await (await fetch(`${engine.url}/metrics`)).text();
    expect(metrics).toContain('earshot_fact_lookups_total{fact="customer",result="hit"} 12\n');
    expect(metrics).toContain('earshot_fact_lookups_total{fact="customer",result="miss"} 2\n');
  });
});

/** For a customer longer than anything here takes; for a shop, which nobody enters, a second. */
const WAITING = `    miss: wait
    wait: 30s
  - {id: shop, bucket: CX_STORES, key: data.page, take: [region], miss: wait, wait: 1s}`;

/** Published, handed to the engine, and only then is there anything to know. */
async function publishAndRead(partitions: number, id: string, customer: string): Promise<void> {
  await publish(id, customer);
  const jsm = await jetstreamManager(engine.nc);
  await until(`${id} is read`, 60_000, async () => {
    for (let p = 0; p < partitions; p += 1) {
      const stream = `CX_EVENTS_${String(p)}`;
      const { state } = await jsm.streams.info(stream);
      const consumers = await jsm.consumers.list(stream).next();
      if (state.last_seq > 0 && !consumers.some(({ delivered }) => delivered.stream_seq >= state.last_seq))
        return false;
    }
    return true;
  });
}

describe.each([1, 4])('with miss: wait, in %d partition(s)', (partitions) => {
  it('an event is given facts that come after it, over a stop, and nothing in its partition overtakes it', async () => {
    await start(partitions, WAITING);
    await publishAndRead(partitions, 'e1', 'c1');
    // While it waits.
    expect(await customers()).toEqual({});
    await engine.stop();
    await start(partitions, WAITING);
    await publishAndRead(partitions, 'e2', 'c1');
    const kv = await new Kvm(jetstream(engine.nc)).open('CX_CUSTOMERS');
    await kv.put('c1', JSON.stringify({ tier: 'gold', spend: 12_000 }));
    expect(await enriched(2)).toMatchObject({
      ...{ e1: { id: 'c1', tier: 'gold', segment: 'big' }, e2: { id: 'c1', tier: 'gold', segment: 'big' } },
    });
    const stored = await readStream(engine.nc, 'CX_ENRICHED');
    expect(stored.map(({ data }) => (data as { enrichment: { event: { id: string } } }).enrichment.event.id)).toEqual([
      ...['e1', 'e2'],
    ]);
    // Nobody entered the shop: both went on without.
    expect(stored.every(({ data }) => !('shop' in (data as object)))).toBe(true);
    const metrics = await (await fetch(`${engine.url}/metrics`)).text();
    expect(metrics).toContain('earshot_fact_lookups_total{fact="customer",result="awaited"} 2\n');
    expect(metrics).toContain('earshot_fact_lookups_total{fact="shop",result="miss"} 2\n');
  });
});

describe('facts', () => {
  it('are those of when an event was stored, though it is read only after they changed', async () => {
    await start(1);
    await load('id,tier,spend\nc1,gold,1\n');
    await engine.stop();
    // While nothing reads: an event, a change, an event.
    const config = await loadConfig(join(folder, 'earshot.yaml'), configForm(compileExpression));
    await withBroker(config, logger, async (nc) => {
      const js = jetstream(nc);
      const send = async (id: string): Promise<void> => {
        const { subject, headers: named, data } = message(id, 'c1');
        const sent = natsHeaders();
        for (const [name, value] of Object.entries(named)) sent.set(name, value);
        await js.publish(subject, data, { headers: sent });
      };
      await send('e1');
      await new Promise((resolve) => setTimeout(resolve, 20));
      await (await new Kvm(js).open('CX_CUSTOMERS')).put('c1', JSON.stringify({ tier: 'vip', spend: 2 }));
      await send('e2');
    });
    await start(1);
    const found = await enriched(2);
    expect([found['e1']?.['tier'], found['e2']?.['tier']]).toEqual(['gold', 'vip']);
  });

  it('that are loaded again are written only where they changed, and removed only if asked to', async () => {
    await start(1);
    await load('id,tier\nc1,gold\nc2,vip\n客户 3,vip\n');
    expect(await load('id,tier\nc1,gold\nc2,plain\n')).toEqual({ added: 0, changed: 1, same: 1, removed: 0 });
    expect(await load('id,tier\nc1,gold\n客户 3,vip\n', true)).toEqual({ added: 0, changed: 0, same: 2, removed: 1 });
  });

  it('of a bucket that is gone hold events back until it is there again, and say so', async () => {
    await start(1);
    await load('id,tier\nc1,gold\n');
    await publish('e1', 'c1');
    await enriched(1);
    const kvm = new Kvm(jetstream(engine.nc));
    await (await kvm.open('CX_CUSTOMERS')).destroy();
    await publish('e2', 'c1');
    const readiness = async (): Promise<string> => (await fetch(`${engine.url}/readyz`)).text();
    await until('readiness says so', 20_000, async () =>
      (await readiness()).includes('there is no such bucket any more'),
    );
    await load('id,tier\nc1,vip\n');
    await publish('e3', 'c1');
    const found = await enriched(3);
    // It was stored before there was anything to know.
    expect([found['e1'], found['e2'], found['e3']]).toEqual([
      { id: 'c1', tier: 'gold' },
      { id: 'c1' },
      { id: 'c1', tier: 'vip' },
    ]);
  });
});
