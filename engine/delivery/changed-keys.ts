/** What changed since it was last saved; what came and went in between leaves no mark. */
export function takeChanged<T>(
  changed: Set<string>,
  saved: Set<string>,
  valueOf: (key: string) => T | undefined,
): ReadonlyMap<string, T | null> {
  const values = new Map<string, T | null>();
  for (const key of changed) {
    const value = valueOf(key);
    if (value !== undefined) {
      values.set(key, value);
      saved.add(key);
    } else if (saved.delete(key)) values.set(key, null);
  }
  changed.clear();
  return values;
}
