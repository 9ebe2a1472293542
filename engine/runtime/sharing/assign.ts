/**
 * Who should own which item (a partition): pure, the same for everybody who knows the same. Owners stay; what nobody owns goes to
 * who has least; then as few as balance needs move from who has most, a bounded number at a time.
 */
import { at, must } from '../../core/must.ts';

export interface Sharer {
  readonly id: string;
  /** It gives up what it holds, and takes nothing. */
  readonly isLeaving: boolean;
  /** What it runs. */
  readonly held: ReadonlySet<number>;
}

export interface AssignInput {
  /** All items; those in front move first. */
  readonly items: readonly number[];
  readonly owners: ReadonlyMap<number, string>;
  /** Those that live. */
  readonly members: readonly Sharer[];
}

/** So many items at most are on their way from a living owner to another, in all and from one. */
export const MOST_MOVES = 16;
export const MOST_MOVES_A_SOURCE = 8;

/** Only living members that stay own anything; where there are none everything stays as it is. */
export function assign({ items, owners, members }: AssignInput): ReadonlyMap<number, string> {
  const takers = members.filter(({ isLeaving }) => !isLeaving).sort((a, b) => (a.id < b.id ? -1 : 1));
  if (takers.length === 0) return owners;
  const shares = new Shares(items, takers);
  const homeless: number[] = [];
  for (const item of items) {
    const owner = owners.get(item);
    // What the table lost stays with who runs it.
    const stays = takers.find(({ id }) => id === owner) ?? takers.find(({ held }) => held.has(item));
    if (stays === undefined) homeless.push(item);
    else shares.give(item, stays.id);
  }
  for (const item of homeless) shares.give(item, shares.least());
  rebalance(shares, members);
  return new Map(items.map((item) => [item, shares.ownerOf(item)]));
}

function rebalance(shares: Shares, members: readonly Sharer[]): void {
  const holders = new Map<number, string>();
  for (const { id, held } of members) {
    for (const item of held) if (!holders.has(item) || shares.has(item, id)) holders.set(item, id);
  }
  const holderOf = (item: number): string | undefined => holders.get(item);
  const isOnItsWay = (item: number): boolean => {
    const holder = holderOf(item);
    return holder !== undefined && holder !== shares.ownerOf(item);
  };
  const moving = new Map<string, number>();
  let all = 0;
  const count = (source: string): void => {
    all++;
    moving.set(source, (moving.get(source) ?? 0) + 1); // its first
  };
  for (const item of shares.items()) if (isOnItsWay(item)) count(must(holderOf(item)));
  for (;;) {
    const target = shares.least();
    const source = shares.most();
    if (shares.countOf(source) - shares.countOf(target) <= 1) return;
    const settled = shares.itemsOf(source).filter((item) => !isOnItsWay(item));
    // What nobody runs yet moves for nothing.
    const free = settled.find((item) => holderOf(item) === undefined);
    const item = free ?? settled[0];
    if (item === undefined) return;
    if (free === undefined) {
      if (all >= MOST_MOVES || (moving.get(source) ?? 0) >= MOST_MOVES_A_SOURCE) return; // none moves
      count(source);
    }
    shares.give(item, target);
  }
}

/** Who has what while it is worked out. */
class Shares {
  readonly #of: Map<string, Set<number>>;
  readonly #owner = new Map<number, string>();

  readonly #items: readonly number[];

  constructor(items: readonly number[], takers: readonly Sharer[]) {
    this.#items = items;
    this.#of = new Map(takers.map(({ id }) => [id, new Set<number>()]));
  }

  give(item: number, to: string): void {
    const before = this.#owner.get(item);
    if (before !== undefined) must(this.#of.get(before)).delete(item);
    this.#owner.set(item, to);
    must(this.#of.get(to)).add(item);
  }
  has(item: number, id: string): boolean {
    return this.#owner.get(item) === id;
  }
  ownerOf(item: number): string {
    return must(this.#owner.get(item));
  }
  items(): readonly number[] {
    return this.#items;
  }
  itemsOf(id: string): readonly number[] {
    const own = must(this.#of.get(id));
    return this.items().filter((item) => own.has(item));
  }
  countOf(id: string): number {
    return must(this.#of.get(id)).size;
  }
  /** The first by name where several have as many. */
  least(): string {
    return at(
      [...this.#of].sort(([, a], [, b]) => a.size - b.size),
      0,
    )[0];
  }
  most(): string {
    return at(
      [...this.#of].sort(([, a], [, b]) => b.size - a.size),
      0,
    )[0];
  }
}
