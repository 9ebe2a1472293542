/** Reads whole streams, to compare what two runs left behind. */
import { AckPolicy, DeliverPolicy, jetstream, jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';

export interface Stored {
  readonly seq: number;
  readonly subject: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly data: unknown;
}

/** Everything the stream holds now, in order. */
export async function readStream(nc: NatsConnection, stream: string): Promise<Stored[]> {
  const manager = await jetstreamManager(nc);
  const { state } = await manager.streams.info(stream);
  const found: Stored[] = [];
  if (state.messages === 0) return found;
  const { name } = await manager.consumers.add(stream, {
    ack_policy: AckPolicy.None,
    deliver_policy: DeliverPolicy.All,
    mem_storage: true,
  });
  const consumer = await jetstream(nc).consumers.get(stream, name);
  const messages = await consumer.consume({ max_messages: 1000 });
  for await (const message of messages) {
    const headers: Record<string, string> = {};
    for (const key of message.headers?.keys() ?? []) headers[key.toLowerCase()] = message.headers?.get(key) ?? '';
    found.push({ seq: message.seq, subject: message.subject, headers, data: parse(message.data) });
    if (message.seq >= state.last_seq) break;
  }
  await manager.consumers.delete(stream, name);
  return found;
}

function parse(data: Uint8Array): unknown {
  const text = Buffer.from(data).toString('utf8');
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** What a message says, whatever run wrote it: without ids and clocks. */
export function contentOf(message: Stored): string {
  const data: unknown = typeof message.data === 'object' && message.data !== null ? { ...message.data } : message.data;
  if (message.subject.startsWith('cx.dlq.')) delete (data as Record<string, unknown>)['stored'];
  if (typeof data === 'object' && data !== null && 'enrichment' in data) {
    const enrichment = { ...(data.enrichment as Record<string, unknown>) };
    delete enrichment['received'];
    delete enrichment['emitted'];
    return `${message.subject} ${JSON.stringify({ ...data, enrichment })}`;
  }
  return `${message.subject} ${JSON.stringify(data)}`;
}
