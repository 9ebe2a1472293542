/** Actions under the real driver: killed at every moment and started again, and down for hours while they wait. */
import { describe, expect, it } from 'vitest';
import type { BatchStage, Envelope, JsonObject, Prepared, RawMessage } from '../../engine/core/types.ts';
import { startPartition } from '../../engine/runtime/driver.ts';
import { crashAt } from '../../engine/testing/crashing.ts';
import { noLiveFeed, silentLogger } from '../../engine/testing/line-pipeline.ts';
import { ManualClock } from '../../engine/testing/manual-clock.ts';
import { connect, Crash, MemoryBroker, type Fault } from '../../engine/testing/memory.ts';
import type { CxEvent } from '../shared/messages.ts';
import { configOf, eventOf, leanChain, sentShort } from './testing/action-script.ts';

const chain = leanChain(
  configOf(`
actions:
  - {id: ask, on: cx.case.resolved, kind: survey, after: 5m, unless: {on: cx.case.reopened}, at_most: {in: 1h}}
  - {id: follow, on: cx.survey.answered, kind: follow_up, key: data.customer.id, due: 20m, done: {on: cx.interaction.call}, escalate: {to: managers}}
`),
);
const config = { outOfOrdernessMs: 2000, idleAfterMs: 10_000, commit: { everyMs: 50, maxEvents: 2 } };
const stage: BatchStage<RawMessage, Prepared<CxEvent>> = {
  name: 'events',
  apply: (batch) =>
    Promise.resolve(
      batch.map(({ seq, data }) => {
        const event = JSON.parse(new TextDecoder().decode(data)) as Envelope<CxEvent>;
        return { seq, stored: event.value.received, items: [{ event }] };
      }),
    ),
};

function offer(broker: MemoryBroker, word: string, number: number): void {
  const event = eventOf(word, number);
  broker.offer(JSON.stringify({ ...event, value: { ...event.value, received: event.ts + 500 } }));
}
function start(
  broker: MemoryBroker,
  clock: ManualClock,
  signal: AbortSignal,
  ends: boolean,
  fault?: Fault,
): Promise<void> {
  const ports = connect(broker, fault);
  return startPartition({
    ...{ partition: 0, stage, chain, live: noLiveFeed, logger: silentLogger, clock, config, signal },
    ...{ sink: ports, commits: ports, source: ports.source(0, { ends, batch: 2 }) },
  }).done;
}

/** Until the input has been read; true: it was killed. */
async function run(broker: MemoryBroker, fault?: Fault): Promise<boolean> {
  const clock = new ManualClock(Date.UTC(2026, 2, 2, 6));
  const end = { isOver: false, failure: null as unknown };
  start(broker, clock, new AbortController().signal, true, fault).then(
    () => (end.isOver = true),
    (thrown: unknown) => Object.assign(end, { isOver: true, failure: thrown }),
  );
  while (!end.isOver) {
    await new Promise((resolve) => setImmediate(resolve));
    clock.advanceBy(7);
  }
  if (!(end.failure instanceof Crash)) expect(end.failure).toBeNull();
  return end.failure instanceof Crash;
}
function stored(broker: MemoryBroker): readonly string[] {
  const messages = (broker.outputs.get('CX_ACTIONS') ?? []).map(({ message }) => message);
  expect(new Set(messages.map(({ id }) => id)).size).toBe(messages.length);
  return sentShort(messages);
}

const SCRIPT = `V(c1,u1)10:00 S(c2,u2)10:01 V(c3,u1)10:02 R(c3,u1)10:03 V(c4,u1)10:04 W10:05:30 S(c5,u5)10:06 C(u5)10:10
  W10:22 V(c6,u6)10:23 W10:30`;

describe('actions, killed', () => {
  it('at every moment, then restarted, are said once, as without', async () => {
    const offered = (): MemoryBroker => {
      const broker = new MemoryBroker({ duplicateWindow: 0 });
      SCRIPT.split(/\s+/).forEach((word, i) => offer(broker, word, i));
      return broker;
    };
    const calm = offered();
    await run(calm);
    expect(stored(calm)).toEqual([
      'due follow_up u2 10:01:00 due 10:21:00',
      'due survey c1 10:05:00',
      'due follow_up u5 10:06:00 due 10:26:00',
      'suppressed survey c4 10:09:00',
      'done follow_up u5 10:10:00 due 10:26:00',
      'due escalation u2 10:21:00 due 10:21:00 by managers',
      'due survey c6 10:28:00',
    ]);
    let moment = 1;
    for (; ; moment++) {
      const broker = offered();
      if (!(await run(broker, crashAt(moment)))) break;
      await run(broker);
      expect(stored(broker), `moment ${String(moment)}`).toEqual(stored(calm));
    }
    expect(moment).toBeGreaterThan(25);
  });

  it('while they wait, and started hours later, are said at once, and how late', async () => {
    const broker = new MemoryBroker();
    const clock = new ManualClock(Date.parse('2026-03-02T10:00:00.500+08:00'));
    const until = async (at: string): Promise<void> => {
      const wall = Date.parse(`2026-03-02T${at}+08:00`);
      while (clock.now() < wall) {
        clock.advanceTo(Math.min(clock.now() + 1000, wall));
        for (let i = 0; i < 6; i++) await new Promise((resolve) => setImmediate(resolve));
      }
    };
    offer(broker, 'V(c1,u1)10:00', 0);
    let stop = new AbortController();
    let running = start(broker, clock, stop.signal, false);
    await until('10:03:00');
    stop.abort();
    const end = { isOver: false };
    void running.finally(() => (end.isOver = true));
    while (!end.isOver) {
      await new Promise((resolve) => setImmediate(resolve));
      clock.advanceBy(1);
    }
    expect(stored(broker)).toEqual([]);
    clock.advanceTo(Date.parse('2026-03-02T13:00:00+08:00'));
    stop = new AbortController();
    running = start(broker, clock, stop.signal, false);
    await until('13:00:20');
    expect(stored(broker)).toEqual(['due survey c1 10:05:00']);
    const [message] = broker.outputs.get('CX_ACTIONS') ?? [];
    const { late_by_s: lateBy } = message?.message.data as JsonObject;
    expect(lateBy).toBeGreaterThanOrEqual(10_500);
    expect(lateBy).toBeLessThan(10_530);
    stop.abort();
    await until('13:00:30');
    await running;
  });
});
