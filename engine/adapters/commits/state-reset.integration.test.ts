import { jetstream } from '@nats-io/jetstream';
import { headers } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BrokerFixture, startBroker } from '../testing/broker.fixture.ts';
import { START_OF_TIME } from '../../core/types.ts';
import { connectNats } from '../nats/nats-connection.ts';
import { resetLostState, type LifeAfter } from './state-reset.ts';

let broker: BrokerFixture;
beforeAll(async () => {
  broker = await startBroker();
});
afterAll(() => broker.close());

const lifeAfter: LifeAfter = (_partition, { maxTs, watermark, stored }) => ({
  time: { maxTs, watermark, lastArrival: stored },
  ...{ deltas: {}, fingerprints: {} },
});

describe('resetLostState', () => {
  it('drops nothing once the partition may be another’s', async () => {
    const js = jetstream(broker.nc);
    const named = headers();
    named.set('Nats-Msg-Id', '0.7.0');
    await js.publish('cx.kpi.csat', '{}', { headers: named });
    await js.publish('cx.state.0', 'no state that can be read');
    const nc = await connectNats({ servers: [broker.server.url] }, broker.logger);
    const lost = new AbortController();
    const request = nc.request.bind(nc);
    let looked = 0;
    nc.request = (subject, ...rest) => {
      // The last look before it is decided.
      if (subject === '$JS.API.STREAM.INFO.CX_EVENTS_0' && ++looked === 1) lost.abort(new Error('the lease is lost'));
      return request(subject, ...rest);
    };
    const partitions = [{ partition: 0, input: 'CX_EVENTS_0', outputs: ['CX_KPI'], isCombining: false }];
    const reset = (signal: AbortSignal): Promise<boolean> =>
      resetLostState(nc, partitions, lifeAfter, broker.logger, signal);
    const inState = async (): Promise<unknown> =>
      (await broker.jsm.streams.getMessage('CX_STATE', { last_by_subj: 'cx.state.0' }))?.string();
    await expect(reset(lost.signal)).rejects.toThrow('the lease is lost');
    expect(await inState()).toBe('no state that can be read');
    expect(await reset(new AbortController().signal)).toBe(true);
    expect(await inState()).not.toBe('no state that can be read');
    expect(await reset(new AbortController().signal)).toBe(false);
    await nc.close();
  });

  it('finds how far time had come in the values and the events that were written of the partition itself', async () => {
    const js = jetstream(broker.nc);
    const put = async (subject: string, id: string, time: string, data: unknown = {}): Promise<void> => {
      const named = headers();
      named.set('Nats-Msg-Id', id);
      named.set('ce-time', time);
      await js.publish(subject, JSON.stringify(data), { headers: named });
    };
    const value = (watermark: string): unknown => ({ key: { watermark: '2026-03-02T09:00:00.000Z' }, watermark });
    await put('cx.kpi.csat', '3.2.0', '2026-03-02T02:00:00.000Z', value('2026-03-02T02:00:01.000Z'));
    await put('cx.kpi.csat', '4.9.0', '2026-03-02T05:00:00.000Z', value('2026-03-02T05:00:01.000Z'));
    await put('cx.enriched.app.feedback', '3:1:0', '2026-03-02T02:10:00.000Z');
    await put('cx.enriched.app.feedback', '3:2:0', '2026-03-02T02:05:00.000Z');
    // By a clock that runs ahead: no later than it was written.
    await put('cx.enriched.app.feedback', '5:1:0', '2999-01-01T00:00:00.000Z');
    const outputs = ['CX_ENRICHED', 'CX_KPI'];
    const found: Parameters<LifeAfter>[] = [];
    const of = [3, 5].map((partition) => ({ partition, input: 'CX_EVENTS_0', outputs, isCombining: false }));
    const noting: LifeAfter = (...args) => {
      found.push(args);
      return lifeAfter(...args);
    };
    expect(await resetLostState(broker.nc, of, noting, broker.logger, new AbortController().signal)).toBe(true);
    expect(found.map(([partition]) => partition)).toEqual([3, 5]);
    expect(found[0]?.[1]).toMatchObject({
      maxTs: Date.parse('2026-03-02T02:10:00.000Z'),
      watermark: Date.parse('2026-03-02T02:00:01.000Z'),
    });
    expect(found[1]?.[1].maxTs).toBe(found[1]?.[1].stored);
    expect(found[1]?.[1].watermark).toBe(START_OF_TIME);
  });
});
