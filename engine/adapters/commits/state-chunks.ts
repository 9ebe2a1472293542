/**
 * What is too large for one message lies in chunks: the messages of `cx.chunk.<partition>.<generation>`, each with its
 * number in a header. A generation counts only once a record of the partition's chain names it; others are litter.
 */
import type { JetStreamManager } from '@nats-io/jetstream';
import { type NatsConnection, nuid } from '@nats-io/transport-node';
import type { Logger } from '../../core/types.ts';
import { pieces } from './commit-codec.ts';
import type { Publisher } from '../nats/publisher.ts';
import { readToEnd } from '../streams/stream-reader.ts';

export const CHUNK_HEADER = 'Earshot-Chunk';

export interface ChunkContext {
  readonly nc: NatsConnection;
  readonly jsm: JetStreamManager;
  readonly stream: string;
  readonly partition: number;
  readonly logger: Logger;
  readonly publisher: Publisher;
  /** Largest chunk. */
  readonly chunkBytes: number;
}

export interface Chunked {
  readonly generation: string;
  readonly chunks: number;
  readonly bytes: number;
}

/** Takes bytes, stores them chunk by chunk while more come; a few chunks are on their way at a time. */
export class ChunkWriter {
  readonly generation = nuid.next();
  readonly #context: ChunkContext;
  #filling: Uint8Array[] = [];
  #fillingBytes = 0;
  #chunks = 0;
  #bytes = 0;
  #onTheirWay: Promise<void>[] = [];

  constructor(context: ChunkContext) {
    this.#context = context;
  }

  get bytes(): number {
    return this.#bytes;
  }

  async write(bytes: Uint8Array, signal: AbortSignal): Promise<void> {
    const { chunkBytes } = this.#context;
    for (let at = 0; at < bytes.length;) {
      const piece = bytes.subarray(at, at + chunkBytes - this.#fillingBytes);
      this.#filling.push(piece);
      this.#fillingBytes += piece.length;
      this.#bytes += piece.length;
      at += piece.length;
      if (this.#fillingBytes === chunkBytes) await this.#flush(signal, 4);
    }
  }

  /** Resolves when all is stored. */
  async end(signal: AbortSignal): Promise<Chunked> {
    if (this.#fillingBytes > 0) await this.#flush(signal, 1);
    await Promise.all(this.#onTheirWay);
    return { generation: this.generation, chunks: this.#chunks, bytes: this.#bytes };
  }

  async #flush(signal: AbortSignal, mostOnTheirWay: number): Promise<void> {
    const { partition, publisher } = this.#context;
    const message = {
      subject: chunkSubject(partition, this.generation),
      headers: { [CHUNK_HEADER]: String(this.#chunks) },
      data:
        this.#filling.length === 1 && this.#filling[0] !== undefined ? this.#filling[0] : Buffer.concat(this.#filling),
    };
    this.#chunks += 1;
    this.#filling = [];
    this.#fillingBytes = 0;
    const stored = publisher.publish([message], signal);
    stored.catch(() => undefined); // thrown at whoever awaits it below
    this.#onTheirWay.push(stored);
    while (this.#onTheirWay.length >= mostOnTheirWay) await this.#onTheirWay.shift();
  }
}

/** Stores bytes in chunks of their own. */
export async function writeChunks(context: ChunkContext, bytes: Uint8Array, signal: AbortSignal): Promise<Chunked> {
  const writer = new ChunkWriter(context);
  for (const piece of pieces(bytes, context.chunkBytes)) await writer.write(piece, signal);
  return writer.end(signal);
}

/** The chunks in their order; undefined: some are missing. */
export async function readChunks(
  context: Omit<ChunkContext, 'publisher' | 'chunkBytes'>,
  chunked: Chunked,
  signal: AbortSignal,
): Promise<readonly Uint8Array[] | undefined> {
  const { nc, stream, partition, logger } = context;
  const chunks = new Map<number, Uint8Array>();
  const filter = chunkSubject(partition, chunked.generation);
  await readToEnd(nc, { stream, filter, after: 0, maxMessages: 64, logger }, signal, (batch) => {
    for (const { headers, data } of batch) {
      const number = Number(headers[CHUNK_HEADER.toLowerCase()]);
      // One that was sent twice lies there twice.
      if (!chunks.has(number)) chunks.set(number, data);
    }
    return undefined;
  });
  const ordered: Uint8Array[] = [];
  let bytes = 0;
  for (let number = 0; number < chunked.chunks; number++) {
    const chunk = chunks.get(number);
    if (chunk === undefined) return undefined;
    ordered.push(chunk);
    bytes += chunk.length;
  }
  return bytes === chunked.bytes ? ordered : undefined;
}

/** Every generation of the partition that has chunks. */
export async function generationsOf(
  jsm: JetStreamManager,
  stream: string,
  partition: number,
): Promise<readonly string[]> {
  const info = await jsm.streams.info(stream, { subjects_filter: chunkSubject(partition, '*') });
  // The broker leaves the list out where none matches.
  return Object.keys(info.state.subjects ?? {}).map((subject) => subject.slice(subject.lastIndexOf('.') + 1));
}

export async function removeGeneration(
  jsm: JetStreamManager,
  stream: string,
  partition: number,
  generation: string,
): Promise<void> {
  await jsm.streams.purge(stream, { filter: chunkSubject(partition, generation) });
}

function chunkSubject(partition: number, generation: string): string {
  return `cx.chunk.${String(partition)}.${generation}`;
}
