/** The table of owners, and the one that should follow it. */
import type { MemberBeat, OwnerEntry, OwnerTable } from '../../core/partition/shared-ownership.ts';
import { must } from '../../core/must.ts';
import { assign, type Sharer } from './assign.ts';
import { isOf, markInForce } from './mark-in-force.ts';

/**
 * null: it is as it should be. `living`: those that are heard. `mayLive`: of an owner that is not, whether it has to be waited for; until
 * then it keeps what the table gives it.
 */
export function nextTable(
  table: OwnerTable | null,
  items: readonly number[],
  living: readonly MemberBeat[],
  mayLive: (id: string, holder: string) => boolean,
): OwnerTable | null {
  const before: ReadonlyMap<number, OwnerEntry> = table?.owners ?? new Map<number, OwnerEntry>(); // none was written
  const owners = new Map([...before].map(([item, { owner }]) => [item, owner]));
  const heard = new Set(living.map(({ id }) => id));
  const unheard = [...(table?.holders ?? [])] // none was written
    .filter(([id, holder]) => !heard.has(id) && mayLive(id, holder))
    .map(([id]) => ({ id, held: new Set([...owners].filter(([, owner]) => owner === id).map(([item]) => item)) }));
  const staying = living.filter(({ state }) => state !== 'leaving');
  // Whom the table names it names under its own mark.
  const mark = markInForce(table?.mark, [...staying.map((one) => one.mark), ...unheard.map(() => table?.mark)]);
  const members: Sharer[] = [
    ...living.map((one) => ({
      ...{ id: one.id, isLeaving: one.state === 'leaving' || !isOf(one.mark, mark), held: new Set(one.held) },
    })),
    ...unheard.map((one) => ({ ...one, isLeaving: table?.mark !== mark })),
  ];
  const next = assign({ items, owners, members });
  const isSame = next.size === owners.size && [...next].every(([item, owner]) => owners.get(item) === owner);
  if (isSame && mark === table?.mark) return null;
  const generation = (table?.generation ?? 0) + 1; // the first
  const lives = new Set(members.map(({ id }) => id));
  const entries = [...next].map(([item, owner]): [number, OwnerEntry] => {
    const entry = before.get(item);
    if (entry?.owner === owner) return [item, entry];
    return [
      item,
      { owner, since: generation, from: entry !== undefined && lives.has(entry.owner) ? entry.owner : null },
    ];
  });
  const holders = new Map(living.map(({ id, holder }) => [id, holder]));
  const named = new Set(entries.flatMap(([, { owner, from }]) => (from === null ? [owner] : [owner, from])));
  const holderOf = (id: string): string => must(holders.get(id) ?? table?.holders.get(id), 'a member has a holder');
  return {
    ...{ generation, owners: new Map(entries), holders: new Map([...named].map((id) => [id, holderOf(id)])) },
    ...(mark === undefined ? null : { mark }),
  };
}
