/** Expressions of a configuration, as a port: what compiles them says what they read, and what they can come to. */

export type Kind =
  'null' | 'bool' | 'int' | 'double' | 'text' | 'list' | 'map' | 'bytes' | 'time' | 'duration' | 'other';

/** What a variable may hold, as far as it is declared: for telling expressions that can never give a result. */
export interface Shape {
  readonly kinds: readonly Kind[];
  /** Of a map that has these fields and no others. */
  readonly fields?: Readonly<Record<string, Shape>>;
  /** Of a map that may have any field but these: what to write instead. */
  readonly lacks?: Readonly<Record<string, string>>;
  /** Of lists, and of maps without `fields`; any JSON unless given. */
  readonly items?: Shape;
}

/** Names of variables to what they hold. */
export type Scope = Readonly<Record<string, Shape>>;

/** Numbers of JSON are never whole numbers to CEL. */
export const ANY_JSON: Shape = { kinds: ['null', 'bool', 'double', 'text', 'list', 'map'] };
export const TEXT: Shape = { kinds: ['text'] };
export const DOUBLE: Shape = { kinds: ['double'] };
export const TIME: Shape = { kinds: ['time'] };

export type Variables = Readonly<Record<string, unknown>>;
/** Its value; undefined where it has none (a missing field, a text compared with a number, more steps than an evaluation may take). */
export interface Expression {
  (variables: Variables): unknown;
  /** The variables it reads, in order of first use. */
  readonly variables: readonly string[];
  /** With only these variables known: whether the expression can be true for them, whatever the others are. */
  whenKnown(names: readonly string[]): (known: Variables) => boolean;
  /** Why it can never give a result of these kinds, in a sentence; null: it may. What `scope` does not list may be anything. */
  whyNever(scope: Scope, wanted: readonly Kind[]): string | null;
}
/**
 * Compiles CEL once; throws EngineError EXPRESSION_INVALID. A missing field at run time yields undefined, never a throw.
 * `place`: where it stands in the configuration, such as `kpis[csat].where`; given where its evaluations are of interest.
 */
export type CompileExpression = (source: string, place?: string) => Expression;

/** What became of the evaluations of one expression. */
export interface Evaluations {
  all: number;
  withoutResult: number;
  /** Of those without a result: given up, because they took more steps than an evaluation may take. */
  overruns: number;
}
export const noEvaluations = (): Evaluations => ({ all: 0, withoutResult: 0, overruns: 0 });
