/** The screen of `earshot top`: health, KPIs with their course, open alerts, cut to the terminal. Pure. */
import type { AlertMessage, KpiDescription, KpiMessage } from '../../../core/wire.ts';
import { WORDS } from '../../../../operators/notices/wording.ts';
import { keyPairs, pairsOf, UNIT_TEXTS } from '../../../../operators/rules/reason.ts';
import { spanText, type EngineStatus } from '../shared/status-report.ts';
import { courseLine, type CoursePoint } from './course.ts';
import { fitted, widthOf } from './text-width.ts';

export type TopLang = 'zh-CN' | 'en';

export interface TopView {
  readonly url: string;
  readonly lang: TopLang;
  /** null: nothing was answered so far. */
  readonly status: EngineStatus | null;
  readonly kpis: readonly KpiDescription[];
  /** By `rowId`: what is known of its past. */
  readonly courses: ReadonlyMap<string, readonly CoursePoint[]>;
  /** Of which all keys are shown, instead of all KPIs. */
  readonly one: KpiDescription | null;
  /** What is shown is of then; null: of now. */
  readonly oldSince: string | null;
  readonly columns: number;
  readonly rows: number;
}

const TEXTS = {
  'zh-CN': {
    ...{ ready: '✓ 就绪', notReady: '✕ 未就绪', rate: '条事件/秒', lag: '延迟', boards: '块看板' },
    ...{ kpi: '指标', value: '数值', target: '目标', course: '走势', alerts: '告警', open: '未恢复的告警' },
    ...{ none: '无', unknown: '未知', old: '无应答，以下为旧数据，截至', wait: '正在等待应答' },
    all: '全部',
  },
  en: {
    ...{ ready: '✓ ready', notReady: '✕ not ready', rate: 'events/s', lag: 'lag', boards: 'boards' },
    ...{ kpi: 'KPI', value: 'value', target: 'target', course: 'course', alerts: 'alerts', open: 'open alerts' },
    ...{ none: 'none', unknown: 'not known', old: 'no answer: what follows is old, of', wait: 'waiting for an answer' },
    all: 'all',
  },
} as const;

const COURSE = 30;
/** Widest name of a KPI or a key. */
const NAME = 32;

interface Row {
  readonly name: string;
  readonly kpi: KpiDescription;
  readonly value: KpiMessage | null;
  readonly points: readonly CoursePoint[];
  readonly alerts: readonly AlertMessage[];
}

export const rowId = (kpi: string, key: Readonly<Record<string, string>>): string => JSON.stringify([kpi, key]);

export function topScreen(view: TopView): string {
  const lines = [...heading(view), ...table(view), '', ...alertLines(view)];
  const shown = lines.slice(0, Math.max(1, view.rows - 1));
  return shown.map((line) => `${fitted(line, view.columns).trimEnd()}\n`).join('');
}

function heading({ url, lang, status, oldSince }: TopView): readonly string[] {
  const t = TEXTS[lang];
  if (status === null) return [`${t.wait}  ${url}`, ''];
  const parts = [
    status.ready ? t.ready : t.notReady,
    status.url,
    `${status.eventsPerSecond.toLocaleString('en-US')} ${t.rate}`,
    ...(status.lagSeconds === null ? [] : [`${t.lag} ${spanText(status.lagSeconds)}`]),
    `${status.boards} ${t.boards}`,
  ];
  return [
    ...(oldSince === null ? [] : [`✕ ${t.old} ${oldSince}`]),
    parts.join('  '),
    ...status.reasons.map((reason) => `  ${reason}`),
    '',
  ];
}

function table(view: TopView): readonly string[] {
  const t = TEXTS[view.lang];
  const rows = view.one === null ? view.kpis.map((kpi) => totalRow(kpi, view)) : keyRows(view.one, view);
  const cells = [
    [t.kpi, t.value, 'n', t.target, t.course, t.alerts],
    ...rows.map(({ name, kpi, value, points, alerts }) => [
      name,
      amount(value?.value ?? null, kpi, view.lang), // a KPI that has none yet
      value === null ? '' : value.n.toLocaleString('en-US'),
      kpi.target === null ? '' : `${kpi.better === 'higher' ? '≥' : '≤'} ${amount(kpi.target, kpi, view.lang)}`,
      courseLine(points, COURSE),
      alertsOf(alerts, view),
    ]),
  ];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...cells.map((row) => widthOf(row[column] ?? '')))); // all rows are alike
  return cells.map((row) =>
    row
      .map(
        (cell, i) =>
          i === 5 ? cell : fitted(cell, Math.min(widths[i] ?? 0, NAME), i >= 1 && i <= 3 ? 'end' : 'start'), // the last is not filled
      )
      .join('  '),
  );
}

function totalRow(kpi: KpiDescription, view: TopView): Row {
  return {
    name: kpi.title[view.lang],
    kpi,
    value: kpi.values.find(({ key }) => Object.keys(key).length === 0) ?? null,
    points: view.courses.get(rowId(kpi.id, {})) ?? [], // not read yet
    alerts: (view.status?.alerts ?? []).filter((alert) => alert.kpi === kpi.id), // not known: said below
  };
}

/** Worst first: as the KPI's direction has it; what has no value last. */
function keyRows(kpi: KpiDescription, view: TopView): readonly Row[] {
  const sign = kpi.better === 'higher' ? 1 : -1;
  const rank = ({ value }: KpiMessage): number => (value === null ? Infinity : sign * value);
  return kpi.values
    .toSorted((a, b) => rank(a) - rank(b))
    .map((value) => ({
      name: keyPairs(value.key, view.lang).join(', ') || TEXTS[view.lang].all,
      kpi,
      value,
      points: view.courses.get(rowId(kpi.id, value.key)) ?? [], // not read yet
      alerts: (view.status?.alerts ?? []).filter(
        (alert) => alert.kpi === kpi.id && rowId(kpi.id, alert.key) === rowId(kpi.id, value.key),
      ),
    }));
}

function alertsOf(alerts: readonly AlertMessage[], { lang }: TopView): string {
  const counts = new Map<AlertMessage['severity'], number>();
  for (const { severity } of alerts) counts.set(severity, 1 + (counts.get(severity) ?? 0)); // none before
  return [...counts].map(([severity, count]) => `${count} ${severityText(severity, lang)}`).join(', ');
}

/** As notices say it; one that this program does not know yet as it is. */
const severityText = (severity: string, lang: TopLang): string => WORDS[lang].severity[severity] ?? severity;

function alertLines(view: TopView): readonly string[] {
  const t = TEXTS[view.lang];
  const { status } = view;
  if (status === null) return [];
  if (status.alerts === null) return [`${t.open}: ${t.unknown}`];
  if (status.alerts.length === 0) return [`${t.open}: ${t.none}`];
  return [
    `${t.open}: ${status.alerts.length}`,
    ...status.alerts.map(
      (alert) =>
        `  ${severityText(alert.severity, view.lang)}  ${titleOf(alert, view.lang)}${pairsOf(alert.key, view.lang)}  ${spanText((Date.parse(status.at) - Date.parse(alert.since)) / 1_000)}  ${view.lang === 'en' ? alert.reason : alert.reason_zh}`,
    ),
  ];
}

/** An engine of an older version sends no title. */
const titleOf = ({ title, rule }: AlertMessage, lang: TopLang): string => title?.[lang] ?? rule;

function amount(value: number | null, { decimals, unit }: KpiDescription, lang: TopLang): string {
  if (value === null) return '–';
  const number = value.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  const texts: Readonly<Record<string, { readonly 'zh-CN': string; readonly en: string }>> = UNIT_TEXTS;
  return number + (texts[unit]?.[lang] ?? ` ${unit}`); // one that this program does not know yet
}
