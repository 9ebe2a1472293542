import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json, Outgoing } from '../core/types.ts';
import type { AlertMessage, AlertState, ClientFrame, HealthMessage, KpiMessage, ServerFrame } from '../core/wire.ts';
import { CompactReader } from '../core/compact/compact-reader.ts';
import { percentInterval, percentOf } from '../core/share.ts';
import { CompactCodec } from './compact/compact-codec.ts';
import { BOARD_LIMITS, type BoardLimits } from './live-board.ts';
import { type Codec, jsonCodec } from './frame-codec.ts';
import type { Scope } from './filter.ts';
import { Hub, type HubOptions } from './hub.ts';
import type { HubClient } from './hub-client.ts';

const START = Date.parse('2026-03-02T01:00:00.000Z');
const at = (ms: number): string => new Date(START + ms).toISOString();

function kpi(fields: Partial<KpiMessage> & { readonly end?: number } = {}): KpiMessage {
  const { end = 0, ...rest } = fields;
  return {
    kpi: 'csat',
    key: {},
    window: { start: at(end - 900_000), end: at(end) },
    value: 90,
    n: 10,
    interval: null,
    revision: 0,
    final: false,
    watermark: at(end),
    ...rest,
  };
}

function alert(fields: Partial<AlertMessage> = {}): AlertMessage {
  return {
    alert: 'a1',
    rule: 'csat_low',
    kpi: 'csat',
    key: {},
    state: 'firing',
    previous: null,
    value: 70,
    n: 40,
    interval: null,
    threshold: 'value < 80',
    window: { start: at(-900_000), end: at(0) },
    since: at(0),
    at: at(0),
    reason: 'too low',
    causes: [],
    samples: [],
    owner: null,
    runbook: null,
    severity: 'critical',
    acked: null,
    silenced: false,
    ...fields,
  };
}

function healthOf(...reasons: string[]): HealthMessage {
  return { ready: { ok: reasons.length === 0, reasons } };
}

/** A client at the end of a slow line: frames wait in it until they are delivered. */
class Line {
  readonly queue: Uint8Array[] = [];
  readonly frames: ServerFrame[] = [];
  closed: { code: number; reason: string } | undefined;
  most = 0;
  readonly #read: (frame: Uint8Array) => ServerFrame;

  constructor(read = (frame: Uint8Array) => jsonCodec.decode(frame) as ServerFrame) {
    this.#read = read;
  }

  send(frame: Uint8Array): void {
    this.queue.push(frame);
    this.most = Math.max(this.most, this.buffered());
  }
  buffered(): number {
    return this.queue.reduce((sum, frame) => sum + frame.length, 0);
  }
  close(code: number, reason: string): void {
    this.closed = { code, reason };
  }
  deliver(count = Number.POSITIVE_INFINITY): ServerFrame[] {
    const frames = this.queue.splice(0, count).map((bytes) => this.#read(bytes));
    this.frames.push(...frames);
    return frames;
  }
}

class Stage {
  now = START;
  readonly hub: Hub;
  wakeAt = Number.POSITIVE_INFINITY;

  constructor(options: Partial<HubOptions> = {}) {
    this.hub = new Hub({
      epoch: 'e1',
      version: '1',
      now: () => this.now,
      wake: (time) => {
        this.wakeAt = Math.min(this.wakeAt, time);
      },
      ...options,
    });
  }

  /** Lets time pass and flushes whenever the hub asked for it. */
  pass(ms: number): void {
    const end = this.now + ms;
    while (this.wakeAt <= end) {
      this.now = Math.max(this.now, this.wakeAt);
      this.wakeAt = Number.POSITIVE_INFINITY;
      this.hub.flush();
    }
    this.now = end;
  }

  connect(scope: Scope | null = null, refused: readonly string[] = []): { client: HubClient; line: Line } {
    const line = new Line();
    const client = this.hub.connect(line, jsonCodec, { scope, allows: (kind) => !refused.includes(kind) });
    return { client, line };
  }

  kpi(fields: Partial<KpiMessage> & { readonly end?: number } = {}): void {
    const message = kpi(fields);
    this.hub.show([{ topic: `kpi/${message.kpi}`, key: '', value: message as unknown as Json }]);
  }

  private count = 0;
  commit(subject: string, data: unknown, id = `0.1.${this.count++}`): void {
    const message: Outgoing = { id, subject, type: 't', time: this.now, data: data as Json };
    this.hub.committed([message]);
  }

  alert(fields: Partial<AlertMessage> = {}): void {
    this.commit('cx.alerts.critical.csat_low', alert(fields));
  }
}

const sub = (fields: Partial<Extract<ClientFrame, { op: 'sub' }>> = {}): ClientFrame => ({
  op: 'sub',
  id: 1,
  topics: ['kpi/*', 'alerts'],
  ...fields,
});

type Delta = Extract<ServerFrame, { op: 'delta' }>;
type Snapshot = Extract<ServerFrame, { op: 'snapshot' }>;
const deltas = (line: Line): Delta[] => line.frames.filter((frame) => frame.op === 'delta');
const snapshots = (line: Line): Snapshot[] => line.frames.filter((frame) => frame.op === 'snapshot');

describe('hub', () => {
  it('greets, gives a snapshot, then deltas in one chain', () => {
    const stage = new Stage();
    stage.kpi({ value: 91 });
    const { client, line } = stage.connect();
    client.receive(sub());
    stage.kpi({ value: 92 });
    stage.pass(100);
    stage.kpi({ value: 93 });
    stage.pass(100);
    line.deliver();
    expect(line.frames.map((frame) => frame.op)).toEqual(['hello', 'snapshot', 'delta', 'delta']);
    expect(line.frames[0]).toMatchObject({ proto: 1, epoch: 'e1', seq: 1 });
    expect(snapshots(line)[0]).toMatchObject({ id: 1, seq: 1, kpis: [{ value: 91 }], alerts: [] });
    expect(deltas(line)).toMatchObject([
      { prev: 1, seq: 2, kpis: [{ value: 92 }] },
      { prev: 2, seq: 3, kpis: [{ value: 93 }] },
    ]);
  });

  it('conflates values of a key to the latest, at most max_hz times a second', () => {
    const stage = new Stage();
    const { client, line } = stage.connect();
    client.receive(sub({ max_hz: 4 }));
    for (let i = 1; i <= 100; i++) {
      stage.kpi({ value: i });
      stage.pass(10);
    }
    stage.pass(250);
    line.deliver();
    const values = deltas(line).flatMap((delta) => delta.kpis.map(({ value }) => value));
    expect(deltas(line).length).toBeGreaterThanOrEqual(4);
    expect(deltas(line).length).toBeLessThanOrEqual(6);
    expect(values.at(-1)).toBe(100);
  });

  it('never holds an alert back for the rate, and tells each change', () => {
    const stage = new Stage();
    const { client, line } = stage.connect();
    client.receive(sub({ max_hz: 0.1 }));
    stage.alert({ state: 'pending' });
    stage.pass(10);
    stage.alert({ state: 'firing', previous: 'pending' });
    stage.alert({ state: 'recovering', previous: 'firing' });
    stage.pass(10);
    line.deliver();
    expect(deltas(line).map((delta) => delta.alerts.map(({ state }) => state))).toEqual([
      ['pending'],
      ['firing', 'recovering'],
    ]);
  });

  it('tells the health as it is to who comes and as it changes after, looked at once a second where it is watched', () => {
    let health = healthOf('partition 0 is starting');
    let looks = 0;
    const stage = new Stage({ health: () => ((looks += 1), health) });
    const { client, line } = stage.connect();
    client.receive(sub({ id: 1, topics: ['kpi/*', 'alerts', 'actions'] }));
    stage.hub.tick();
    expect(looks).toBe(0);
    client.receive(sub({ id: 2, topics: ['health'], max_hz: 0.4 }));
    const other = stage.connect();
    other.client.receive(sub({ id: 2, topics: ['health'], max_hz: 0.4 }));
    expect(looks).toBe(1);
    const second = (next: HealthMessage): void => {
      health = next;
      stage.pass(1_000);
      stage.hub.tick();
    };
    second(healthOf('partition 0 is starting'));
    second(healthOf());
    second(healthOf('not connected to NATS'));
    second(healthOf('not connected to NATS', 'partition 0 is blocked'));
    stage.pass(2_000);
    for (const each of [line, other.line]) {
      each.deliver();
      expect(snapshots(each).map(({ id, health: sent }) => [id, sent])).toEqual([
        ...(each === line ? [[1, undefined]] : []),
        [2, healthOf('partition 0 is starting')],
      ]);
      // 2.5 s between deltas, at its own wish: of what changed meanwhile only the latest is sent.
      expect(deltas(each).map(({ id, health: sent }) => [id, sent])).toEqual([
        [2, healthOf()],
        [2, healthOf('not connected to NATS', 'partition 0 is blocked')],
      ]);
    }
    expect(looks).toBe(5);
    client.closed();
    other.client.closed();
    second(healthOf());
    expect(looks).toBe(5);
  });

  it('tells a live value once, not again from the commit that writes it to the stream, which is later', () => {
    const stage = new Stage();
    const { client, line } = stage.connect();
    client.receive(sub());
    const sent: unknown[] = [];
    for (const value of [1, 2]) {
      stage.kpi({ value });
      stage.pass(50);
    }
    stage.commit('cx.kpi.csat', kpi({ value: 1 }));
    stage.commit('cx.kpi.csat', kpi({ value: 2 }));
    stage.pass(300);
    stage.commit('cx.kpi.csat', kpi({ value: 3, final: true }));
    stage.commit('cx.kpi.csat', kpi({ key: { channel: 'app' }, value: 4 }));
    stage.pass(300);
    line.deliver();
    for (const { kpis } of deltas(line)) for (const { value } of kpis) sent.push(value);
    expect(sent).toEqual([1, 2, 3, 4]);
  });

  it('takes an alert that is published again after a crash once', () => {
    const stage = new Stage();
    const { client, line } = stage.connect();
    client.receive(sub({ topics: ['alerts', 'actions'] }));
    for (let i = 0; i < 2; i++) {
      stage.commit('cx.alerts.critical.csat_low', alert(), '0.7.0');
      stage.commit('cx.actions.survey', { case: 'c1' }, '0.7.1');
    }
    stage.pass(100);
    line.deliver();
    expect(deltas(line).flatMap((delta) => delta.alerts)).toHaveLength(1);
    expect(deltas(line).flatMap((delta) => delta.actions ?? [])).toMatchObject([
      { kind: 'survey', data: { case: 'c1' } },
    ]);
  });

  it('goes on from a known sequence with what was missed, and from nothing else', () => {
    const stage = new Stage();
    stage.kpi({ value: 1 });
    const first = stage.connect();
    first.client.receive(sub());
    first.client.closed();
    stage.kpi({ value: 2 });
    stage.alert();
    const resumed = stage.connect();
    resumed.client.receive(sub({ resume: { epoch: 'e1', seq: 1 } }));
    resumed.line.deliver();
    expect(resumed.line.frames.slice(1)).toMatchObject([
      { op: 'resumed', id: 1, from: 1, to: 3 },
      { op: 'delta', prev: 1, seq: 3, kpis: [{ value: 2 }], alerts: [{ state: 'firing' }] },
    ]);
    for (const resume of [
      { epoch: 'e0', seq: 1 },
      { epoch: 'e1', seq: 99 },
      { epoch: 'e1', seq: -1 },
    ]) {
      const other = stage.connect();
      other.client.receive(sub({ resume }));
      other.line.deliver();
      expect(other.line.frames.map((frame) => frame.op)).toEqual(['hello', 'snapshot']);
    }
  });

  it('starts over when the alert log no longer reaches back', () => {
    const stage = new Stage({ limits: { ...BOARD_LIMITS, alertLog: 2 } });
    for (let i = 0; i < 6; i++) stage.alert({ at: at(i) });
    const { client, line } = stage.connect();
    client.receive(sub({ resume: { epoch: 'e1', seq: 1 } }));
    line.deliver();
    expect(line.frames.map((frame) => frame.op)).toEqual(['hello', 'snapshot']);
    const valuesOnly = stage.connect();
    valuesOnly.client.receive(sub({ topics: ['kpi/*'], resume: { epoch: 'e1', seq: 1 } }));
    valuesOnly.line.deliver();
    expect(valuesOnly.line.frames.map((frame) => frame.op)).toEqual(['hello', 'resumed', 'delta']);
  });

  it('encodes once for all who want the same', () => {
    const stage = new Stage();
    const lines = Array.from({ length: 50 }, () => {
      const { client, line } = stage.connect();
      client.receive(sub());
      return line;
    });
    for (const line of lines) line.queue.length = 0;
    stage.kpi();
    stage.pass(100);
    const [first] = lines[0]!.queue;
    expect(first).toBeDefined();
    expect(lines.every((line) => line.queue.length === 1 && line.queue[0] === first)).toBe(true);
  });

  describe('slow clients', () => {
    const small = { maxBufferBytes: 4_000, slowMs: 5_000 };

    it('get the latest once they take again, and hold no more than the buffer meanwhile', () => {
      const stage = new Stage(small);
      const { client, line } = stage.connect();
      client.receive(sub());
      line.deliver();
      for (let i = 1; i <= 12; i++) {
        stage.kpi({ value: i });
        stage.pass(100);
      }
      expect(line.buffered()).toBeLessThan(2_600);
      line.deliver();
      client.drained();
      line.deliver();
      expect(deltas(line).at(-1)?.kpis).toMatchObject([{ value: 12 }]);
      expect(snapshots(line)).toHaveLength(1);
      expect(stage.hub.stats().conflated).toBeGreaterThan(0);
    });

    it('get a fresh snapshot after missing more than the buffer', () => {
      const stage = new Stage(small);
      const { client, line } = stage.connect();
      client.receive(sub());
      line.deliver();
      for (let i = 1; i <= 100; i++) {
        stage.kpi({ value: i });
        stage.pass(40);
      }
      line.deliver();
      client.drained();
      line.deliver();
      expect(snapshots(line)).toHaveLength(2);
      expect(snapshots(line)[1]).toMatchObject({ kpis: [{ value: 100 }] });
      expect(stage.hub.stats().resnapshots).toBe(1);
    });

    it('are closed with 4001 when they stay stuck', () => {
      const stage = new Stage(small);
      const { client, line } = stage.connect();
      client.receive(sub());
      for (let i = 1; i <= 100; i++) {
        stage.kpi({ value: i });
        stage.pass(100);
        if (i % 10 === 0) stage.hub.tick();
      }
      expect(line.closed).toEqual({ code: 4001, reason: 'too slow' });
      expect(stage.hub.stats()).toMatchObject({ clients: 0, subscriptions: 0, groups: 0, closedSlow: 1 });
    });

    it('are not heard any more once they are closed', () => {
      const stage = new Stage();
      const { client, line } = stage.connect();
      client.receive(sub());
      stage.hub.shutdown();
      line.deliver();
      const sent = line.frames.length;
      expect(client.receive(sub({ id: 2 }))).toBe(true);
      expect(client.receive({ op: 'nonsense' })).toBe(true);
      expect(stage.hub.stats()).toMatchObject({ clients: 0, subscriptions: 0, groups: 0 });
      expect(line.deliver()).toEqual([]);
      expect(line.frames.length).toBe(sent);
    });

    it('are closed when fresh snapshots do not help either', () => {
      const stage = new Stage(small);
      const { client, line } = stage.connect();
      client.receive(sub());
      for (let round = 0; round < 6 && line.closed === undefined; round++) {
        for (let i = 1; i <= 100; i++) {
          stage.kpi({ value: i + round * 1_000 });
          stage.pass(40);
        }
        line.deliver();
        client.drained();
      }
      expect(line.closed?.code).toBe(4001);
      expect(stage.hub.stats().resnapshots).toBe(4);
    });

    it('who subscribe without reading get no pile of snapshots', () => {
      const stage = new Stage(small);
      for (let i = 0; i < 30; i++) stage.kpi({ key: { channel: `c${i}` } });
      const { client, line } = stage.connect();
      for (let i = 0; i < 50; i++) client.receive(sub());
      expect(line.queue.map((bytes) => (jsonCodec.decode(bytes) as ServerFrame).op)).toEqual(['hello', 'snapshot']);
      line.deliver();
      client.drained();
      line.deliver();
      expect(line.frames.map((frame) => frame.op)).toEqual(['hello', 'snapshot', 'snapshot']);
    });
  });

  it('ticks with the lowest watermark, the greatest lag and the age of the last report', () => {
    const stage = new Stage();
    const { line } = stage.connect();
    stage.hub.tick();
    stage.hub.time(0, START - 2_000, 12);
    stage.hub.time(1, START - 5_000, 40);
    stage.pass(3_000);
    stage.hub.tick();
    stage.hub.forgetPartition(1);
    stage.hub.tick();
    line.deliver();
    expect(line.frames.slice(1)).toEqual([
      { op: 'tick', time: at(0), watermark: null, lag_ms: 0, age_ms: null },
      { op: 'tick', time: at(3_000), watermark: at(-5_000), lag_ms: 40, age_ms: 3_000 },
      { op: 'tick', time: at(3_000), watermark: at(-2_000), lag_ms: 12, age_ms: 3_000 },
    ]);
  });

  it('says when alerts are not all known; once they are, who was sent less, or more, gets them all', () => {
    const stage = new Stage();
    const sent = (line: Line): readonly unknown[] =>
      line
        .deliver()
        .flatMap((frame): readonly unknown[] =>
          frame.op === 'snapshot'
            ? [{ alerts: frame.alerts.map(({ alert: id }) => id), ...(frame.recovering ? { recovering: true } : {}) }]
            : frame.op === 'delta'
              ? frame.alerts.map(({ alert: id }) => id)
              : [],
        );
    const early = stage.connect();
    early.client.receive(sub({ topics: ['alerts'] }));
    expect(sent(early.line)).toEqual([{ alerts: [] }]);
    // At the start: nothing is known.
    stage.hub.board.markIncomplete();
    const starting = stage.connect();
    starting.client.receive(sub({ topics: ['alerts'] }));
    expect(sent(starting.line)).toEqual([{ alerts: [], recovering: true }]);
    stage.hub.show([{ topic: 'alerts', key: 'a1', value: alert() as unknown as Json }]);
    stage.hub.show([{ topic: 'alerts', key: 'a2', value: alert({ alert: 'a2' }) as unknown as Json }]);
    stage.hub.restored(7);
    stage.pass(1_000);
    expect(sent(starting.line)).toEqual([{ alerts: ['a1', 'a2'] }]);
    expect(sent(early.line)).toEqual([{ alerts: ['a1', 'a2'] }]);

    // Another instance runs it for a while, where a1 is resolved and a2 is not; other partitions do not matter.
    stage.hub.forgetPartition(3);
    expect(stage.hub.board.alerts.isComplete).toBe(true);
    stage.hub.forgetPartition(7);
    expect(stage.hub.board.alerts.isComplete).toBe(false);
    const late = stage.connect();
    late.client.receive(sub({ topics: ['alerts'] }));
    expect(sent(late.line)).toEqual([{ alerts: ['a1', 'a2'], recovering: true }]);
    stage.hub.show([{ topic: 'alerts', key: 'a2', value: alert({ alert: 'a2' }) as unknown as Json }]);
    stage.hub.restored(7);
    stage.pass(1_000);
    for (const { line } of [early, starting, late]) expect(sent(line)).toEqual([{ alerts: ['a2'] }]);
    // Where nothing was sent that has to be taken back, nothing is sent again.
    stage.hub.forgetPartition(7);
    stage.hub.show([{ topic: 'alerts', key: 'a2', value: alert({ alert: 'a2' }) as unknown as Json }]);
    stage.hub.restored(7);
    stage.pass(1_000);
    expect(sent(early.line)).toEqual([]);
  });

  it('refuses what a role does not include, what is unknown and what cannot be read', () => {
    const stage = new Stage({ hasKpi: (id) => id === 'csat' });
    const { client, line } = stage.connect(null, ['actions']);
    const said = (value: unknown): string => {
      client.receive(value);
      const [frame] = line.deliver().slice(-1);
      return frame?.op === 'error' ? frame.code : (frame?.op ?? 'nothing');
    };
    expect(said(sub({ topics: ['actions'] }))).toBe('forbidden');
    expect(said(sub({ topics: ['kpi/nps'] }))).toBe('unknown_topic');
    expect(said(sub({ topics: ['kpi/csat', 'kpi/CSAT'] }))).toBe('bad_topic');
    expect(said({ op: 'sub', id: 1, topics: [] })).toBe('bad_frame');
    expect(said({ op: 'sub', id: -1, topics: ['alerts'] })).toBe('bad_frame');
    expect(said({ op: 'sub', id: 1, topics: ['alerts'], max_hz: 0 })).toBe('bad_frame');
    expect(said({ op: 'sub', id: 1, topics: ['alerts'], where: { channel: 'app' } })).toBe('bad_frame');
    expect(said({ op: 'sub', id: 1, topics: ['alerts'], resume: { epoch: 1, seq: 1 } })).toBe('bad_frame');
    expect(said(null)).toBe('bad_frame');
    expect(said([])).toBe('bad_frame');
    expect(said({ op: 'fly' })).toBe('bad_frame');
    expect(said(sub({ topics: ['kpi/csat'] }))).toBe('snapshot');
    expect(said({ op: 'unsub', id: 1 })).toBe('unsubscribed');
    for (let id = 0; id < 16; id++) expect(said(sub({ id }))).toBe('snapshot');
    expect(said(sub({ id: 16 }))).toBe('too_large');
  });

  it('asks for a narrower subscription rather than sending an endless snapshot', () => {
    const stage = new Stage({ maxSnapshotCells: 3 });
    for (let i = 0; i < 4; i++) stage.kpi({ key: { channel: `c${i}` } });
    const { client, line } = stage.connect();
    client.receive(sub());
    client.receive(sub({ id: 2, where: { channel: ['c1'] } }));
    line.deliver();
    expect(line.frames.slice(1)).toMatchObject([
      { op: 'error', id: 1, code: 'too_large', temporary: false },
      { op: 'snapshot', id: 2, kpis: [{ key: { channel: 'c1' } }] },
    ]);
  });
});

// ── Whatever happens, the client's view is the hub's ─────────────────────────────────────────────────────────────────

const LIMITS: BoardLimits = {
  cells: 12,
  alerts: 6,
  resolved: 2,
  alertLog: 5,
  actions: 4,
  openActions: 20,
  series: 3,
  seriesPoints: 4,
};
const KEYS: readonly Record<string, string>[] = [
  {},
  { channel: 'app' },
  { channel: 'web' },
  { channel: 'app', region: 'east' },
  { region: 'west' },
];
const FILTERS: readonly { topics: string[]; where?: Record<string, string[]>; max_hz?: number; scope?: Scope }[] = [
  { topics: ['kpi/*', 'alerts', 'actions', 'health'] },
  { topics: ['kpi/csat', 'alerts'], where: { channel: ['app'] }, max_hz: 2 },
  { topics: ['kpi/*'], where: { region: ['west'] } },
  { topics: ['alerts'], max_hz: 0.5 },
  { topics: ['kpi/*', 'alerts', 'actions'], scope: { channels: ['web'] } },
  { topics: ['kpi/*', 'alerts'], scope: { channels: ['app'], totals: false }, max_hz: 5 },
];

/** Written a second time on purpose: the oracle must not share the hub's code. */
function sees(filter: (typeof FILTERS)[number], key: Record<string, string>): boolean {
  const wanted = Object.entries(filter.where ?? {}).every(
    ([name, values]) => !(name in key) || values.includes(key[name]!),
  );
  const channels = filter.scope?.channels;
  if (channels === undefined) return wanted;
  if ('channel' in key) return wanted && channels.includes(key['channel']);
  return wanted && Object.keys(key).length === 0 && filter.scope?.totals !== false;
}

interface AlertChange {
  readonly seq: number;
  readonly message: AlertMessage;
}

/** Applies frames as wire.ts says, and throws on every breach of it. */
class Viewer {
  readonly filter: (typeof FILTERS)[number];
  readonly changes: readonly AlertChange[];
  readonly codec: Codec;
  /** Kept over connections. */
  readonly reader = new CompactReader();
  line = new Line();
  client: HubClient | undefined;
  epoch = '';
  seq: number | undefined;
  values = new Map<string, KpiMessage>();
  alerts = new Map<string, AlertMessage>();
  health: HealthMessage | undefined;

  constructor(filter: (typeof FILTERS)[number], codec: Codec, changes: readonly AlertChange[]) {
    this.filter = filter;
    this.codec = codec;
    this.changes = changes;
  }

  connect(hub: Hub): void {
    this.line = new Line(this.codec === jsonCodec ? undefined : (bytes) => this.reader.read(bytes, 7));
    this.client = hub.connect(this.line, this.codec, { scope: this.filter.scope ?? null, allows: () => true });
    const { topics, where, max_hz } = this.filter;
    this.client.receive({
      op: 'sub',
      id: 7,
      topics,
      ...(where ? { where } : {}),
      ...(max_hz ? { max_hz } : {}),
      ...(this.seq === undefined ? {} : { resume: { epoch: this.epoch, seq: this.seq } }),
    });
  }

  /** @param drained the socket says that it has drained; not every socket does, always */
  take(count: number | undefined, drained: boolean): void {
    for (const frame of this.line.deliver(count)) this.apply(frame);
    if (drained) this.client?.drained();
  }

  apply(frame: ServerFrame): void {
    if (frame.op === 'hello') this.epoch = frame.epoch;
    if (frame.op === 'resumed') expect(frame.from).toBe(this.seq);
    if (frame.op === 'snapshot') this.health = frame.health;
    if (frame.op === 'delta' && frame.health !== undefined) this.health = frame.health;
    if (frame.op === 'snapshot') {
      this.seq = frame.seq;
      this.values = new Map(frame.kpis.map((message) => [idOf(message), message]));
      this.alerts = new Map(frame.alerts.map((message) => [message.alert, message]));
    }
    if (frame.op === 'delta') {
      expect(frame.prev).toBe(this.seq);
      const ids = frame.kpis.map(idOf);
      expect(new Set(ids).size).toBe(ids.length);
      for (const message of frame.kpis) this.values.set(idOf(message), message);
      const due = this.filter.topics.includes('alerts')
        ? this.changes.filter(
            ({ seq, message }) => seq > frame.prev && seq <= frame.seq && sees(this.filter, message.key),
          )
        : [];
      expect(frame.alerts.map(({ alert, reason }) => `${alert} ${reason}`)).toEqual(
        due.map(({ message }) => `${message.alert} ${message.reason}`),
      );
      for (const message of frame.alerts) this.alerts.set(message.alert, message);
      this.seq = frame.seq;
    }
  }
}

function idOf({ kpi, key }: KpiMessage): string {
  return JSON.stringify([kpi, Object.entries(key).sort()]);
}

const STATES: readonly AlertState[] = ['pending', 'firing', 'recovering', 'resolved'];
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('kpi' as const),
      kpi: fc.constantFrom('csat', 'nps', 'volume'),
      key: fc.nat(KEYS.length - 1),
      end: fc.nat(5),
      final: fc.boolean(),
      retracted: fc.constantFrom(false, false, false, true),
      fields: fc.oneof(
        fc.record({ value: fc.constantFrom(null, -0.1, 1, 2 ** 40), n: fc.constantFrom(0, 1, 70_000) }),
        fc.record({ value: fc.constant(12.5), interval: fc.constantFrom(null, [-1.5, 99.25] as [number, number]) }),
        fc.record({ revision: fc.nat(2), partial: fc.boolean(), detail: fc.constantFrom(null, [], { a: [1, 'é'] }) }),
        fc
          .record({ part: fc.nat(12), n: fc.integer({ min: 1, max: 10 }) })
          .map(({ part, n }) => ({ value: percentOf(part, n), interval: percentInterval(part, n), n })),
      ),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('alert' as const),
      alert: fc.nat(8),
      state: fc.nat(3),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('action' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('health' as const), value: fc.nat(2) }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.constantFrom(1, 10, 100, 700, 4_000) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('take' as const),
      who: fc.nat(23),
      count: fc.nat(4),
      drained: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('cut' as const), who: fc.nat(23) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('tick' as const) }) },
);

describe('hub, whatever happens', () => {
  it("a client that applies its frames has the hub's state and saw each alert change once or in a snapshot", () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 20, maxLength: 150 }), (steps) => {
        let health = healthOf();
        const stage = new Stage({ limits: LIMITS, maxBufferBytes: 3_000, slowMs: 6_000, health: () => health });
        const changes: AlertChange[] = [];
        // Two of each, in one group: they share what is encoded, but not where they go on from.
        const codecs = [jsonCodec, new CompactCodec()];
        const viewers = [...FILTERS, ...FILTERS].flatMap((filter) =>
          codecs.map((codec) => new Viewer(filter, codec, changes)),
        );
        let count = 0;
        for (const viewer of viewers) viewer.connect(stage.hub);
        for (const todo of steps) {
          count += 1;
          if (todo.do === 'kpi') {
            const { kpi: id, key, end, final, retracted, fields } = todo;
            stage.kpi({
              kpi: id,
              key: KEYS[key]!,
              end: end * 5_000,
              final,
              watermark: at(count >> 2),
              ...fields,
              ...(retracted ? { retracted } : {}),
            });
          } else if (todo.do === 'alert') {
            const before = stage.hub.board.seq;
            stage.alert({
              alert: `a${todo.alert}`,
              key: KEYS[todo.alert % KEYS.length]!,
              state: STATES[todo.state]!,
              reason: String(count),
            });
            changes.push({
              seq: before + 1,
              message: alert({
                alert: `a${todo.alert}`,
                key: KEYS[todo.alert % KEYS.length]!,
                reason: String(count),
              }),
            });
          } else if (todo.do === 'action') stage.commit('cx.actions.survey', { channel: 'app', n: count });
          else if (todo.do === 'health') health = healthOf(...Array<string>(todo.value).fill('it starts'));
          else if (todo.do === 'pass') stage.pass(todo.ms);
          else if (todo.do === 'tick') stage.hub.tick();
          else {
            const viewer = viewers[todo.who]!;
            if (todo.do === 'take') viewer.take(todo.count, todo.drained);
            else viewer.client?.closed();
            if (todo.do === 'cut' || viewer.line.closed !== undefined) viewer.connect(stage.hub);
          }
        }
        for (const viewer of viewers) {
          if (viewer.line.closed !== undefined) viewer.connect(stage.hub);
          for (let i = 0; i < 4; i++) {
            viewer.take(undefined, false);
            stage.hub.tick();
            stage.pass(3_000);
          }
          viewer.take(undefined, false);
          expect(viewer.line.most).toBeLessThan(3_000 / 2 + 10_000);
          const wanted = [...stage.hub.board.cells()]
            .map(({ message }) => message)
            .filter(
              ({ kpi: id, key }) =>
                viewer.filter.topics.some((topic) => topic === 'kpi/*' || topic === `kpi/${id}`) &&
                sees(viewer.filter, key),
            )
            // Of a total over more than their scope they see the number alone.
            .map(({ detail, ...message }) =>
              detail === undefined || (viewer.filter.scope !== undefined && !('channel' in message.key))
                ? message
                : { ...message, detail },
            );
          expect(byId(viewer.values.values())).toEqual(byId(wanted));
          expect(viewer.health).toEqual(viewer.filter.topics.includes('health') ? health : undefined);
          if (viewer.filter.topics.includes('alerts')) {
            const open = [...stage.hub.board.alerts.values()].filter(
              ({ state, key }) => state !== 'resolved' && sees(viewer.filter, key),
            );
            const seen = [...viewer.alerts.values()].filter(({ state }) => state !== 'resolved');
            expect(seen.map(alertText).sort()).toEqual(open.map(alertText).sort());
          }
        }
      }),
      { numRuns: 150 },
    );
  });
});

function byId(messages: Iterable<KpiMessage>): Record<string, KpiMessage> {
  return Object.fromEntries([...messages].map((message) => [idOf(message), message]));
}

function alertText({ alert: id, state, reason }: AlertMessage): string {
  return `${id} ${state} ${reason}`;
}
