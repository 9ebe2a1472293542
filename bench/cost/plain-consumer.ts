/**
 * A process of its own that reads the input stream as the engine does and does nothing with it, or no more than `JSON.parse`: what no
 * engine on this client can go below. Prints `{events, cpuUs}` of all its threads, after a warm-up.
 * Arguments: <nats url> <events> <of these to warm up> <none | decode> <events a message>
 */
import { connect } from '@nats-io/transport-node';
import { makeLogger } from '../../engine/adapters/process/log.ts';
import { jetstreamSource } from '../../engine/adapters/streams/jetstream-source.ts';

const [, , url = '', eventsText = '', warmUpText = '', work = '', eachText = ''] = process.argv;
const [events, warmUp, each] = [Number(eventsText), Number(warmUpText), Number(eachText)];
const nc = await connect({ servers: url });
const logger = makeLogger('json', () => undefined, Date.now);
const source = jetstreamSource(nc, { stream: 'CX_EVENTS_0', partition: 0, logger });
let count = 0;
let types = 0;
let from: { readonly count: number; readonly cpu: NodeJS.CpuUsage } | undefined;
for await (const batch of source.batches(0, new AbortController().signal)) {
  count += batch.length * each;
  if (work === 'decode') {
    for (const { data } of batch) {
      const decoded = JSON.parse(
        Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('utf8'),
      ) as unknown;
      // Looked at, so that it can't be left out.
      if (typeof decoded === 'object') types += 1;
    }
  }
  if (from === undefined && count >= warmUp) from = { count, cpu: process.cpuUsage() };
  if (count >= events) break;
}
const { user, system } = process.cpuUsage(from?.cpu);
await nc.close();
process.stdout.write(JSON.stringify({ events: count - (from?.count ?? 0), cpuUs: user + system, types }));
