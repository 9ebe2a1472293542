/** What became of a configuration that was to take the place of the running one. */

export interface ConfigChange {
  /** `rules.csat_low`, `board`, `kpis` (their order). */
  readonly path: string;
  readonly what: 'added' | 'removed' | 'changed';
}

export interface ReloadPlan {
  /** Taken up while the engine runs. */
  readonly applied: readonly ConfigChange[];
  /** Taken up by the next start. */
  readonly restart: readonly ConfigChange[];
  /** Sentences; not empty: nothing is applied. */
  readonly refused: readonly string[];
}

export interface ReloadReport extends ReloadPlan {
  readonly outcome: 'applied' | 'unchanged' | 'refused';
}

export function outcomeOf({ applied, refused }: ReloadPlan): ReloadReport['outcome'] {
  return refused.length > 0 ? 'refused' : applied.length > 0 ? 'applied' : 'unchanged';
}
