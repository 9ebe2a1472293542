import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { must } from '../../core/must.ts';
import { assign, MOST_MOVES, MOST_MOVES_A_SOURCE, type AssignInput, type Sharer } from './assign.ts';

const range = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i);
const sharer = (id: string, held: Iterable<number> = [], isLeaving = false): Sharer => ({
  ...{ id, isLeaving, held: new Set(held) },
});

/** Any table, any members, who hold anything: what crashes, joins and old tables may leave. */
const situations: fc.Arbitrary<AssignInput> = fc
  .record({
    count: fc.integer({ min: 1, max: 40 }),
    ids: fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'), { minLength: 1, maxLength: 6 }),
    owned: fc.array(fc.option(fc.nat({ max: 7 })), { minLength: 40, maxLength: 40 }),
    held: fc.array(fc.option(fc.nat({ max: 7 })), { minLength: 40, maxLength: 40 }),
    leaving: fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }),
  })
  .map(({ count, ids, owned, held, leaving }) => {
    const name = (index: number): string => must('abcdefgh'[index]);
    const items = range(count);
    const owners = new Map(items.flatMap((item) => (owned[item] == null ? [] : [[item, name(must(owned[item]))]])));
    const members = ids.map((id, i) =>
      sharer(
        id,
        items.filter((item) => held[item] != null && name(must(held[item])) === id),
        must(leaving[i]),
      ),
    );
    return { items, owners, members };
  });

const staying = ({ members }: AssignInput): readonly string[] =>
  members.filter(({ isLeaving }) => !isLeaving).map(({ id }) => id);
const counts = (owners: ReadonlyMap<number, string>, ids: readonly string[]): readonly number[] =>
  ids.map((id) => [...owners.values()].filter((owner) => owner === id).length);
const spread = (values: readonly number[]): number => Math.max(...values) - Math.min(...values);
/** Everybody has given up what is another's, and taken what is his. */
const obeyed = (input: AssignInput, owners: ReadonlyMap<number, string>): AssignInput => ({
  ...{ items: input.items, owners },
  members: input.members.map(({ id, isLeaving }) =>
    sharer(
      id,
      input.items.filter((item) => owners.get(item) === id),
      isLeaving,
    ),
  ),
});

describe('assign', () => {
  it('gives each item to exactly one member that stays', () => {
    fc.assert(
      fc.property(situations, (input) => {
        const stay = staying(input);
        fc.pre(stay.length > 0);
        const next = assign(input);
        expect([...next.keys()].sort((a, b) => a - b)).toEqual(input.items);
        for (const owner of next.values()) expect(stay).toContain(owner);
      }),
    );
  });

  it('changes nothing where nobody stays', () => {
    const owners = new Map([[0, 'a']]);
    expect(assign({ items: [0, 1], owners, members: [sharer('a', [0], true)] })).toBe(owners);
  });

  it('says the same in whichever order the members are named, and nothing new when it is asked again', () => {
    fc.assert(
      fc.property(situations, (input) => {
        const next = assign(input);
        expect(assign({ ...input, members: input.members.toReversed() })).toEqual(next);
        expect(assign({ ...input, owners: next })).toEqual(next);
      }),
    );
  });

  it('comes within a bounded number of rounds to shares that differ by one at most, with no more moves than that needs', () => {
    fc.assert(
      fc.property(situations, (input) => {
        const stay = staying(input);
        fc.pre(stay.length > 0);
        const first = assign({
          ...input,
          members: input.members.map(({ id, isLeaving }) => sharer(id, [], isLeaving)),
        });
        // A table that everybody obeys, then another set of members.
        const settled = obeyed(input, first);
        const joined = { ...settled, members: [...settled.members, sharer('x'), sharer('y')] };
        let now: AssignInput = joined;
        let moves = 0;
        let rounds = 0;
        for (; ; rounds++) {
          const next = assign(now);
          const moved = [...next].filter(([item, owner]) => now.owners.get(item) !== owner).length;
          if (moved === 0) break;
          moves += moved;
          now = obeyed({ ...now }, next);
        }
        const all = [...stay, 'x', 'y'];
        const found = counts(now.owners, all);
        expect(spread(found)).toBeLessThanOrEqual(1);
        expect(rounds).toBeLessThanOrEqual(1 + Math.ceil(input.items.length / MOST_MOVES_A_SOURCE));
        // The oracle: whatever a balanced share of those who had more leaves over, the largest shares being theirs.
        const before = counts(settled.owners, all).toSorted((a, b) => b - a);
        const goal = found.toSorted((a, b) => b - a);
        expect(moves).toBe(before.reduce((sum, count, i) => sum + Math.max(0, count - must(goal[i])), 0));
      }),
    );
  });

  it('moves nothing that has another home, but what balance needs', () => {
    fc.assert(
      fc.property(situations, (input) => {
        const stay = staying(input);
        fc.pre(stay.length > 0);
        const next = assign(input);
        for (const [item, owner] of next) {
          const before = input.owners.get(item);
          if (before === undefined || !stay.includes(before) || before === owner) continue;
          // From one that has at least as many still.
          const of = (id: string): number => must(counts(next, [id])[0]);
          expect(of(before)).toBeGreaterThanOrEqual(of(owner) - 1);
        }
      }),
    );
  });

  it('has no more than so many on their way at once, in all and from one', () => {
    const items = range(256);
    const owners = new Map(items.map((item) => [item, item % 2 === 0 ? 'a' : 'b']));
    const held = (id: string): readonly number[] => items.filter((item) => owners.get(item) === id);
    const members = [sharer('a', held('a')), sharer('b', held('b')), sharer('c')];
    const next = assign({ items, owners, members });
    const moved = (from: string): number =>
      items.filter((item) => owners.get(item) === from && next.get(item) !== from).length;
    expect([moved('a'), moved('b')]).toEqual([MOST_MOVES_A_SOURCE, MOST_MOVES_A_SOURCE]);
    expect(moved('a') + moved('b')).toBe(MOST_MOVES);
    // Asked again before anything was given up.
    expect(assign({ items, owners: next, members })).toEqual(next);
  });

  it('leaves what the table has lost with who runs it', () => {
    const members = [sharer('a', [0, 1]), sharer('b', [2, 3])];
    expect([...assign({ items: range(4), owners: new Map(), members })]).toEqual([
      [0, 'a'],
      [1, 'a'],
      [2, 'b'],
      [3, 'b'],
    ]);
  });

  it('moves last what stands last', () => {
    const items = [...range(4), 65_536];
    const owners = new Map(items.map((item) => [item, 'a']));
    const next = assign({ items, owners, members: [sharer('a', items), sharer('b')] });
    expect(next.get(65_536)).toBe('a');
    expect(counts(next, ['a', 'b'])).toEqual([3, 2]);
  });
});
