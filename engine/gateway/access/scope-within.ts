/** Whether whoever has the scope `inner` sees nothing that `outer` does not let see: who looks after walls does so within his own. */
import type { Scope } from '../../live/filter.ts';

/** null: everything. */
export function isWithin(inner: Scope | null, outer: Scope | null): boolean {
  if (outer === null) return true;
  if (inner === null) return false;
  if (outer.totals === false && inner.totals !== false) return false;
  return (['channels', 'regions', 'teams'] as const).every((name) => {
    const limit = outer[name];
    return limit === undefined || inner[name]?.every((value) => limit.includes(value)) === true;
  });
}
