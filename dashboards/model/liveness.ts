/** How far the board's numbers can be trusted right now. Pure: decided from the heartbeat, the engine's own word and its watermark. */
import { serverNow, type BoardState } from './board.ts';

export type Liveness =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  /** The connection just went; the values are still within the heartbeat. */
  | { readonly kind: 'reconnecting' }
  /** `since`: server time of the last frame. */
  | { readonly kind: 'stale'; readonly since: number }
  /** Connected, but the engine is late or stands still. `asOf`: the event time it has reached. */
  | { readonly kind: 'behind'; readonly lagMs: number; readonly asOf: number; readonly halted: boolean }
  /** Connected, and the engine says that it is not ready: what stands on the board may be old or in part. */
  | { readonly kind: 'notReady'; readonly reasons: readonly string[] }
  | { readonly kind: 'refused'; readonly code: string; readonly reason: string; readonly since: number | null };

/** Beyond `ping_ms`: what the network and a busy screen may add. */
export const SLACK_MS = 2500;
/** A closed connection may come back this fast before the tiles grey. */
export const GRACE_MS = 3000;
/** An engine this late, or that did not report for so long, is behind. */
export const BEHIND_MS = 10_000;
/** An engine whose watermark rests this long, with ticks coming, stands still. */
export const HALTED_MS = 30_000;

/** The longest silence that is still a live connection. */
export function silenceLimitMs(pingMs: number): number {
  return pingMs + SLACK_MS;
}

export function livenessOf(state: BoardState): Liveness {
  const { link, freshAt } = state;
  const since = freshAt === null ? null : freshAt + (state.clockOffset ?? 0); // until the server has said its time
  if (link.phase === 'refused') return { kind: 'refused', code: link.code, reason: link.reason, since };
  if (freshAt === null || since === null) return { kind: 'connecting' };
  const silentMs = state.now - freshAt;
  const lostMs = link.phase === 'lost' ? state.now - link.at : 0;
  if (silentMs > silenceLimitMs(state.pingMs) || lostMs > GRACE_MS) return { kind: 'stale', since };
  if (link.phase !== 'open' || !state.synced || state.needsResync) return { kind: 'reconnecting' };
  return engineLiveness(state);
}

function engineLiveness(state: BoardState): Liveness {
  const { now, watermark, watermarkMovedAt, reportedAt, lagMs, health } = state;
  if (health?.ok === false) return { kind: 'notReady', reasons: health.reasons };
  if (watermark === null || watermarkMovedAt === null) return { kind: 'live' };
  const silent = reportedAt !== null && now - reportedAt > BEHIND_MS;
  if (silent || now - watermarkMovedAt > HALTED_MS) {
    return { kind: 'behind', lagMs: serverNow(state) - watermark, asOf: watermark, halted: true };
  }
  return lagMs > BEHIND_MS ? { kind: 'behind', lagMs, asOf: watermark, halted: false } : { kind: 'live' };
}
