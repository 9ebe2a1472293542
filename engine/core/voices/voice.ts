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
}
