/** The heat map on the screen: a table of cells that lead to their own pages, margins, a sentence and the scale over it. */
import type { KpiDescription } from '../../../engine/core/wire.ts';
import { findingsOf, type HeatCell, type HeatLine, type HeatMap } from '../../model/pages/heat-map.ts';
import { keyText, kpiTitle, severityText, valueText, type WordsView } from '../../model/pages/alert-words.ts';
import { formatCount } from '../../model/format.ts';
import { PAGE_TEXTS } from '../../model/pages/page-strings.ts';
import { fill } from '../../model/strings.ts';
import { element } from '../element.ts';
import type { KeyedRow } from './keyed-list.ts';
import { badge, icon, text, type IconName } from './parts.ts';

export interface HeatLook {
  readonly view: WordsView;
  readonly rowName: (id: string) => string;
  readonly columnName: (id: string) => string;
  /** null: nobody stands before this screen. */
  readonly hrefOf: (cell: HeatCell) => string | null;
  readonly hasUnits: boolean;
}

const STEPS = 5;
const DEEPEST = 46;
const KINDS: Readonly<Record<string, IconName>> = { critical: 'critical', major: 'major' };

/** `华东·App 92%，其余 45 格没有告警` */
export function verdictRow(map: HeatMap, kpi: KpiDescription | null, { view }: HeatLook): KeyedRow {
  const texts = PAGE_TEXTS[view.lang];
  const { worst, firing, off, judged } = findingsOf(map);
  const named = (cell: HeatCell): Readonly<Record<string, string>> => ({
    key: kpi === null ? `${keyText(cell.key, view.lang)} ${kpiTitle(cell.kpi, view)}` : keyText(cell.key, view.lang),
    value: valueText(cell.kpi, cell.value, view),
  });
  const counted = (n: number): string => formatCount(n, view.lang);
  if (worst?.alert != null) {
    const { severity } = worst.alert;
    const first = fill(texts.heatWorst, named(worst));
    const rest = fill(off > 0 ? texts.heatRestOff : texts.heatRest, { n: counted(judged - firing), off: counted(off) });
    return {
      id: 'verdict',
      says: JSON.stringify([severity, first, rest]),
      make: () =>
        element('p', 'verdict', [
          badge(KINDS[severity] ?? 'warn', severityText(severity, view.lang)),
          element('span', '', [text('b', first), text('span', rest)]),
        ]),
    };
  }
  const hasTarget = kpi === null || kpi.target !== null;
  const words =
    worst !== null
      ? fill(texts.heatOff, { ...named(worst), off: counted(off) })
      : fill(hasTarget ? texts.heatOnTarget : texts.heatNoTarget, { n: counted(judged) });
  const kind = judged === 0 ? 'none' : worst !== null ? 'warn' : hasTarget ? 'ok' : 'none';
  return {
    id: 'verdict',
    says: JSON.stringify([kind, words, judged]),
    make: () => element('p', 'verdict', [badge(kind, judged === 0 ? texts.heatNone : words)]),
  };
}

/** What the shades mean, and from where on a value is off target. */
export function legendRow({ range }: HeatMap, kpi: KpiDescription | null, { view }: HeatLook): KeyedRow {
  const texts = PAGE_TEXTS[view.lang];
  const show = (value: number): string => (kpi === null ? '' : valueText(kpi.id, value, view));
  const isDown = kpi?.better === 'higher';
  const [low, high] = range ?? [null, null]; // units differ
  const [left, right] = isDown ? [high, low] : [low, high];
  const ends = { from: left === null ? '' : show(left), to: right === null ? texts.heatChange : show(right) };
  const target = kpi?.target ?? null; // all KPIs have their own
  const rule =
    target === null || kpi === null ? '' : `${isDown ? '<' : '>'} ${show(target).replace(/\.0+(?=\D|$)/, '')}`;
  return {
    id: 'legend',
    says: JSON.stringify([ends, rule]),
    make() {
      const ramp = element(
        'span',
        'ramp',
        Array.from({ length: STEPS }, (_, i) => shade(element('i', ''), (i / (STEPS - 1)) * DEEPEST)),
      );
      const parts: HTMLElement[] = [text('span', ends.from), ramp, text('span', ends.to)];
      if (rule !== '')
        parts.push(element('span', 'wn', [icon('warn'), text('span', ` ${fill(texts.heatLegendOff, { rule })}`)]));
      return element('span', 'lg', parts, { 'aria-hidden': 'true' });
    },
  };
}

/** The rows of the grid, in reading order. */
export function heatRows(map: HeatMap, look: HeatLook): readonly KeyedRow[] {
  const { lang } = look.view;
  const texts = PAGE_TEXTS[lang];
  const hasMargin = map.rows.some(({ total }) => total !== null);
  const head = map.columns.map(({ id }) => look.columnName(id));
  const rows: KeyedRow[] = [
    {
      id: 'head',
      says: JSON.stringify([head, hasMargin]),
      make: () =>
        row('hd', [
          element('div', '', [], { role: 'columnheader' }),
          ...head.map((name) => header(name, 'columnheader')),
          ...(hasMargin ? [gap(), header(texts.heatAll, 'columnheader', 'muted')] : []),
        ]),
    },
    ...map.rows.map(({ id, total, cells }) =>
      cellsRow(id, look.rowName(id), cells, hasMargin ? total : undefined, look),
    ),
  ];
  if (map.columns.every(({ total }) => total === null)) return rows;
  return [...rows, marginRow(map.columns, map.whole, hasMargin, look)];
}

function cellsRow(
  id: string,
  name: string,
  cells: readonly HeatCell[],
  total: HeatCell | null | undefined,
  look: HeatLook,
): KeyedRow {
  return {
    id: `r ${id}`,
    says: JSON.stringify([name, cells.map(saysOf), total === undefined ? '' : saysOf(total)]),
    make: () =>
      row('', [
        header(name, 'rowheader', 'rh'),
        ...cells.map((cell) => heatCell(cell, look)),
        ...(total === undefined ? [] : [gap(), marginCell(total, look)]),
      ]),
  };
}
function marginRow(columns: readonly HeatLine[], whole: HeatCell | null, hasMargin: boolean, look: HeatLook): KeyedRow {
  const { lang } = look.view;
  return {
    id: 'total',
    says: JSON.stringify([columns.map(({ total }) => saysOf(total)), saysOf(whole)]),
    make: () =>
      row('tt', [
        header(PAGE_TEXTS[lang].heatWhole, 'rowheader', 'rh muted'),
        ...columns.map(({ total }) => marginCell(total, look)),
        ...(hasMargin ? [gap(), marginCell(whole, look)] : []),
      ]),
  };
}
function saysOf(cell: HeatCell | null): unknown {
  return cell === null
    ? null
    : [cell.value, cell.n, cell.shade, cell.kind, cell.isOff, cell.alert?.alert, cell.alert?.severity];
}

function row(className: string, children: readonly HTMLElement[]): HTMLElement {
  return element('div', `hr ${className}`.trim(), children, { role: 'row' });
}
function header(name: string, role: string, className = ''): HTMLElement {
  const node = element('div', `h ${className}`.trim(), [], { role, title: name });
  node.textContent = name;
  return node;
}
function gap(): HTMLElement {
  return element('div', 'gap', [], { role: 'presentation' });
}

function heatCell(cell: HeatCell, look: HeatLook): HTMLElement {
  const { view } = look;
  const texts = PAGE_TEXTS[view.lang];
  const n = text('small', cell.kind === 'none' ? '' : `n ${formatCount(cell.n, view.lang)}`);
  const name = `${keyText(cell.key, view.lang)}${cell.kind === 'none' ? ` ${texts.heatNone}` : ''}`;
  if (cell.kind !== 'value') {
    const word = text('span', cell.kind === 'few' ? texts.heatFew : '–');
    return inCell(cell, 'cell na', [word, n], name, look);
  }
  const sign = cell.alert !== null ? [icon(KINDS[cell.alert.severity] ?? 'warn')] : cell.isOff ? [icon('warn')] : [];
  const value = element('span', '', [...sign, text('span', short(cell, look))]);
  const severity = cell.alert?.severity ?? ''; // none fires
  const look1 = severity === 'critical' ? ' br' : severity !== '' ? ' mj' : cell.isOff ? ' of' : '';
  const said =
    cell.alert === null ? (cell.isOff ? `, ${texts.offTarget}` : '') : `, ${severityText(severity, view.lang)}`;
  return shade(inCell(cell, `cell${look1}`, [value, n], name + said, look), cell.shade);
}
function inCell(
  cell: HeatCell,
  className: string,
  children: readonly Node[],
  name: string,
  { hrefOf }: HeatLook,
): HTMLElement {
  const href = hrefOf(cell);
  const all = [text('span', name, 'sr'), ...children];
  const inner =
    href === null
      ? element('div', className, all, { title: name })
      : element('a', className, all, { href, title: name });
  return element('div', 'cw', [inner], { role: 'cell' });
}
function marginCell(cell: HeatCell | null, look: HeatLook): HTMLElement {
  const { view, hrefOf } = look;
  if (cell === null) return element('div', 'cw', [text('div', '–', 'cell tot')], { role: 'cell' });
  const href = hrefOf(cell);
  const className = `cell tot${cell.alert !== null ? ' bad' : ''}`;
  const shown = text('span', short(cell, look));
  const name = text('span', keyText(cell.key, view.lang), 'sr');
  const inner =
    href === null ? element('div', className, [name, shown]) : element('a', className, [name, shown], { href });
  return element('div', 'cw', [inner], { role: 'cell' });
}

/** Percent signs are said once, in the scale; where columns have units of their own, in each cell. */
function short({ kpi, value }: HeatCell, { view, hasUnits }: HeatLook): string {
  const full = valueText(kpi, value, view);
  return hasUnits ? full : full.replace(/%$/, '');
}

/** By the style sheet's colours, so that themes need not draw again. */
function shade<T extends HTMLElement>(node: T, percent: number): T {
  const target = (node.firstElementChild?.classList.contains('cell') ?? false) ? node.firstElementChild : node; // an empty one is the cell
  if (target instanceof HTMLElement) target.style.setProperty('--shade', `${percent.toFixed(0)}%`);
  return node;
}
