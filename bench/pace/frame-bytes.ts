/**
 * What six tiles with their slices cost a wall-board in bytes, by subprotocol and by frames a second, and the gateway in processor time
 * to encode: all clients watch the same engine at the same time, and what they are sent is compared. Then the values as they came are
 * put on a board of this process again and again, watched by one client of one subprotocol in turn. `--smoke`: shorter.
 */
import { execFile } from 'node:child_process';
import { deepStrictEqual } from 'node:assert';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { WebSocket } from 'ws';
import { packageRoot } from '../../engine/adapters/process/package-root.ts';
import { CompactReader } from '../../engine/core/compact/compact-reader.ts';
import { must } from '../../engine/core/must.ts';
import type { Json } from '../../engine/core/types.ts';
import { type KpiMessage, type Protocol, PROTOCOLS, type ServerFrame } from '../../engine/core/wire.ts';
import { msgpackCodec } from '../../engine/gateway/live/msgpack-codec.ts';
import { CompactCodec } from '../../engine/live/compact/compact-codec.ts';
import { type Codec, jsonCodec } from '../../engine/live/frame-codec.ts';
import { Hub } from '../../engine/live/hub.ts';
import { startEngineProcess } from '../../engine/testing/rig/engine-process.ts';
import { twelveKpis } from '../cost/twelve-kpis.ts';
import { record, type Row } from '../record.ts';

const isSmoke = process.argv.includes('--smoke');
const SECONDS = isSmoke ? 5 : 60;
const PER_SECOND = 200;
const REPLAYS = isSmoke ? 2 : 30;
const TOPICS = ['csat', 'rating', 'feedback', 'messages', 'abandoned', 'complaints'].map((id) => `kpi/${id}`);
const CODECS: Readonly<Record<Protocol, Codec>> = {
  'earshot.v1.json': jsonCodec,
  'earshot.v1.msgpack': msgpackCodec,
  'earshot.v2.msgpack': new CompactCodec(),
};

class Watcher {
  readonly protocol: Protocol;
  readonly hz: number | null;
  bytes = 0;
  frames = 0;
  /** Values by sequence. */
  readonly deltas = new Map<number, readonly KpiMessage[]>();
  readonly #reader = new CompactReader();
  readonly #socket: WebSocket;

  constructor(url: string, protocol: Protocol, hz: number | null) {
    this.protocol = protocol;
    this.hz = hz;
    this.#socket = new WebSocket(`${url.replace('http', 'ws')}/v1/live`, protocol);
    const sub = { op: 'sub', id: 1, topics: TOPICS, ...(hz === null ? {} : { max_hz: hz }) };
    this.#socket.once('open', () =>
      this.#socket.send(CODECS[protocol].frame(sub), { binary: protocol !== PROTOCOLS[0] }),
    );
    this.#socket.on('message', (data: Buffer) => this.#heard(data));
  }

  #heard(data: Buffer): void {
    const isCompact = this.protocol === 'earshot.v2.msgpack';
    const frame = isCompact ? this.#reader.read(data, 1) : (CODECS[this.protocol].decode(data) as ServerFrame);
    this.bytes += data.length;
    this.frames += 1;
    if (frame.op === 'delta') this.deltas.set(frame.seq, frame.kpis);
  }

  close(): void {
    this.#socket.terminate();
  }
}

async function watchAll(): Promise<readonly Watcher[]> {
  const folder = mkdtempSync(join(tmpdir(), 'earshot-bytes-'));
  const file = join(folder, 'earshot.yaml');
  writeFileSync(
    file,
    `nats: {embedded: {store: "${join(folder, 'store')}", port: 0}}\nhttp: {port: 0}\n${twelveKpis()}`,
  );
  const engine = await startEngineProcess({ args: ['run', '--config', file] });
  try {
    const watchers = [4, null].flatMap((hz) => PROTOCOLS.map((protocol) => new Watcher(engine.url, protocol, hz)));
    const script = join(packageRoot(), 'dist-bench', 'bench', 'pace', 'steady-load.js');
    const natsUrl = must(/"nats":"([^"]+)"/.exec(engine.log())?.[1]);
    const given = [script, natsUrl, PER_SECOND, SECONDS, Date.now() + 1000].map(String);
    await promisify(execFile)(process.execPath, given);
    await sleep(3_000);
    for (const watcher of watchers) watcher.close();
    return watchers;
  } finally {
    engine.kill('SIGINT');
    await engine.ended;
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Who is sent a frame of the same sequence is sent the same values, whatever the protocol. */
function compare(watchers: readonly Watcher[]): void {
  for (const { hz, deltas } of watchers) {
    const first = must(watchers.find((one) => one.hz === hz)).deltas;
    const shared = [...deltas.keys()].filter((seq) => first.has(seq));
    deepStrictEqual(
      shared.map((seq) => deltas.get(seq)),
      shared.map((seq) => first.get(seq)),
    );
    if (shared.length < first.size / 2)
      throw new Error(`only ${shared.length} of ${first.size} frames can be compared`);
  }
}

/** Processor time a value, in µs: on the board and encoded for one who watches. */
function encodeUs(deltas: Iterable<readonly KpiMessage[]>, codec: Codec): number {
  let values = 0;
  let sent = 0;
  const hub = new Hub({ epoch: 'e', version: '1', now: () => (sent += 1000), wake: () => undefined });
  const outlet = { send: () => undefined, buffered: () => 0, close: () => undefined };
  const client = hub.connect(outlet, codec, { scope: null, allows: () => true });
  client.receive({ op: 'sub', id: 1, topics: ['kpi/*'] });
  const before = process.cpuUsage();
  for (const kpis of deltas) {
    values += kpis.length;
    hub.show(kpis.map((value) => ({ topic: `kpi/${value.kpi}`, key: '', value: value as unknown as Json })));
    hub.flush();
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / values;
}

const watchers = await watchAll();
compare(watchers);
const { deltas } = must(watchers.find(({ hz }) => hz === null));
const costs = new Map<Protocol, number[]>(PROTOCOLS.map((protocol) => [protocol, []]));
for (let round = 0; round < REPLAYS; round++) {
  for (const protocol of PROTOCOLS) must(costs.get(protocol)).push(encodeUs(deltas.values(), CODECS[protocol]));
}
const rows: Row[] = watchers.map(({ protocol, hz, bytes, frames, deltas: heard }) => {
  const values = [...heard.values()].reduce((sum, kpis) => sum + kpis.length, 0);
  const inOrder = [...must(costs.get(protocol))].sort((a, b) => a - b);
  return {
    protocol,
    max_hz: hz ?? 'none',
    kb_a_minute: Math.round((bytes / 1000 / SECONDS) * 60),
    frames_a_s: Math.round(frames / SECONDS),
    values_a_s: Math.round(values / SECONDS),
    bytes_a_value: Math.round(bytes / values),
    board_and_encode_us_a_value: Math.round(must(inOrder[inOrder.length >> 1]) * 100) / 100,
  };
});
record(
  `live/frame-bytes${isSmoke ? '-smoke' : ''}`,
  `bytes that six KPIs with their slices cost a client at ${PER_SECOND} events/s, by subprotocol and by the frames a second that it asks for; processor time to put a value on the board and to encode it for one client that has a frame of its own for each change, median of ${REPLAYS} replays in turn; load ${loadavg()
    .map((one) => Math.round(one))
    .join(' ')}`,
  rows,
);
