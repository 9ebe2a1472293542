/** One connected client, as the hub keeps it: its subscriptions, its rights, and how much lies in its socket. */
import type { Millis } from '../core/types.ts';
import type { ClientFrame, ScreenAbout } from '../core/wire.ts';
import { type FrameFault, readClientFrame } from './client-frame.ts';
import type { Codec } from './frame-codec.ts';
import type { Scope } from './filter.ts';
import type { Group } from './group.ts';

/** One client's connection, as the hub sees it. */
export interface Outlet {
  send(frame: Uint8Array): void;
  /** Bytes handed over that the network has not taken. */
  buffered(): number;
  close(code: number, reason: string): void;
}

export interface ClientRights {
  readonly scope: Scope | null;
  /** Whether topics of this kind may be asked for at all. */
  allows(kind: 'kpi' | 'alerts' | 'actions' | 'health'): boolean;
  /** It is a screen, and subscribed by this id. */
  announced?(subscription: number, about: ScreenAbout): void;
}

export interface Subscription {
  readonly client: HubClient;
  readonly group: Group<Subscription>;
  /** What the client has: `prev` of its next delta. */
  seq: number;
  /** Nothing for this subscription lies between `seq` and here. */
  cursor: number;
  /** Value of `group.bytes` when it was last served. */
  served: number;
  /** Needs a snapshot before anything else. */
  stale: 'no' | 'new' | 'slow';
}

const MAX_SUBSCRIPTIONS = 16;
const RESNAPSHOTS_PER_MINUTE = 3;

/** What a client needs of its hub. */
export interface ClientHost {
  readonly options: {
    readonly maxBufferBytes: number;
    now(): Millis;
    /** Default: any KPI. */
    hasKpi?(id: string): boolean;
  };
  readonly counts: { frames: number; bytes: number };
  subscribe(client: HubClient, frame: Extract<ClientFrame, { op: 'sub' }>): void;
  unsubscribe(client: HubClient, id: number): boolean;
  disconnect(client: HubClient): void;
  catchUp(client: HubClient): void;
}

/** One connected client. The gateway tells it what came in, when the socket has drained, and when it is gone. */
export class HubClient {
  readonly codec: Codec;
  readonly rights: ClientRights;
  readonly subscriptions = new Map<number, { readonly sub: Subscription; readonly name: string }>();
  blockedSince: Millis | undefined;
  readonly #hub: ClientHost;
  readonly #outlet: Outlet;
  #resnapshots: Millis[] = [];
  #open = true;

  constructor(hub: ClientHost, outlet: Outlet, codec: Codec, rights: ClientRights) {
    this.#hub = hub;
    this.#outlet = outlet;
    this.codec = codec;
    this.rights = rights;
  }

  /** A decoded frame of the client, whatever it is. False: it was at fault and got an error frame. */
  receive(value: unknown): boolean {
    // What it still says while its connection ends: a subscription would never be taken back.
    if (!this.#open) return true;
    const read = readClientFrame(value);
    if ('fault' in read) {
      this.fault(read.fault);
      return false;
    }
    const { frame } = read;
    if (frame.op === 'sub') return this.#subscribe(frame);
    if (frame.op === 'unsub') {
      const known = this.#hub.unsubscribe(this, frame.id);
      if (known && !this.blocked()) this.send(this.codec.frame({ op: 'unsubscribed', id: frame.id }));
    }
    return true;
  }

  #subscribe(frame: Extract<ClientFrame, { op: 'sub' }>): boolean {
    const { id } = frame;
    const { options } = this.#hub;
    for (const topic of frame.topics) {
      const kind = topic.startsWith('kpi/') ? 'kpi' : (topic as 'alerts' | 'actions' | 'health');
      if (!this.rights.allows(kind)) {
        this.fault({ id, code: 'forbidden', message: `your role does not include ${topic}` });
        return false;
      }
      if (kind === 'kpi' && topic !== 'kpi/*' && options.hasKpi?.(topic.slice(4)) === false) {
        this.fault({ id, code: 'unknown_topic', message: `there is no KPI ${topic.slice(4)}` });
        return false;
      }
    }
    if (!this.subscriptions.has(id) && this.subscriptions.size >= MAX_SUBSCRIPTIONS) {
      this.fault({ id, code: 'too_large', message: `at most ${MAX_SUBSCRIPTIONS} subscriptions a connection` });
      return false;
    }
    this.#hub.subscribe(this, frame);
    if (frame.screen !== undefined) this.rights.announced?.(id, frame.screen);
    return true;
  }

  fault(fault: {
    readonly id: number | null;
    readonly code: FrameFault['code'] | 'forbidden' | 'unknown_topic' | 'rate_limited';
    readonly message: string;
  }): void {
    // One that asks and does not read gets no answers: they would pile up.
    if (this.blocked()) return;
    const { id, code, message } = fault;
    this.send(this.codec.frame({ op: 'error', id, code, temporary: code === 'rate_limited', message }));
  }

  /** The socket takes again: what was missed goes out. */
  drained(): void {
    if (this.#open && !this.blocked()) this.#hub.catchUp(this);
  }

  /** The connection is gone, whoever ended it. */
  closed(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#hub.disconnect(this);
  }

  close(code: number, reason: string): void {
    if (!this.#open) return;
    this.closed();
    this.#outlet.close(code, reason);
  }

  get unsentBytes(): number {
    return this.#open ? this.#outlet.buffered() : 0;
  }

  /** Too much lies in its socket; open again once most of it is gone. */
  blocked(): boolean {
    if (!this.#open) return true;
    const limit = this.#hub.options.maxBufferBytes / (this.blockedSince === undefined ? 2 : 8);
    if (this.#outlet.buffered() > limit) {
      this.blockedSince ??= this.#hub.options.now();
      return true;
    }
    this.blockedSince = undefined;
    return false;
  }

  send(frame: Uint8Array): void {
    if (!this.#open) return;
    this.#hub.counts.frames += 1;
    this.#hub.counts.bytes += frame.length;
    this.#outlet.send(frame);
  }

  /** Counts a fresh snapshot it needed because it was slow; true: that was once too often. */
  fellBehind(now: Millis): boolean {
    this.#resnapshots = this.#resnapshots.filter((at) => at > now - 60_000);
    this.#resnapshots.push(now);
    return this.#resnapshots.length > RESNAPSHOTS_PER_MINUTE;
  }
}
