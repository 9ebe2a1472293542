/** Ids of what a partition sends: what they say, and how they are read back from the output streams after a crash. */

/**
 * A forward's is `<partition>:<input seq>:<k>`, k counting within the message: it follows from the input alone, so that
 * whoever works on that message, a stalled former owner too, gives it the same one.
 */
export function forwardId(partition: number, seq: number, k: number): string {
  return `${partition}:${seq}:${k}`;
}

/**
 * Forwards that leave in one message, by the ids of the first and the last: `<partition>:<input seq>:<first k>-<last k>`. Those between the two that may not leave together
 * with others have ids of their own. Which leave together follows from the input message alone, too.
 */
export function togetherId(first: string, last: string): string {
  return first === last ? first : `${first}-${last.slice(last.lastIndexOf(':') + 1)}`;
}

/** How a forward is named that was stored together with others. */
export function storedTogether(forward: string): string {
  return `${forward}+`;
}

/** Of a stored id: what it says is stored. */
export function storedBy(id: string): readonly string[] {
  const [, message, first, last] = /^(\d+:\d+):(\d+)-(\d+)$/.exec(id) ?? [];
  if (message === undefined) return [id];
  const ids: string[] = [];
  for (let k = Number(first); k <= Number(last); k++) ids.push(storedTogether(`${message}:${k}`));
  return ids;
}

/** What leaves with a commit is `<partition>.<commit>.<i>`. */
export function committedId(partition: number, commit: number, i: number): string {
  return `${partition}.${commit}.${i}`;
}

/** What an id says: the input sequence of a forward, or the commit that the output left with. */
export type OutputOrigin = { readonly seq: number } | { readonly commit: number };

/** undefined: not an id of this partition. */
export function originOf(id: string, partition: number): OutputOrigin | undefined {
  const [, owner, kind, number] = /^(\d+)([.:])(\d+)[.:]\d+(?:-\d+)?$/.exec(id) ?? [];
  if (Number(owner) !== partition) return undefined;
  return kind === ':' ? { seq: Number(number) } : { commit: Number(number) };
}

/** The input sequence in a forward's id. */
export function seqOf(forward: string): number {
  return Number(forward.split(':')[1]);
}
