/**
 * The board's whole state and how it changes: (state, event) → state. Pure: time comes in with each event, as `at`, the
 * screen's own monotonic clock in ms; the server's clock is that plus an offset learned from `hello` and `tick`.
 */
import type { AlertMessage, HealthMessage, KpiMessage, ServerFrame } from '../../engine/core/wire.ts';
import { allActions, withActions, type OpenActions } from './actions/open-actions.ts';
import { keyId, NO_VALUES, replacedBy, withHistory, withMessages, type Key, type KpiValues } from './kpi-values.ts';

/** What the socket reports beside frames. */
export type LinkEvent =
  | { readonly kind: 'opened' }
  | { readonly kind: 'lost'; readonly code: number; readonly reason: string }
  | { readonly kind: 'refused'; readonly code: string; readonly reason: string };

export type BoardEvent =
  | { readonly type: 'frame'; readonly at: number; readonly frame: ServerFrame }
  | { readonly type: 'link'; readonly at: number; readonly link: LinkEvent }
  | { readonly type: 'history'; readonly at: number; readonly kpi: string; readonly values: readonly KpiMessage[] }
  | { readonly type: 'clock'; readonly at: number };

export interface BoardAlert {
  readonly message: AlertMessage;
  /** `at` of the delta that made it fire while we watched; null when it was so before. */
  readonly firedAt: number | null;
}

export interface BoardState {
  /** The slice in the headline: `{}` is the whole company. */
  readonly headline: Key;
  readonly link: {
    readonly phase: 'connecting' | 'open' | 'lost' | 'refused';
    readonly at: number;
    readonly code: string;
    readonly reason: string;
  };
  readonly epoch: string | null;
  readonly version: string | null;
  /** A mark of what the gateway describes as its board; null: it has said none. */
  readonly configuration: string | null;
  readonly pingMs: number;
  /** What we have seen everything up to; null before the first snapshot. */
  readonly seq: number | null;
  /** A gap was seen: deltas count for nothing until a snapshot comes. */
  readonly needsResync: boolean;
  /** Since the connection came, a snapshot or `resumed` has said that nothing is missing. */
  readonly synced: boolean;
  readonly now: number;
  /** When a frame last came with nothing missing; null before the first snapshot. Values are as fresh as this. */
  readonly freshAt: number | null;
  /** Server time less `at`; null before the first `hello`. */
  readonly clockOffset: number | null;
  readonly watermark: number | null;
  /** When the watermark last moved, by `at`. */
  readonly watermarkMovedAt: number | null;
  readonly lagMs: number;
  /** When the engine last reported, by `at`; null: it never did, or the gateway does not say. */
  readonly reportedAt: number | null;
  /** Whether the engine says that it is ready, and why not; null: it did not say. */
  readonly health: HealthMessage['ready'] | null;
  /** It reads its state: there may be more alerts than are known. */
  readonly isRecovering: boolean;
  readonly kpis: ReadonlyMap<string, KpiValues>;
  readonly alerts: ReadonlyMap<string, BoardAlert>;
  readonly actions: OpenActions;
}

const DEFAULT_PING_MS = 10_000;
const MAX_RESOLVED = 20;
/** More are not kept: the oldest go first. */
export const MAX_ALERTS = 500;

export function emptyBoard(headline: Key, at: number): BoardState {
  return {
    headline,
    link: { phase: 'connecting', at, code: '', reason: '' },
    epoch: null,
    version: null,
    configuration: null,
    pingMs: DEFAULT_PING_MS,
    seq: null,
    needsResync: false,
    synced: false,
    now: at,
    freshAt: null,
    clockOffset: null,
    watermark: null,
    watermarkMovedAt: null,
    lagMs: 0,
    reportedAt: null,
    health: null,
    isRecovering: false,
    kpis: new Map(),
    alerts: new Map(),
    actions: new Map(),
  };
}

export function nextBoard(state: BoardState, event: BoardEvent): BoardState {
  const now = Math.max(state.now, event.at);
  switch (event.type) {
    case 'clock':
      return { ...state, now };
    case 'link':
      return { ...state, now, synced: false, link: linkAfter(state.link, event.link, now) };
    case 'history': {
      const values = withHistory(state.kpis.get(event.kpi) ?? NO_VALUES, event.values, keyId(state.headline));
      return { ...state, now, kpis: new Map(state.kpis).set(event.kpi, values) };
    }
    case 'frame': {
      const next = afterFrame({ ...state, now }, event.frame);
      return next.synced && !next.needsResync ? { ...next, freshAt: now } : next;
    }
  }
}

/** The server's time now, as well as we know it; our own clock before the first `hello`. */
export function serverNow(state: BoardState): number {
  return state.now + (state.clockOffset ?? 0); // until the server has said its time
}

/** Where to go on after a reconnect; null: from a snapshot. */
export function resumePosition(state: BoardState): { readonly epoch: string; readonly seq: number } | null {
  if (state.epoch === null || state.seq === null || state.needsResync) return null;
  return { epoch: state.epoch, seq: state.seq };
}

function linkAfter(before: BoardState['link'], link: LinkEvent, at: number): BoardState['link'] {
  switch (link.kind) {
    case 'opened':
      return { phase: 'open', at, code: '', reason: '' };
    case 'lost':
      // Failed attempts do not move the moment it was lost.
      return {
        phase: 'lost',
        at: before.phase === 'lost' ? before.at : at,
        code: String(link.code),
        reason: link.reason,
      };
    case 'refused':
      return { phase: 'refused', at, code: link.code, reason: link.reason };
  }
}

function afterFrame(state: BoardState, frame: ServerFrame): BoardState {
  switch (frame.op) {
    case 'hello': {
      const known = frame.epoch === state.epoch;
      const pingMs = frame.ping_ms > 0 ? frame.ping_ms : DEFAULT_PING_MS;
      const clocked = withServerTime(state, frame.time);
      return { ...clocked, epoch: frame.epoch, version: frame.version, pingMs, seq: known ? state.seq : null };
    }
    case 'tick': {
      const reportedAt = frame.age_ms == null ? null : state.now - frame.age_ms;
      const configuration = frame.configuration ?? null; // a gateway of before says none
      return withWatermark(
        withServerTime({ ...state, lagMs: frame.lag_ms, reportedAt, configuration }, frame.time),
        frame.watermark,
        false,
      );
    }
    case 'snapshot':
      return afterSnapshot(state, frame);
    case 'resumed':
      // What was missed (`from` to `to`) comes as deltas; if one of them should not come, the chain breaks and we resync.
      return { ...state, synced: true };
    case 'delta':
      return afterDelta(state, frame);
    case 'unsubscribed':
    case 'show': // the page goes elsewhere
    case 'error':
      return state;
  }
}

function afterSnapshot(state: BoardState, frame: Extract<ServerFrame, { op: 'snapshot' }>): BoardState {
  const headline = keyId(state.headline);
  const fresh = grouped(frame.kpis);
  const kpis = new Map<string, KpiValues>();
  for (const id of new Set([...state.kpis.keys(), ...fresh.keys()])) {
    kpis.set(id, replacedBy(state.kpis.get(id) ?? NO_VALUES, fresh.get(id) ?? [], headline));
  }
  // Alerts that closed before are history we may keep; an open one the snapshot does not name is no longer open.
  const resolved = [...state.alerts].filter(([, alert]) => alert.message.state === 'resolved');
  const alerts = frame.alerts.map((message): [string, BoardAlert] => {
    const known = state.alerts.get(message.alert);
    const firedAt = known?.message.state === message.state ? known.firedAt : null;
    return [message.alert, { message, firedAt }];
  });
  const next = {
    ...state,
    seq: frame.seq,
    synced: true,
    needsResync: false,
    health: frame.health?.ready ?? null,
    isRecovering: frame.recovering === true,
    kpis,
    alerts: bounded(new Map([...resolved, ...alerts])),
    actions: allActions(frame.actions ?? []), // it is not asked for
  };
  return withWatermark(next, frame.watermark, true);
}

function afterDelta(state: BoardState, frame: Extract<ServerFrame, { op: 'delta' }>): BoardState {
  if (state.needsResync) return state;
  if (state.seq !== null && frame.seq <= state.seq) return state; // seen before
  if (state.seq !== frame.prev) return { ...state, needsResync: true };
  const headline = keyId(state.headline);
  const kpis = new Map(state.kpis);
  for (const [id, messages] of grouped(frame.kpis)) {
    kpis.set(id, withMessages(kpis.get(id) ?? NO_VALUES, messages, headline));
  }
  const health = frame.health?.ready ?? state.health;
  const actions = withActions(state.actions, frame.actions ?? []); // none changed
  if (frame.alerts.length === 0) return { ...state, seq: frame.seq, health, kpis, actions };
  const alerts = new Map(state.alerts);
  for (const message of frame.alerts) {
    const old = alerts.get(message.alert);
    if (old !== undefined && Date.parse(message.at) < Date.parse(old.message.at)) continue;
    const began = message.state === 'firing' && old?.message.state !== 'firing';
    alerts.set(message.alert, { message, firedAt: began ? state.now : (old?.firedAt ?? null) });
  }
  return { ...state, seq: frame.seq, health, kpis, actions, alerts: bounded(alerts) };
}

function withServerTime(state: BoardState, time: string): BoardState {
  const server = Date.parse(time);
  return Number.isFinite(server) ? { ...state, clockOffset: server - state.now } : state;
}

/** Watermarks never go back, but after a snapshot: that may come from an engine that started from empty. */
function withWatermark(state: BoardState, text: string | null, reset: boolean): BoardState {
  const watermark = text === null ? Number.NaN : Date.parse(text);
  if (!Number.isFinite(watermark)) return state;
  if (state.watermark !== null && (reset ? watermark === state.watermark : watermark <= state.watermark)) return state;
  return { ...state, watermark, watermarkMovedAt: state.now };
}

function grouped(messages: readonly KpiMessage[]): Map<string, KpiMessage[]> {
  const groups = new Map<string, KpiMessage[]>();
  for (const message of messages) {
    const group = groups.get(message.kpi);
    if (group === undefined) groups.set(message.kpi, [message]);
    else group.push(message);
  }
  return groups;
}

/** The latest resolved ones are kept, and open ones as long as they fit: the oldest go first. */
function bounded(alerts: Map<string, BoardAlert>): ReadonlyMap<string, BoardAlert> {
  const newestFirst = [...alerts].sort(([, a], [, b]) => Date.parse(b.message.at) - Date.parse(a.message.at));
  let resolved = 0;
  let kept = 0;
  for (const [id, alert] of newestFirst) {
    if (alert.message.state === 'resolved') resolved += 1;
    const drop = (alert.message.state === 'resolved' && resolved > MAX_RESOLVED) || kept >= MAX_ALERTS;
    if (drop) alerts.delete(id);
    else kept += 1;
  }
  return alerts;
}
