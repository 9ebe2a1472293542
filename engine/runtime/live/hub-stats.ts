/** What the hub tells about itself. Plain data, made on request. */
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
  readonly seenIds: number;
}
