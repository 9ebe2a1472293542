/**
 * The board's line to `/v1/live`: subscribes, resumes where the board stands, comes back by itself. Knows frames, not what
 * they mean. At any time one generation of socket is ours; whatever an older one still says is dropped.
 */
import { CompactReader } from '../../engine/core/compact/compact-reader.ts';
import { CLOSE, type ClientFrame, type Protocol, type ScreenAbout, type ServerFrame } from '../../engine/core/wire.ts';
import type { LinkEvent } from '../model/board.ts';
import { silenceLimitMs } from '../model/liveness.ts';

/** The part of WebSocket we use. */
export interface SocketLike {
  onopen: (() => void) | null;
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  onclose: ((event: { readonly code: number; readonly reason: string }) => void) | null;
  onerror: (() => void) | null;
  /** Set to `arraybuffer`. */
  binaryType?: string;
  send(text: string): void;
  close(): void;
}
/** Timers and chance, handed in so that tests own them. `now` never goes back. */
export interface SocketClock {
  now(): number;
  after(ms: number, run: () => void): () => void;
  /** In [0, 1). */
  random(): number;
}
export interface Subscription {
  readonly topics: readonly string[];
  readonly where: Readonly<Record<string, readonly string[]>> | null;
  readonly maxHz: number;
  /** What this screen is; left out: a program. */
  readonly screen?: () => ScreenAbout;
}
export interface LiveSocketOptions {
  readonly url: string;
  /** @param protocols to offer, the one that is wanted most first */
  readonly open: (url: string, protocols: string[]) => SocketLike;
  readonly clock: SocketClock;
  readonly subscription: Subscription;
  /** Where the board stands; null: wants a snapshot. */
  readonly position: () => { readonly epoch: string; readonly seq: number } | null;
  readonly onFrame: (frame: ServerFrame) => void;
  readonly onLink: (event: LinkEvent) => void;
}

/** A gateway that does not know the first one speaks the second. */
export const OFFERED = ['earshot.v2.msgpack', 'earshot.v1.json'] as const satisfies readonly Protocol[];
export const BACKOFF_MIN_MS = 500;
export const BACKOFF_MAX_MS = 10_000;
const OPEN_TIMEOUT_MS = 10_000;
const DEFAULT_PING_MS = 10_000;
const FIRST_FATAL_CLOSE = 4500;
/** Set by us where no close frame came. */
const SILENT_CLOSE = 4499;
const OPS: ReadonlySet<unknown> = new Set<ServerFrame['op']>([
  'hello',
  'snapshot',
  'resumed',
  'delta',
  'tick',
  'unsubscribed',
  'show',
  'error',
]);

export class LiveSocket {
  readonly #options: LiveSocketOptions;
  #generation = 0;
  #socket: SocketLike | null = null;
  #subscriptionId = 0;
  #attempt = 0;
  #pingMs = DEFAULT_PING_MS;
  #stopped = false;
  #heardAt = 0;
  readonly #reader = new CompactReader();
  /** The next thing that happens by itself: a retry, or the end of patience with a silent socket. */
  #cancelTimer: () => void = () => undefined;

  constructor(options: LiveSocketOptions) {
    this.#options = options;
  }

  start(): void {
    this.#stopped = false;
    this.#connect();
  }

  stop(): void {
    this.#stopped = true;
    this.#abandon();
  }

  /** Asks for a snapshot on the same connection: the board saw a gap. */
  resync(): void {
    if (this.#socket === null || this.#subscriptionId === 0) return;
    this.#send({ op: 'unsub', id: this.#subscriptionId });
    this.#subscribe(null);
  }

  /** The page is looked at again, or the network is back: no waiting for timers that may have slept. */
  wake(): void {
    if (this.#stopped) return;
    const silentMs = this.#options.clock.now() - this.#heardAt;
    if (this.#socket === null) this.#connect();
    else if (silentMs > silenceLimitMs(this.#pingMs)) this.#lost(SILENT_CLOSE, '');
  }

  #connect(): void {
    this.#abandon();
    const generation = this.#generation;
    const mine = (run: () => void): void => {
      if (generation === this.#generation) run();
    };
    this.#heardAt = this.#options.clock.now();
    let socket: SocketLike;
    try {
      socket = this.#options.open(this.#options.url, [...OFFERED]);
      socket.binaryType = 'arraybuffer';
    } catch (error) {
      this.#lost(SILENT_CLOSE, String(error));
      return;
    }
    this.#socket = socket;
    this.#expectWithin(OPEN_TIMEOUT_MS);
    socket.onopen = () => mine(() => this.#opened());
    socket.onmessage = ({ data }) => mine(() => this.#heard(data));
    socket.onclose = ({ code, reason }) => mine(() => this.#closed(code, reason));
    socket.onerror = null; // a close always follows
  }

  #opened(): void {
    this.#options.onLink({ kind: 'opened' });
    this.#subscribe(this.#options.position());
    this.#expectWithin(silenceLimitMs(this.#pingMs));
  }

  #subscribe(resume: { readonly epoch: string; readonly seq: number } | null): void {
    this.#subscriptionId += 1;
    const { topics, where, maxHz, screen } = this.#options.subscription;
    this.#send({
      op: 'sub',
      id: this.#subscriptionId,
      topics,
      max_hz: maxHz,
      ...(where === null ? {} : { where }),
      ...(resume === null ? {} : { resume }),
      ...(screen === undefined ? {} : { screen: screen() }),
    });
  }

  #heard(data: unknown): void {
    this.#heardAt = this.#options.clock.now();
    const frame = this.#parse(data);
    if (frame?.op === 'hello' && frame.ping_ms > 0) this.#pingMs = frame.ping_ms;
    this.#expectWithin(silenceLimitMs(this.#pingMs));
    if (frame === null) {
      this.resync(); // what it said is lost, so the whole is asked for
      return;
    }
    if ('id' in frame && frame.id !== null && frame.id !== this.#subscriptionId) return; // of a subscription we left
    if (frame.op === 'snapshot' || frame.op === 'resumed') this.#attempt = 0;
    if (frame.op === 'error') this.#failed(frame);
    else this.#options.onFrame(frame);
  }

  /** null: not a frame of this protocol, or it refers to what was not sent. */
  #parse(data: unknown): ServerFrame | null {
    try {
      const bytes = bytesOf(data);
      const frame: unknown = bytes === null ? parsedText(data) : this.#reader.read(bytes, this.#subscriptionId);
      return isFrame(frame) ? frame : null;
    } catch {
      return null;
    }
  }

  #failed(frame: Extract<ServerFrame, { op: 'error' }>): void {
    if (frame.temporary) this.#lost(SILENT_CLOSE, frame.message);
    else this.#refused(frame.code, frame.message);
  }

  #closed(code: number, reason: string): void {
    if (code >= FIRST_FATAL_CLOSE) this.#refused(`${code} ${nameOfClose(code)}`.trim(), reason);
    else this.#lost(code, reason);
  }

  #refused(code: string, reason: string): void {
    this.#stopped = true;
    this.#abandon();
    this.#options.onLink({ kind: 'refused', code, reason });
  }

  #lost(code: number, reason: string): void {
    this.#abandon();
    this.#options.onLink({ kind: 'lost', code, reason });
    const ceiling = Math.min(BACKOFF_MAX_MS, BACKOFF_MIN_MS * 2 ** Math.min(this.#attempt + 1, 10));
    this.#attempt += 1;
    const delay = BACKOFF_MIN_MS + this.#options.clock.random() * (ceiling - BACKOFF_MIN_MS);
    this.#arm(delay, () => this.#connect());
  }

  /** Lets go of the present socket: nothing it says from now on counts. */
  #abandon(): void {
    this.#generation += 1;
    this.#cancelTimer();
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }

  #expectWithin(ms: number): void {
    this.#arm(ms, () => this.#lost(SILENT_CLOSE, ''));
  }

  #arm(ms: number, run: () => void): void {
    this.#cancelTimer();
    const cancel = this.#options.clock.after(ms, run);
    this.#cancelTimer = cancel;
  }

  #send(frame: ClientFrame): void {
    this.#socket?.send(JSON.stringify(frame));
  }
}

/** Binary frames are of v2, texts of v1: the same whichever was agreed on. */
function bytesOf(data: unknown): Uint8Array | null {
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  return data instanceof Uint8Array ? data : null;
}
function parsedText(data: unknown): unknown {
  return typeof data === 'string' ? (JSON.parse(data) as unknown) : null;
}
function isFrame(value: unknown): value is ServerFrame {
  return typeof value === 'object' && value !== null && 'op' in value && OPS.has(value.op);
}
function nameOfClose(code: number): string {
  return Object.entries(CLOSE).find(([, known]) => known === code)?.[0] ?? '';
}
