/** Clocks under the real driver: killed at every moment, silent, and down for hours (cases 22, 23, 48 in part, 49, 50, 51). */
import { describe, expect, it } from 'vitest';
import { compileExpression } from '../../../engine/adapters/expressions/cel.ts';
import { pipe } from '../../../engine/core/chain.ts';
import type { BatchStage, Envelope, JsonObject, Prepared, RawMessage } from '../../../engine/core/types.ts';
import { startPartition } from '../../../engine/runtime/driver.ts';
import { crashAt } from '../../../engine/testing/crashing.ts';
import { noLiveFeed, silentLogger } from '../../../engine/testing/line-pipeline.ts';
import { ManualClock } from '../../../engine/testing/manual-clock.ts';
import { connect, Crash, MemoryBroker, type Fault } from '../../../engine/testing/memory.ts';
import type { CxEvent } from '../../shared/messages.ts';
import { clocksOperator } from '../clocks.ts';
import { clockTime, configOf, eventOf, onceOnly } from '../testing/case-script.ts';

const { clocks } = configOf(`
clocks:
  - id: first_response
    key: data.case
    start: {on: cx.case.opened}
    stop: {on: cx.case.replied, where: data.author == "agent"}
    target: [{when: data.customer.tier == "vip", within: 10m}, {when: data.priority == "urgent", within: 30m}, {within: 2h}]
    update: {on: cx.case.assigned}
    warn: [50, 75, 90]
`);
const chain = pipe(
  onceOnly,
  clocksOperator(clocks, compileExpression, () => {
    throw new Error('no calendar here');
  }),
);
const config = { outOfOrdernessMs: 2000, idleAfterMs: 10_000, commit: { everyMs: 50, maxEvents: 3 } };

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

/** Stored then, else half a second after it happened. */
function offer(broker: MemoryBroker, word: string, number: number, stored?: number): void {
  const event = eventOf(word, number);
  broker.offer(JSON.stringify({ ...event, value: { ...event.value, received: stored ?? event.ts + 500 } }));
}

function start(
  broker: MemoryBroker,
  clock: ManualClock,
  ends: boolean,
  stop: AbortSignal,
  fault?: Fault,
): ReturnType<typeof startPartition> {
  const ports = connect(broker, fault);
  return startPartition({
    ...{ partition: 0, stage, chain, live: noLiveFeed, logger: silentLogger, clock, config },
    ...{ sink: ports, commits: ports, source: ports.source(0, { ends, batch: 2 }) },
    signal: stop,
  });
}

/** Runs until the input has been read; true: it was killed. */
async function run(broker: MemoryBroker, fault?: Fault): Promise<boolean> {
  const clock = new ManualClock(Date.UTC(2026, 2, 2, 6));
  const end = { isOver: false, failure: null as unknown };
  start(broker, clock, true, new AbortController().signal, fault).done.then(
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

function contents(broker: MemoryBroker): readonly string[] {
  const stored = ['CX_CLOCKS', 'CX_ACTIONS'].flatMap((stream) => broker.outputs.get(stream) ?? []);
  expect(new Set(stored.map(({ message }) => message.id)).size).toBe(stored.length);
  return stored.map(({ message }) => {
    const { late_by_s: _, ...data } = message.data as JsonObject;
    return JSON.stringify({ ...message, id: '', data });
  });
}

describe('clocks, killed', () => {
  it.each([
    ['18', 'O(tier=vip)10:00 Z10:03 Z10:08 Z10:12 A10:25 Z10:30'],
    ['20', 'O(tier=vip)10:00 Z10:10:05 A10:09:58 Z10:30'],
    ['25', 'O10:00 U(priority=urgent)10:20 A10:35 Z10:40'],
  ])('51: at every moment of case %s, then restarted, say the same, and nothing twice', async (_, script) => {
    const offered = (): MemoryBroker => {
      const broker = new MemoryBroker({ duplicateWindow: 0 });
      script.split(' ').forEach((word, i) => offer(broker, word, i));
      return broker;
    };
    const calm = offered();
    await run(calm);
    expect(contents(calm).length).toBeGreaterThan(3);
    let moment = 1;
    for (; ; moment++) {
      const broker = offered();
      if (!(await run(broker, crashAt(moment)))) break;
      await run(broker);
      expect(contents(broker), `moment ${String(moment)}`).toEqual(contents(calm));
    }
    expect(moment).toBeGreaterThan(15);
  });
});

interface Saying {
  readonly action?: string;
  readonly outcome?: string;
  readonly percent?: number;
  readonly late_by_s: number;
  readonly withdrawn?: boolean;
}

/** A live engine whose wall clock is advanced by hand. */
class Live {
  readonly broker = new MemoryBroker();
  readonly clock: ManualClock;
  #stop = new AbortController();
  #running: ReturnType<typeof startPartition> | null = null;
  #number = 0;

  constructor(at: string) {
    this.clock = new ManualClock(wall(at));
    this.start();
  }
  start(): void {
    this.#stop = new AbortController();
    this.#running = start(this.broker, this.clock, false, this.#stop.signal);
  }
  async stop(): Promise<void> {
    this.#stop.abort();
    const { done } = this.#running ?? { done: Promise.resolve() };
    const end = { isOver: false };
    void done.finally(() => (end.isOver = true));
    while (!end.isOver) {
      await new Promise((resolve) => setImmediate(resolve));
      this.clock.advanceBy(1);
    }
    await done;
  }
  event(word: string): void {
    offer(this.broker, word, this.#number++, this.clock.now());
  }
  async until(at: string, stepMs = 500): Promise<void> {
    while (this.clock.now() < wall(at)) {
      this.clock.advanceTo(Math.min(this.clock.now() + stepMs, wall(at)));
      for (let i = 0; i < 6; i++) await new Promise((resolve) => setImmediate(resolve));
    }
  }
  /** `breached 10:10:00 late 2.5`. */
  said(): readonly string[] {
    const stored = ['CX_ACTIONS', 'CX_CLOCKS'].flatMap((stream) => this.broker.outputs.get(stream) ?? []);
    return stored
      .map(({ message }) => ({
        time: message.time,
        data: message.data as unknown as Saying,
      }))
      .filter(({ data }) => data.action !== 'sla_breached')
      .map(({ time, data }) => {
        const name = data.outcome ?? `warning ${String(data.percent)}`;
        return `${name} ${clockTime(time)} late ${String(data.late_by_s)}${data.withdrawn === true ? ' withdrawn' : ''}`;
      });
  }
}
const wall = (at: string): number => Date.parse(`2026-03-02T${at}+08:00`);

describe('clocks, live', () => {
  it('22, 23: a breach is reported in silence, in time; a reply that comes after it, within the lateness, withdraws it', async () => {
    const live = new Live('10:00:00.500');
    live.event('O(tier=vip)10:00:00');
    await live.until('10:10:02.000');
    expect(live.said().filter((text) => text.startsWith('breached'))).toEqual([]);
    await live.until('10:10:03.500');
    const [breached = ''] = live.said().filter((text) => text.startsWith('breached'));
    expect(breached).toMatch(/^breached 10:10:00 late (2\.5|2\.\d+|3(\.\d+)?)/);
    await live.until('10:10:20.000');
    live.event('A10:09:30');
    await live.until('10:10:40.000');
    expect(
      live
        .said()
        .slice(-2)
        .map((text) => text.replace(/ late \S+/, '')),
    ).toEqual(['breached 10:10:00 withdrawn', 'stopped 10:09:30']);
    await live.stop();
  });

  it('49: what fell due while the engine was down is reported once, in its order, and says how late', async () => {
    const live = new Live('10:00:00.500');
    live.event('O(tier=vip)10:00:00');
    await live.until('10:04:00', 1000);
    await live.stop();
    expect(live.said()).toEqual([]);
    live.clock.advanceTo(wall('13:00:00'));
    live.start();
    await live.until('13:00:20');
    const said = live.said().map((text) => {
      const [, name = '', late = ''] = /^(.*) late ([0-9.]+)$/.exec(text) ?? [];
      return { name, late: Number(late) };
    });
    expect(said.map(({ name }) => name)).toEqual([
      'warning 50 10:05:00',
      'warning 75 10:07:30',
      'warning 90 10:09:00',
      'breached 10:10:00',
    ]);
    [10_500, 10_350, 10_260, 10_200].forEach((late, i) => {
      expect(said[i]?.late).toBeGreaterThanOrEqual(late);
      expect(said[i]?.late).toBeLessThanOrEqual(late + 15);
    });
    await live.stop();
  });

  it('50: a reply that came during the stop counts before what fell due after it: no breach', async () => {
    const live = new Live('10:00:00.500');
    live.event('O(tier=vip)10:00:00');
    await live.until('10:04:00', 1000);
    await live.stop();
    live.clock.advanceTo(wall('10:08:00.500'));
    live.event('A10:08:00');
    live.clock.advanceTo(wall('13:00:00'));
    live.start();
    await live.until('13:00:30');
    expect(live.said().map((text) => text.replace(/ late \S+/, ''))).toEqual([
      'warning 50 10:05:00',
      'warning 75 10:07:30',
      'stopped 10:08:00',
    ]);
    await live.stop();
  });
});
