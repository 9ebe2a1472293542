import { jetstream } from '@nats-io/jetstream';
import { headers } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BrokerFixture, startBroker } from '../testing/broker.fixture.ts';
import { connectNats } from '../nats/nats-connection.ts';
import { resetLostState } from './state-reset.ts';

let broker: BrokerFixture;
beforeAll(async () => {
  broker = await startBroker();
});
afterAll(() => broker.close());

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
    const reset = (signal: AbortSignal): Promise<boolean> => resetLostState(nc, partitions, broker.logger, signal);
    const inState = async (): Promise<unknown> =>
      (await broker.jsm.streams.getMessage('CX_STATE', { last_by_subj: 'cx.state.0' }))?.string();
    await expect(reset(lost.signal)).rejects.toThrow('the lease is lost');
    expect(await inState()).toBe('no state that can be read');
    expect(await reset(new AbortController().signal)).toBe(true);
    expect(await inState()).not.toBe('no state that can be read');
    expect(await reset(new AbortController().signal)).toBe(false);
    await nc.close();
  });
});
