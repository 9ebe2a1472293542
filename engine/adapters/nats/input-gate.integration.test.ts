/** The gate of the input, with a real broker that stands still under load. */
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BrokerFixture, startBroker, until } from '../testing/broker.fixture.ts';
import { InputGate, type Outcome } from './input-gate.ts';
import { Publisher, type StorableMessage } from './publisher.ts';

let broker: BrokerFixture;
beforeAll(async () => {
  broker = await startBroker();
});
afterAll(async () => {
  await broker.close();
});

const message = (id: string, bytes = 100): StorableMessage => ({
  subject: 'cx.events.app.feedback.-',
  headers: { 'Nats-Msg-Id': id },
  data: Buffer.alloc(bytes, 'x'),
});
const stored = async (): Promise<string[]> => {
  const { state } = await broker.jsm.streams.info('CX_EVENTS_0');
  const ids: string[] = [];
  for (let seq = state.first_seq; seq <= state.last_seq; seq++) {
    const kept = await broker.jsm.streams.getMessage('CX_EVENTS_0', { seq });
    ids.push(kept?.header.get('Nats-Msg-Id') ?? '');
  }
  return ids;
};
/** SIGSTOP reaches all threads of a process a while after it is sent. */
async function stopped(pid: number): Promise<void> {
  process.kill(pid, 'SIGSTOP');
  const threads = `/proc/${String(pid)}/task`;
  await until(() => readdirSync(threads).every((one) => /\) T /.test(readFileSync(`${threads}/${one}/stat`, 'utf8'))));
}
const count = (outcomes: readonly Outcome[], what: Outcome): number => outcomes.filter((one) => one === what).length;

describe('input gate', () => {
  it('under a broker that stands still holds no more than its bound, and what it acknowledged is stored, all of it once', async () => {
    const publisher = new Publisher(broker.nc, { logger: broker.logger, window: 64 });
    const bounds = { maxRequests: 40, maxMessages: 120, maxBytes: 20_000, withinMs: 1_500 };
    const gate = new InputGate(publisher, new AbortController().signal, bounds);
    const pid = broker.server.pid();
    if (pid === undefined) throw new Error('no server');
    const depths = (): readonly number[] => gate.queues().map(({ depth }) => depth);
    const offered = new Map<string, Outcome>();
    const offer = async (id: string, bytes?: number): Promise<void> => {
      offered.set(id, await gate.store([message(id, bytes)]));
    };

    await offer('before');
    await stopped(pid);
    const load = Promise.all(Array.from({ length: 400 }, (_, i) => offer(`load-${i}`)));
    const most = depths();
    await load;
    process.kill(pid, 'SIGCONT');
    // By requests; and what was given up is not kept for when the broker is back.
    expect([most, depths(), publisher.depth()]).toEqual([[40, 40, 4_000], [0, 0, 0], 0]);
    const outcomes = [...offered.values()];
    expect([count(outcomes, 'stored'), count(outcomes, 'late'), count(outcomes, 'full')]).toEqual([1, 40, 360]);
    expect(gate.refusals).toEqual({ full: 360, late: 40 });

    // Whoever was refused sends again, the same: each is there once, though the broker had some of them all along.
    await until(async () => (await gate.store([message('after')])) === 'stored');
    for (const [id, outcome] of offered) if (outcome !== 'stored') while (offered.get(id) !== 'stored') await offer(id);
    const ids = await stored();
    expect(ids.slice().sort()).toEqual([...offered.keys(), 'after'].sort());
    publisher.close();
  });

  it('counts messages and bytes too; a batch alone gets in whatever its size', async () => {
    const publisher = new Publisher(broker.nc, { logger: broker.logger });
    const gate = new InputGate(publisher, new AbortController().signal, { maxMessages: 3, maxBytes: 1_000 });
    const batch = [1, 2, 3, 4].map((i) => message(`batch-${i}`));
    const [one, two] = [gate.store(batch), gate.store([message('beside')])];
    expect([await one, await two]).toEqual(['stored', 'full']);
    const [three, four] = [gate.store([message('large', 900)]), gate.store([message('larger', 200)])];
    expect([await three, await four]).toEqual(['stored', 'full']);
    publisher.close();
  });

  it('rejects when the engine stops, and has no place taken after that', async () => {
    const publisher = new Publisher(broker.nc, { logger: broker.logger });
    const ending = new AbortController();
    const gate = new InputGate(publisher, ending.signal);
    const pid = broker.server.pid() ?? 0;
    await stopped(pid);
    const waiting = gate.store([message('stopped')]);
    ending.abort(new Error('stopping'));
    await expect(waiting).rejects.toThrow('stopping');
    process.kill(pid, 'SIGCONT');
    await expect(gate.store([message('too late')])).rejects.toThrow('stopping');
    expect(gate.queues().map(({ depth }) => depth)).toEqual([0, 0, 0]);
    publisher.close();
  });
});
