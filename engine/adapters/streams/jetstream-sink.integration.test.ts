import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Outgoing } from '../../core/types.ts';
import { type BrokerFixture, startBroker, until } from '../testing/broker.fixture.ts';
import { type JetstreamSink, jetstreamSink } from './jetstream-sink.ts';
import { readToEnd } from './stream-reader.ts';
import { OUTPUT_STREAMS } from './streams.ts';

let broker: BrokerFixture;
let sink: JetstreamSink;
const signal = new AbortController().signal;

beforeAll(async () => {
  broker = await startBroker({ limits: { CX_LATE: { maxBytes: 64 * 1024, maxAgeMs: 3_600_000 } } });
  sink = await makeSink();
});
afterAll(async () => {
  sink.close();
  await broker.close();
});

function makeSink(): Promise<JetstreamSink> {
  return jetstreamSink(
    broker.nc,
    {
      streams: OUTPUT_STREAMS,
      origin: { source: 'urn:earshot:test', publicUrl: null },
      logger: broker.logger,
      ackWithinMs: 1000,
    },
    signal,
  );
}

function kpi(id: string, n = 1): Outgoing {
  return { id, subject: 'cx.kpi.csat', type: 'cx.kpi.changed', time: 1_772_414_104_120, data: { n, text: '好' } };
}
function late(id: string): Outgoing {
  return { id, subject: 'cx.late.csat', type: 'cx.late.event', time: 5, data: { text: 'x'.repeat(1000) } };
}
function numbers(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}
async function idsIn(stream: string): Promise<string[]> {
  const ids: string[] = [];
  await readToEnd(broker.nc, { stream, after: 0, logger: broker.logger }, signal, (batch) => {
    ids.push(...batch.map(({ headers }) => headers['nats-msg-id'] ?? ''));
    return undefined;
  });
  return ids;
}

describe('jetstreamSink', () => {
  it('stores a CloudEvent in binary mode, with its id', async () => {
    await sink.publish([kpi('0.1.0', 7)], signal);
    const stored = (await broker.jsm.streams.getMessage('CX_KPI', { last_by_subj: 'cx.kpi.csat' }))!;
    expect(stored.json()).toEqual({ n: 7, text: '好' });
    const header = (name: string): string => stored.header.get(name);
    expect([header('Nats-Msg-Id'), header('ce-id'), header('ce-type'), header('ce-source')]).toEqual([
      '0.1.0',
      '0.1.0',
      'cx.kpi.changed',
      'urn:earshot:test',
    ]);
    expect(header('ce-time')).toBe('2026-03-02T01:15:04.120Z');
    expect(sink.marks()).toMatchObject({ CX_KPI: stored.seq, CX_LATE: 0 });
  });

  it('stores what leaves together as CloudEvents batches, none larger than a broker takes, and tells which ids they hold', async () => {
    const marks = sink.marks();
    const parts = numbers(0, 9).map((k): Outgoing => {
      const data = { k, text: '好'.repeat(k === 4 ? 100_000 : 20_000) };
      return { ...kpi(`0:77:${k}`), subject: 'cx.enriched.app.feedback.-', type: 'cx.enriched.feedback.posted', data };
    });
    const batch = { ...kpi('0:77:0-9'), subject: 'cx.enriched.batch.0', data: null, parts };
    await sink.publish([batch], signal);
    await sink.publish([batch], signal);
    const stored: { readonly id: string; readonly type: string; readonly ids: readonly string[] }[] = [];
    await readToEnd(broker.nc, { stream: 'CX_ENRICHED', after: 0, logger: broker.logger }, signal, (messages) => {
      for (const { headers, data } of messages) {
        const said = JSON.parse(Buffer.from(data).toString('utf8')) as
          { readonly id: string }[] | { readonly k: number };
        const ids = Array.isArray(said) ? said.map(({ id }) => id) : [`alone ${said.k}`];
        stored.push({ id: headers['nats-msg-id']!, type: headers['content-type']!, ids });
        if (!Array.isArray(said)) continue;
        expect(headers['earshot-latest-time']).toBe('2026-03-02T01:15:04.120Z');
        expect(said[0]).toMatchObject({
          ...{ specversion: '1.0', source: 'urn:earshot:test', type: 'cx.enriched.feedback.posted' },
          ...{ time: '2026-03-02T01:15:04.120Z', dataschema: 'urn:earshot:schema:enriched:1.0.0' },
          data: { text: expect.stringMatching(/^好+$/) as string },
        });
      }
      return undefined;
    });
    const type = 'application/cloudevents-batch+json';
    expect(stored).toEqual([
      { id: '0:77:0-3', type, ids: ['0:77:0', '0:77:1', '0:77:2', '0:77:3'] },
      { id: '0:77:4', type: 'application/json', ids: ['alone 4'] },
      { id: '0:77:5-8', type, ids: ['0:77:5', '0:77:6', '0:77:7', '0:77:8'] },
      { id: '0:77:9', type, ids: ['0:77:9'] },
    ]);
    expect([...(await sink.storedSince(marks, signal))].sort()).toEqual(['0:77:0-3', '0:77:4', '0:77:5-8', '0:77:9']);
    expect(await sink.holdsOutputsOf(0, signal)).toBe(true);
  });

  it('stores once what is published twice', async () => {
    await sink.publish([kpi('0.2.0'), kpi('0.2.1')], signal);
    await sink.publish([kpi('0.2.0'), kpi('0.2.1'), kpi('0.2.2')], signal);
    expect((await idsIn('CX_KPI')).slice(-3)).toEqual(['0.2.0', '0.2.1', '0.2.2']);
  });

  it('tells which ids were stored after the marks, however long ago that was', async () => {
    const marks = sink.marks();
    await sink.publish([kpi('0.3.0'), late('0.3.1')], signal);
    expect(await sink.storedSince(marks, signal)).toEqual(new Set(['0.3.0', '0.3.1']));
    expect(await sink.storedSince(sink.marks(), signal)).toEqual(new Set());
    const other = await makeSink();
    expect(other.marks()).toEqual(sink.marks());
    other.close();
  });

  it('without marks, tells all that the broker itself still knows', async () => {
    const ids = await sink.storedSince({}, signal);
    const stored = await Promise.all(['CX_KPI', 'CX_LATE', 'CX_ENRICHED'].map(idsIn));
    expect([...ids].sort()).toEqual(stored.flat().sort());
  });

  it('without marks, looks no further back than the broker does', async () => {
    const { config } = await broker.jsm.streams.info('CX_DLQ');
    await broker.jsm.streams.update('CX_DLQ', { ...config, duplicate_window: 1e9 });
    const rejected = (id: string): Outgoing => ({ ...kpi(id), subject: 'cx.dlq.schema' });
    await sink.publish([rejected('0:7:0')], signal);
    await new Promise((wake) => setTimeout(wake, 1100));
    await sink.publish([rejected('0:8:0')], signal);
    const ids = await sink.storedSince({}, signal);
    expect([ids.has('0:7:0'), ids.has('0:8:0')]).toEqual([false, true]);
  });

  it('loses nothing, repeats nothing and keeps the order when the server is killed during publishing', async () => {
    const before = (await idsIn('CX_KPI')).length;
    const ids = numbers(1, 60_000).map((i) => `9.${String(i)}`);
    const publishing = sink.publish(
      ids.map((id) => kpi(id)),
      signal,
    );
    const mark = sink.marks()['CX_KPI'] ?? 0;
    while ((sink.marks()['CX_KPI'] ?? 0) < mark + 500) await new Promise((wake) => setImmediate(wake));
    expect(sink.depth()).toBeGreaterThan(0);
    await broker.kill();
    await publishing;
    expect((await idsIn('CX_KPI')).slice(before)).toEqual(ids);
  });

  it('waits while a stream is full, says so, and goes on when it is freed', async () => {
    const ids = numbers(1, 120).map((i) => `late.${String(i)}`);
    const all: Outgoing[] = ids.map(late);
    const done = { is: false };
    const publishing = sink.publish(all, signal).then(() => {
      done.is = true;
    });
    await until(() => sink.blocked() !== undefined);
    expect(sink.blocked()).toMatch(/^cx\.late: .*maximum bytes/);
    await new Promise((wake) => setTimeout(wake, 300));
    expect(done.is).toBe(false);
    const seen = new Set<string>();
    while (!done.is) {
      for (const id of await idsIn('CX_LATE')) seen.add(id);
      await broker.jsm.streams.purge('CX_LATE');
      await new Promise((wake) => setTimeout(wake, 100));
    }
    await publishing;
    for (const id of await idsIn('CX_LATE')) seen.add(id);
    expect(ids.filter((id) => !seen.has(id))).toEqual([]);
    expect(sink.blocked()).toBeUndefined();
    const warnings = broker.logger.lines.filter(({ fields }) => fields['code'] === 'PUBLISH_FAILED');
    expect(warnings.length).toBeGreaterThan(0);
  });

  it('keeps trying when no stream takes the subject, until it is asked to stop', async () => {
    const control = new AbortController();
    const publishing = sink.publish([{ ...kpi('0.4.0'), subject: 'cx.unknown.x' }], control.signal);
    await until(() => sink.blocked() !== undefined);
    control.abort(new Error('enough'));
    await expect(publishing).rejects.toThrow('enough');
    await sink.publish([kpi('0.4.1')], signal);
    expect((await idsIn('CX_KPI')).at(-1)).toBe('0.4.1');
    expect(sink.blocked()).toBeUndefined();
  });

  it('lets an output larger than the broker takes leave without its data, rather than stand in the way for ever', async () => {
    await sink.publish([{ ...kpi('0.5.0'), data: 'x'.repeat(9_000_000) }, kpi('0.5.1')], signal);
    expect((await idsIn('CX_KPI')).slice(-2)).toEqual(['0.5.0', '0.5.1']);
    expect(sink.oversized()).toBe(1);
  });
});
