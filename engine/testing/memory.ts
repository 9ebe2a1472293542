/**
 * In-memory ports that can fail. A `MemoryBroker` outlives crashes: `connect` gives the ports of one process, and what
 * a dead process has still under way has no effect any more.
 */
import { jsonSize } from '../core/json/json-size.ts';
import { cloneState } from '../core/state-equality.ts';
import type { CommitLog, CommitStore, Marks, Outgoing, RawMessage, Sink } from '../core/types.ts';
import type { SnapshotWriter, Source, State } from '../core/types.ts';
import { MemoryBroker } from './memory-broker.ts';

/** What went wrong in a dead process; thrown by every port of it. */
export class Crash extends Error {
  override readonly name = 'Crash';
}

/** The effect took place, but no answer: the port tries again, as one over a network would. */
export class LostAck extends Error {
  override readonly name = 'LostAck';
}

/**
 * Called before and after each effect of a port. Throws Crash to kill the process there, LostAck (after) to lose the ack;
 * a promise makes the port wait, as a stalled process or a slow broker would.
 */
export type Fault = (call: string, when: 'before' | 'after') => void | Promise<void>;

export { MemoryBroker };

export function connect(broker: MemoryBroker, fault: Fault = () => undefined): MemoryPorts {
  return new MemoryPorts(broker, fault);
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
  #pendingBytes = 0;

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
    for (const { data } of messages) this.#pendingBytes += jsonSize(data);
    const published = this.#publishing.then(async () => {
      for (const message of messages) {
        signal.throwIfAborted();
        await this.#call('publish', () => {
          const { stream, seq } = this.#broker.store(message);
          this.#marks[stream] = seq;
        });
        this.#pendingBytes -= jsonSize(message.data);
      }
    });
    this.#publishing = published.catch(() => undefined);
    return published;
  }

  pendingBytes(): number {
    return this.#pendingBytes;
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

  holdsOutputsOf(partition: number): Promise<boolean> {
    return this.#call('holdsOutputsOf', () =>
      this.#broker.allOutputs().some(({ id }) => id.startsWith(`${partition}.`) || id.startsWith(`${partition}:`)),
    );
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
