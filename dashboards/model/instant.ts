/** Times as texts, which come many times each: of one window the values of all its keys say the same. Pure. */
const MOST = 2_000;
const known = new Map<string, number>();

/** ms since the epoch; NaN: it is no time. */
export function instantOf(text: string): number {
  let at = known.get(text);
  if (at === undefined) {
    if (known.size >= MOST) known.clear();
    at = Date.parse(text);
    known.set(text, at);
  }
  return at;
}
