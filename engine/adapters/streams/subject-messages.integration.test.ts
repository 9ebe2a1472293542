/** The newest messages under some whole subjects, in the order of the stream; others, and subjects that hold nothing, are passed over. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Publisher } from '../nats/publisher.ts';
import { type BrokerFixture, startBroker } from '../testing/broker.fixture.ts';
import { subjectMessages, type SubjectQuery } from './subject-messages.ts';

let broker: BrokerFixture;
const { signal } = new AbortController();
const PLACES = ['app', 'phone', 'email'].map((channel) => `cx.enriched.${channel}.case`);

beforeAll(async () => {
  broker = await startBroker();
  const publisher = new Publisher(broker.nc, { logger: broker.logger });
  const subjects = [
    'app.case.k-1',
    'phone.case.k-1',
    'app.case.k-2',
    'app.case.k-1',
    'phone.case.k-12',
    'phone.case.k-1',
  ];
  await publisher.publish(
    subjects.map((subject, i) => ({
      subject: `cx.enriched.${subject}`,
      headers: {},
      data: new TextEncoder().encode(String(i).repeat(10)),
    })),
    signal,
  );
  publisher.close();
});
afterAll(() => broker.close());

async function read(of: string, limits: Partial<SubjectQuery> = {}): Promise<readonly [string, boolean]> {
  const subjects = PLACES.map((place) => `${place}.${of}`);
  const query = { stream: 'CX_ENRICHED', subjects, max: 10, maxBytes: 1000, maxRead: 100, ...limits };
  const { messages, isComplete } = await subjectMessages(broker.nc, query, broker.logger, signal);
  return [messages.map(({ data }) => new TextDecoder().decode(data).slice(0, 1)).join(''), isComplete];
}

it('come in the order of the stream, whatever subject they have', async () => {
  expect(await read('k-1')).toEqual(['0135', true]);
  expect(await read('k-2')).toEqual(['2', true]);
  expect(await read('k-3')).toEqual(['', true]);
});

it('are the newest of all subjects together where there are more than the limits allow', async () => {
  expect(await read('k-1', { max: 3 })).toEqual(['135', false]);
  expect(await read('k-1', { max: 1 })).toEqual(['5', false]);
  expect(await read('k-1', { maxBytes: 25 })).toEqual(['35', false]);
  expect(await read('k-1', { maxBytes: 5 })).toEqual(['5', false]);
});
