/** How operators are put together. Descriptions only: `Chain` makes them run. */
import type { OperatorDef, State } from './types.ts';

/** An operator, or several composed by `pipe` and `fan`. */
export type ChainDef<In, Out> = OperatorDef<In, Out> | Composition<In, Out>;
export interface Composition<In, Out> {
  readonly kind: 'pipe' | 'fan';
  readonly parts: readonly ChainDef<unknown, unknown>[];
  /** Never set: carries the types. */
  readonly types?: { in(event: In): void; readonly out: Out };
}

/** What `first` emits goes to `second`. */
export function pipe<A, B, C>(first: ChainDef<A, B>, second: ChainDef<B, C>): Composition<A, C> {
  return { kind: 'pipe', parts: [first, second] as readonly ChainDef<unknown, unknown>[] };
}

/** Each branch sees each event, in the order given; all emit to the same next. */
export function fan<In, Out>(...branches: readonly ChainDef<In, Out>[]): Composition<In, Out> {
  return { kind: 'fan', parts: branches };
}

/** The operators of a chain, each before those it emits to. */
export function operatorsOf(def: ChainDef<never, unknown>): readonly OperatorDef<unknown, unknown>[] {
  return 'kind' in def ? def.parts.flatMap(operatorsOf) : [def];
}

/** One entry an operator, so that an added or a removed operator shows as well as a changed one. */
export function fingerprintsOf(def: ChainDef<never, unknown>): Readonly<Record<string, State>> {
  return Object.fromEntries(operatorsOf(def).map((operator) => [operator.name, operator.fingerprint ?? null]));
}
