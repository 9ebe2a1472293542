import { describe, expect, it } from 'vitest';
import { pipe, type ChainDef } from '../core/chain.ts';
import { EngineError } from '../core/errors.ts';
import { isSameState } from '../core/state-equality.ts';
import type { LiveFeed, LiveItem, OperatorDef, Outgoing, State } from '../core/types.ts';
import { Crash, MemoryBroker, connect, type Fault, type MemoryPorts } from '../testing/memory.ts';
import { crashAt } from '../testing/crashing.ts';
import { echo, echoAndSum, lineStage, silentLogger, tumblingSum, type Reading } from '../testing/line-pipeline.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { startPartition, type PartitionOptions, type PartitionRun } from './driver.ts';

const config = { outOfOrdernessMs: 100, idleAfterMs: 10_000, commit: { everyMs: 50, maxEvents: 100 } };

class Rig {
  readonly clock = new ManualClock(1_000_000);
  readonly broker = new MemoryBroker({ now: () => this.clock.now() });
  readonly stop = new AbortController();
  readonly shown: LiveItem[] = [];
  readonly committed: Outgoing[] = [];
  readonly times: number[] = [];
  ports: MemoryPorts = connect(this.broker);
  failure: unknown = null;
  isOver = false;

  start(
    options: Partial<PartitionOptions<Reading>> & { readonly fault?: Fault; readonly ends?: boolean } = {},
  ): PartitionRun {
    const { fault, ends = false, ...rest } = options;
    if (fault !== undefined) this.ports = connect(this.broker, fault);
    const live: LiveFeed = {
      show: (items) => this.shown.push(...items),
      committed: (messages) => this.committed.push(...messages),
      time: (_, watermark) => this.times.push(watermark),
      restored: () => undefined,
    };
    this.isOver = false;
    const run = startPartition<Reading>({
      ...{ partition: 0, stage: lineStage, chain: echoAndSum, live, logger: silentLogger, config },
      ...{ clock: this.clock, sink: this.ports, commits: this.ports, source: this.ports.source(0, { ends, batch: 3 }) },
      signal: this.stop.signal,
      ...rest,
    });
    run.done.then(
      () => (this.isOver = true),
      (thrown: unknown) => {
        this.failure = thrown;
        this.isOver = true;
      },
    );
    return run;
  }

  /** Lets the event loop run without time passing. */
  async settle(iterations = 20): Promise<void> {
    for (let i = 0; i < iterations; i++) await new Promise((resolve) => setImmediate(resolve));
  }

  async until(condition: () => boolean, stepMs = 5): Promise<void> {
    for (let i = 0; i < 5000; i++) {
      if (condition()) return;
      await this.settle(1);
      this.clock.advanceBy(stepMs);
    }
    throw new Error('it never came to that');
  }

  async pass(ms: number, stepMs = 10): Promise<void> {
    for (let passed = 0; passed < ms; passed += stepMs) {
      this.clock.advanceBy(stepMs);
      await this.settle(2);
    }
  }

  data(stream: string): readonly unknown[] {
    return (this.broker.outputs.get(stream) ?? []).map(({ message }) => message.data);
  }
}

describe('a partition', () => {
  it('runs its input, publishes forwards under the ids of their inputs, and sums with the commits', async () => {
    const rig = new Rig();
    for (let i = 0; i < 30; i++) rig.broker.offer(`${i * 200} k ${i}`);
    rig.broker.offer('!bad');
    const run = rig.start({ ends: true });
    await rig.until(() => rig.isOver);
    expect(rig.broker.outputs.get('CX_ENRICHED')?.map(({ message }) => message.id)).toEqual(
      Array.from({ length: 30 }, (_, i) => `0:${i + 1}:0`),
    );
    const sums = [0, 1, 2, 3, 4].map((w) => ({ id: `${(w + 1) * 1000}/k`, sum: 25 * w + 10 }));
    expect(rig.data('CX_KPI')).toEqual(sums);
    expect(rig.committed.map(({ data }) => data)).toEqual(sums);
    expect(rig.data('CX_DLQ')).toEqual(['!bad']);
    expect(rig.shown).toHaveLength(30);
    const stats = run.stats();
    expect(stats.counters).toEqual({ events_in: 31, events_rejected: 1, events_processed: 30 });
    expect(stats).toMatchObject({
      epoch: 1,
      position: 31,
      committedPosition: 31,
      forwards: 0,
      outbox: 0,
      watermark: 5700,
    });
    expect(stats.health).toEqual({ state: 'stopped', reasons: [] });
    expect(rig.clock.sleeping).toBe(0);
  });

  it.each(['one event closes', 'a silence closes'])(
    'hands the event loop over while %s many windows',
    async (which) => {
      const isSilence = which === 'a silence closes';
      const rig = new Rig();
      let loops = 0;
      let workedMs = 0;
      const clock = {
        now: () => rig.clock.now(),
        elapsed: () => workedMs,
        sleepUntil: (time: number, signal: AbortSignal) => rig.clock.sleepUntil(time, signal),
      };
      const closedIn: number[] = [];
      const closing: OperatorDef<Reading, Reading> = {
        name: 'closing',
        create: () => {
          let next = 999_510;
          return {
            onEvent: () => undefined,
            dueAt: () => next,
            onWatermark: () => {
              next = closedIn.length < 39 ? next + 10 : Infinity;
              closedIn.push(loops);
              workedMs += 1;
            },
          };
        },
      };
      rig.start({ chain: closing, clock });
      rig.broker.offer('999500 k 1');
      await rig.pass(200);
      let commits: number | undefined;
      if (isSilence) rig.clock.advanceBy(config.idleAfterMs);
      else rig.broker.offer('1000010 k 1');
      for (; loops < 200 && closedIn.length < 40; loops++) {
        await new Promise((resolve) => setImmediate(resolve));
        // During a leap nothing is committed: time would be further on than the windows.
        if (closedIn.length === 0 || closedIn.length >= 40) continue;
        commits ??= rig.broker.commitsOf(0).length;
        expect(rig.broker.commitsOf(0)).toHaveLength(commits);
      }
      expect(closedIn).toHaveLength(40);
      // After more than 4 ms each time.
      expect(new Set(closedIn).size).toBe(8);
      rig.stop.abort();
    },
  );

  it('publishes a large outbox in its order and hands over the event loop between', async () => {
    const rig = new Rig();
    const many: OperatorDef<Reading, Reading> = {
      name: 'many',
      create: () => ({
        onEvent: (_event, _watermark, out) => {
          for (let i = 0; i < 2000; i++) out.send({ subject: 'cx.kpi.k', type: 't', time: i, data: i });
        },
      }),
    };
    const iterations = new Set<number>();
    let loops = 0;
    const publish = rig.ports.publish.bind(rig.ports);
    rig.ports.publish = (messages, signal) => {
      iterations.add(loops);
      return publish(messages, signal);
    };
    rig.start({ chain: many });
    rig.broker.offer('0 k 1');
    for (; loops < 500 && rig.data('CX_KPI').length < 2000; loops++) {
      rig.clock.advanceBy(5);
      await rig.settle(1);
    }
    expect(rig.data('CX_KPI')).toEqual(Array.from({ length: 2000 }, (_, i) => i));
    expect(iterations.size).toBeGreaterThan(1);
    rig.stop.abort();
  });

  it('commits at its pace, and at once when somebody waits', async () => {
    const rig = new Rig();
    const run = rig.start();
    await rig.settle();
    rig.broker.offer('100 k 1');
    await rig.settle();
    expect(run.stats().committedPosition).toBe(0);
    rig.clock.advanceBy(50);
    await rig.settle();
    expect(run.stats().committedPosition).toBe(1);
    rig.broker.offer('200 k -1');
    await rig.settle();
    expect(run.stats().committedPosition).toBe(2);
    expect(rig.data('CX_ALERTS')).toEqual([{ id: 'e-2-0' }]);
  });

  it('shows how far it is as it goes, and once that what was restored is shown', async () => {
    const rig = new Rig();
    for (let i = 0; i < 30; i++) rig.broker.offer(`${i * 200} k ${i}`);
    let restored = 0;
    const live: LiveFeed = {
      show: () => undefined,
      committed: () => undefined,
      time: (_, watermark) => rig.times.push(watermark),
      restored: () => restored++,
    };
    rig.start({ live });
    await rig.until(() => rig.times.at(-1) === 29 * 200 - 100);
    await rig.pass(500);
    expect(rig.times).toEqual([...new Set(rig.times)].sort((a, b) => a - b));
    expect(restored).toBe(1);
  });

  it('counts what is missing of its input, but not what was there before it', async () => {
    const rig = new Rig();
    const source = (seqs: readonly number[]): PartitionOptions<Reading>['source'] => ({
      ...rig.ports.source(0, { ends: true }),
      async *batches(after) {
        await Promise.resolve();
        yield seqs
          .filter((seq) => seq > after)
          .map((seq) => ({
            ...{ subject: 'cx.events.app.survey.k', headers: {}, seq, stored: 0 },
            data: new TextEncoder().encode(`${seq * 100} k 1`),
          }));
      },
    });
    const missing = async (seqs: readonly number[]): Promise<number | undefined> => {
      const run = rig.start({ source: source(seqs) });
      await rig.until(() => rig.isOver);
      return run.stats().counters['events_missing'];
    };
    expect(await missing([8, 9])).toBeUndefined();
    expect(await missing([8, 9, 12, 13])).toBe(2);
  });

  it('commits nothing while nothing changes', async () => {
    const rig = new Rig();
    const run = rig.start({ chain: echo });
    rig.broker.offer('100 k 1');
    await rig.pass(100);
    const { commits } = run.stats();
    await rig.pass(60_000, 500);
    expect(run.stats().commits).toBe(commits);
  });

  it('stops gracefully: what was run is committed and published', async () => {
    const rig = new Rig();
    const run = rig.start();
    for (let i = 0; i < 7; i++) rig.broker.offer(`${i * 300} k ${i}`);
    await rig.settle();
    rig.stop.abort();
    await rig.settle();
    expect(rig.isOver).toBe(true);
    expect(rig.failure).toBeNull();
    expect(run.stats()).toMatchObject({ committedPosition: 7, health: { state: 'stopped' } });
    expect(rig.data('CX_KPI')).toEqual([{ id: '1000/k', sum: 6 }]);
    expect(rig.clock.sleeping).toBe(0);
  });

  it('does not let a broker that is away hold a stop for ever', async () => {
    const rig = new Rig();
    rig.start({
      fault: (call) => (call === 'append' && rig.stop.signal.aborted ? new Promise(() => undefined) : undefined),
    });
    rig.broker.offer('100 k 1');
    await rig.settle();
    rig.stop.abort();
    await rig.pass(11_000, 500);
    expect(rig.failure).toMatchObject({ code: 'BROKER_UNAVAILABLE' });
  });

  it('stops uncommitted at a bug in an operator, and starts again from before it', async () => {
    const rig = new Rig();
    const failing: OperatorDef<Reading, Reading> = {
      name: 'failing',
      create: () => ({
        onEvent: ({ value }) => {
          if (value.amount === 13) throw new Error('thirteen');
        },
      }),
    };
    const run = rig.start({ chain: pipe(echoAndSum, failing) });
    rig.broker.offer('100 k 1');
    await rig.pass(100);
    rig.broker.offer('200 k 13');
    await rig.pass(100);
    expect(rig.failure).toMatchObject({ code: 'OPERATOR_FAILED' });
    const { state, reasons } = run.stats().health;
    // Where, and not what it said: that may quote an event.
    expect([state, ...reasons]).toEqual([
      'failed',
      expect.stringMatching(/^the operator failing failed: Error at \S+\.test\.ts:\d+ \(OPERATOR_FAILED\)$/),
    ]);
    expect(rig.broker.commitsOf(0).at(-1)?.position).toBe(1);
  });

  it('says what it waits for when the broker does not answer, and goes on when it does', async () => {
    const rig = new Rig();
    let answer = (): void => undefined;
    const away = new Promise<void>((resolve) => (answer = resolve));
    let isAway = false;
    const run = rig.start({ fault: (call) => (isAway && call !== 'read' ? away : undefined) });
    await rig.settle();
    isAway = true;
    rig.broker.offer('100 k 1');
    await rig.pass(3000, 100);
    expect(run.stats().health.state).toBe('blocked');
    expect(run.stats().health.reasons.join()).toContain('publishing has waited for');
    isAway = false;
    answer();
    await rig.pass(200);
    expect(run.stats().health).toEqual({ state: 'running', reasons: [] });
    expect(run.stats().committedPosition).toBe(1);
  });

  it('holds no more than it may while the sink is slow (case 31)', async () => {
    const rig = new Rig();
    let answer = (): void => undefined;
    const away = new Promise<void>((resolve) => (answer = resolve));
    const line = '100 k 1\n'.repeat(1000);
    for (let i = 0; i < 60; i++) rig.broker.offer(line);
    const run = rig.start({ fault: (call) => (call === 'publish' ? away : undefined) });
    await rig.pass(500);
    const { forwards, ahead, position } = run.stats();
    expect(forwards).toBeLessThan(8192 + 1000);
    expect(ahead).toBeLessThanOrEqual(4);
    expect(position).toBeLessThan(12);
    answer();
    await rig.until(() => run.stats().committedPosition === 60);
    expect(rig.data('CX_ENRICHED')).toHaveLength(60_000);
  });

  /** Sends or forwards 100 KB an event. */
  const large = (how: 'send' | 'forward'): OperatorDef<Reading, Reading> => ({
    name: 'large',
    create: () => ({
      onEvent: (event, _watermark, out) => {
        const data = { id: event.id, text: 'x'.repeat(100_000) };
        out[how]({ subject: 'cx.enriched.x', type: 'cx.enriched', time: event.ts, data });
      },
    }),
  });
  const MIB = 2 ** 20;
  const seldom = { ...config, commit: { everyMs: 3_600_000, maxEvents: 1_000_000 } };

  it('holds no more bytes than it may while the sink is slow, however large its outputs', async () => {
    const rig = new Rig();
    let answer = (): void => undefined;
    const away = new Promise<void>((resolve) => (answer = resolve));
    for (let i = 0; i < 600; i++) rig.broker.offer(`${i} k 1`);
    const fault: Fault = (call) => (call === 'publish' ? away : undefined);
    const run = rig.start({ chain: large('forward'), config: seldom, fault });
    await rig.pass(500);
    // A batch of the test's source has three messages.
    expect(rig.ports.pendingBytes()).toBeLessThan(33 * MIB);
    expect(rig.ports.pendingBytes()).toBeGreaterThan(31 * MIB);
    expect(run.stats().forwards).toBeLessThan(400);
    answer();
    await rig.until(() => run.stats().position === 600 && run.stats().forwards === 0);
    expect(rig.data('CX_ENRICHED')).toHaveLength(600);
    expect(rig.ports.pendingBytes()).toBe(0);
  });

  it('commits an outbox that is large, and gathers no more bytes than it may behind a slow commit', async () => {
    const rig = new Rig();
    let answer = (): void => undefined;
    const away = new Promise<void>((resolve) => (answer = resolve));
    let appends = 0;
    const sizes: number[] = [];
    rig.broker.offer('0 k 1');
    const run = rig.start({
      chain: large('send'),
      config: seldom,
      fault: (call) => (call === 'append' && ++appends > 4 ? away : undefined),
    });
    for (let i = 1; i < 800; i++) rig.broker.offer(`${i} k 1`);
    const outboxBytes = (): number => run.stats().queues?.['outbox_bytes'] ?? 0;
    for (let i = 0; i < 50; i++) {
      await rig.pass(10);
      sizes.push(outboxBytes());
    }
    // Nothing but the size asks for a commit. `append` calls back twice: before and after.
    expect(run.stats().commits).toBe(2);
    expect(run.stats().committedPosition * 100_000).toBeLessThan(9 * MIB);
    expect(run.stats().committedPosition * 100_000).toBeGreaterThan(8 * MIB);
    expect(Math.max(...sizes)).toBeLessThan(33 * MIB);
    expect(Math.max(...sizes)).toBeGreaterThan(31 * MIB);
    answer();
    await rig.until(() => run.stats().position === 800 && run.stats().forwards === 0);
    rig.stop.abort();
    await rig.until(() => rig.isOver);
    expect([rig.failure, rig.data('CX_ENRICHED').length, outboxBytes()]).toEqual([null, 800, 0]);
  });

  it('gathers no more than it may behind a slow commit', async () => {
    const rig = new Rig();
    let answer = (): void => undefined;
    const away = new Promise<void>((resolve) => (answer = resolve));
    for (let i = 0; i < 1000; i++) rig.broker.offer(`${i} k 1`);
    let appends = 0;
    const run = rig.start({ fault: (call) => (call === 'append' && ++appends > 2 ? away : undefined) });
    await rig.pass(500);
    expect(run.stats().uncommitted).toBeLessThanOrEqual(4 * config.commit.maxEvents);
    answer();
    await rig.until(() => run.stats().committedPosition === 1000);
    expect(run.stats().counters['events_processed']).toBe(1000);
  });
});

describe('time in a partition', () => {
  it('goes on when silent, so that the last windows close with no further event (case 19)', async () => {
    const rig = new Rig();
    rig.start();
    rig.broker.offer(`${rig.clock.now()} k 5`);
    await rig.pass(9_900, 100);
    expect(rig.data('CX_KPI')).toEqual([]);
    // The window ended within its second; with the bound and idle_after that is all it may take.
    await rig.pass(1_300, 50);
    expect(rig.data('CX_KPI')).toEqual([{ id: '1001000/k', sum: 5 }]);
  });

  it('goes on after a crash between the last event and the end of its window (case 18)', async () => {
    const rig = new Rig();
    const first = rig.start();
    rig.broker.offer(`${rig.clock.now()} k 5`);
    await rig.pass(200);
    expect(first.stats().committedPosition).toBe(1);
    rig.ports.kill();
    rig.ports = connect(rig.broker);
    const run = rig.start();
    await rig.pass(12_000, 100);
    expect(rig.data('CX_KPI')).toEqual([{ id: '1001000/k', sum: 5 }]);
    expect(run.stats()).toMatchObject({ isIdle: true, epoch: 2 });
  });

  it('goes on while only bad input comes (case 20)', async () => {
    const rig = new Rig();
    rig.start();
    rig.broker.offer(`${rig.clock.now()} k 5`);
    for (let i = 0; i < 24; i++) {
      rig.broker.offer('!bad');
      await rig.pass(500, 100);
    }
    expect(rig.data('CX_KPI')).toEqual([{ id: '1001000/k', sum: 5 }]);
  });

  it('follows the events alone, not the clock of people who tell the engine something', async () => {
    const rig = new Rig();
    const run = rig.start();
    rig.broker.offer('100 k 1');
    rig.broker.offer(`@${rig.clock.now()} people 0`);
    rig.broker.offer(`800 k 2\n@${rig.clock.now()} people 0\n900 k 4`);
    await rig.pass(100);
    expect(run.stats()).toMatchObject({ watermark: 800, position: 3 });
    rig.broker.offer('1150 k 8');
    await rig.pass(100);
    expect(rig.data('CX_KPI')).toEqual([{ id: '1000/k', sum: 7 }]);
    expect(run.stats().counters).toEqual({ events_in: 6, events_processed: 6 });
  });

  it('goes on when only people say something, and not at all before the first event', async () => {
    const rig = new Rig();
    const run = rig.start();
    const say = async (times: number): Promise<void> => {
      for (let i = 0; i < times; i++) {
        rig.broker.offer(`@${rig.clock.now()} people 0`);
        await rig.pass(500, 100);
      }
    };
    await say(24);
    expect(run.stats()).toMatchObject({ position: 24, lagMs: null });
    rig.broker.offer('100 k 5');
    await say(24);
    expect(run.stats().isIdle).toBe(true);
    // At the pace of the wall clock since the event, although something came each half second.
    expect(run.stats().watermark).toBeGreaterThan(11_000);
    expect(run.stats().watermark).toBeLessThanOrEqual(12_100);
    expect(rig.data('CX_KPI')).toEqual([{ id: '1000/k', sum: 5 }]);
  });

  it('is held back while events are still in the stages (case 31)', async () => {
    const rig = new Rig();
    let release = (): void => undefined;
    const slow = new Promise<void>((resolve) => (release = resolve));
    const start = rig.clock.now();
    const run = rig.start({
      stage: {
        name: 'slow',
        async apply(batch, signal) {
          if (batch.some(({ seq }) => seq > 1)) await slow;
          return lineStage.apply(batch, signal);
        },
      },
    });
    rig.broker.offer(`${start} k 1`);
    await rig.settle();
    rig.broker.offer(`${start + 10} k 2`);
    await rig.pass(30_000, 200);
    expect(run.stats()).toMatchObject({ isIdle: false, watermark: start - 100 });
    release();
    await rig.pass(100);
    expect(run.stats().counters).toMatchObject({ events_processed: 2 });
  });

  it('looks at the clock no more than 20 times a second when idle', async () => {
    const rig = new Rig();
    let looks = 0;
    const { clock } = rig;
    const counting = {
      now: () => clock.now(),
      elapsed: clock.elapsed,
      sleepUntil: (time: number, signal: AbortSignal) => {
        looks++;
        return clock.sleepUntil(time, signal);
      },
    };
    rig.start({ clock: counting });
    rig.broker.offer(`${clock.now()} k 5`);
    await rig.pass(20_000, 10);
    looks = 0;
    await rig.pass(10_000, 10);
    expect(looks).toBeLessThan(20);
  });

  it('wakes operators by the clock', async () => {
    const rig = new Rig();
    const delayed: OperatorDef<Reading, Reading> = {
      name: 'delayed',
      create: () => {
        let wakeAt: number | undefined;
        return {
          onEvent: () => {
            wakeAt = 1_000_500;
          },
          wakeAt: () => wakeAt,
          onWake: (now, out) => {
            wakeAt = undefined;
            out.send({ subject: 'cx.actions.due', type: 'cx.action', time: now, data: now });
            out.urgent();
          },
        };
      },
    };
    rig.start({ chain: delayed });
    rig.broker.offer('100 k 1');
    await rig.pass(490);
    expect(rig.data('CX_ACTIONS')).toEqual([]);
    await rig.pass(20);
    expect(rig.data('CX_ACTIONS')).toEqual([1_000_500]);
  });
});

describe('state of a partition', () => {
  /** 64 KB a key: its deltas outgrow any snapshot soon. */
  const heavy: OperatorDef<Reading, Reading> = {
    name: 'heavy',
    create: (_context, saved = []) => {
      const held = new Map<string, number>();
      const changed = new Set<string>();
      const put = (part: State): void => {
        for (const [key, value] of Object.entries(part as Record<string, { sum: number }>)) held.set(key, value.sum);
      };
      saved.forEach(put);
      const padding = 'x'.repeat(64 * 1024);
      const state = (key: string): State => ({ [key]: { sum: held.get(key) ?? 0, padding } });
      return {
        onEvent: ({ key, value }, _, out) => {
          held.set(key, (held.get(key) ?? 0) + value.amount);
          changed.add(key);
          out.send({ subject: 'cx.kpi.heavy', type: 'cx.kpi', time: 0, data: { key, sum: held.get(key) ?? 0 } });
        },
        delta: () => {
          const delta = Object.assign({}, ...[...changed].map(state)) as State;
          changed.clear();
          return isSameState(delta, {}) ? undefined : delta;
        },
        *snapshot() {
          for (const key of [...held.keys()]) yield state(key);
        },
      };
    },
  };

  it('is snapshotted in the background while events run, and restored from it after a crash at any moment', async () => {
    const input = Array.from({ length: 200 }, (_, i) => `${i} k${i % 8} ${i}`);
    const wanted = input.map((_, i) => {
      let sum = 0;
      for (let j = i % 8; j <= i; j += 8) sum += j;
      return { key: `k${i % 8}`, sum };
    });
    const few = { ...config, commit: { everyMs: 50, maxEvents: 2 } };
    let snapshots = 0;
    for (let moment = 3; ; moment += 61) {
      const rig = new Rig();
      for (const line of input) rig.broker.offer(line);
      const crash = crashAt(moment);
      const fault: Fault = async (call, when) => {
        // A commit takes an iteration or two, as it would over a network; otherwise all is over before a snapshot is written.
        if (call === 'append') await rig.settle(2);
        await crash(call, when);
      };
      const first = rig.start({ chain: heavy, config: few, ends: true, fault });
      await rig.until(() => rig.isOver);
      snapshots = Math.max(snapshots, first.stats().snapshots);
      if (rig.failure === null) break;
      expect(rig.failure).toBeInstanceOf(Crash);
      rig.ports = connect(rig.broker);
      rig.start({ chain: heavy, config: few, ends: true });
      await rig.until(() => rig.isOver);
      expect(rig.data('CX_KPI'), `moment ${moment}`).toEqual(wanted);
    }
    expect(snapshots).toBeGreaterThan(0);
  });

  it('of another configuration is migrated once, whatever crashes meanwhile (case 30)', async () => {
    const old = tumblingSum(1000);
    /** Doubles every sum it takes over: doing so twice would show. */
    const doubled: OperatorDef<Reading, Reading> = {
      ...tumblingSum(1000),
      fingerprint: { sizeMs: 1000, doubled: true },
      migrate: (saved) =>
        saved.map((part) =>
          Object.fromEntries(
            Object.entries(part as Record<string, number | null>).map(([id, sum]) => [
              id,
              sum === null ? null : 2 * sum,
            ]),
          ),
        ),
    };
    const chain: ChainDef<Reading, Reading> = pipe(doubled, echo);
    for (let moment = 1; ; moment++) {
      const rig = new Rig();
      rig.broker.offer('100 k 1');
      rig.broker.offer('200 k 2');
      rig.start({ chain: old, ends: true });
      await rig.until(() => rig.isOver);
      rig.broker.offer('300 k 4');
      rig.broker.offer('1200 k 0');
      rig.start({ chain, ends: true, fault: crashAt(moment) });
      await rig.until(() => rig.isOver);
      const isCalm = rig.failure === null;
      rig.ports = connect(rig.broker);
      rig.start({ chain, ends: true });
      await rig.until(() => rig.isOver);
      expect(rig.data('CX_KPI'), `moment ${moment}`).toEqual([{ id: '1000/k', sum: 10 }]);
      if (isCalm) break;
    }
  });

  it('that does not fit is refused and left as it was', async () => {
    const rig = new Rig();
    rig.broker.offer('100 k 1');
    rig.start({ chain: tumblingSum(1000), ends: true });
    await rig.until(() => rig.isOver);
    rig.start({ chain: tumblingSum(2000), ends: true });
    await rig.until(() => rig.isOver);
    expect(rig.failure).toEqual(new EngineError('STATE_MISMATCH', ['tumbling-sum', 'it cannot take over that state']));
    rig.failure = null;
    rig.broker.offer('1200 k 0');
    rig.start({ chain: tumblingSum(1000), ends: true });
    await rig.until(() => rig.isOver);
    expect(rig.failure).toBeNull();
    expect(rig.data('CX_KPI')).toEqual([{ id: '1000/k', sum: 1 }]);
  });
});
