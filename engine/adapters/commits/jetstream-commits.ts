/** The commits of each partition, in the JetStream state stream: `cx.state.<partition>` and its chunks. */
import type { NatsConnection } from '@nats-io/transport-node';
import { jetstreamOf, managerOf } from '../nats/jetstream-api.ts';
import { EngineError, reasonOf } from '../../core/errors.ts';
import type { Commit, CommitLog, CommitStore, Logger, SnapshotWriter, State } from '../../core/types.ts';
import { CommitChain } from './commit-chain.ts';
import { encodeCommit, encodePart, encodeRecord, recordOfCommit, STATE_FORMAT } from './commit-codec.ts';
import { type CommittedState, readCommitted } from './commit-reader.ts';
import { pause } from '../nats/nats-connection.ts';
import { Publisher } from '../nats/publisher.ts';
import { type ChunkContext, ChunkWriter, removeGeneration, writeChunks } from './state-chunks.ts';
import { requirePayload } from '../streams/broker-fitness.ts';
import { STATE_STREAM } from '../streams/streams.ts';

export interface JetstreamCommitsOptions {
  readonly logger: Logger;
  readonly stream?: string;
  /** Largest message written; by default what the broker takes, at most 1 MiB. */
  readonly maxMessageBytes?: number;
  readonly ackWithinMs?: number;
}

export interface JetstreamCommits extends CommitStore {
  /** Why commits don't get through; undefined: they do. */
  blocked(): string | undefined;
  close(): void;
}

/** Bytes for headers and for what surrounds a commit in its record. */
const OVERHEAD_BYTES = 4096;

export function jetstreamCommits(nc: NatsConnection, options: JetstreamCommitsOptions): JetstreamCommits {
  const { logger } = options;
  const stream = options.stream ?? STATE_STREAM;
  const ackWithinMs = options.ackWithinMs ?? 2000;
  const publisher = new Publisher(nc, { logger, window: 16, ackWithinMs });
  const chains = new Map<number, CommitChain>();
  return {
    open: async (partition, signal) => {
      requirePayload(publisher.maxBytes(), 1);
      const jsm = await managerOf(nc, { timeout: 2000 });
      const js = jetstreamOf(nc, { timeout: ackWithinMs });
      const subject = `cx.state.${String(partition)}`;
      const state = await readCommitted({ nc, jsm, stream, partition, logger, subject }, signal);
      const chain = new CommitChain({ nc, js, jsm, stream, subject, partition, logger, ackWithinMs }, state.end);
      chains.set(partition, chain);
      const limit = Math.min(options.maxMessageBytes ?? 1024 * 1024, publisher.maxBytes()) - OVERHEAD_BYTES;
      return new JetstreamCommitLog({ nc, jsm, stream, partition, logger, publisher, chunkBytes: limit }, chain, state);
    },
    blocked: () => {
      for (const chain of chains.values()) {
        const reason = chain.blocked();
        if (reason !== undefined) return reason;
      }
      return publisher.blocked();
    },
    close: () => publisher.close(),
  };
}

/**
 * Removes all that a partition has committed: it starts from empty. Nothing may be running on it until the signal. What it sent out stays. Ids
 * count from one again: for as long as the duplicate window of the output streams lasts (two minutes), the broker takes
 * them for the old ones, so begin again only after that.
 */
export async function dropCommitted(nc: NatsConnection, partition: number, signal: AbortSignal): Promise<void> {
  const jsm = await managerOf(nc);
  for (const filter of [`cx.state.${String(partition)}`, `cx.chunk.${String(partition)}.*`]) {
    // Nothing at the broker refuses a purge. After a pause of this process the timer that tells of it must have run.
    await pause(0, signal);
    await jsm.streams.purge(STATE_STREAM, { filter });
  }
}

interface NamedGeneration {
  readonly generation: string;
  /** The record that names it. */
  readonly seq: number;
  readonly isSnapshot: boolean;
}

class JetstreamCommitLog implements CommitLog {
  readonly last: Commit | undefined;
  readonly saved: Readonly<Record<string, readonly State[]>>;
  deltaBytes: number;
  snapshotBytes: number;
  readonly #context: ChunkContext;
  readonly #chain: CommitChain;
  /** Sequence of the last commit. */
  #lastCommit: number;
  #generations: NamedGeneration[];
  /** Freed as soon as an append of ours has shut out whoever might still name it. */
  #litter: string[];
  #snapshot: ChunkWriter | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(context: ChunkContext, chain: CommitChain, state: CommittedState) {
    this.#context = context;
    this.#chain = chain;
    this.last = state.last;
    this.saved = state.saved;
    this.deltaBytes = state.deltaBytes;
    this.snapshotBytes = state.snapshotBytes;
    this.#lastCommit = state.lastSeq;
    this.#generations = [...state.generations];
    this.#litter = [...state.litter];
  }

  append(commit: Commit, signal: AbortSignal): Promise<void> {
    return this.#afterLast(async () => {
      const encoded = encodeCommit(commit);
      const inline = recordOfCommit(encoded);
      let bytes = inline.length;
      if (bytes <= this.#context.chunkBytes) {
        this.#lastCommit = await this.#chain.append(inline, signal);
      } else {
        const chunked = await writeChunks(this.#context, encoded, signal);
        bytes = chunked.bytes;
        const record = { kind: 'chunked', format: STATE_FORMAT, number: commit.number, ...chunked } as const;
        this.#lastCommit = await this.#name(chunked.generation, encodeRecord(record), false, signal);
      }
      this.deltaBytes += bytes;
      if (this.#litter.length > 0) await this.#clean();
    });
  }

  beginSnapshot(): SnapshotWriter {
    if (this.#lastCommit === 0) throw new Error('a snapshot is of a commit, and there is none yet');
    if (this.#snapshot !== undefined) this.#litter.push(this.#snapshot.generation);
    const writer = new ChunkWriter(this.#context);
    const base = this.#lastCommit;
    this.#snapshot = writer;
    this.deltaBytes = 0;
    return {
      write: (operator, part, signal) => writer.write(encodePart({ operator, part }), signal),
      finish: (signal) =>
        this.#afterLast(async () => {
          if (this.#snapshot !== writer) throw new Error('this snapshot was given up for a later one');
          const chunked = await writer.end(signal);
          const record = encodeRecord({ kind: 'snapshot', format: STATE_FORMAT, base, ...chunked });
          const seq = await this.#name(chunked.generation, record, true, signal);
          this.#snapshot = undefined;
          this.snapshotBytes = chunked.bytes;
          await this.#dropBefore(base, seq);
        }),
    };
  }

  /** Puts the record that names a generation into the chain. */
  async #name(generation: string, record: Uint8Array, isSnapshot: boolean, signal: AbortSignal): Promise<number> {
    try {
      const seq = await this.#chain.append(record, signal);
      this.#generations.push({ generation, seq, isSnapshot });
      return seq;
    } catch (error) {
      // Refused for good: nobody will ever name it, and nobody else knows it.
      if (error instanceof EngineError && error.code === 'COMMIT_FENCED') {
        this.#litter = [generation];
        await this.#clean();
      }
      throw error;
    }
  }

  /** Frees what the snapshot named at `snapshotSeq` replaces. The commit it began at stays: it may be the last. */
  async #dropBefore(base: number, snapshotSeq: number): Promise<void> {
    const isNeeded = ({ seq, isSnapshot }: NamedGeneration): boolean =>
      isSnapshot ? seq === snapshotSeq : seq >= base;
    this.#litter.push(...this.#generations.filter((named) => !isNeeded(named)).map(({ generation }) => generation));
    this.#generations = this.#generations.filter(isNeeded);
    const { jsm, stream, partition } = this.#context;
    // Below the first there is nothing; and asked to purge up to sequence 1, the server purges everything.
    if (base > 1) {
      await this.#tidy(() => jsm.streams.purge(stream, { filter: `cx.state.${String(partition)}`, seq: base }));
    }
    await this.#clean();
  }

  async #clean(): Promise<void> {
    const { jsm, stream, partition } = this.#context;
    const litter = this.#litter;
    this.#litter = [];
    for (const generation of litter) {
      const isGone = await this.#tidy(() => removeGeneration(jsm, stream, partition, generation));
      if (!isGone) this.#litter.push(generation);
    }
  }

  /** What fails here only leaves litter, for the next write to free. */
  async #tidy(free: () => Promise<unknown>): Promise<boolean> {
    try {
      await free();
      return true;
    } catch (error) {
      const { logger, partition } = this.#context;
      logger.warn('could not free replaced state yet', { partition, error: reasonOf(error) });
      return false;
    }
  }

  /** One write at a time: each depends on the sequence of the one before. */
  #afterLast<T>(write: () => Promise<T>): Promise<T> {
    const written = this.#last.then(write);
    this.#last = written.catch(() => undefined); // reported to whoever asked for that write
    return written;
  }
}
