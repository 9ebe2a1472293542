import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatInstant } from '../../core/cloud-events.ts';
import type { KpiMessage } from '../../core/wire.ts';
import { type BrokerFixture, startBroker } from '../testing/broker.fixture.ts';
import { Publisher } from '../nats/publisher.ts';
import { alertMessage } from '../../gateway/testing/gateway.fixture.ts';
import { alertHistory } from './alert-history.ts';
import { kpiHistory, recentMessages } from './stream-history.ts';

let broker: BrokerFixture;
const signal = new AbortController().signal;
const T0 = Math.floor(Date.now() / 60_000) * 60_000 - 3_600_000;

beforeAll(async () => {
  broker = await startBroker();
});
afterAll(() => broker.close());

function value(minute: number, key: Record<string, string>, more: Partial<KpiMessage> = {}): KpiMessage {
  return {
    kpi: 'csat',
    key,
    window: { start: formatInstant(T0 + (minute - 1) * 60_000), end: formatInstant(T0 + minute * 60_000) },
    value: 80 + minute,
    n: minute,
    interval: null,
    revision: 0,
    final: true,
    watermark: formatInstant(T0 + minute * 60_000),
    ...more,
  };
}
async function store(subject: string, ...values: readonly unknown[]): Promise<void> {
  const publisher = new Publisher(broker.nc, { logger: broker.logger });
  const encoder = new TextEncoder();
  await publisher.publish(
    values.map((one) => ({ subject, headers: {}, data: encoder.encode(JSON.stringify(one)) })),
    signal,
  );
  publisher.close();
}

describe('alertHistory', () => {
  it('gives the changes of the time, rule and alert asked for, oldest first, the latest where there are too many', async () => {
    const change = (alert: string, minute: number, rule = 'csat_low') =>
      alertMessage({ alert, rule, at: formatInstant(T0 + minute * 60_000) });
    await store('cx.alerts.major.csat_low', change('a1', 1), change('a2', 2), 'no alert', change('a1', 3));
    await store('cx.alerts.minor.nps_low', change('b1', 2, 'nps_low'), change('b1', 9, 'nps_low'));
    const all = { from: T0, to: T0 + 5 * 60_000, rule: null, alert: null, limit: 100 };
    const read = async (more: object) => {
      const { changes, isComplete } = await alertHistory(broker.nc, { ...all, ...more }, broker.logger, signal);
      return [isComplete, ...changes.map(({ alert, at }) => `${alert} ${(Date.parse(at) - T0) / 60_000}`)];
    };
    expect(await read({})).toEqual([true, 'a1 1', 'a2 2', 'a1 3', 'b1 2']);
    expect(await read({ from: T0 + 2 * 60_000 })).toEqual([true, 'a2 2', 'a1 3', 'b1 2']);
    expect(await read({ rule: 'nps_low', to: T0 + 3_600_000 })).toEqual([true, 'b1 2', 'b1 9']);
    expect(await read({ alert: 'a1' })).toEqual([true, 'a1 1', 'a1 3']);
    expect(await read({ limit: 1 })).toEqual([false, 'b1 2']);
  });
});

describe('kpiHistory', () => {
  it('gives the last revision of each window that ends in the time asked for, key by key', async () => {
    await store('cx.kpi.nps', value(2, {}, { value: 1 }));
    await store(
      'cx.kpi.csat',
      value(1, {}),
      value(2, { channel: 'app' }, { detail: [1, 2] }),
      value(2, {}),
      value(3, {}),
      value(2, {}, { revision: 1, value: 5 }),
      value(3, {}, { final: false, value: 6 }),
      value(4, {}),
      value(2, { channel: 'web' }),
      value(2, { channel: 'web' }, { revision: 1, retracted: true }),
      'not a value',
    );
    const query = { kpi: 'csat', from: T0 + 2 * 60_000, to: T0 + 4 * 60_000 };
    const { values, isComplete } = await kpiHistory(broker.nc, query, { logger: broker.logger }, signal);
    expect(values).toEqual([value(2, { channel: 'app' }), value(2, {}, { revision: 1, value: 5 }), value(3, {})]);
    expect(isComplete).toBe(true);
    const byKey = { ...query, key: { channel: 'app' } };
    expect((await kpiHistory(broker.nc, byKey, { logger: broker.logger }, signal)).values).toHaveLength(1);
  });

  it('gives of each span the window that ends last, with its last revision', async () => {
    // The minute from which on a span of five begins.
    const first = 5 - ((T0 / 60_000) % 5);
    const at = (minute: number, revision = 0) => value(first + minute, {}, { kpi: 'spread', revision });
    await store('cx.kpi.spread', at(0), at(1), at(4), at(2), at(5), at(4, 1), at(2, 1));
    const query = { kpi: 'spread', from: T0, to: T0 + 900 * 60_000, every: 5 * 60_000, limit: 2 };
    const { values, isComplete } = await kpiHistory(broker.nc, query, { logger: broker.logger }, signal);
    expect([values, isComplete]).toEqual([[at(4, 1), at(5)], true]);
  });

  it('keeps the latest within its limits, and says that there was more', async () => {
    await store('cx.kpi.many', ...Array.from({ length: 500 }, (_, i) => value(i + 1, {}, { kpi: 'many' })));
    const query = { kpi: 'many', from: T0, to: T0 + 900 * 60_000, limit: 50 };
    const { values, isComplete } = await kpiHistory(broker.nc, query, { logger: broker.logger }, signal);
    expect(values.map(({ n }) => n)).toEqual(Array.from({ length: 50 }, (_, i) => 451 + i));
    expect(isComplete).toBe(false);
    const short = { logger: broker.logger, maxRead: 10 };
    expect((await kpiHistory(broker.nc, { ...query, limit: 1000 }, short, signal)).isComplete).toBe(false);
  });
});

describe('recentMessages', () => {
  it('finds the last messages of a kind, however far back', async () => {
    const query = { stream: 'CX_ALERTS', filter: 'cx.alerts.critical.*', max: 3 };
    expect(await recentMessages(broker.nc, query, broker.logger, signal)).toEqual([]);
    await store('cx.alerts.critical.a', 1, 2, 3, 4);
    await store('cx.alerts.info.b', ...Array.from({ length: 300 }, () => 0));
    const found = await recentMessages(broker.nc, query, broker.logger, signal);
    expect(found.map(({ data }) => new TextDecoder().decode(data))).toEqual(['2', '3', '4']);
    expect(await recentMessages(broker.nc, { ...query, maxBack: 100 }, broker.logger, signal)).toEqual([]);
  });
});
