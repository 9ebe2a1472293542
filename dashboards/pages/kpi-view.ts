/** One KPI: its course with limits, alerts, gaps and earlier times; what it is now; its slices beside each other. */
import type { KpiDescription, KpiMessage, RuleDescription } from '../../engine/core/wire.ts';
import type { BoardState } from '../model/board.ts';
import { keyId, NO_VALUES, type Key } from '../model/kpi-values.ts';
import type { Liveness } from '../model/liveness.ts';
import { isWorse, keyText, type WordsView } from '../model/pages/alert-words.ts';
import { pointsOf, shifted, stepOf, type CoursePoint } from '../model/pages/chart-points.ts';
import { episodesOf, isFalseStart, type Episode } from '../model/pages/episodes.ts';
import { RANGE_MS, type KpiAddress } from '../model/pages/page-address.ts';
import { PAGE_TEXTS } from '../model/pages/page-strings.ts';
import { fill } from '../model/strings.ts';
import type { KpiCourse, Span } from '../line/page-client.ts';
import { element, setText } from '../view/element.ts';
import { courseChart } from '../view/pages/course-chart.ts';
import { kpiHead } from '../view/pages/kpi-head.ts';
import { alertsCard, chartNotes, factsCard, kpiChart, valuesTable, type KpiShown } from '../view/pages/kpi-parts.ts';
import { keyedList } from '../view/pages/keyed-list.ts';
import { card, text } from '../view/pages/parts.ts';
import { keyCharts } from './key-charts.ts';
import type { Page, PageContext } from './open-page.ts';
import { refreshed, type Refreshed } from './refreshed.ts';

const DAY_MS = 86_400_000;
const EVERY_MS = 60_000;
const ALERTS_EVERY_MS = 20_000;

export function kpiView(context: PageContext, address: KpiAddress): Page {
  const kpi = context.kpis.find(({ id }) => id === address.kpi);
  if (kpi !== undefined) return knownKpi(context, address, kpi);
  const { unknownKpi } = PAGE_TEXTS[context.settings.lang];
  context.body.replaceChildren(text('h1', fill(unknownKpi, { id: address.kpi === '' ? '–' : address.kpi })));
  return { show: () => undefined };
}

function knownKpi(context: PageContext, address: KpiAddress, kpi: KpiDescription): Page {
  const { settings, body, kpis } = context;
  const texts = PAGE_TEXTS[settings.lang];
  const key: Key = Object.keys(address.key).length > 0 ? address.key : settings.where;
  document.title = `${kpi.title[settings.lang]} · ${keyText(key, settings.lang)}`;
  const lengthMs = RANGE_MS[address.range];
  const range = (): Span => ({ from: context.now() - lengthMs, to: context.now() });
  const step = stepOf(range(), kpi.window);
  let dirty = (): void => undefined;
  const { own, day, week, rules, past } = loadsOf(context, kpi.id, key, address, { range, step }, () => dirty());
  const onZoom = (is: boolean): void => head.zoomed(is);
  const chart = courseChart({ zone: context.zone, height: chartHeight(), hasSamples: true, onZoom });
  const head = kpiHead({
    ...{ kpi, key, settings, address, search: location.search },
    csv: () => points(context.state()),
    canvas: () => chart.canvas(),
    resetZoom: () => chart.resetZoom(),
  });
  const notes = element('p', 'sec foot');
  const failed = element('p', 'wn', [], { role: 'status' });
  const legend = element('div', 'lg');
  const main = card('', '', [legend, chart.root, failed, notes], 'kc');
  const side = element('div', 'col');
  const values = element('div', '');
  const under = element('details', 'card vt', [text('summary', texts.table), values]);
  const small = keyCharts(context, kpi, key, address, lengthMs, () => dirty());
  const grid = element('div', 'kg', [main, side]);
  body.replaceChildren(head.root, grid, small.root, under);
  const [showSide, showTable] = [keyedList(side), keyedList(values)];
  under.addEventListener('toggle', () => dirty());

  function points(state: BoardState): readonly CoursePoint[] {
    const values = state.kpis.get(address.kpi) ?? NO_VALUES;
    const now = values.latest.get(keyId(key));
    return pointsOf([...(own.value?.values ?? NONE), ...(now === undefined ? NONE : [now])], range(), step); // not read yet
  }
  const back = (load: Refreshed<KpiCourse> | null, byMs: number): readonly CoursePoint[] =>
    shifted(load?.value?.values ?? NONE, byMs, range(), step); // not compared, or not read yet

  let current = context.state();
  let trust: Liveness = { kind: 'connecting' };
  dirty = () => page.show(current, trust);
  const page = {
    show(state: BoardState, live: Liveness): void {
      [current, trust] = [state, live];
      const view: WordsView = {
        ...{ lang: settings.lang, zone: context.zone, now: context.now(), kpis },
        rules: (rules.value ?? NO_RULES).filter((rule) => rule.kpi === kpi.id),
      };
      const shown: KpiShown = {
        ...{ kpi, key, view, step, state, address, span: range(), points: points(state) },
        ...{
          day: back(day, DAY_MS),
          week: back(week, 7 * DAY_MS),
          alerts: alertsOf(kpi, key, state, past.value?.changes ?? [], range(), view),
        },
        isLive: live.kind === 'live' || live.kind === 'reconnecting',
        search: location.search,
      };
      kpiChart(chart, main, legend, shown);
      setText(notes, chartNotes(shown));
      const isShort = own.value !== null && !own.value.complete;
      setText(failed, own.hasFailed ? texts.historyFailed : isShort ? texts.historyShort : '');
      showSide([made('facts', () => factsCard(shown)), made('alerts', () => alertsCard(shown))]);
      small.show(state, view);
      if (under.open) showTable([made('table', () => valuesTable(shown))]);
    },
  };
  return page;
}

/** All that is asked for, and asked again. */
function loadsOf(
  context: PageContext,
  kpi: string,
  key: Key,
  address: KpiAddress,
  { range, step }: { readonly range: () => Span; readonly step: number },
  dirty: () => void,
) {
  const course = (backMs: number): Refreshed<KpiCourse> =>
    refreshed(
      () => context.client.course(kpi, key, { from: range().from - backMs, to: range().to - backMs + step }, step),
      backMs === 0 ? EVERY_MS : null,
      () => dirty(),
    );
  const own = course(0);
  const day = address.compare.has('day') ? course(DAY_MS) : null;
  const week = address.compare.has('week') ? course(7 * DAY_MS) : null;
  const rules = refreshed(
    () => context.client.rules(),
    null,
    () => dirty(),
  );
  const past = refreshed(
    () => context.client.past({ ...range(), to: context.now() + DAY_MS }, null),
    ALERTS_EVERY_MS,
    () => dirty(),
  );

  return { own, day, week, rules, past };
}

const NONE: readonly KpiMessage[] = [];
const NO_RULES: readonly RuleDescription[] = [];

function chartHeight(): number {
  return innerWidth < 700 ? 300 : Math.round(Math.max(360, innerHeight * 0.5));
}

function made(
  id: string,
  make: () => HTMLElement,
): { readonly id: string; readonly says: string; make(): HTMLElement } {
  const node = make();
  return { id, says: node.textContent, make: () => node };
}

/** On this key or a finer one, within the span; the newest first. */
function alertsOf(
  kpi: KpiDescription,
  key: Key,
  state: BoardState,
  changes: readonly Episode['message'][],
  span: Span,
  view: WordsView,
): readonly Episode[] {
  const live = [...state.alerts.values()].map(({ message }) => message);
  const isOurs = (one: Key): boolean => Object.entries(key).every(([dimension, value]) => one[dimension] === value);
  const ours = [...changes, ...live].filter((message) => message.kpi === kpi.id && isOurs(message.key));
  return [...episodesOf(ours, isWorse(view.kpis)).values()]
    .filter((episode) => !isFalseStart(episode) && episode.message.state !== 'pending')
    .filter(({ message, endedAt }) => endedAt !== null || state.alerts.has(message.alert))
    .filter(({ endedAt }) => (endedAt ?? span.to) >= span.from) // it is open
    .sort((a, b) => Date.parse(b.message.since) - Date.parse(a.message.since));
}
