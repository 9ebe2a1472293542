/** Threads of partitions as their engine sees them, over threads that only this test moves. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { recordingLogger } from '../../adapters/testing/broker.fixture.ts';
import { compileExpression } from '../../adapters/expressions/cel.ts';
import { EngineError } from '../../core/errors.ts';
import { idleStats } from '../../core/partition/stats.ts';
import type { AttemptSignals } from '../../runtime/assignment/supervisor.ts';
import { parseConfig, type Config } from '../config/config.ts';
import type { EvaluationCounts, FromPartitionThread, PartitionThreadData } from './partition-thread-messages.ts';
import type { ThreadReport, ToPartitionThread } from './partition-thread-messages.ts';
import { PartitionThreads } from './partition-threads.ts';
import { plainThrown } from './thrown-form.ts';

function configOf(text: string): Config {
  const parsed = parseConfig(parse(text), compileExpression);
  if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
  return parsed.config;
}
const CONFIG = configOf('{partitions: 4, threads: 2}');
const KEYS = { mask: 'm', control: [] };
const REPORT: ThreadReport = {
  ...{ runs: [], waits: [], troubles: [], families: [], evaluations: [], generation: 0 },
  loop: { p99Seconds: 0.01, maxSeconds: 0.02, busy: 0.5 },
};

interface Opened {
  readonly data: PartitionThreadData;
  readonly heard: ToPartitionThread[];
  readonly say: (message: FromPartitionThread) => void;
  readonly end: () => void;
  readonly fail: (thrown: unknown) => void;
}

interface Rig {
  readonly threads: PartitionThreads;
  readonly opened: Opened[];
  readonly counted: EvaluationCounts[];
  readonly troubles: (string | null)[];
  readonly logger: ReturnType<typeof recordingLogger>;
  now: number;
}

function rig(): Rig {
  const opened: Opened[] = [];
  const counted: EvaluationCounts[] = [];
  const troubles: (string | null)[] = [];
  const logger = recordingLogger();
  const data = { config: CONFIG, broker: { servers: [] }, keys: KEYS, isScored: false, doubt: null };
  const made: Rig = {
    ...{ opened, counted, troubles, logger, now: 0 },
    threads: new PartitionThreads({ ...data, origin: { source: 'urn:earshot:t', publicUrl: null } }, 2, {
      open: (of, say) => {
        let [end, fail] = [(): void => undefined, (_thrown: unknown): void => undefined];
        const ended = new Promise<void>((resolve, reject) => ([end, fail] = [resolve, reject]));
        const thread: Opened = { data: of, heard: [], say, end, fail };
        opened.push(thread);
        return {
          ended,
          kill: () => fail(new Error('it was killed')),
          postMessage: (message) => {
            thread.heard.push(message);
            if (message.kind === 'end') end();
          },
        };
      },
      ...{ scorer: null, logger, elapsed: () => made.now },
      expressions: { add: (counts) => void counted.push(counts) },
      onTroubles: (_thread, now) => void troubles.push(now),
    }),
  };
  return made;
}
const signals = (): {
  readonly stop: AbortController;
  readonly halt: AbortController;
  readonly both: AttemptSignals;
} => {
  const [stop, halt] = [new AbortController(), new AbortController()];
  return { stop, halt, both: { stop: stop.signal, halt: halt.signal } };
};
const settled = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve));

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

it('partitions are dealt out over the threads; a thread is opened with its first partition', () => {
  const { threads, opened } = rig();
  for (const partition of [0, 2, 1, 3]) threads.start(partition, signals().both);
  expect(opened.map(({ data }) => data.number)).toEqual([1, 2]);
  const started = opened.map(({ heard }) => heard.map((one) => (one.kind === 'start' ? one.partition : one.kind)));
  expect(started).toEqual([
    [0, 2],
    [1, 3],
  ]);
});

it('a partition runs as its thread last said, stops when asked to, and its end is the end of the attempt', async () => {
  const { threads, opened } = rig();
  const { stop, halt, both } = signals();
  const attempt = threads.start(1, both);
  const [thread] = opened;
  expect(attempt.run.stats().health.state).toBe('starting');
  const stats = { ...idleStats(1, { state: 'running', reasons: [] }), committedPosition: 9 };
  thread?.say({
    kind: 'report',
    report: { ...REPORT, runs: [{ run: 0, stats, blocked: 'CX_KPI is full', queues: { unread: 3 } }] },
  });
  expect(attempt.run.stats()).toEqual(stats);
  expect(attempt.blocked()).toBe('CX_KPI is full');
  expect(attempt.queues?.()).toEqual({ unread: 3 });
  stop.abort();
  halt.abort(new EngineError('LEASE_LOST', [1, 'it expired']));
  expect(thread?.heard.slice(1).map(({ kind }) => kind)).toEqual(['stop', 'halt']);
  const halted = thread?.heard[2];
  expect(halted?.kind === 'halt' ? halted.reason.code : null).toBe('LEASE_LOST');
  thread?.say({ kind: 'ended', run: 0, thrown: null });
  await expect(attempt.run.done).resolves.toBeUndefined();
});

it('what a partition fails with decides what becomes of it, as in the same thread', async () => {
  const { threads, opened } = rig();
  const attempt = threads.start(0, signals().both);
  opened[0]?.say({ kind: 'ended', run: 0, thrown: plainThrown(new EngineError('STATE_LOST', [0, 'x'])) });
  await expect(attempt.run.done).rejects.toMatchObject({ code: 'STATE_LOST', kind: 'config' });
});

it('a thread that ends fails all that ran in it for a reason that passes, and another follows with what is configured now', async () => {
  const { threads, opened, troubles, logger } = rig();
  const attempts = [0, 2].map((partition) => threads.start(partition, signals().both));
  const next = configOf('{partitions: 4, threads: 2, live_every: 1s}');
  threads.configure(next);
  opened[0]?.say({ kind: 'report', report: { ...REPORT, troubles: ['refused'], waits: ['NATS: not reached yet'] } });
  expect(threads.waiting()).toBe('thread 1: NATS: not reached yet');
  opened[0]?.fail(new SyntaxError('Unexpected token in "a customer wrote"'));
  for (const { run } of attempts) await expect(run.done).rejects.toMatchObject({ code: 'THREAD_LOST', kind: 'io' });
  expect(troubles).toEqual(['refused', null]);
  expect(threads.waiting()).toBeUndefined();
  expect(JSON.stringify(logger)).toContain('SyntaxError at ');
  expect(JSON.stringify(logger)).not.toContain('customer');
  threads.start(0, signals().both);
  expect(opened[1]?.data).toMatchObject({ number: 1, generation: 1, config: { liveEveryMs: 1000 } });
  const restarts = threads.families([]).find(({ name }) => name === 'earshot_thread_restarts_total');
  expect(restarts?.samples).toEqual([
    { labels: { thread: 1 }, value: 1 },
    { labels: { thread: 2 }, value: 0 },
  ]);
});

it('one that ends five times within a minute ends the engine; five times in an hour do not', async () => {
  const made = rig();
  const end = async (): Promise<void> => {
    made.threads.start(0, signals().both).run.done.catch(() => undefined);
    made.opened.at(-1)?.fail(Object.assign(new Error('out of memory'), { code: 'ERR_WORKER_OUT_OF_MEMORY' }));
    await settled();
    await settled();
  };
  for (let i = 0; i < 5; i++) {
    made.now += 600_000;
    await end();
  }
  for (let i = 0; i < 4; i++) await end();
  expect(() => made.threads.start(0, signals().both)).toThrow(
    new EngineError('THREAD_FAILED', [1, 5, 'out of memory']),
  );
});

it('one that says nothing for long shows in the health of its partitions, and is ended', async () => {
  const { threads, opened } = rig();
  const attempt = threads.start(0, signals().both);
  attempt.run.done.catch(() => undefined);
  opened[0]?.say({ kind: 'report', report: REPORT });
  vi.advanceTimersByTime(4_000);
  expect(attempt.blocked()).toBeUndefined();
  vi.advanceTimersByTime(6_000);
  expect(attempt.blocked()).toBe('thread 1 has said nothing for 10 s');
  opened[0]?.say({ kind: 'report', report: REPORT });
  expect(attempt.blocked()).toBeUndefined();
  vi.advanceTimersByTime(31_000);
  await expect(attempt.run.done).rejects.toMatchObject({ code: 'THREAD_LOST' });
});

it('what is evaluated counts with the engine, but not what was evaluated as it was configured before', () => {
  const { threads, opened, counted } = rig();
  threads.start(0, signals().both);
  const report = (generation: number, place: string): void => {
    const evaluations = [[place, { all: 1, withoutResult: 0, overruns: 0 }]] as const;
    opened[0]?.say({ kind: 'report', report: { ...REPORT, generation, evaluations } });
  };
  report(0, 'a');
  threads.configure(CONFIG);
  report(0, 'b');
  report(1, 'c');
  expect(counted.flat().map(([place]) => place)).toEqual(['a', 'c']);
});

it('counters of a thread stay when another follows it', async () => {
  const { threads, opened } = rig();
  const lookups = (value: number): FromPartitionThread => ({
    kind: 'report',
    report: { ...REPORT, families: [{ name: 'lookups', help: 'h', type: 'counter', samples: [{ value }] }] },
  });
  const count = (): number | undefined => threads.families([])[0]?.samples[0]?.value;
  for (const value of [3, 4]) {
    const { done } = threads.start(0, signals().both).run;
    opened.at(-1)?.say(lookups(value));
    opened.at(-1)?.fail(new Error('gone'));
    await expect(done).rejects.toThrow();
  }
  expect(count()).toBe(7);
});

it('an end that was asked for is none of the unasked ones', async () => {
  const { threads, opened, logger } = rig();
  threads.start(0, signals().both).run.done.catch(() => undefined);
  await threads.end();
  expect(opened[0]?.heard.at(-1)).toEqual({ kind: 'end' });
  expect(JSON.stringify(logger)).not.toContain('has ended');
});
