/**
 * The live push: holds the board, knows the clients, and has each one's view brought forward (delivery.ts). There is no queue
 * of frames a client. Pure: the clock, the sockets and the timer are handed in.
 */
import type { Json, JsonObject, LiveFeed, LiveItem, Millis, Outgoing } from '../core/types.ts';
import { type AlertMessage, type ClientFrame, CLOSE, type HealthMessage, type KpiMessage } from '../core/wire.ts';
import { Board, BOARD_LIMITS, type BoardLimits } from './live-board.ts';
import type { Codec } from './frame-codec.ts';
import { Delivery } from './cursor-advance.ts';
import { filterOf, type ScopeOf } from './filter.ts';
import { Group } from './group.ts';
import { type ClientRights, HubClient, type Outlet, type Subscription } from './hub-client.ts';
import { heldAtMost, REMEMBERED_IDS, type HubStats } from './hub-stats.ts';
import { type PartitionTime, type Progress, progressOf } from './engine-progress.ts';

export interface HubOptions {
  /** Names this run of the board: sequences of another one mean nothing here. */
  readonly epoch: string;
  readonly version: string;
  now(): Millis;
  /** Asks for `flush()` at `at` (or earlier); asked again often. */
  wake(at: Millis): void;
  /** What subscribers of `health` receive: looked at when the first one comes, and once a second while there are any. */
  health?(): HealthMessage;
  /** Default: any KPI. */
  hasKpi?(id: string): boolean;
  /** A mark of what boards are described as, said with each tick. */
  configuration?(): string;
  readonly maxBufferBytes?: number;
  /** A client that takes nothing for so long is closed. */
  readonly slowMs?: Millis;
  readonly pingMs?: Millis;
  /** Changes gather for so long before they go out together. */
  readonly gatherMs?: Millis;
  /** Frames a second where a client asks for no rate, and at most. */
  readonly maxHz?: number;
  readonly maxSnapshotCells?: number;
  readonly limits?: BoardLimits;
  /** Whose the values of other dimensions are. */
  readonly scopeOf?: readonly ScopeOf[];
}

type Asked = 'hasKpi' | 'health' | 'configuration';

export class Hub implements LiveFeed {
  readonly board: Board;
  readonly options: Required<Omit<HubOptions, Asked>> & Pick<HubOptions, Asked>;
  readonly #clients = new Set<HubClient>();
  readonly #groups = new Map<string, Group<Subscription>>();
  #judging: number | undefined;
  readonly #partitions = new Map<number, PartitionTime>();
  readonly #seenIds = new Set<string>();
  readonly #delivery: Delivery;
  readonly counts = { frames: 0, bytes: 0 };

  constructor(options: HubOptions) {
    this.options = {
      maxBufferBytes: 1 << 20,
      slowMs: 15_000,
      pingMs: 10_000,
      gatherMs: 1,
      maxHz: 100,
      maxSnapshotCells: 50_000,
      limits: BOARD_LIMITS,
      scopeOf: [],
      ...options,
    };
    this.board = new Board(this.options.limits);
    const { maxBufferBytes, maxSnapshotCells } = this.options;
    this.#delivery = new Delivery({
      board: this.board,
      now: () => this.options.now(),
      watermark: () => this.progress().watermark,
      maxBufferBytes,
      maxSnapshotCells,
      unsubscribe: (client, id) => this.unsubscribe(client, id),
    });
  }

  // ── In ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  show(items: readonly LiveItem[]): void {
    let changed = false;
    for (const { topic, key, value } of items) {
      if (topic.startsWith('kpi/')) changed = this.board.setKpi(value as unknown as KpiMessage) || changed;
      else if (topic === 'alerts') changed = this.board.setAlert(value as unknown as AlertMessage) || changed;
      else if (topic === 'actions') changed = this.board.setAction(value as JsonObject) || changed;
      else if (topic === 'silences') this.board.setSilence(key, value);
    }
    if (changed) this.#changed();
  }

  committed(messages: readonly Outgoing[]): void {
    let changed = false;
    for (const { id, subject, type, time, data } of messages) {
      if (subject.startsWith('cx.kpi.')) {
        const value = data as unknown as KpiMessage;
        // A live value (`live_to_stream`) was shown when it was made: by now there may be a later one.
        if (!value.final && this.board.cell(value.kpi, value.key) !== undefined) continue;
        changed = this.board.setKpi(value) || changed;
      } else if (subject.startsWith('cx.alerts.')) {
        if (this.#isNew(id)) changed = this.board.setAlert(data as unknown as AlertMessage) || changed;
      } else if (subject.startsWith('cx.actions.') && this.#isNew(id)) {
        const kind = subject.slice('cx.actions.'.length);
        changed = this.board.setAction({ id, kind, type, time: iso(time), data }) || changed;
      }
    }
    if (changed) this.#changed();
  }

  time(partition: number, watermark: Millis, lagMs: number): void {
    this.#partitions.set(partition, { watermark, lagMs, at: this.options.now() });
  }

  /** The partition runs here no more, for now: it no longer holds time back, and its alerts are as they were last known. */
  forgetPartition(partition: number): void {
    this.#partitions.delete(partition);
    if (partition === this.#judging) this.board.markIncomplete();
  }

  /** @param partition which judges rules */
  restored(partition: number): void {
    this.#judging = partition;
    this.board.markComplete();
    this.#changed();
  }

  /** Lowest watermark of the partitions, greatest lag, and how long ago the engine last reported (null: never). */
  progress(): Progress {
    return progressOf(this.#partitions.values(), this.options.now());
  }

  #isNew(id: string): boolean {
    if (this.#seenIds.has(id)) return false;
    this.#seenIds.add(id);
    if (this.#seenIds.size > REMEMBERED_IDS) for (const oldest of this.#seenIds) return this.#seenIds.delete(oldest);
    return true;
  }

  #isHealthWatched(): boolean {
    for (const { filter } of this.#groups.values()) if (filter.health) return true;
    return false;
  }

  #lookAtHealth(): void {
    const health = this.options.health?.();
    if (health !== undefined && this.board.setHealth(health)) this.#changed();
  }

  #changed(): void {
    if (this.#groups.size === 0) return;
    this.options.wake(this.options.now() + this.options.gatherMs);
  }

  // ── Clients ─────────────────────────────────────────────────────────────────────────────────────────────────────

  connect(outlet: Outlet, codec: Codec, rights: ClientRights): HubClient {
    const client = new HubClient(this, outlet, codec, rights);
    this.#clients.add(client);
    const { epoch, version, pingMs } = this.options;
    const now = { time: iso(this.options.now()), ping_ms: pingMs };
    client.send(codec.frame({ op: 'hello', proto: codec.version, epoch, seq: this.board.seq, ...now, version }));
    return client;
  }

  /** Only for HubClient. */
  subscribe(client: HubClient, frame: Extract<ClientFrame, { op: 'sub' }>): void {
    this.unsubscribe(client, frame.id);
    const filter = filterOf(frame.topics, frame.where, client.rights.scope, this.options.scopeOf);
    // Where others watch it, it is a second old at most: a crowd that comes back shares one snapshot.
    if (filter.health && !this.#isHealthWatched()) this.#lookAtHealth();
    const hz = Math.min(frame.max_hz ?? this.options.maxHz, this.options.maxHz);
    const intervalMs = Math.min(60_000, 1_000 / hz);
    const name = `${client.codec.index} ${frame.id} ${intervalMs} ${filter.id}`;
    let group = this.#groups.get(name);
    if (group === undefined) {
      group = new Group<Subscription>(filter, client.codec, frame.id, intervalMs);
      group.seen = this.board.seq;
      this.#groups.set(name, group);
    }
    const sub: Subscription = {
      client,
      group,
      seq: 0,
      cursor: 0,
      served: group.bytes,
      stale: 'new',
    };
    group.members.add(sub);
    client.subscriptions.set(frame.id, { sub, name });

    const { resume } = frame;
    const known =
      resume !== undefined &&
      resume.epoch === this.options.epoch &&
      this.board.reaches(resume.seq, filter) &&
      resume.seq >= 0;
    if (client.blocked()) return;
    if (known) {
      sub.seq = sub.cursor = resume.seq;
      sub.stale = 'no';
      client.send(client.codec.frame({ op: 'resumed', id: frame.id, from: resume.seq, to: this.board.seq }));
      this.#delivery.delta(sub);
    } else {
      this.#delivery.snapshot(sub);
    }
  }

  /** Only for HubClient. */
  unsubscribe(client: HubClient, id: number): boolean {
    const known = client.subscriptions.get(id);
    if (known === undefined) return false;
    client.subscriptions.delete(id);
    known.sub.group.members.delete(known.sub);
    if (known.sub.group.members.size === 0) this.#groups.delete(known.name);
    return true;
  }

  /** Only for HubClient. */
  disconnect(client: HubClient): void {
    for (const id of [...client.subscriptions.keys()]) this.unsubscribe(client, id);
    this.#clients.delete(client);
  }

  /** Closes everybody: clients come back elsewhere or later. */
  shutdown(): void {
    for (const client of [...this.#clients]) client.close(CLOSE.shutdown, 'shutting down');
  }

  stats(): HubStats {
    let subscriptions = 0;
    for (const group of this.#groups.values()) subscriptions += group.members.size;
    const { cells, open, ...size } = this.board.size();
    const { limits, maxBufferBytes } = this.options;
    let unsentBytes = 0;
    for (const client of this.#clients) unsentBytes = Math.max(unsentBytes, client.unsentBytes);
    return {
      clients: this.#clients.size,
      subscriptions,
      groups: this.#groups.size,
      ...this.counts,
      ...this.#delivery.counts,
      cells,
      openAlerts: open,
      evictions: this.board.evictions,
      held: { unsentBytes, cells, ...size, seenIds: this.#seenIds.size },
      limits: heldAtMost(limits, maxBufferBytes),
    };
  }

  // ── Out ─────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Brings forward whoever is due. */
  flush(): void {
    const now = this.options.now();
    let next = Number.POSITIVE_INFINITY;
    for (const group of this.#groups.values()) {
      if (group.seen === this.board.seq) continue;
      const due = group.lastFlush + group.intervalMs;
      if (now < due && !group.urgent(this.board)) {
        next = Math.min(next, due);
        continue;
      }
      this.#delivery.toGroup(group, now);
    }
    if (next !== Number.POSITIVE_INFINITY) this.options.wake(next);
  }

  /** Once a second: a look at the health, a sign of life to each client, a second look at the slow ones, an end to the stuck ones. */
  tick(): void {
    const now = this.options.now();
    if (this.#isHealthWatched()) this.#lookAtHealth();
    const { watermark, lagMs, ageMs } = this.progress();
    const head: Record<string, Json> = { op: 'tick', time: iso(now), watermark, lag_ms: lagMs, age_ms: ageMs };
    if (this.options.configuration !== undefined) head['configuration'] = this.options.configuration();
    const frames: (Uint8Array | undefined)[] = [];
    for (const client of [...this.#clients]) {
      if (!client.blocked()) {
        client.send((frames[client.codec.index] ??= client.codec.frame(head)));
        this.#delivery.catchUp(client);
      } else if (client.blockedSince !== undefined && now - client.blockedSince >= this.options.slowMs) {
        this.#delivery.closeSlow(client);
      }
    }
    this.flush();
  }

  /** Only for HubClient: what its subscriptions missed. */
  catchUp(client: HubClient): void {
    this.#delivery.catchUp(client);
  }
}

function iso(time: Millis): string {
  return new Date(time).toISOString();
}
