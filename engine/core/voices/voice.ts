/** What one customer said, masked, as whoever asks sees it; plain data. */
export interface Voice {
  /** Event time, ms. */
  readonly at: number;
  readonly text: string;
  /** Dimensions: channel, and region, product, store, team, class as far as the event has them. */
  readonly key: Readonly<Record<string, string>>;
  readonly issues: readonly string[];
  /** null: it was not scored. */
  readonly sentiment: string | null;
  readonly intensity: string | null;
  /** To count persons, never sent: their pseudonym, else their case or conversation; null: not known. */
  readonly who: string | null;
}

/** Voices of just now, and of the hour before these. */
export interface VoiceSample {
  /** From `since` until now, the newest of them. */
  readonly now: readonly Voice[];
  readonly since: number;
  /** From each five minutes the first some hundred. */
  readonly before: readonly Voice[];
  readonly beforeFrom: number;
  readonly beforeTo: number;
  /** The words and phrases of a voice, parted once for as long as it is kept. */
  readonly terms: (voice: Voice) => readonly string[];
}
