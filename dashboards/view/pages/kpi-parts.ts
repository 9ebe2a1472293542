/** The parts of one KPI's page: its chart, what it is now, the alerts of the range, the table behind the chart. */
import type { KpiDescription } from '../../../engine/core/wire.ts';
import type { BoardState } from '../../model/board.ts';
import { formatClock, formatCount, formatInstant, formatQuantity, formatSpan } from '../../model/format.ts';
import { keyId, NO_VALUES, type Key } from '../../model/kpi-values.ts';
import {
  ackText,
  isWorse,
  keyText,
  severityText,
  spanText,
  valueText,
  type WordsView,
} from '../../model/pages/alert-words.ts';
import { extentOf, gapsOf, isSame, valueAt, type CoursePoint } from '../../model/pages/chart-points.ts';
import type { Episode } from '../../model/pages/episodes.ts';
import { alertsHref, kpiHref, type KpiAddress } from '../../model/pages/page-address.ts';
import { PAGE_TEXTS } from '../../model/pages/page-strings.ts';
import { limitOf, limitText } from '../../model/pages/rule-limits.ts';
import { fill, TEXTS } from '../../model/strings.ts';
import { worstKey } from '../../model/overview/worst-key.ts';
import type { Span } from '../../line/page-client.ts';
import { element, setText, svg } from '../element.ts';
import { tipOf } from './alert-parts.ts';
import { stateBadge } from './alert-rows.ts';
import type { ChartLine } from './chart-model.ts';
import type { CourseChart } from './course-chart.ts';
import { badge, card, link, table, text, type IconName } from './parts.ts';

export interface KpiShown {
  readonly kpi: KpiDescription;
  readonly key: Key;
  readonly view: WordsView;
  readonly state: BoardState;
  readonly address: KpiAddress;
  readonly search: string;
  readonly span: Span;
  readonly step: number;
  readonly points: readonly CoursePoint[];
  /** Yesterday and last week, moved here; none where they are not compared. */
  readonly day: readonly CoursePoint[];
  readonly week: readonly CoursePoint[];
  /** The newest first. */
  readonly alerts: readonly Episode[];
  readonly isLive: boolean;
}
type Shown = KpiShown & { readonly show: (value: number | null) => string };
const RANGE_TEXTS = {
  '1h': 'range1h',
  '6h': 'range6h',
  '24h': 'range24h',
  '7d': 'range7d',
  '30d': 'range30d',
} as const;

function withShow(shown: KpiShown): Shown {
  return { ...shown, show: (value) => valueText(shown.kpi.id, value, shown.view) };
}
const newestOf = ({ points }: KpiShown): CoursePoint | undefined => points.findLast(({ v }) => v !== null);

export function kpiChart(chart: CourseChart, root: HTMLElement, legend: HTMLElement, given: KpiShown): void {
  const shown = withShow(given);
  const { kpi, view, span, step, points, day, week, alerts, address, show } = shown;
  const texts = PAGE_TEXTS[view.lang];
  const heading = root.querySelectorAll('h2 span, h2 small');
  const each = { step: formatSpan(step, view.lang), zone: view.zone };
  const range = texts[RANGE_TEXTS[address.range]];
  if (heading[0] !== undefined) setText(heading[0], fill(texts.last, { range }));
  if (heading[1] !== undefined) setText(heading[1], `${fill(texts.pointEach, each)} · ${texts.zoomHint}`);
  showLegend(legend, shown);
  const lines = linesOf(shown);
  const ends = [...points, ...day, ...week].flatMap(({ v, low, high }) => (low === null ? [v] : [v, low, high]));
  // A limit far off does not flatten the course: an arrow at the edge says where it lies.
  const own = extentOf(ends, kpi.unit === 'percent');
  const margin = (own[1] - own[0]) * 1.5;
  const near = lines.map(({ at }) => at).filter((at) => at > own[0] - margin && at < own[1] + margin);
  const newest = newestOf(shown);
  const clock = (at: number): string => formatInstant(at, view.now, view.zone, view.lang);
  chart.show(
    {
      ...{ ...span, points, day, week, lines },
      gaps: gapsOf(points, step).map((gap) => ({
        ...gap,
        text: fill(texts.gap, { age: formatSpan(gap.to - gap.from, view.lang) }),
      })),
      bands: alerts
        .map(({ message, firedAt, endedAt }) => ({
          from: firedAt ?? Date.parse(message.since),
          to: endedAt ?? span.to,
          text: keyText(message.key, view.lang),
        }))
        .reverse(),
      extent: extentOf([...ends, ...near], kpi.unit === 'percent'),
      now: newest === undefined || !shown.isLive ? '' : fill(texts.nowValue, { value: show(newest.v) }),
      alarm: false,
    },
    {
      name: fill(texts.chartName, {
        ...{ title: kpi.title[view.lang], from: clock(span.from), to: clock(span.to), value: show(newest?.v ?? null) },
      }),
      samples: texts.samplesOf,
      axis: show,
      tip: (at) => [...tipOf(valueAt(points, at, step), at, view, show), ...compared(shown, at)],
    },
  );
}

function compared({ day, week, step, view, show }: Shown, at: number): readonly string[] {
  const texts = PAGE_TEXTS[view.lang];
  const line = (points: readonly CoursePoint[], name: string): string[] => {
    const point = valueAt(points, at, step);
    return point === null ? [] : [`${name} ${show(point.v)}`];
  };
  return [...line(day, texts.legendYesterday), ...line(week, texts.legendWeek)];
}

function showLegend(root: HTMLElement, { points, day, week, view }: Shown): void {
  const texts = PAGE_TEXTS[view.lang];
  const entry = (className: string, name: string): HTMLElement => {
    const line = svg('path', { d: className === 'revised' ? 'M8 2h10l-5 8z' : 'M0 6h34', class: className });
    return element('span', '', [
      svg('svg', { viewBox: '0 0 34 12', 'aria-hidden': 'true' }, [line]),
      text('span', name),
    ]);
  };
  const entries = [
    entry('own', texts.legendNow),
    ...(day.length > 0 ? [entry('day', texts.legendYesterday)] : []),
    ...(week.length > 0 ? [entry('week', texts.legendWeek)] : []),
    ...(points.some(({ revision }) => revision > 0) ? [entry('revised', texts.legendRevised)] : []),
    ...(points.some(({ state }) => state !== 'final') ? [entry('open', texts.legendOpen)] : []),
  ];
  if (root.children.length !== entries.length) root.replaceChildren(...entries);
}

function linesOf({ kpi, view, show }: Shown): readonly ChartLine[] {
  const texts = PAGE_TEXTS[view.lang];
  const line = (expression: string | null, kind: ChartLine['kind'], words: string): ChartLine[] => {
    const limit = limitOf(expression);
    if (limit === null) return [];
    return [{ at: limit.at, kind, text: fill(words, { rule: limitText(expression, show, view.lang) }) }];
  };
  const rules = view.rules.flatMap(({ fire, recover }) => [
    ...line(fire, 'fire', texts.fires),
    ...line(recover, 'recover', texts.recovers),
  ]);
  if (kpi.target === null) return rules;
  return [...rules, { at: kpi.target, kind: 'target', text: fill(texts.target, { rule: targetText(kpi, show) }) }];
}
function targetText({ target, better }: KpiDescription, show: (value: number | null) => string): string {
  return `${better === 'higher' ? '≥' : '≤'} ${show(target).replace(/\.0+(?=\D|$)/, '')}`;
}

/** The rules in words, under the chart. */
export function chartNotes(given: KpiShown): string {
  const { view, show } = withShow(given);
  const texts = PAGE_TEXTS[view.lang];
  if (view.rules.length === 0) return '';
  const list = view.rules.map(({ title, fire, for_ms: forMs }) => {
    const rule = `${title[view.lang]} ${limitText(fire, show, view.lang)}`;
    return forMs === 0 ? rule : fill(texts.ruleOf, { rule, for: formatSpan(forMs, view.lang) });
  });
  return fill(texts.rulesLine, { list: list.join(view.lang === 'en' ? '; ' : '；') });
}

export function factsCard(given: KpiShown): HTMLElement {
  const shown = withShow(given);
  const { kpi, view, show, day, week, step, search } = shown;
  const texts = PAGE_TEXTS[view.lang];
  const newest = newestOf(shown);
  const { digits, unit } = formatQuantity(newest?.v ?? null, kpi.unit, kpi.decimals, view.lang);
  const big = element('div', 'big', [text('span', digits), text('small', unit)]);
  const facts: [string, Node | string][] = [];
  if (newest?.low != null && newest.high !== null)
    facts.push([texts.factInterval, `${show(newest.low)} – ${show(newest.high)}`]);
  if (newest !== undefined) facts.push([texts.factSamples, formatCount(newest.n, view.lang)]);
  facts.push([texts.factTarget, kpi.target === null ? texts.noTarget : targetText(kpi, show)]);
  for (const [name, points] of [
    [texts.factYesterday, day],
    [texts.factWeek, week],
  ] as const) {
    const before = newest === undefined ? null : valueAt(points, newest.t, step);
    if (newest !== undefined && before !== null) facts.push([name, changeText(newest, before, shown)]);
  }
  const worst = worstKey(kpi, shown.state.kpis.get(kpi.id) ?? NO_VALUES, shown.key, alertsNow(shown), view);
  const worstValue = worst === null ? null : finerKey(shown, worst.key);
  if (worst !== null && worstValue !== null) {
    const name = Object.fromEntries(Object.entries(worstValue).filter(([dimension]) => !(dimension in shown.key)));
    const go = link(keyText(name, view.lang), kpiHref('../', search, kpi.id, worstValue), 'lk');
    facts.push([texts.factWorst, element('span', '', [go, text('b', ` ${worst.value}`, worst.firing ? 'al' : '')])]);
  }
  const list = facts.map(([name, value]) => {
    const said = element('dd', '');
    said.append(value);
    return element('div', 'fact', [text('dt', name), said]);
  });
  return element('section', 'card', [
    element('div', 'now', [big, verdict(shown, newest)]),
    element('dl', 'facts', list),
  ]);
}

const alertsNow = ({ state, kpi }: KpiShown) =>
  [...state.alerts.values()]
    .map(({ message }) => message)
    .filter(({ kpi: id, state: now }) => id === kpi.id && now !== 'resolved');

/** The key that a name on the board stands for. */
function finerKey({ state, kpi, key, view }: KpiShown, name: string): Key | null {
  const own = Object.keys(key);
  for (const { key: finer } of (state.kpis.get(kpi.id) ?? NO_VALUES).latest.values()) {
    const rest = Object.fromEntries(Object.entries(finer).filter(([dimension]) => !own.includes(dimension)));
    if (keyText(rest, view.lang) === name.replaceAll(' / ', view.lang === 'en' ? ' · ' : '·')) return finer;
  }
  return null;
}

function changeText(now: CoursePoint, before: CoursePoint, { kpi, view, show }: Shown): string {
  const texts = PAGE_TEXTS[view.lang];
  if (now.v === null || before.v === null || isSame(now, before)) return texts.same;
  return `${now.v > before.v ? '▲' : '▼'} ${show(Math.abs(now.v - before.v))
    .replace(/^\+/, '')
    .replace('%', ` ${TEXTS[view.lang].unitPercentPoints}`)}${isWorse([kpi])(kpi.id, now.v, before.v) ? '' : ' ✓'}`;
}

/** What the value means; nothing where it is old, or lacks events. */
function verdict({ kpi, key, view, isLive, ...shown }: Shown, newest: CoursePoint | undefined): HTMLElement {
  const texts = PAGE_TEXTS[view.lang];
  const say = (kind: IconName, word: string): HTMLElement => badge(kind, word);
  if (!isLive) return say('stale', '');
  if (newest === undefined) return say('none', texts.noData);
  const firing = shown.alerts.filter(({ endedAt, message }) => endedAt === null && message.state === 'firing');
  const own = firing.find(({ message }) => keyId(message.key) === keyId(key));
  if (own !== undefined) return stateBadge(own.message, view);
  if (firing.length > 0) return badge('part', fill(texts.inPart, { n: firing.length }));
  if (newest.state === 'partial') return say('none', texts.partialNow);
  if (kpi.target === null || newest.v === null) return say('none', texts.noTarget);
  const isReached = kpi.better === 'higher' ? newest.v >= kpi.target : newest.v <= kpi.target;
  return isReached ? say('ok', texts.onTarget) : say('warn', texts.offTarget);
}

const MOST_ALERTS = 4;
export function alertsCard({ alerts, view, search, kpi }: KpiShown): HTMLElement {
  const texts = PAGE_TEXTS[view.lang];
  if (alerts.length === 0) return card(texts.alertsInRange, '0', [text('p', texts.noneInRange, 'sec')]);
  const items = alerts.slice(0, MOST_ALERTS).map((episode) => {
    const { message, endedAt, peak } = episode;
    const head = element('div', '', [
      endedAt === null ? stateBadge(message, view) : text('span', severityText(message.severity, view.lang), 'sec'),
      link(keyText(message.key, view.lang), alertsHref('../', search, message.alert), 'lk'),
      text(
        'span',
        endedAt === null ? `${formatClock(Date.parse(message.since), view.zone)} –` : spanText(episode, view),
        't',
      ),
    ]);
    const age = formatSpan((endedAt ?? view.now) - Date.parse(message.since), view.lang);
    const value = valueText(kpi.id, peak ?? message.value, view);
    const how = endedAt === null ? fill(texts.ongoing, { age }) : fill(texts.lasted, { age });
    return element('li', '', [head, text('span', `${value} · ${how} · ${ackText(message, view.lang)}`, 'sec')]);
  });
  const rest = alerts.length - items.length;
  const more = rest > 0 ? [text('p', fill(texts.more, { n: rest }), 'sec')] : [];
  return card(texts.alertsInRange, String(alerts.length), [element('ul', 'al-list', items), ...more]);
}

const MOST_ROWS = 60;
/** What the chart draws, to be read; the newest first. */
export function valuesTable(given: KpiShown): HTMLElement {
  const { points, view, show } = withShow(given);
  const texts = PAGE_TEXTS[view.lang];
  const state = ({ state: now, revision }: CoursePoint): string => {
    const word = { final: texts.stateFinal, open: texts.stateOpen, partial: texts.statePartial }[now];
    return revision > 0 ? `${word} · ${fill(texts.stateRevised, { n: revision })}` : word;
  };
  const rows = points
    .slice(-MOST_ROWS)
    .reverse()
    .map((point) => [
      formatInstant(point.t, view.now, view.zone, view.lang),
      show(point.v),
      point.low === null || point.high === null ? '' : `${show(point.low)} – ${show(point.high)}`,
      formatCount(point.n, view.lang),
      state(point),
    ]);
  const columns = [
    { label: texts.tableTime },
    { label: texts.colValue, isNumber: true },
    { label: texts.factInterval, isNumber: true },
    { label: texts.colN, isNumber: true },
    { label: texts.tableState },
  ];
  return table(columns, rows, texts.table);
}
