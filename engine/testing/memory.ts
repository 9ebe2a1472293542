/**
 * In-memory ports that can fail. A `MemoryBroker` outlives crashes: each `connect` gives the ports of one process, and what
 * a dead process has still under way has no effect any more.
 */
import { EngineError } from '../core/errors.ts';
import { cloneState } from '../core/state.ts';
import type { Commit, CommitLog, CommitStore, Marks, Millis, Outgoing, RawMessage } from '../core/types.ts';
import type { Sink, SnapshotWriter, Source, State } from '../core/types.ts';

export interface StoredOutput {
  readonly seq: number;
  readonly message: Outgoing;
}

export interface MemoryBrokerOptions {
  /** How many ids each output stream remembers; 0: none, as after a downtime longer than the duplicate window. */
  readonly duplicateWindow?: number;
  readonly now?: () => Millis;
}

/** What went wrong in a dead process; thrown by every port of it. */
export class Crash extends Error {
  override readonly name = 'Crash';
}

/** The effect took place, but nobody told: the port tries again, as one over a network would. */
export class LostAck extends Error {
  override readonly name = 'LostAck';
}

/**
 * Called before and after each effect of a port. Throws Crash to kill the process there, LostAck (after) to lose the ack;
 * a promise makes the port wait, as a stalled process or a slow broker would.
 */
export type Fault = (call: string, when: 'before' | 'after') => void | Promise<void>;

interface PartitionLog {
  readonly commits: Commit[];
  /** Who appended the last one: tells a retried append from another owner's. */
  writer: object | undefined;
  snapshot: { readonly since: number; readonly parts: ReadonlyMap<string, readonly State[]>; readonly bytes: number };
}

export class MemoryBroker {
  readonly inputs = new Map<number, RawMessage[]>();
  readonly outputs = new Map<string, StoredOutput[]>();
  readonly #logs = new Map<number, PartitionLog>();
  readonly #recent = new Map<string, string[]>();
  readonly #duplicateWindow: number;
  readonly #now: () => Millis;
  readonly #listeners = new Set<() => void>();

  constructor(options: MemoryBrokerOptions = {}) {
    this.#duplicateWindow = options.duplicateWindow ?? 1000;
    this.#now = options.now ?? (() => 0);
  }

  /** Appends to a partition's input; returns its sequence. */
  offer(data: Uint8Array | string, partition = 0, subject = 'cx.events.app.survey.k'): number {
    const input = this.#input(partition);
    const seq = input.length + 1;
    const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data;
    input.push({ subject, headers: {}, data: bytes, seq, stored: this.#now() });
    for (const listener of [...this.#listeners]) listener();
    return seq;
  }

  /** All outputs in the order of each stream, streams by name. */
  allOutputs(): readonly Outgoing[] {
    const names = [...this.outputs.keys()].sort();
    return names.flatMap((name) => (this.outputs.get(name) ?? []).map(({ message }) => message));
  }

  commitsOf(partition: number): readonly Commit[] {
    return this.#log(partition).commits;
  }

  connect(fault: Fault = () => undefined): MemoryPorts {
    return new MemoryPorts(this, fault);
  }

  // What follows is for MemoryPorts.

  read(partition: number, after: number, most: number): readonly RawMessage[] {
    return this.#input(partition).slice(after, after + most);
  }

  onOffer(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  store(message: Outgoing): { readonly stream: string; readonly seq: number } {
    const stream = streamOf(message.subject);
    const stored = this.outputs.get(stream) ?? [];
    this.outputs.set(stream, stored);
    const recent = this.#recent.get(stream) ?? [];
    this.#recent.set(stream, recent);
    if (!recent.includes(message.id)) {
      stored.push({ seq: stored.length + 1, message: structuredClone(message) });
      recent.push(message.id);
      if (recent.length > this.#duplicateWindow) recent.shift();
    }
    return { stream, seq: stored.length };
  }

  load(partition: number): { last: Commit | undefined; saved: Record<string, State[]> } {
    const { commits, snapshot } = this.#log(partition);
    const saved: Record<string, State[]> = {};
    const add = (operator: string, part: State): void => {
      (saved[operator] ??= []).push(cloneState(part));
    };
    for (const [operator, parts] of snapshot.parts) for (const part of parts) add(operator, part);
    for (const commit of commits) {
      if (commit.number <= snapshot.since) continue;
      for (const [operator, delta] of Object.entries(commit.deltas)) add(operator, delta);
    }
    return { last: commits.at(-1), saved };
  }

  /** Refuses unless `after` is still the last commit, or this very one was appended by the same writer. */
  append(partition: number, commit: Commit, after: number, writer: object): void {
    const log = this.#log(partition);
    const last = log.commits.at(-1);
    if (last !== undefined && last.number === commit.number && log.writer === writer) return;
    if ((last?.number ?? 0) !== after) throw new EngineError('COMMIT_FENCED', [partition]);
    log.commits.push({ ...structuredClone(commit), deltas: cloneState(commit.deltas) as Record<string, State> });
    log.writer = writer;
  }

  replaceSnapshot(partition: number, since: number, parts: ReadonlyMap<string, readonly State[]>): void {
    this.#log(partition).snapshot = { since, parts, bytes: sizeOf([...parts.values()]) };
  }

  bytes(partition: number): { readonly delta: (since: number) => number; readonly snapshot: number } {
    const { commits, snapshot } = this.#log(partition);
    return {
      delta: (since) =>
        commits.filter(({ number }) => number > since).reduce((sum, one) => sum + sizeOf(one.deltas), 0),
      snapshot: snapshot.bytes,
    };
  }

  #input(partition: number): RawMessage[] {
    const input = this.inputs.get(partition) ?? [];
    this.inputs.set(partition, input);
    return input;
  }

  #log(partition: number): PartitionLog {
    const log = this.#logs.get(partition) ?? {
      commits: [],
      writer: undefined,
      snapshot: { since: 0, parts: new Map(), bytes: 0 },
    };
    this.#logs.set(partition, log);
    return log;
  }
}

/** The ports of one process. */
export class MemoryPorts implements Sink, CommitStore {
  /** Counts calls of ports, each twice: before and after its effect. */
  calls = 0;
  readonly #broker: MemoryBroker;
  readonly #fault: Fault;
  readonly #marks: Record<string, number> = {};
  #death: Crash | undefined;
  #publishing: Promise<void> = Promise.resolve();

  constructor(broker: MemoryBroker, fault: Fault) {
    this.#broker = broker;
    this.#fault = fault;
  }

  get isDead(): boolean {
    return this.#death !== undefined;
  }

  /** kill -9: from here on nothing of this process has an effect. */
  kill(): void {
    this.#death ??= new Crash('killed');
  }

  source(partition: number, options: { readonly batch?: number; readonly ends?: boolean } = {}): Source {
    const { batch = 10, ends = false } = options;
    const broker = this.#broker;
    let next = 0;
    const read = (after: number): Promise<readonly RawMessage[]> =>
      this.#call('read', () => broker.read(partition, after, batch));
    return {
      async *batches(after, signal) {
        next = after;
        while (!signal.aborted) {
          const messages = await read(next);
          next += messages.length;
          if (messages.length > 0) yield messages;
          else if (ends) return;
          else await offered(broker, signal);
        }
      },
      caughtUp: () => broker.read(partition, next, 1).length === 0,
    };
  }

  publish(messages: readonly Outgoing[], signal: AbortSignal): Promise<void> {
    const published = this.#publishing.then(async () => {
      for (const message of messages) {
        signal.throwIfAborted();
        await this.#call('publish', () => {
          const { stream, seq } = this.#broker.store(message);
          this.#marks[stream] = seq;
        });
      }
    });
    this.#publishing = published.catch(() => undefined);
    return published;
  }

  marks(): Marks {
    return { ...this.#marks };
  }

  storedSince(marks: Marks): Promise<ReadonlySet<string>> {
    return this.#call('storedSince', () => {
      const ids = new Set<string>();
      for (const [stream, stored] of this.#broker.outputs) {
        const after = marks[stream] ?? 0;
        for (const { seq, message } of stored) if (seq > after) ids.add(message.id);
        this.#marks[stream] = stored.length;
      }
      return ids;
    });
  }

  async open(partition: number): Promise<CommitLog> {
    const broker = this.#broker;
    const { last, saved } = await this.#call('open', () => broker.load(partition));
    let number = last?.number ?? 0;
    let deltasSince = 0;
    const writer = {};
    const call = <R>(name: string, effect: () => R): Promise<R> => this.#call(name, effect);
    return {
      last,
      saved,
      append: (commit) =>
        call('append', () => {
          broker.append(partition, commit, number, writer);
          number = commit.number;
        }),
      beginSnapshot: () => {
        const since = number;
        deltasSince = number;
        const parts = new Map<string, State[]>();
        const snapshot: SnapshotWriter = {
          write: (operator, part) =>
            call('writePart', () => {
              parts.set(operator, [...(parts.get(operator) ?? []), cloneState(part)]);
            }),
          finish: () => call('finishSnapshot', () => broker.replaceSnapshot(partition, since, parts)),
        };
        return snapshot;
      },
      get deltaBytes() {
        return broker.bytes(partition).delta(deltasSince);
      },
      get snapshotBytes() {
        return broker.bytes(partition).snapshot;
      },
    };
  }

  async #call<R>(name: string, effect: () => R): Promise<R> {
    for (;;) {
      await Promise.resolve();
      try {
        await this.#pass(name, 'before');
        const result = effect();
        await this.#pass(name, 'after');
        return result;
      } catch (thrown) {
        if (!(thrown instanceof LostAck)) throw thrown;
      }
    }
  }

  async #pass(name: string, when: 'before' | 'after'): Promise<void> {
    if (this.#death !== undefined) throw this.#death;
    this.calls++;
    try {
      await this.#fault(name, when);
    } catch (thrown) {
      if (thrown instanceof Crash) this.#death = thrown;
      throw thrown;
    }
  }
}

/** One stream a second token: `cx.kpi.csat` is in `CX_KPI`. */
function streamOf(subject: string): string {
  return `CX_${(subject.split('.')[1] ?? '').toUpperCase()}`;
}

function sizeOf(value: unknown): number {
  return JSON.stringify(value, (_, part: unknown) => (part instanceof Uint8Array ? part.length : part)).length;
}

function offered(broker: MemoryBroker, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      forget();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const forget = broker.onOffer(done);
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });
}
