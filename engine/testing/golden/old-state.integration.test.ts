/**
 * The state stream that version 0.1.0 left during the golden replay (snapshot, chunks, manifests, deltas, message by message, in
 * state.fixture.json) is restored, and the work goes on to the same final output. Never write the fixture again: a new form of state
 * gets a fixture of its own beside it (`EARSHOT_GOLDEN=write-state`, to state.fixture.json.new).
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { compileExpression } from '../../adapters/expressions/cel.ts';
import { recordingLogger, startBroker, until, type BrokerFixture } from '../../adapters/testing/broker.fixture.ts';
import { decodeRecord, STATE_FORMAT } from '../../adapters/commits/commit-codec.ts';
import { EXPECTED_HEADER } from '../../adapters/commits/commit-chain.ts';
import { checkConfig } from '../../adapters/config/config-file.ts';
import { jetstreamCommits } from '../../adapters/commits/jetstream-commits.ts';
import { jetstreamSink } from '../../adapters/streams/jetstream-sink.ts';
import { jetstreamSource } from '../../adapters/streams/jetstream-source.ts';
import { packageRoot } from '../../adapters/process/package-root.ts';
import { Publisher } from '../../adapters/nats/publisher.ts';
import { readToEnd } from '../../adapters/streams/stream-reader.ts';
import { OUTPUT_STREAMS } from '../../adapters/streams/streams.ts';
import { systemClock } from '../../adapters/process/system-clock.ts';
import type { CommitStore, JsonObject } from '../../core/types.ts';
import { startPartition, type PartitionRun } from '../../runtime/driver.ts';
import { noLiveFeed } from '../line-pipeline.ts';
import { configForm } from '../../app/config/config.ts';
import { chainOf, stagesOf } from '../../app/pipeline.ts';
import { readStream } from '../rig/read-streams.ts';
import { finalOutput, type Said } from './final-output.ts';

interface StateMessage {
  readonly seq: number;
  readonly subject: string;
  readonly headers: Readonly<Record<string, string>>;
  /** base64 */
  readonly data: string;
}
interface Fixture {
  readonly version: string;
  readonly format: number;
  /** YAML. */
  readonly config: string;
  readonly position: number;
  readonly watermark: number;
  readonly messages: readonly StateMessage[];
}

const folder = join(packageRoot(), 'engine', 'testing', 'golden');
const FIXTURE = join(folder, 'state.fixture.json');
const lines = readFileSync(join(folder, 'recording.ndjson'), 'utf8').split('\n').slice(0, -1);
const { signal } = new AbortController();
let broker: BrokerFixture;
afterEach(() => broker.close());

async function publishInput(from: number, to: number): Promise<void> {
  const publisher = new Publisher(broker.nc, { logger: broker.logger });
  const headers = { 'content-type': 'application/cloudevents+json' };
  const subject = 'cx.events.golden.feedback.-';
  await publisher.publish(
    lines.slice(from, to).map((line) => ({ subject, headers, data: Buffer.from(line) })),
    signal,
  );
  publisher.close();
}

/** Runs the partition over what is in the input, on `wrapped` commits. */
async function run(
  configText: string,
  options: { readonly maxMessageBytes?: number; readonly wrap?: (commits: CommitStore) => CommitStore },
  until_: (run: PartitionRun) => boolean,
): Promise<PartitionRun> {
  const checked = checkConfig(configText, configForm(compileExpression));
  if ('faults' in checked) throw new Error(JSON.stringify(checked.faults));
  const { config } = checked;
  const { nc, logger } = broker;
  const { maxMessageBytes } = options;
  const commits = jetstreamCommits(nc, { logger, ...(maxMessageBytes === undefined ? {} : { maxMessageBytes }) });
  const sink = await jetstreamSink(
    nc,
    { streams: OUTPUT_STREAMS, origin: { source: 'urn:earshot:test', publicUrl: null }, logger },
    signal,
  );
  const halt = new AbortController();
  const { outOfOrdernessMs, idleAfterMs } = config.time;
  const started = startPartition({
    partition: 0,
    ...{
      stage: stagesOf(config, null, { maskKey: '' }),
      chain: chainOf(config),
      sink,
      commits: options.wrap?.(commits) ?? commits,
    },
    ...{ source: jetstreamSource(nc, { stream: 'CX_EVENTS_0', partition: 0, logger, maxBatch: 20 }), live: noLiveFeed },
    ...{ clock: systemClock, logger, signal, halt: halt.signal },
    config: { outOfOrdernessMs, idleAfterMs, commit: { everyMs: 20, maxEvents: 20 } },
  });
  const ended = started.done.catch((thrown: unknown) => thrown);
  await until(() => until_(started), 30_000);
  halt.abort(new Error('killed'));
  await ended;
  sink.close();
  commits.close();
  return started;
}

async function stateMessages(): Promise<readonly StateMessage[]> {
  const messages: StateMessage[] = [];
  const reading = { stream: 'CX_STATE', after: 0, logger: broker.logger };
  await readToEnd(broker.nc, reading, signal, (batch) => {
    for (const { seq, subject, headers, data } of batch)
      messages.push({ seq, subject, headers, data: Buffer.from(data).toString('base64') });
    return undefined;
  });
  return messages;
}

/** Makes the fixture: the engine is halted after 900 messages; small limits and an eager snapshot give every kind of record. */
async function writeFixture(): Promise<void> {
  const config = readFileSync(join(folder, 'golden.yaml'), 'utf8');
  await publishInput(0, 900);
  const eager = (commits: CommitStore): CommitStore => ({
    open: async (partition, opening) => {
      const log = await commits.open(partition, opening);
      return {
        ...{ last: log.last, saved: log.saved },
        append: (commit, ending) => log.append(commit, ending),
        beginSnapshot: () => log.beginSnapshot(),
        get deltaBytes() {
          return log.deltaBytes * 100;
        },
        get snapshotBytes() {
          return log.snapshotBytes * 100;
        },
      };
    },
  });
  const ended = await run(
    config,
    { maxMessageBytes: 12_288, wrap: eager },
    (one) => one.stats().committedPosition === 900,
  );
  const { committedPosition, watermark, snapshots } = ended.stats();
  if (snapshots === 0) throw new Error('no snapshot was made');
  const { version } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as { version: string };
  const head = { version, format: STATE_FORMAT, config, position: committedPosition, watermark };
  const fixture: Fixture = { ...head, messages: await stateMessages() };
  writeFileSync(existsSync(FIXTURE) ? `${FIXTURE}.new` : FIXTURE, `${JSON.stringify(fixture, null, 1)}\n`);
}

/** Puts the messages back at their sequences; what lay between them was freed, and is again. */
async function load(messages: readonly StateMessage[]): Promise<void> {
  const publisher = new Publisher(broker.nc, { logger: broker.logger, window: 1 });
  const expected = new Set(messages.map(({ headers }) => Number(headers[EXPECTED_HEADER.toLowerCase()] ?? '0')));
  const freed: number[] = [];
  let next = 1;
  for (const { seq, subject, headers, data } of messages) {
    for (; next < seq; next++) {
      freed.push(next);
      const filler = expected.has(next) ? 'cx.state.0' : 'cx.chunk.0.freed';
      await publisher.publish([{ subject: filler, headers: {}, data: new Uint8Array() }], signal);
    }
    await publisher.publish([{ subject, headers, data: Buffer.from(data, 'base64') }], signal);
    next++;
  }
  publisher.close();
  for (const seq of freed) await broker.jsm.streams.deleteMessage('CX_STATE', seq);
}

describe('the state that version 0.1.0 left in its stream', () => {
  it('is restored, and the work goes on to the golden output', async () => {
    broker = await startBroker();
    if (process.env['EARSHOT_GOLDEN'] === 'write-state') {
      await writeFixture();
      await broker.close();
      broker = await startBroker();
    }
    const fixture = JSON.parse(readFileSync(FIXTURE, 'utf8')) as Fixture;
    const kinds = fixture.messages
      .filter(({ subject }) => subject === 'cx.state.0')
      .map(({ data }) => decodeRecord(Buffer.from(data, 'base64'), 0).kind);
    expect(new Set(kinds)).toEqual(new Set(['snapshot', 'commit', 'chunked']));
    await load(fixture.messages);
    expect(await stateMessages()).toEqual(fixture.messages);

    await publishInput(0, lines.length);
    const ended = await run(
      fixture.config,
      {},
      (one) => one.stats().committedPosition === lines.length && one.stats().outbox === 0,
    );
    expect(ended.stats()).toMatchObject({ epoch: 2, counters: { events_in: lines.length } });
    const said: Said[] = [];
    await until(async () => (await readStream(broker.nc, 'CX_KPI')).some(({ subject }) => subject === 'cx.kpi.sales'));
    for (const { subject, headers, data } of await readStream(broker.nc, 'CX_KPI'))
      said.push({ subject, type: headers['ce-type'] ?? '', time: headers['ce-time'] ?? '', data: data as JsonObject });
    const golden = readFileSync(join(folder, 'final.ndjson'), 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('{"subject":"cx.kpi.'));
    const output = finalOutput(said);
    expect(output.filter((line) => !golden.includes(line))).toEqual([]);
    const after = golden.filter((line) => {
      const { data } = JSON.parse(line) as { data: { window: { end: string } } };
      return Date.parse(data.window.end) > fixture.watermark;
    });
    expect(after.length).toBeGreaterThan(100);
    expect(after.filter((line) => !output.includes(line))).toEqual([]);
  });

  it('is refused in words where its form is of a later version', async () => {
    broker = await startBroker();
    const later = recordingLogger();
    const publisher = new Publisher(broker.nc, { logger: later });
    const { messages } = JSON.parse(readFileSync(FIXTURE, 'utf8')) as Fixture;
    const commit = messages.findLast(({ subject }) => subject === 'cx.state.0');
    const bytes = Buffer.from(commit?.data ?? '', 'base64');
    // {kind, format: 1, …}: the number after the name of the field.
    const at = bytes.indexOf('format') + 'format'.length;
    expect(bytes[at]).toBe(STATE_FORMAT);
    bytes[at] = STATE_FORMAT + 1;
    await publisher.publish([{ subject: 'cx.state.0', headers: {}, data: bytes }], signal);
    publisher.close();
    await expect(jetstreamCommits(broker.nc, { logger: later }).open(0, signal)).rejects.toMatchObject({
      code: 'STATE_UNREADABLE',
      message: expect.stringMatching(/format 2.*a later version wrote it/) as string,
      help: expect.stringMatching(/use the version that wrote it/) as string,
    });
  });
});
