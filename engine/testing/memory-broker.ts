/** What outlives a crash, in memory: inputs, output streams with their duplicate windows, commits and snapshots. */
import { EngineError } from '../core/errors.ts';
import { cloneState } from '../core/state-equality.ts';
import type { Commit, Millis, Outgoing, RawMessage, State } from '../core/types.ts';

export interface StoredOutput {
  readonly seq: number;
  readonly message: Outgoing;
}

export interface MemoryBrokerOptions {
  /** How many ids each output stream remembers; 0: none, as after a downtime longer than the duplicate window. */
  readonly duplicateWindow?: number;
  readonly now?: () => Millis;
}

interface PartitionLog {
  readonly commits: Commit[];
  /** Who appended the last one: tells a retried append from another owner's. */
  writer: object | undefined;
  snapshot: { readonly since: number; readonly parts: ReadonlyMap<string, readonly State[]>; readonly bytes: number };
}

/** When messages are stored unless a test says: later than the time of any event. */
const AFTER_ALL: Millis = Date.UTC(2200, 0, 1);

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
    this.#now = options.now ?? (() => AFTER_ALL);
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

  // What follows is for the ports.

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

/** One stream a second token: `cx.kpi.csat` is in `CX_KPI`. */
function streamOf(subject: string): string {
  return `CX_${(subject.split('.')[1] ?? '').toUpperCase()}`;
}

function sizeOf(value: unknown): number {
  return JSON.stringify(value, (_, part: unknown) => (part instanceof Uint8Array ? part.length : part)).length;
}
