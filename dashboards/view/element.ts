/** Making elements. Text only ever goes in as text: nothing that comes from outside is read as markup. */
type Attributes = Readonly<Record<string, string>>;

export function element<T extends keyof HTMLElementTagNameMap>(
  tag: T,
  className: string,
  children: readonly Node[] = [],
  attributes: Attributes = {},
): HTMLElementTagNameMap[T] {
  const node = document.createElement(tag);
  if (className !== '') node.className = className;
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

export function svg(
  tag: keyof SVGElementTagNameMap,
  attributes: Attributes,
  children: readonly Node[] = [],
): SVGElement {
  const node = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/** Touches the page only where something changed: a wall of tiles stays cheap. */
export function setText(node: Element, text: string): void {
  const only = node.firstChild;
  // A text that changes in its place asks for no styles; one that takes its place does, for all that `:has()` may mean.
  if (only instanceof Text && only.nextSibling === null) {
    if (only.data !== text) only.data = text;
  } else if (node.textContent !== text) node.textContent = text;
}
export function setAttribute(node: Element, name: string, value: string): void {
  if (node.getAttribute(name) !== value) node.setAttribute(name, value);
}
export function setStyle(node: HTMLElement, name: string, value: string): void {
  if (node.style.getPropertyValue(name) !== value) node.style.setProperty(name, value);
}
export function setShown(node: HTMLElement, shown: boolean): void {
  if (node.hidden === shown) node.hidden = !shown;
}

/** Children that are made again only where what they say has changed. */
export function setSaid(node: HTMLElement, says: string, make: () => readonly Node[]): void {
  if (node.dataset['says'] === says) return;
  node.dataset['says'] = says;
  node.replaceChildren(...make());
}

/** The signs of a state, drawn so that no screen lacks the glyph: ✓ ⚠ ✕ – ⏸. Never colour alone. */
const SIGNS = {
  ok: 'M4 13l5.5 5.5L20 6.5',
  warn: 'M12 3.5L22 20.5H2ZM12 10v5M12 17.6v.4',
  breach: 'M5 5l14 14M19 5L5 19',
  none: 'M5 12h14',
  stale: 'M8 5v14M16 5v14',
} as const;
export type Sign = keyof typeof SIGNS;

export function sign(): { readonly root: SVGElement; show(kind: Sign): void } {
  const path = svg('path', {});
  const root = svg('svg', { class: 'sign', viewBox: '0 0 24 24', 'aria-hidden': 'true' }, [path]);
  return {
    root,
    show(kind) {
      setAttribute(root, 'data-sign', kind);
      setAttribute(path, 'd', SIGNS[kind]);
    },
  };
}
