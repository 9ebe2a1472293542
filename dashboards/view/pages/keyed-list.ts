/** A list whose rows are made again only where what they say has changed; who stood in one with the keyboard stays there. */
export interface KeyedRow {
  readonly id: string;
  /** What it says: equal texts need no new row. */
  readonly says: string;
  readonly make: () => HTMLElement;
}

const FOCUSABLE = 'a[href], button, select, input, [tabindex]';

export function keyedList(root: HTMLElement): (rows: readonly KeyedRow[]) => void {
  const known = new Map<string, { readonly says: string; readonly node: HTMLElement }>();
  return (rows) => {
    const nodes = rows.map(({ id, says, make }) => {
      const old = known.get(id);
      if (old?.says === says) return old.node;
      const node = make();
      known.set(id, { says, node });
      if (old !== undefined) takePlace(old.node, node);
      return node;
    });
    const ids = new Set(rows.map(({ id }) => id));
    for (const id of known.keys()) if (!ids.has(id)) known.delete(id);
    const isSame = root.children.length === nodes.length && nodes.every((node, i) => root.children[i] === node);
    if (!isSame) root.replaceChildren(...nodes);
  };
}

function takePlace(old: HTMLElement, node: HTMLElement): void {
  if (!old.isConnected) return;
  const at = [...old.querySelectorAll(FOCUSABLE)].indexOf(document.activeElement ?? old);
  old.replaceWith(node);
  if (at >= 0) node.querySelectorAll<HTMLElement>(FOCUSABLE)[at]?.focus();
}
