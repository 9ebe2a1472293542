/** Clocks under the real driver, over a broker in memory and a wall clock that is advanced by hand. */
import { compileExpression } from '../../../engine/adapters/expressions/cel.ts';
import { pipe } from '../../../engine/core/chain.ts';
import type { BatchStage, Envelope, Prepared, RawMessage } from '../../../engine/core/types.ts';
import { startPartition } from '../../../engine/runtime/driver.ts';
import { noLiveFeed, silentLogger } from '../../../engine/testing/line-pipeline.ts';
import { ManualClock } from '../../../engine/testing/manual-clock.ts';
import { connect, MemoryBroker, type Fault } from '../../../engine/testing/memory.ts';
import type { CxEvent } from '../../shared/messages.ts';
import { clocksOperator } from '../clocks.ts';
import { clockTime, configOf, eventOf, onceOnly } from './case-script.ts';

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
export const config = { outOfOrdernessMs: 2000, idleAfterMs: 10_000, commit: { everyMs: 50, maxEvents: 3 } };

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
export function offer(broker: MemoryBroker, word: string, number: number, stored?: number): void {
  const event = eventOf(word, number);
  broker.offer(JSON.stringify({ ...event, value: { ...event.value, received: stored ?? event.ts + 500 } }));
}

export function start(
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

interface Saying {
  readonly action?: string;
  readonly outcome?: string;
  readonly percent?: number;
  readonly late_by_s: number;
  readonly withdrawn?: boolean;
}

/** A live engine whose wall clock is advanced by hand. */
export class Live {
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
  /** `stored`: by the clock of the broker, which may be another's. */
  event(word: string, stored = this.clock.now()): void {
    offer(this.broker, word, this.#number++, stored);
  }
  async until(at: string, stepMs = 500): Promise<void> {
    await this.#to(wall(at), stepMs);
  }
  async #to(until: number, stepMs: number): Promise<void> {
    while (this.clock.now() < until) {
      this.clock.advanceTo(Math.min(this.clock.now() + stepMs, until));
      for (let i = 0; i < 6; i++) await new Promise((resolve) => setImmediate(resolve));
    }
  }
  /** Until shortly after ten o'clock so many days later, the last seconds slowly. */
  async untilDay(days: number, stepMs: number): Promise<void> {
    const [from, until] = ['09:59:50', '10:00:10'].map((at) => wall(at) + days * 86_400_000) as [number, number];
    await this.#to(from, stepMs);
    await this.#to(until, 500);
  }
  /** `stopped 10:09:30 e570 met`, of the outcomes alone. */
  outcomes(): readonly string[] {
    return (this.broker.outputs.get('CX_CLOCKS') ?? []).map(({ message: { time, data } }) => {
      const { outcome, elapsed_s: elapsed, met, withdrawn } = data as Readonly<Record<string, unknown>>;
      const judged = met === null ? '–' : met === true ? 'met' : 'miss';
      return `${String(outcome)} ${clockTime(time)} e${String(elapsed)} ${judged}${withdrawn === true ? ' withdrawn' : ''}`;
    });
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
export const wall = (at: string): number => Date.parse(`2026-03-02T${at}+08:00`);
