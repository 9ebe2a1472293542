/** docs/how-to/bridges.md: what is published to the NATS server over MQTT is in the stream of events, under its subject, byte by byte. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { freePort } from '../embedded-server/loopback-port.ts';
import { findNatsServer } from '../embedded-server/nats-binary.ts';
import { connectNats } from '../nats/nats-connection.ts';
import { packageRoot } from '../process/package-root.ts';
import { recordingLogger } from '../testing/broker.fixture.ts';
import { provisionStreams } from './provision-streams.ts';

const page = readFileSync(join(packageRoot(), 'docs/how-to/bridges.md'), 'utf8');
const settings = /```\n(server_name[\s\S]*?)```/.exec(page)?.[1] ?? '';
const payload = /```json\n(.*)\n```/.exec(page)?.[1] ?? '';
const topic = /`(cx\/events\/[\w/]+)`/.exec(page)?.[1] ?? '';
const folder = mkdtempSync(join(tmpdir(), 'earshot-mqtt-'));
const logger = recordingLogger();
let server: ChildProcess;
let nc: NatsConnection;
let mqttPort: number;

beforeAll(async () => {
  const port = await freePort();
  mqttPort = await freePort();
  const given = settings
    .replace('jetstream {}', `jetstream { store_dir: "${folder}" }`)
    .replace('port: 1883', `host: "127.0.0.1", port: ${mqttPort}`);
  writeFileSync(join(folder, 'nats.conf'), `host: "127.0.0.1"\nport: ${port}\n${given}`);
  server = spawn(findNatsServer(), ['-c', join(folder, 'nats.conf')], { stdio: 'ignore' });
  nc = await connectNats({ servers: [`nats://127.0.0.1:${port}`] }, logger);
  await provisionStreams(await jetstreamManager(nc), { partitions: 1, replicas: 1 }, logger);
});
afterAll(async () => {
  await nc.close();
  const ended = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGKILL');
  await ended;
  rmSync(folder, { recursive: true, force: true });
});

const text = (value: string): Buffer =>
  Buffer.concat([Buffer.from([value.length >> 8, value.length & 255]), Buffer.from(value)]);
/** A packet of MQTT 3.1.1: its length in seven bits a byte. */
function packet(kind: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const length: number[] = [];
  for (let left = body.length; length.length === 0 || left > 0; left = Math.floor(left / 128))
    length.push((left % 128) + (left >= 128 ? 128 : 0));
  return Buffer.concat([Buffer.from([kind, ...length]), body]);
}
const answerTo = (socket: Socket, request: Buffer): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    socket.once('data', (bytes: Buffer) => resolve(bytes[0]));
    socket.once('error', reject);
    socket.write(request);
  });

it('takes an event that a device publishes with QoS 1, and acknowledges it', async () => {
  const socket = connect(mqttPort, '127.0.0.1');
  const hello = packet(0x10, text('MQTT'), Buffer.from([4, 2, 0, 60]), text('device-1'));
  expect(await answerTo(socket, hello)).toBe(0x20); // CONNACK
  const publish = packet(0x32, text(topic), Buffer.from([0, 1]), Buffer.from(payload));
  expect(await answerTo(socket, publish)).toBe(0x40); // PUBACK
  socket.destroy();
  const jsm = await jetstreamManager(nc);
  const stored = await jsm.streams.getMessage('CX_EVENTS_0', { last_by_subj: topic.replaceAll('/', '.') });
  expect(stored?.string()).toBe(payload);
});
