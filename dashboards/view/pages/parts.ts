/** Small parts that the pages share: signs of states, buttons, segments, fields. */
import { element, setText, svg } from '../element.ts';

const FILLED = 'M8 1.5h8L22.5 8v8L16 22.5H8L1.5 16V8z';
/** Shape, fill, border and word carry a state; colour only helps. */
export const ICONS = {
  critical: [
    { d: FILLED, class: 'solid' },
    { d: 'M8.3 8.3l7.4 7.4m0-7.4l-7.4 7.4', class: 'cut' },
  ],
  major: [{ d: 'M12 1.8L22.2 12 12 22.2 1.8 12z' }, { d: 'M12 7v6.2M12 16.6v.2' }],
  part: [{ d: 'M12 1.8L22.2 12 12 22.2 1.8 12z' }, { d: 'M12 7v6.2M12 16.6v.2' }],
  warn: [{ d: 'M12 3.5L22 20.5H2Z' }, { d: 'M12 10v5M12 17.6v.2' }],
  ok: [{ d: 'M3.5 12.8l5.6 5.6L20.5 6.5' }],
  none: [{ d: 'M12 2.5a9.5 9.5 0 1 0 0 19a9.5 9.5 0 1 0 0-19M7.5 12h9' }],
  ack: [{ d: 'M12 2.5a9.5 9.5 0 1 0 0 19a9.5 9.5 0 1 0 0-19M7.5 12.5l3 3 6-6.500' }],
  mute: [{ d: 'M6 17h12l-1.6-2.4V10a4.4 4.4 0 0 0-8.8 0v4.6zM10 20h4M3 3l18 18' }],
  stale: [{ d: 'M8 5v14M16 5v14' }],
  person: [{ d: 'M12 3.700a4.300 4.300 0 1 0 0 8.600a4.300 4.300 0 1 0 0-8.600M4 21c.8-5 4-7 8-7s7.200 2 8 7' }],
  clock: [{ d: 'M12 2.5a9.500 9.500 0 1 0 0 19a9.500 9.500 0 1 0 0-19M12 6.500V12l4 2.500' }],
  next: [{ d: 'M3 12h17M13.500 5.500L20 12l-6.500 6.500' }],
} as const satisfies Readonly<Record<string, readonly { readonly d: string; readonly class?: string }[]>>;
export type IconName = keyof typeof ICONS;

export function icon(name: IconName): SVGElement {
  const paths = ICONS[name].map((path) => svg('path', path));
  return svg('svg', { class: 'ic', viewBox: '0 0 24 24', 'aria-hidden': 'true' }, paths);
}

/** Sign and word of a state. */
export function badge(kind: IconName, word: string): HTMLElement {
  return element('span', `st st-${kind}`, [icon(kind), text('span', word)]);
}

export function text<T extends keyof HTMLElementTagNameMap>(
  tag: T,
  content: string,
  className = '',
): HTMLElementTagNameMap[T] {
  const node = element(tag, className);
  setText(node, content);
  return node;
}

export function button(
  label: string,
  press: () => void,
  className = '',
  name: IconName | null = null,
): HTMLButtonElement {
  const node = element('button', `btn ${className}`.trim(), name === null ? [] : [icon(name)], { type: 'button' });
  node.append(text('span', label));
  node.addEventListener('click', press);
  return node;
}
export function link(label: string, href: string, className = 'btn', name: IconName | null = null): HTMLAnchorElement {
  return element('a', className, [...(name === null ? [] : [icon(name)]), text('span', label)], { href });
}

export interface Choice<T extends string> {
  readonly value: T;
  readonly label: string;
}
/** One of several, as a row of buttons. */
export function segments<T extends string>(
  label: string,
  choices: readonly Choice<T>[],
  chosen: T,
  choose: (value: T) => void,
): HTMLElement {
  const buttons = choices.map(({ value, label: name }) => {
    const node = button(name, () => choose(value), value === chosen ? 'on' : '');
    node.setAttribute('aria-pressed', String(value === chosen));
    return node;
  });
  return element('div', 'seg', buttons, { role: 'group', 'aria-label': label });
}

export function select(
  label: string,
  choices: readonly Choice<string>[],
  chosen: string,
  choose: (value: string) => void,
): HTMLSelectElement {
  const options = choices.map(({ value, label: name }) => {
    const option = text('option', name);
    option.value = value;
    option.selected = value === chosen;
    return option;
  });
  const node = element('select', 'inp', options, { 'aria-label': label });
  node.addEventListener('change', () => choose(node.value));
  return node;
}

/** A label over what it names. */
export function field(label: string, input: HTMLElement): HTMLElement {
  input.classList.add('inp');
  return element('label', 'fd', [text('span', label), input]);
}

export function card(title: string, hint: string, children: readonly Node[], className = ''): HTMLElement {
  const heading = element('h2', '', [text('span', title), text('small', hint)]);
  return element('section', `card ${className}`.trim(), [heading, ...children]);
}

/** Cells that hold numbers stand to the right. */
export interface Column {
  readonly label: string;
  readonly isNumber?: boolean;
}
export function table(
  columns: readonly Column[],
  rows: readonly (readonly (Node | string)[])[],
  caption: string,
): HTMLElement {
  const cell = (tag: 'td' | 'th', content: Node | string, at: number): HTMLElement => {
    const node = element(tag, columns[at]?.isNumber === true ? 'n' : '');
    node.append(content);
    if (tag === 'th') node.setAttribute('scope', 'col');
    return node;
  };
  const head = element(
    'tr',
    '',
    columns.map(({ label }, i) => cell('th', label, i)),
  );
  const body = rows.map((row) =>
    element(
      'tr',
      '',
      row.map((content, i) => cell('td', content, i)),
    ),
  );
  const parts = [text('caption', caption, 'sr'), element('thead', '', [head]), element('tbody', '', body)];
  return element('div', 'scroll', [element('table', '', parts)], {
    tabindex: '0',
    role: 'group',
    'aria-label': caption,
  });
}
