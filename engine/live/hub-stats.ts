/** What the hub tells about itself. Plain data, made on request. */
import type { BoardLimits } from './live-board.ts';

/** Ids of messages shown, of which none is shown twice. */
export const REMEMBERED_IDS = 4_000;

export interface HubStats {
  readonly clients: number;
  readonly subscriptions: number;
  readonly groups: number;
  readonly frames: number;
  readonly bytes: number;
  /** Deltas that a slow client did not get at once: their values were conflated. */
  readonly conflated: number;
  readonly resnapshots: number;
  readonly closedSlow: number;
  readonly cells: number;
  readonly openAlerts: number;
  readonly evictions: number;
  /** What is held, and at most: `unsentBytes` is that of the client with the most. */
  readonly held: HubHeld;
  readonly limits: HubHeld;
}
export interface HubHeld {
  readonly unsentBytes: number;
  readonly cells: number;
  readonly series: number;
  readonly alerts: number;
  readonly alertChanges: number;
  readonly actionChanges: number;
  readonly openActions: number;
  readonly seenIds: number;
}

export function heldAtMost(limits: BoardLimits, unsentBytes: number): HubHeld {
  const { cells, series, alerts } = limits;
  const logs = { alertChanges: 2 * limits.alertLog, actionChanges: 2 * limits.actions };
  return { unsentBytes, cells, series, alerts, ...logs, openActions: limits.openActions, seenIds: REMEMBERED_IDS };
}
