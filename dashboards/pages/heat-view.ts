/** The heat map: which KPI over which dimensions the address or the board says; live; every cell leads to its own course or alert. */
import type { KpiDescription } from '../../engine/core/wire.ts';
import { must } from '../../engine/core/must.ts';
import type { Admitted } from '../line/admission.ts';
import { nameOfValue } from '../model/dimension-names.ts';
import type { WordsView } from '../model/pages/alert-words.ts';
import { keyText } from '../model/pages/alert-words.ts';
import { heatMap, kpiHeatMap, type HeatCell, type HeatMap } from '../model/pages/heat-map.ts';
import { alertsHref, changed, kpiHref, type HeatAddress } from '../model/pages/page-address.ts';
import { dimensionsText, PAGE_TEXTS } from '../model/pages/page-strings.ts';
import { formatCount } from '../model/format.ts';
import { fill } from '../model/strings.ts';
import type { BoardState } from '../model/board.ts';
import { element, setShown, setText } from '../view/element.ts';
import { heatRows, legendRow, verdictRow, type HeatLook } from '../view/pages/heat-parts.ts';
import { keyedList } from '../view/pages/keyed-list.ts';
import { select, text } from '../view/pages/parts.ts';
import type { Page, PageContext } from './open-page.ts';

/** What is drawn: one KPI over two dimensions, or one dimension over KPIs. */
export type HeatPlan =
  | { readonly kind: 'kpi'; readonly kpi: KpiDescription; readonly rows: string; readonly columns: string }
  | { readonly kind: 'kpis'; readonly kpis: readonly KpiDescription[]; readonly rows: string };

const EXAMPLE = 'kpis:\n  - id: csat\n    by: [[], [region], [channel], [region, channel]]';
/** Dimensions that are better read from the side. */
const ROWS_FIRST = ['region', 'store', 'team', 'issue', 'class', 'product'];
const FIRST_SIMPLE = ['channel', 'region'];

export function heatPlan({ kpi: asked, by }: HeatAddress, { description, known }: Admitted): HeatPlan | null {
  const tiles = description.tiles.flatMap((id) => known.find((kpi) => kpi.id === id) ?? []); // one that is gone
  const order = [...tiles, ...known.filter((kpi) => !tiles.includes(kpi))];
  const own = by?.length === 1 ? by[0] : undefined;
  if (own === undefined) {
    const found = asked === null ? order.find((kpi) => pairOf(kpi, by) !== null) : known.find(({ id }) => id === asked);
    const pair = found === undefined ? null : pairOf(found, by);
    if (found !== undefined && pair !== null) return { kind: 'kpi', kpi: found, ...pair };
    if (asked !== null) return null;
  }
  const rows = own ?? FIRST_SIMPLE.find((one) => order.some((kpi) => isBy(kpi, one)));
  const kpis = order.filter((kpi) => rows !== undefined && isBy(kpi, rows));
  return rows === undefined || kpis.length === 0 ? null : { kind: 'kpis', kpis, rows };
}
function isBy({ by }: KpiDescription, dimension: string): boolean {
  return by.some((set) => set.length === 1 && set[0] === dimension);
}
function pairOf({ by }: KpiDescription, wanted: readonly string[] | null): { rows: string; columns: string } | null {
  const pairs = by.flatMap(([a, b, more]) =>
    a !== undefined && b !== undefined && more === undefined ? [[a, b] as const] : [],
  );
  const [a, b] = pairs.find((pair) => wanted === null || pair.every((one) => wanted.includes(one))) ?? []; // it has none
  if (a === undefined || b === undefined) return null;
  if (wanted?.[0] !== undefined && wanted.length === 2) return { rows: wanted[0], columns: wanted[0] === a ? b : a };
  return ROWS_FIRST.indexOf(b) >= 0 && (ROWS_FIRST.indexOf(a) < 0 || ROWS_FIRST.indexOf(b) < ROWS_FIRST.indexOf(a))
    ? { rows: b, columns: a }
    : { rows: a, columns: b };
}

export function heatView(context: PageContext, plan: HeatPlan | null): Page {
  const { settings, body } = context;
  const texts = PAGE_TEXTS[settings.lang];
  if (plan === null) {
    context.title(texts.navHeat, '');
    body.replaceChildren(
      element('section', 'card empty', [
        text('h2', texts.heatEmptyTitle),
        text('p', texts.heatEmptyWhy),
        text('pre', EXAMPLE),
      ]),
    );
    return { show: () => undefined };
  }
  const slice = Object.keys(settings.where).length === 0 ? '' : keyText(settings.where, settings.lang);
  const [title, scope] = titlesOf(plan, context);
  context.title(title, [scope, slice].filter((part) => part !== '').join(settings.lang === 'en' ? ' · ' : '·'));
  const head = element('div', 'hh');
  const grid = element('div', 'hm', [], { role: 'table', 'aria-label': `${title} ${scope}`.trim() });
  const note = element('p', 'note');
  const pick = settings.kiosk ? [] : [pickers(plan, context)];
  const line = element('div', 'hl', [head, ...pick]);
  body.replaceChildren(line, grid, note);
  const [showHead, showGrid] = [keyedList(head), keyedList(grid)];
  return {
    show(state: BoardState) {
      const view: WordsView = {
        lang: settings.lang,
        zone: context.zone,
        now: context.now(),
        kpis: context.kpis,
        rules: [],
      };
      const map = mapOf(plan, state, settings.where);
      const kpi = plan.kind === 'kpi' ? plan.kpi : null;
      const look: HeatLook = {
        view,
        rowName: (id) => nameOfValue(plan.rows, id, settings.lang),
        columnName: (id) => (plan.kind === 'kpi' ? nameOfValue(plan.columns, id, settings.lang) : titleOf(id, context)),
        hrefOf: settings.kiosk ? () => null : cellHref,
        hasUnits: plan.kind === 'kpis',
      };
      grid.style.setProperty('--columns', String(map.columns.length));
      grid.dataset['many'] = String(map.columns.length > 6 || map.rows.length > 7);
      showHead([verdictRow(map, kpi, look), legendRow(map, kpi, look)]);
      showGrid(heatRows(map, look));
      setText(note, map.hidden === 0 ? '' : fill(texts.heatHidden, { n: formatCount(map.hidden, settings.lang) }));
      setShown(note, map.hidden > 0);
    },
  };
}

function mapOf(plan: HeatPlan, state: BoardState, where: Readonly<Record<string, string>>): HeatMap {
  return plan.kind === 'kpi'
    ? heatMap(plan.kpi, plan.rows, plan.columns, state, where)
    : kpiHeatMap(plan.kpis, plan.rows, state, where);
}
function titleOf(id: string, { kpis, settings }: PageContext): string {
  return must(
    kpis.find((kpi) => kpi.id === id),
    'the KPI of a column',
  ).title[settings.lang];
}
function titlesOf(plan: HeatPlan, { settings: { lang } }: PageContext): readonly [string, string] {
  const texts = PAGE_TEXTS[lang];
  const named = (dimension: string): string => {
    const name = dimensionsText([dimension], lang);
    return lang === 'en' ? name.charAt(0).toUpperCase() + name.slice(1) : name;
  };
  if (plan.kind === 'kpis') return [fill(texts.heatKpis, { rows: named(plan.rows) }), texts.heatEveryKpi];
  const of = { columns: named(plan.columns), rows: dimensionsText([plan.rows], lang) };
  return [fill(texts.heatOf, of), plan.kpi.title[lang]];
}
function cellHref(cell: HeatCell): string {
  return cell.alert === null
    ? kpiHref('../', location.search, cell.kpi, cell.key)
    : alertsHref('../', location.search, cell.alert.alert);
}

/** Another KPI, other dimensions: each by its own address. */
function pickers(plan: HeatPlan, { kpis, settings: { lang } }: PageContext): HTMLElement {
  const texts = PAGE_TEXTS[lang];
  const paired = kpis.filter((kpi) => pairOf(kpi, null) !== null);
  const simple = FIRST_SIMPLE.filter((one) => kpis.some((kpi) => isBy(kpi, one)));
  const choices = [
    ...paired.map((kpi) => ({ value: kpi.id, label: kpi.title[lang] })),
    ...simple.map((one) => ({
      value: `by:${one}`,
      label: fill(texts.heatKpis, { rows: dimensionsText([one], lang) }),
    })),
  ];
  const chosen = plan.kind === 'kpi' ? plan.kpi.id : `by:${plan.rows}`;
  const choose = (value: string): void => {
    const isSimple = value.startsWith('by:');
    location.search = changed(location.search, { kpi: isSimple ? null : value, by: isSimple ? value.slice(3) : null });
  };
  return select(texts.heatPick, choices, chosen, choose);
}
