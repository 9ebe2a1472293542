/** A file of facts into its bucket: what is new or changed is written, what stands is left alone, so that its history is kept for changes. */
import type { NatsConnection } from '@nats-io/transport-node';
import { currentFacts, openFactBucket } from '../../adapters/facts/fact-bucket.ts';
import { encodeFactKey } from '../../adapters/facts/fact-key.ts';
import type { Logger } from '../../core/types.ts';
import type { FactFile } from './fact-file.ts';

export interface Loaded {
  readonly added: number;
  readonly changed: number;
  readonly same: number;
  readonly removed: number;
}

export interface LoadOptions {
  readonly bucket: string;
  readonly replicas: number;
  /** Keys that the file does not have are deleted. */
  readonly prune: boolean;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  readonly onProgress?: (rows: number) => void;
}

/** Writes under way. */
const WINDOW = 256;

export async function loadFacts(nc: NatsConnection, file: FactFile, options: LoadOptions): Promise<Loaded> {
  const { bucket, replicas, logger, signal } = options;
  const kv = await openFactBucket(nc, bucket, replicas);
  const stands = new Map<string, string>();
  await currentFacts(nc, bucket, logger, signal, ({ key, text }) => {
    if (text === null) stands.delete(key);
    else stands.set(key, text);
  });
  const counts = { added: 0, changed: 0, same: 0, removed: 0 };
  let writes: Promise<unknown>[] = [];
  const write = async (work: Promise<unknown>): Promise<void> => {
    writes.push(work);
    if (writes.length < WINDOW) return;
    signal.throwIfAborted();
    const under = writes;
    writes = [];
    await Promise.all(under);
  };
  let rows = 0;
  for await (const { key, fields } of file.rows()) {
    rows += 1;
    if (rows % 1000 === 0) options.onProgress?.(rows);
    const text = JSON.stringify(fields);
    const before = stands.get(key);
    stands.delete(key);
    if (before === text) counts.same += 1;
    else {
      if (before === undefined) counts.added += 1;
      else counts.changed += 1;
      await write(kv.put(encodeFactKey(key), text));
    }
  }
  if (options.prune)
    for (const key of stands.keys()) {
      counts.removed += 1;
      await write(kv.delete(encodeFactKey(key)));
    }
  await Promise.all(writes);
  return counts;
}
