/**
 * What instances compute by where not all have the same: what most have. The others own nothing and stand by, so that what is saved
 * passes from one configuration, version or key to another once, as when a single engine takes up another, and never to and fro.
 */
export type Mark = string | undefined;

/** `marks`: of the members that stay; undefined: of one that does not say (a former version), which goes with whatever is in force. */
export function markInForce(current: Mark, marks: readonly Mark[]): Mark {
  const counts = new Map<string, number>();
  for (const one of marks) {
    const mark = one ?? current; // it goes with it
    if (mark !== undefined) counts.set(mark, (counts.get(mark) ?? 0) + 1); // its first
  }
  let [inForce, most] = [current, current === undefined ? 0 : (counts.get(current) ?? 0)]; // nobody has it any more
  // As many are not enough to change it: it changes once while one member after the other does.
  for (const [mark, count] of [...counts].sort(([a], [b]) => (a < b ? -1 : 1)))
    if (count > most) [inForce, most] = [mark, count];
  return inForce;
}

/** Whether who has this mark may own what is computed by that one. */
export function isOf(own: Mark, inForce: Mark): boolean {
  return own === undefined || inForce === undefined || own === inForce;
}
