/** Aliases of YAML, followed before they are: one that holds itself has no end, and a few lines can stand for billions of values. */
import { isAlias, isMap, isPair, isSeq, type Document } from 'yaml';

/** Values of a file with every alias written out. */
const MAX_VALUES = 100_000;

export interface AliasFault {
  /** Offset of the alias in the text. */
  readonly offset: number;
  readonly message: string;
}

/** The first alias that cannot be followed; null: all can. */
export function aliasFault(document: Document.Parsed): AliasFault | null {
  const sizes = new Map<unknown, number>();
  const open = new Set<unknown>();
  const faults: AliasFault[] = [];
  let largest = { size: 0, offset: 0 };

  function sizeOf(node: unknown): number {
    const known = sizes.get(node);
    // After a fault nothing is measured any more.
    if (known !== undefined || faults.length > 0) return known ?? 0;
    if (isAlias(node)) return aliasSize(node);
    open.add(node);
    let size = 1;
    for (const child of childrenOf(node)) size += sizeOf(child);
    open.delete(node);
    sizes.set(node, size);
    return size;
  }
  function aliasSize(alias: { resolve(of: Document.Parsed): unknown; range?: readonly number[] | null }): number {
    const target = alias.resolve(document);
    const offset = alias.range?.[0] ?? 0;
    if (open.has(target)) {
      faults.push({
        offset,
        message: 'this alias (*name) stands inside the value that it names: it would have no end',
      });
      return 0;
    }
    const size = sizeOf(target);
    if (size > largest.size) largest = { size, offset };
    return size;
  }

  const size = sizeOf(document.contents);
  const [endless] = faults;
  if (endless !== undefined) return endless;
  if (size <= MAX_VALUES) return null;
  const message = 'with its aliases written out the file has more than 100,000 values, most of them through this one';
  return { offset: largest.offset, message };
}

function childrenOf(node: unknown): readonly unknown[] {
  if (isPair(node)) return [node.key, node.value];
  return isMap(node) || isSeq(node) ? node.items : [];
}
