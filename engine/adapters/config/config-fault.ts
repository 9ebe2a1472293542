/** What is wrong with a configuration, and where. */

/** The way to a value in the document. */
export type Path = readonly (string | number)[];

export interface FaultAt {
  readonly at: Path;
  /** The last step of `at` itself is wrong, not what stands there. */
  readonly isKey?: boolean;
  readonly message: string;
}
export interface ConfigFault {
  /** `kpis[2].window.slide`; `` for the file as a whole. */
  readonly path: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
  /** What was found, and what was expected. */
  readonly message: string;
}
