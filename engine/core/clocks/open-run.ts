/** A run of a clock that is open, as whoever asks sees it; plain data. Instants are event time, ms. */

export interface OpenRun {
  /** Id of the clock. */
  readonly clock: string;
  /** Whose it is: a case, a conversation, a customer. */
  readonly key: string;
  readonly started: number;
  /** null: it has no target, or is paused. */
  readonly due: number | null;
  readonly isPaused: boolean;
  /** Texts that the clock keeps of it, such as channel, region, team. */
  readonly kept: Readonly<Record<string, string>>;
}
