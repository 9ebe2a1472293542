/**
 * The state stream is purged, deleted or loses its end while outputs exist: a start from what is left would tell outputs twice. The
 * engine refuses, again and again, and `--reset state` lets it go on after what was written.
 */
import { describe, expect, it } from 'vitest';
import { decodeRecord } from '../../../adapters/commits/commit-codec.ts';
import { connectionOf } from '../../../adapters/nats/nats-connection.ts';
import { readToEnd } from '../../../adapters/streams/stream-reader.ts';
import type { StorableMessage } from '../../../adapters/nats/publisher.ts';
import type { KpiMessage } from '../../../core/wire.ts';
import { partitionOf } from '../../../core/partition/partition-of.ts';
import type { EngineProcess } from '../../rig/engine-process.ts';
import { allRead, eventsIn, OUTPUTS, ready, type Lab, type Output } from '../../rig/fault-lab.ts';
import { faultFixture } from '../../rig/faults.fixture.ts';
import { readMetrics, until } from '../../rig/read-metrics.ts';
import { contentOf, readStream, type Stored } from '../../rig/read-streams.ts';

function timeOf(message: StorableMessage | undefined): string {
  return (JSON.parse(Buffer.from(message?.data ?? []).toString()) as { time: string }).time;
}

describe('the state stream', () => {
  const faults = faultFixture('lost state', 1_500);
  const { messages } = faults;
  const half = messages.length / 2;
  /** Of the event that closes all windows. */
  const lastTime = timeOf(messages.at(-1));
  const signal = new AbortController().signal;
  const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

  /** An engine with the first half behind it. */
  async function halfWay(partitions = 1): Promise<readonly [Lab, EngineProcess]> {
    const lab = await faults.lab(partitions);
    const engine = await lab.engine(lab.config('engine'));
    await ready(engine);
    await lab.publish(messages.slice(0, half), 2_000);
    await allRead(engine, half, 15_000);
    return [lab, engine];
  }
  const rest = (lab: Lab): Promise<void> => lab.publish(messages.slice(half), 2_000);

  async function ends(lab: Lab): Promise<readonly number[]> {
    const infos = await Promise.all(OUTPUTS.map((stream) => lab.jsm.streams.info(stream)));
    return infos.map(({ state }) => state.last_seq);
  }

  /** Whichever looks first: the partition at its outputs, or the audit at its entries. */
  const NONE =
    /it has none, but outputs of it are stored|entries are stored, and the state knows of none|it repeats or goes back/;

  /** Twice, because a refusal must not leave anything behind that lets the next start pass. */
  async function expectRefused(lab: Lab, why: string | RegExp): Promise<void> {
    const before = await ends(lab);
    for (let attempt = 0; attempt < 2; attempt++) {
      // Whether it says that it is ready before it has looked is a matter of luck.
      const said = await lab.engine(lab.config('engine')).then(
        async (engine) => `${String(await engine.ended)} ${engine.log()}`,
        (thrown: unknown) => String(thrown),
      );
      expect(said).toMatch(/^2 |ended \(2\)/);
      expect(said).toMatch(/STATE_LOST|AUDIT_BROKEN/);
      expect(said).toMatch(why);
      expect(said).toMatch(/--reset (?:state|audit)/);
    }
    expect(await ends(lab)).toEqual(before);
  }

  function expectNothingTwice(found: Readonly<Record<string, readonly Stored[]>>): void {
    for (const [stream, stored] of Object.entries(found)) {
      const ids = stored.map(({ headers }) => headers['nats-msg-id']);
      expect([stream, new Set(ids).size]).toEqual([stream, ids.length]);
    }
  }

  /** The last revision of each final window, of those that `isWanted`. */
  function lastValues(
    stored: readonly Stored[],
    isWanted: (window: { start: string; end: string }) => boolean,
  ): Readonly<Record<string, unknown>> {
    const values: Record<string, unknown> = {};
    for (const { data } of stored) {
      const { kpi, key, window, value, n } = data as {
        kpi: string;
        key: object;
        window: { start: string; end: string };
        value: number;
        n: number;
      };
      if (isWanted(window)) values[JSON.stringify([kpi, key, window])] = [value, n];
    }
    return values;
  }

  /** Without what the events before it say of it (a copy of another, for one), which is forgotten with the state. */
  function unmarked(one: Stored): string {
    const { enrichment, ...data } = one.data as { readonly enrichment: Readonly<Record<string, unknown>> };
    return contentOf({ ...one, data: { ...data, enrichment: { ...enrichment, quality: null } } });
  }

  /** Nothing is lost, nothing is twice, and windows that began after that message are whole. */
  function expectGoneOn(found: Readonly<Record<Output, readonly Stored[]>>, from: number): void {
    const calm = faults.calm();
    expectNothingTwice(found);
    // But for a repeat whose first was reported before.
    const enriched = new Set(found.CX_ENRICHED.map(unmarked));
    expect(calm.CX_ENRICHED.filter((one) => !enriched.has(unmarked(one)))).toEqual([]);
    expect(found.CX_ENRICHED.length - calm.CX_ENRICHED.length).toBeLessThanOrEqual(6);
    const values = valuesSince(calm.CX_KPI, from);
    expect(Object.keys(values).length).toBeGreaterThan(50);
    expect(valuesSince(found.CX_KPI, from)).toEqual(values);
  }

  /**
   * What came after so many values: it is partial, or what a calm run says of that window in the end; and nothing in all of
   * them is said twice under one revision.
   */
  function expectWholeOrPartial(values: readonly Stored[], before: number): void {
    const finals = values.map(({ data }) => data as KpiMessage).filter(({ final }) => final);
    const names = finals.map(({ kpi, key, window, revision }) => JSON.stringify([kpi, key, window, revision]));
    expect(new Set(names).size).toBe(names.length);
    const isPartial = ({ data }: Stored): boolean => (data as { partial?: boolean }).partial === true;
    expect(values.slice(0, before).filter(isPartial)).toEqual([]);
    const after = values.slice(before);
    const whole = lastValues(
      after.filter((one) => !isPartial(one)),
      ({ end: ended }) => ended < lastTime,
    );
    expect(Object.keys(whole).length).toBeGreaterThan(50);
    expect(lastValues(faults.calm().CX_KPI, () => true)).toMatchObject(whole);
    expect(after.filter(isPartial).length).toBeGreaterThan(0);
  }

  /** Of windows that lie between that message and the last one. */
  function valuesSince(stored: readonly Stored[], from: number): Readonly<Record<string, unknown>> {
    const time = timeOf(messages[from]);
    return lastValues(stored, ({ start, end: ended }) => start > time && ended < lastTime);
  }

  /** One event for each of two partitions, two hours on. */
  async function closeWindows(lab: Lab): Promise<void> {
    const time = new Date(Date.parse(lastTime) + 60_000).toISOString();
    for (const key of ['end-0', 'end-1', 'end-2', 'end-3']) {
      const event = {
        specversion: '1.0',
        id: key,
        source: '/t',
        type: 'cx.page.viewed',
        time,
        data: { channel: 'web', page: '/' },
      };
      const headers = { 'content-type': 'application/cloudevents+json', 'Nats-Msg-Id': key };
      await lab.publish(
        [{ subject: `cx.events.web.page.${key}`, headers, data: Buffer.from(JSON.stringify(event)) }],
        100,
      );
    }
    expect(new Set(['end-0', 'end-1', 'end-2', 'end-3'].map((key) => partitionOf(key, 2))).size).toBe(2);
  }

  async function end(engine: EngineProcess): Promise<void> {
    engine.kill('SIGTERM');
    expect(await engine.ended).toBe(0);
  }

  it('purged under the engine: it ends, is refused, and goes on after what was written when asked to', async () => {
    const [lab, engine] = await halfWay();
    await lab.jsm.streams.purge('CX_STATE');
    // What is read before the next commit is refused has been published.
    await lab.publish(messages.slice(half, half + 10), 2_000);
    expect(await engine.ended).toBe(2);
    expect(engine.log()).toContain('"code":"STATE_LOST"');
    await expectRefused(lab, NONE);
    const values = (await readStream(lab.nc, 'CX_KPI')).length;
    await lab.publish(messages.slice(half + 10), 2_000);

    const resumed = await lab.engine(lab.config('engine'), '--reset', 'state');
    await until('the rest', 30_000, async () => {
      return (await readMetrics(resumed.url))('earshot_committed_position') === messages.length;
    });
    await end(resumed);
    // Given again it does nothing.
    const again = await lab.engine(lab.config('engine'), '--reset', 'state');
    await ready(again);
    expect(again.log()).not.toContain('is reset');
    await end(again);

    const [found, calm] = [await lab.streams(), faults.calm()];
    expect(found.CX_DLQ.map(contentOf)).toEqual(calm.CX_DLQ.map(contentOf));
    expectGoneOn(found, half + 20);
    expectWholeOrPartial(found.CX_KPI, values);
  });

  it('of two partitions, purged: they are refused, and go on together when asked to', async () => {
    const [lab, engine] = await halfWay(2);
    await end(engine);
    await lab.jsm.streams.purge('CX_STATE');
    await rest(lab);
    await expectRefused(lab, NONE);
    const values = (await readStream(lab.nc, 'CX_KPI')).length;
    const resumed = await lab.engine(lab.config('engine'), '--reset', 'state');
    await closeWindows(lab);
    const whole = Object.keys(valuesSince(faults.calm().CX_KPI, half + 20)).length;
    await until('the last windows', 60_000, async () => {
      return Object.keys(valuesSince(await readStream(lab.nc, 'CX_KPI'), half + 20)).length === whole;
    });
    await end(resumed);
    const found = await lab.streams();
    expectGoneOn(found, half + 20);
    expectWholeOrPartial(found.CX_KPI, values);
  });

  it('deleted while no engine ran: it is refused', async () => {
    const [lab, engine] = await halfWay();
    await end(engine);
    await lab.jsm.streams.delete('CX_STATE');
    await rest(lab);
    await expectRefused(lab, NONE);
  });

  it('without its last commits: it is refused, and goes on from the older state when asked to, every window right', async () => {
    const [lab, engine] = await halfWay();
    engine.kill('SIGKILL');
    await engine.ended;
    const lost = await loseLast(lab);
    await rest(lab);
    await expectRefused(lab, `its last commit is ${String(lost - 1)}, but outputs of commit`);

    const resumed = await lab.engine(lab.config('engine'), '--reset', 'state');
    await until('the rest', 30_000, async () => (await eventsIn(resumed)) === messages.length);
    await end(resumed);
    const [found, calm] = [await lab.streams(), faults.calm()];
    expectNothingTwice(found);
    expect(found.CX_ENRICHED.map(contentOf)).toEqual(calm.CX_ENRICHED.map(contentOf));
    expect(found.CX_DLQ.map(contentOf)).toEqual(calm.CX_DLQ.map(contentOf));
    expect(lastValues(found.CX_KPI, () => true)).toEqual(lastValues(calm.CX_KPI, () => true));
    // Emitted again under other numbers: that is what had to be agreed to.
    expect(found.CX_KPI.length).toBeGreaterThan(calm.CX_KPI.length);
  });

  /** Removes the commits whose numbers are that of the last value or higher; returns the first number that is gone. */
  async function loseLast(lab: Lab): Promise<number> {
    const lastId = (await readStream(lab.nc, 'CX_KPI')).at(-1)?.headers['nats-msg-id'] ?? '';
    const from = Number(lastId.split('.')[1]);
    const seqs: number[] = [];
    const reading = { stream: 'CX_STATE', filter: 'cx.state.0', after: 0, logger: silent };
    await readToEnd(lab.nc, reading, signal, (batch) => {
      for (const { data, seq } of batch) {
        const record = decodeRecord(data, 0);
        if (record.kind === 'commit' && record.commit.number >= from) seqs.push(seq);
      }
      return undefined;
    });
    expect(seqs.length).toBeGreaterThan(0);
    for (const seq of seqs) await lab.jsm.streams.deleteMessage('CX_STATE', seq);
    // As after a loss of power. And a server of 2.9 that deleted the last message of a subject takes another for the last until it restarts.
    const pid = lab.server.pid() ?? 0;
    process.kill(pid, 'SIGKILL');
    await until('the server is back', 10_000, async () => ![pid, undefined].includes(lab.server.pid()));
    await connectionOf(lab.nc, AbortSignal.timeout(120_000));
    return from;
  }

  it('purged together with the outputs: that is a fresh start once the audit is gone as well, which is never begun again silently', async () => {
    const [lab, engine] = await halfWay();
    await end(engine);
    await rest(lab);
    for (const stream of ['CX_STATE', ...OUTPUTS]) {
      await lab.jsm.streams.purge(stream);
      // Ids count from one again, and the broker would take them for the old ones.
      const { config } = await lab.jsm.streams.info(stream);
      await lab.jsm.streams.update(stream, { ...config, duplicate_window: 100e6 });
    }
    await expectRefused(lab, NONE);
    await lab.jsm.streams.delete('CX_AUDIT');
    await new Promise((resume) => setTimeout(resume, 500));
    const next = await lab.engine(lab.config('engine'));
    await faults.expectCalm(lab, next);
  });
});
