/** A list whose rows stay while what they say changes: what somebody has chosen in one is not lost with the next answer. */
export interface ShownRow<Entry, View> {
  readonly root: HTMLElement;
  readonly show: (entry: Entry, view: View) => void;
}

export function shownRows<Entry, View>(
  list: HTMLElement,
  idOf: (entry: Entry) => string,
  make: (entry: Entry) => ShownRow<Entry, View>,
): (entries: readonly Entry[], view: View) => void {
  const known = new Map<string, ShownRow<Entry, View>>();
  return (entries, view) => {
    const ids = new Set(entries.map(idOf));
    for (const [id, { root }] of known) {
      if (ids.has(id)) continue;
      known.delete(id);
      root.remove();
    }
    for (const [i, entry] of entries.entries()) {
      const id = idOf(entry);
      const row = known.get(id) ?? make(entry);
      known.set(id, row);
      row.show(entry, view);
      // One that stands where it belongs is not moved: it would lose the keyboard.
      if (list.children[i] !== row.root) list.insertBefore(row.root, list.children[i] ?? null); // at the end
    }
  };
}
