/**
 * What every implementation of a port must do, as cases without a test framework:
 * `for (const { name, run } of commitStoreCases) it(name, () => run(make))`. The in-memory ports and the real ones pass the
 * same cases. Each `make` gives a fresh, empty one; a case may ask for a second view of the same, as another process has.
 */
import { EngineError } from '../core/errors.ts';
import { isSameState } from '../core/state-equality.ts';
import { START_OF_TIME } from '../core/types.ts';
import type { Commit, CommitStore, Outgoing, RawMessage, Sink, Source, State } from '../core/types.ts';

export interface Case<Subject> {
  readonly name: string;
  readonly run: (make: () => Promise<Subject>) => Promise<void>;
}

const { signal } = new AbortController();

// ── Commit stores ──────────────────────────────────────────────────────────────────────────────────────────────────

export interface CommitStores {
  /** The same log as another process opens it. */
  connect(): CommitStore;
}

export const commitStoreCases: readonly Case<CommitStores>[] = [
  {
    name: 'opens a fresh partition with nothing in it',
    async run(make) {
      const log = await (await make()).connect().open(0, signal);
      demandSame('last', log.last ?? null, null);
      demandSame('saved', log.saved, {});
    },
  },
  {
    name: 'gives back the last commit whole, and the deltas by operator, oldest first',
    async run(make) {
      const stores = await make();
      const log = await stores.connect().open(0, signal);
      await log.append(commit(1, { a: { k: 1, bytes: Uint8Array.of(0, 255, 10) }, b: [1, null, 'ü'] }), signal);
      await log.append(commit(2, { a: { k: 2 } }), signal);
      await log.append(commit(3, {}), signal);
      const again = await stores.connect().open(0, signal);
      demandSame('last', plain(again.last), plain(commit(3, {})));
      demandSame('a', again.saved['a'] ?? [], [{ k: 1, bytes: Uint8Array.of(0, 255, 10) }, { k: 2 }]);
      demandSame('b', again.saved['b'] ?? [], [[1, null, 'ü']]);
    },
  },
  {
    name: 'keeps partitions apart',
    async run(make) {
      const stores = await make();
      await (await stores.connect().open(0, signal)).append(commit(1, { a: 'zero' }), signal);
      await (await stores.connect().open(1, signal)).append(commit(1, { a: 'one' }), signal);
      demandSame('partition 0', (await stores.connect().open(0, signal)).saved, { a: ['zero'] });
      demandSame('partition 1', (await stores.connect().open(1, signal)).saved, { a: ['one'] });
    },
  },
  {
    name: 'refuses a writer when another was faster, then and ever after, and lets the other go on',
    async run(make) {
      const stores = await make();
      const zombie = await stores.connect().open(0, signal);
      await zombie.append(commit(1, { a: 1 }), signal);
      const owner = await stores.connect().open(0, signal);
      await owner.append({ ...commit(2, { a: 2 }), epoch: 2 }, signal);
      for (const number of [2, 3]) await demandFenced(zombie.append(commit(number, { a: 'zombie' }), signal));
      await owner.append({ ...commit(3, { a: 3 }), epoch: 2 }, signal);
      demandSame('saved', (await stores.connect().open(0, signal)).saved, { a: [1, 2, 3] });
    },
  },
  {
    name: 'lets only one of two that open at once take over',
    async run(make) {
      const stores = await make();
      const first = await stores.connect().open(0, signal);
      const second = await stores.connect().open(0, signal);
      await first.append(commit(1, { a: 'first' }), signal);
      await demandFenced(second.append(commit(1, { a: 'second' }), signal));
      demandSame('saved', (await stores.connect().open(0, signal)).saved, { a: ['first'] });
    },
  },
  {
    name: 'puts a finished snapshot in the place of what was before it began, and the deltas since then after it',
    async run(make) {
      const stores = await make();
      const log = await stores.connect().open(0, signal);
      await log.append(commit(1, { a: 'before', gone: 'before' }), signal);
      const snapshot = log.beginSnapshot();
      await snapshot.write('a', 'part 1', signal);
      await log.append(commit(2, { a: 'meanwhile' }), signal);
      await snapshot.write('a', 'part 2', signal);
      await snapshot.write('b', { whole: true }, signal);
      await log.append(commit(3, { b: 'meanwhile' }), signal);
      await snapshot.finish(signal);
      await log.append(commit(4, { a: 'after' }), signal);
      const again = await stores.connect().open(0, signal);
      demandSame('a', again.saved['a'] ?? [], ['part 1', 'part 2', 'meanwhile', 'after']);
      demandSame('b', again.saved['b'] ?? [], [{ whole: true }, 'meanwhile']);
      demandSame('gone', again.saved['gone'] ?? [], []);
    },
  },
  {
    name: 'forgets a snapshot that was not finished',
    async run(make) {
      const stores = await make();
      const log = await stores.connect().open(0, signal);
      await log.append(commit(1, { a: 1 }), signal);
      await log.beginSnapshot().write('a', 'half', signal);
      await log.append(commit(2, { a: 2 }), signal);
      demandSame('saved', (await stores.connect().open(0, signal)).saved, { a: [1, 2] });
    },
  },
  {
    name: 'counts the bytes of deltas since the last snapshot began',
    async run(make) {
      const log = await (await make()).connect().open(0, signal);
      await log.append(commit(1, { a: 'x'.repeat(1000) }), signal);
      demand(log.deltaBytes >= 1000, `deltaBytes is ${log.deltaBytes} after a delta of 1,000`);
      const snapshot = log.beginSnapshot();
      await snapshot.write('a', 'y'.repeat(2000), signal);
      await snapshot.finish(signal);
      demand(log.deltaBytes < 1000, `deltaBytes is ${log.deltaBytes} after a snapshot`);
      demand(log.snapshotBytes >= 2000, `snapshotBytes is ${log.snapshotBytes} after a part of 2,000`);
    },
  },
];

// ── Sinks ──────────────────────────────────────────────────────────────────────────────────────────────────────────

export interface Sinks {
  /** The same streams as another process sees them. */
  connect(): Promise<Sink>;
  /** Ids stored on the stream of this subject, in order. */
  stored(subject: string): Promise<readonly string[]>;
}

export const sinkCases: readonly Case<Sinks>[] = [
  {
    name: 'stores all in order, calls that overlap included',
    async run(make) {
      const sinks = await make();
      const sink = await sinks.connect();
      const ids = Array.from({ length: 300 }, (_, i) => `0:${i}:0`);
      const calls: Promise<void>[] = [];
      for (let i = 0; i < ids.length; i += 7) calls.push(sink.publish(ids.slice(i, i + 7).map(kpi), signal));
      await Promise.all(calls);
      demandSame('stored', await sinks.stored('cx.kpi.csat'), ids);
    },
  },
  {
    name: 'stores a message of one id once',
    async run(make) {
      const sinks = await make();
      await (await sinks.connect()).publish([kpi('0.1.0'), kpi('0.1.1')], signal);
      await (await sinks.connect()).publish([kpi('0.1.1'), kpi('0.1.2')], signal);
      demandSame('stored', await sinks.stored('cx.kpi.csat'), ['0.1.0', '0.1.1', '0.1.2']);
    },
  },
  {
    name: 'tells another process what was stored after its marks, on every stream',
    async run(make) {
      const sinks = await make();
      const sink = await sinks.connect();
      await sink.publish([kpi('0.1.0'), alert('0.1.1')], signal);
      const marks = sink.marks();
      await sink.publish([kpi('0.2.0'), alert('0.2.1')], signal);
      const found = await (await sinks.connect()).storedSince(marks, signal);
      demandSame('stored since', [...found].sort(), ['0.2.0', '0.2.1']);
    },
  },
  {
    name: 'looks at everything it may have to know where there are no marks',
    async run(make) {
      const sinks = await make();
      await (await sinks.connect()).publish([kpi('0.1.0'), alert('0.1.1')], signal);
      const found = await (await sinks.connect()).storedSince({}, signal);
      demandSame('stored', [...found].sort(), ['0.1.0', '0.1.1']);
    },
  },
  {
    name: 'tells whose outputs it holds, on whatever stream, and however old',
    async run(make) {
      const sinks = await make();
      const sink = await sinks.connect();
      demand(!(await sink.holdsOutputsOf(0, signal)), 'an empty one holds outputs');
      await sink.publish([kpi('1.1.0'), alert('10:7:0')], signal);
      const found: number[] = [];
      for (const partition of [0, 1, 7, 10]) if (await sink.holdsOutputsOf(partition, signal)) found.push(partition);
      demandSame('partitions with outputs', found, [1, 10]);
    },
  },
];

// ── Sources ────────────────────────────────────────────────────────────────────────────────────────────────────────

export interface Sources {
  readonly source: Source;
  /** Stores one message; resolves with its sequence. */
  readonly offer: (text: string) => Promise<number>;
}

export const sourceCases: readonly Case<Sources>[] = [
  {
    name: 'hands over what follows a position, in order, whole, and what comes later',
    async run(make) {
      const { source, offer } = await make();
      const seqs: number[] = [];
      for (let i = 0; i < 20; i++) seqs.push(await offer(`m${i}`));
      const stop = new AbortController();
      const seen: RawMessage[] = [];
      for await (const batch of source.batches(seqs[4] ?? 0, stop.signal)) {
        demand(batch.length > 0, 'a batch is empty');
        seen.push(...batch);
        if (seen.length === 15) await offer('late');
        if (seen.length >= 16) break;
      }
      stop.abort();
      demandSame(
        'sequences',
        seen.slice(0, 15).map(({ seq }) => seq),
        seqs.slice(5),
      );
      const decoder = new TextDecoder();
      const texts = Array.from({ length: 15 }, (_, i) => `m${i + 5}`);
      demandSame(
        'texts',
        seen.map(({ data }) => decoder.decode(data)),
        [...texts, 'late'],
      );
    },
  },
  {
    name: 'is caught up when everything was handed over, and not before',
    async run(make) {
      const { source, offer } = await make();
      await offer('one');
      await offer('two');
      const stop = new AbortController();
      let seen = 0;
      for await (const batch of source.batches(0, stop.signal)) {
        seen += batch.length;
        const isAll = seen === 2;
        demand(source.caughtUp() === isAll, `caughtUp() is ${!isAll} after ${seen} of 2 messages`);
        if (isAll) break;
      }
      stop.abort();
    },
  },
  {
    name: 'ends with the signal while it waits',
    async run(make) {
      const { source } = await make();
      const stop = new AbortController();
      const first = source.batches(0, stop.signal)[Symbol.asyncIterator]().next();
      stop.abort();
      const ended = await first.then(
        ({ done }) => done === true,
        () => true,
      );
      demand(ended, 'it gave a batch of nothing');
    },
  },
];

// ── What they are made of ──────────────────────────────────────────────────────────────────────────────────────────

function commit(number: number, deltas: Readonly<Record<string, State>>): Commit {
  return {
    ...{ format: 1, epoch: 1, number, position: 10 * number, counters: { events_in: number }, marks: { CX_KPI: 7 } },
    time: { maxTs: 5 - number, watermark: START_OF_TIME, lastArrival: 3 },
    deltas,
    fingerprints: { a: { size: 1 } },
    outbox: [kpi(`0.${number}.0`)],
  };
}

function kpi(id: string): Outgoing {
  return { id, subject: 'cx.kpi.csat', type: 'cx.kpi.changed', time: 1000, data: { value: 1.5, text: '满意' } };
}

function alert(id: string): Outgoing {
  return { ...kpi(id), subject: 'cx.alerts.critical.csat_low', type: 'cx.alert.changed' };
}

function plain(value: Commit | undefined): unknown {
  return value === undefined ? null : { ...value };
}

function demand(condition: boolean, message: string): void {
  if (!condition) throw new Error(message);
}

function demandSame(what: string, actual: unknown, expected: unknown): void {
  if (isSameState(actual as State, expected as State)) return;
  const text = `${what}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`;
  throw Object.assign(new Error(text), { expected, actual, showDiff: true });
}

async function demandFenced(append: Promise<void>): Promise<void> {
  const thrown = await append.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  const isFenced = thrown instanceof EngineError && thrown.code === 'COMMIT_FENCED';
  demand(isFenced, `expected COMMIT_FENCED, got ${String(thrown)}`);
}
