/** What a heap holds, by kind, from a snapshot as V8 writes it; and which kinds have grown from one to the next. */
import { at, numberAt } from '../../engine/core/must.ts';

export interface HeldKind {
  readonly count: number;
  readonly bytes: number;
}
export interface GrownKind {
  readonly kind: string;
  readonly count: number;
  readonly bytes: number;
}
interface Snapshot {
  readonly snapshot: {
    readonly meta: { readonly node_fields: readonly string[]; readonly node_types: readonly [readonly string[]] };
  };
  readonly nodes: readonly number[];
  readonly strings: readonly string[];
}

/** Kinds that have names of classes or functions; of others the name is their content. */
const NAMED = new Set(['object', 'closure', 'native']);

export function heldKinds(text: string): ReadonlyMap<string, HeldKind> {
  const { snapshot, nodes, strings } = JSON.parse(text) as Snapshot;
  const { node_fields: fields, node_types: types } = snapshot.meta;
  const [type, name, size] = ['type', 'name', 'self_size'].map((field) => fields.indexOf(field)) as [
    number,
    number,
    number,
  ];
  const kinds = new Map<string, HeldKind>();
  for (let node = 0; node < nodes.length; node += fields.length) {
    const typeName = at(types[0], numberAt(nodes, node + type));
    const kind = NAMED.has(typeName)
      ? `${typeName} ${at(strings, numberAt(nodes, node + name)).slice(0, 60)}`
      : typeName;
    const before = kinds.get(kind) ?? { count: 0, bytes: 0 }; // the first of its kind
    kinds.set(kind, { count: before.count + 1, bytes: before.bytes + numberAt(nodes, node + size) });
  }
  return kinds;
}

/** The most bytes first. */
export function grownKinds(
  before: ReadonlyMap<string, HeldKind>,
  after: ReadonlyMap<string, HeldKind>,
): readonly GrownKind[] {
  return [...after]
    .map(([kind, { count, bytes }]) => {
      const old = before.get(kind) ?? { count: 0, bytes: 0 }; // there was none
      return { kind, count: count - old.count, bytes: bytes - old.bytes };
    })
    .filter(({ bytes }) => bytes > 0)
    .sort((a, b) => b.bytes - a.bytes);
}
