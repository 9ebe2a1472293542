/** What is remembered of deliveries against a real broker: read as it was written, bounded, one writer. */
import { jetstream } from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { alertMessage } from '../../delivery/testing/delivery-rehearsal.ts';
import type { AlertRecord, HookChanges } from '../../delivery/records.ts';
import { startBroker, type BrokerFixture } from '../testing/broker.fixture.ts';
import { HookStore, HooksTakenError } from './hook-store.ts';

let broker: BrokerFixture;
beforeEach(async () => {
  broker = await startBroker();
});
afterEach(() => broker.close());

const { signal } = new AbortController();

async function open(): Promise<{
  readonly store: HookStore;
  readonly saved: Awaited<ReturnType<HookStore['read']>>;
}> {
  const store = await HookStore.open(broker.nc, 1);
  return { store, saved: await store.read(broker.nc, broker.logger, signal) };
}

function record(alert: string, seq: number): AlertRecord {
  const times = { wantAt: 0, toldAt: null, lastToldAt: null };
  const flags = { wasMuted: false, ackTold: false, isEscalated: false };
  return {
    message: alertMessage(alert),
    seq,
    told: 'never',
    want: 'first',
    ...times,
    ...flags,
    thread: null,
    steps: 0,
  };
}

function changes(alerts: Readonly<Record<string, AlertRecord | null>>): ReadonlyMap<string, HookChanges> {
  const none = { notices: new Map(), failed: new Map(), actions: new Map(), courses: new Map() };
  return new Map([['h', { ...none, alerts: new Map(Object.entries(alerts)) }]]);
}

it('what was saved last is what is read, what is no more is not; keys of engines of before are read, too', async () => {
  const kv = await new Kvm(jetstream(broker.nc)).create('CX_HOOKS', { history: 1 });
  await kv.put('alert.h.old', JSON.stringify(record('old', 1)));
  await kv.put('alert.h.gone', JSON.stringify(record('gone', 1)));
  await kv.put('position', JSON.stringify({ seq: 1, hooks: ['h'] }));
  const { store, saved } = await open();
  expect(saved.alerts.get('h')?.map(({ message }) => message.alert)).toEqual(['old', 'gone']);
  expect(saved.position).toEqual({ seq: 1, hooks: ['h'] });
  await store.save(changes({ A: record('A', 2), gone: null }), { seq: 2, hooks: ['h'] });
  await store.save(changes({ A: record('A', 3) }), null);
  const { saved: again } = await open();
  expect(again.alerts.get('h')).toEqual([record('old', 1), record('A', 3)]);
  expect(again.position).toEqual({ seq: 2, hooks: ['h'] });
});

it('however much is written, the stream holds a few times of what stands', async () => {
  const { store } = await open();
  const standing = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`S${i}`, record(`S${i}`, 1)]));
  await store.save(changes(standing), null);
  const long = { ...record('A', 1), message: alertMessage('A', { reason: 'x'.repeat(150_000) }) };
  for (let i = 0; i < 150; i++)
    await store.save(changes({ A: { ...long, seq: i }, B: i % 2 === 0 ? long : null }), null);
  const { state } = await broker.jsm.streams.info('KV_CX_HOOKS');
  expect(state.bytes).toBeLessThan(16_000_000);
  expect(store.size.chars).toBeLessThan(5_000_000);
  const { saved } = await open();
  const read = saved.alerts.get('h') ?? [];
  expect(read).toHaveLength(21);
  expect(read.find(({ message }) => message.alert === 'A')?.seq).toBe(149);
});

it('an instance that goes on though another has taken over writes nothing', async () => {
  const { store: first } = await open();
  await first.save(changes({ A: record('A', 1) }), null);
  const { store: second } = await open();
  await second.save(changes({ A: record('A', 2) }), null);
  await expect(first.save(changes({ A: record('A', 9) }), null)).rejects.toThrow(HooksTakenError);
  await second.save(changes({ B: record('B', 3) }), null);
  const { saved } = await open();
  expect(saved.alerts.get('h')?.map(({ seq }) => seq)).toEqual([2, 3]);
});

it('an entry whose acknowledgement was lost is stored once, and the next follows', async () => {
  const { store } = await open();
  await store.save(changes({ A: record('A', 1) }), null);
  await broker.kill();
  const late = store.save(changes({ A: record('A', 2) }), null).catch(() => 'not stored');
  await late;
  await expect
    .poll(() => store.save(changes({ B: record('B', 3), A: record('A', 2) }), null).then(() => 'stored', String), {
      timeout: 120_000,
    })
    .toBe('stored');
  const { saved } = await open();
  expect(saved.alerts.get('h')?.map(({ seq }) => seq)).toEqual([2, 3]);
});

it('what flaps is remembered under its name, whatever is in that, and forgotten', async () => {
  const { store } = await open();
  const name = 'csat_low\n{"channel":"a.b\t天猫"}';
  const course = { begun: [1, 2, 3], until: 4 };
  const none = { alerts: new Map(), notices: new Map(), failed: new Map(), actions: new Map() };
  await store.save(new Map([['h', { ...none, courses: new Map([[name, course]]) }]]), null);
  expect((await open()).saved.courses.get('h')).toEqual(new Map([[name, course]]));
  const { store: next } = await open();
  await next.save(new Map([['h', { ...none, courses: new Map([[name, null]]) }]]), null);
  expect((await open()).saved.courses.size).toBe(0);
});
