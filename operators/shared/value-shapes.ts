/** What a variable of an expression may hold, as far as it is declared: for telling expressions that can never give a result. */

export type Kind =
  'null' | 'bool' | 'int' | 'double' | 'text' | 'list' | 'map' | 'bytes' | 'time' | 'duration' | 'other';

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
