/**
 * `earshot/client`: live KPI values and alerts of an Earshot, in a page or a program of one's own. It connects, comes back by
 * itself, resumes where it was, and asks for the whole again when it missed something. What it hands out says whether it is
 * fresh: an old value has no `value`, only a `last`, so that nobody shows it as if it were of now.
 */
import type { AlertMessage, KpiMessage } from '../../engine/core/wire.ts';
import type { SocketClock, SocketLike } from '../line/live-socket.ts';
import { platformOpen } from '../line/fall-back.ts';
import { keyId, type Key } from '../model/kpi-values.ts';
import { livenessOf, type Liveness } from '../model/liveness.ts';
import { LiveState } from './live-state.ts';

export type { AlertCause, AlertMessage, AlertState, KpiMessage } from '../../engine/core/wire.ts';
export type { Key, Liveness, SocketClock, SocketLike };

/** A WebSocket of the platform, of `ws` or of another library: whatever their handlers are declared to take. */
export interface WebSocketLike {
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  /** Set to `arraybuffer`. */
  binaryType?: string;
  send(text: string): void;
  close(): void;
}

export interface ConnectOptions {
  /** Where Earshot is: `https://cx.example.com/earshot/`. */
  readonly url: string | URL;
  /** `kpi/<id>`, `kpi/*`, `alerts`. */
  readonly topics: readonly string[];
  /** Only these values of a dimension; keys that lack it come too. */
  readonly where?: Readonly<Record<string, readonly string[]>>;
  /** How often a value may change, a second; 4 unless given. */
  readonly maxHz?: number;
  /** Opens the WebSocket; the platform's own unless given, with server-sent events where none gets through. `protocols` is what to offer. Here a program adds its token: `authorization: Bearer …`. */
  readonly open?: (url: string, protocols: string[]) => WebSocketLike;
  /** For tests. */
  readonly clock?: SocketClock;
}
/** A value as it stands. `value.value` is null where the window has no cases. */
export type Reading =
  | { readonly isFresh: true; readonly value: KpiMessage }
  | { readonly isFresh: false; readonly why: Liveness; readonly last: KpiMessage | null };
/** The open alerts. */
export type AlertReading =
  | { readonly isFresh: true; readonly alerts: readonly AlertMessage[] }
  | { readonly isFresh: false; readonly why: Liveness; readonly last: readonly AlertMessage[] };

export interface EarshotClient {
  /** Whether what it knows is of now, and why not. */
  readonly liveness: Liveness;
  /** Of one key; the whole company's unless given. */
  kpi(id: string, key?: Key): Reading;
  /** Of every key that is known. */
  kpiKeys(id: string): readonly Key[];
  alerts(): AlertReading;
  /** The network is back: try at once. */
  wake(): void;
  close(): void;
}

/** How often time alone is looked at: so soon a silent line shows. */
const TICK_MS = 500;
const WHOLE: Key = {};

/**
 * @param onChange called with each change, also when what is shown has become too old; never before `connect` has returned.
 * Throws where the platform has no WebSocket and `open` is not given.
 */
export function connect(options: ConnectOptions, onChange: (client: EarshotClient) => void): EarshotClient {
  const clock = options.clock ?? systemClock();
  let endTick: () => void = () => undefined;
  let [isReturned, isMissed] = [false, false];
  const changed = (): void => {
    if (isReturned) onChange(client);
    else isMissed = true;
  };
  const session = new LiveState({
    url: liveUrlOf(options.url),
    open: opener(options.open),
    clock,
    headline: WHOLE,
    // Only with `health` it knows that the engine itself says its values are not whole.
    subscription: {
      topics: [...new Set([...options.topics, 'health'])],
      where: options.where ?? null,
      maxHz: options.maxHz ?? 4,
    },
    onChange: changed,
  });
  const client: EarshotClient = {
    get liveness() {
      return livenessOf(session.state);
    },
    kpi(id, key = WHOLE) {
      const { kpis } = session.state;
      const value = kpis.get(id)?.latest.get(keyId(key)) ?? null; // it has not said anything yet
      const why = livenessOf(session.state);
      return isFresh(why) && value !== null ? { isFresh: true, value } : { isFresh: false, why, last: value };
    },
    kpiKeys: (id) => [...(session.state.kpis.get(id)?.latest.values() ?? [])].map(({ key }) => key), // none known
    alerts() {
      const { alerts, isRecovering } = session.state;
      const open = [...alerts.values()].map(({ message }) => message).filter(({ state }) => state !== 'resolved');
      const why = livenessOf(session.state);
      return isFresh(why) && !isRecovering
        ? { isFresh: true, alerts: open }
        : { isFresh: false, why: isFresh(why) ? STARTING : why, last: open };
    },
    wake: () => session.wake(),
    close() {
      endTick();
      session.stop();
      isMissed = false;
    },
  };
  const tick = (): void => {
    endTick = clock.after(TICK_MS, tick);
    session.tick();
  };
  session.start();
  endTick = clock.after(TICK_MS, tick);
  isReturned = true;
  queueMicrotask(() => {
    if (isMissed) onChange(client);
  });
  return client;
}

type Open = (url: string, protocols: string[]) => SocketLike;

function opener(given: ConnectOptions['open']): Open {
  if (given !== undefined) return given as Open;
  if (!('WebSocket' in globalThis))
    throw new TypeError(
      'there is no WebSocket here (Node has one from version 22 on): give `open`, such as one of `ws`',
    );
  return platformOpen();
}

/** Alerts are not all known yet, though the line is good. */
const STARTING: Liveness = { kind: 'notReady', reasons: ['the engine reads its state'] };

/** A connection that went a moment ago may be back before anything is missed. */
function isFresh({ kind }: Liveness): boolean {
  return kind === 'live' || kind === 'reconnecting';
}

/** `https://cx.example.com/earshot` → `wss://cx.example.com/earshot/v1/live` */
function liveUrlOf(base: string | URL): string {
  const folder = new URL(base);
  if (!folder.pathname.endsWith('/')) folder.pathname += '/';
  const url = new URL('v1/live', folder);
  url.protocol = url.protocol.replace('http', 'ws');
  return url.href;
}

function systemClock(): SocketClock {
  return {
    now: () => performance.timeOrigin + performance.now(),
    after(ms, run) {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
    random: () => Math.random(),
  };
}
