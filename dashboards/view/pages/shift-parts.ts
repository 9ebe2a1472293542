/** The parts of the shift report: its sentence, KPIs, strip, alerts, quotes and what is left, for a screen and for paper. */
import { formatClock, formatCount, formatInstant, formatSpan } from '../../model/format.ts';
import {
  alertTitle,
  alertValue,
  causeText,
  keyText,
  severityText,
  valueText,
  type WordsView,
} from '../../model/pages/alert-words.ts';
import { alertsHref, kpiHref } from '../../model/pages/page-address.ts';
import type { ShiftAlert, ShiftAlerts, ShiftKpi } from '../../model/pages/shift/shift-report.ts';
import { isStillOpen, shiftQuotes, stripRows } from '../../model/pages/shift/shift-report.ts';
import { SHIFT_TEXTS } from '../../model/pages/shift/shift-strings.ts';
import { fill } from '../../model/strings.ts';
import type { SilenceEntry, Span } from '../../line/page-client.ts';
import { element, svg } from '../element.ts';
import { badge, link, table, text, type IconName } from './parts.ts';

export interface ShiftShown {
  readonly view: WordsView;
  readonly span: Span;
  readonly kpis: readonly ShiftKpi[];
  readonly alerts: ShiftAlerts;
  readonly silences: readonly SilenceEntry[];
  readonly search: string;
}

/** On one page of paper. */
const MOST_ALERTS = 12;
const MOST_SAID = 2;
const MOST_LEFT = 8;
const MOST_QUOTES = 4;
const MINUS = '\u2212';
const HOUR_MS = 3_600_000;
const SIGNS: Readonly<Record<ShiftKpi['now'], IconName>> = {
  ok: 'ok',
  off: 'warn',
  alert: 'major',
  noTarget: 'none',
  noData: 'none',
};

const whatOf = ({ episode: { message } }: ShiftAlert, view: WordsView): string =>
  `${alertTitle(message, view)} — ${keyText(message.key, view.lang)}`;
const minutes = (at: number, view: WordsView): string =>
  formatInstant(at, view.now, view.zone, view.lang).replace(/:\d\d$/, '');

export function sentence({ view, alerts, kpis }: ShiftShown): HTMLElement {
  const texts = SHIFT_TEXTS[view.lang];
  const { length } = alerts.alerts;
  const counts = { n: String(length), open: String(alerts.open) };
  const head = length === 0 ? texts.calm : fill(alerts.open === 0 ? texts.allOver : texts.alertsSaid, counts);
  const open = alerts.alerts
    .filter(isStillOpen)
    .slice(0, MOST_SAID)
    .map((alert) => {
      const { message } = alert.episode;
      const value = alertValue(message, message.value, view);
      return fill(texts.openOne, { what: whatOf(alert, view), time: minutes(alert.from, view), value });
    });
  const judged = kpis.filter(({ onTarget }) => onTarget !== null);
  const ok = judged.filter(({ onTarget }) => onTarget === 1).length;
  const targets = judged.length === 0 ? '' : fill(texts.targetsSaid, { n: String(judged.length), ok: String(ok) });
  const isZh = view.lang === 'zh-CN';
  const rest = [open.join(isZh ? '；' : '; ') + (open.length === 0 ? '' : isZh ? '。' : '.'), targets].filter(
    (part) => part !== '',
  );
  return element('p', 'sh-say', [text('b', head), document.createTextNode(` ${rest.join(isZh ? '' : ' ')}`)]);
}

export function kpiTable({ view, kpis, search }: ShiftShown): HTMLElement {
  const texts = SHIFT_TEXTS[view.lang];
  const columns = [
    { label: texts.kpi },
    ...[texts.mean, texts.worst, texts.target, texts.onTarget, texts.day, texts.week, texts.n].map((label) => ({
      label,
      isNumber: true,
    })),
    { label: texts.now },
  ];
  const rows = kpis.map((row) => {
    const { id, title, target, better } = row.kpi;
    const show = (value: number | null): string => (value === null ? '–' : valueText(id, value, view));
    const share = row.onTarget === null ? '–' : `${Math.round(row.onTarget * 100)}%`;
    const state = element('span', `sh-${row.now}`, [badge(SIGNS[row.now], texts.states[row.now])]);
    const worst = row.worst === null ? '–' : text('span', show(row.worst.value));
    if (row.worst !== null && typeof worst !== 'string')
      worst.title = formatInstant(row.worst.at, view.now, view.zone, view.lang);
    return [
      link(title[view.lang], kpiHref('../', search, id), 'sh-name'),
      show(row.mean),
      worst,
      target === null ? '–' : `${better === 'lower' ? '≤' : '≥'} ${show(target)}`,
      share,
      change(row.day, id, view),
      change(row.week, id, view),
      row.n === 0 ? '–' : formatCount(row.n, view.lang),
      state,
    ];
  });
  return element('section', 'sh-kpis', [text('h2', texts.kpis), table(columns, rows, texts.kpis)]);
}

function change(value: number | null, kpi: string, view: WordsView): string {
  if (value === null) return '–';
  if (value === 0) return SHIFT_TEXTS[view.lang].same;
  return `${value > 0 ? '▲' : '▼'} ${valueText(kpi, Math.abs(value), view).replace(/^[+-]/, '').replace(MINUS, '')}`;
}

/** Alerts over time, a row a rule; the table below says the same in words. */
export function strip({ view, alerts, span }: ShiftShown): HTMLElement {
  const place = (at: number): number =>
    (100 * (Math.min(Math.max(at, span.from), span.to) - span.from)) / (span.to - span.from);
  const hours = hoursOf(span);
  const lines = hours.map((at) =>
    svg('line', { x1: `${place(at)}%`, x2: `${place(at)}%`, y1: '0', y2: '100%', class: 'sh-hour' }),
  );
  const rows = stripRows(alerts.alerts, span)
    .slice(0, MOST_ALERTS)
    .map((row) => {
      const bars = row.map(({ episode, from, to }) => {
        const width = Math.max(0.4, place(to ?? span.to) - place(from));
        const kind = episode.message.severity === 'critical' ? 'sh-crit' : 'sh-other';
        return svg('rect', { x: `${place(from)}%`, width: `${width}%`, y: '4', height: '18', class: kind });
      });
      const name = text('span', row[0] === undefined ? '' : alertTitle(row[0].episode.message, view), 'sh-rule');
      return element('div', 'sh-row', [
        name,
        svg('svg', { height: '26', 'aria-hidden': 'true' }, [
          ...lines.map((line) => line.cloneNode() as SVGElement),
          ...bars,
        ]),
      ]);
    });
  const named = hours.filter((_, i) => i % Math.ceil(hours.length / MOST_NAMED) === 0);
  const labels = named.map((at) => {
    const anchor = at === hours[0] ? 'start' : at === hours.at(-1) ? 'end' : 'middle';
    const label = svg('text', { x: `${place(at)}%`, y: '15', 'text-anchor': anchor });
    label.textContent = formatClock(at, view.zone).slice(0, 5);
    return label;
  });
  const axis = element('div', 'sh-row sh-axis', [
    text('span', ''),
    svg('svg', { height: '20', 'aria-hidden': 'true' }, labels),
  ]);
  return element('div', 'sh-strip', [...rows, axis], { 'aria-hidden': 'true' });
}

/** So many hours have their names side by side on the narrowest sheet. */
const MOST_NAMED = 6;
/** Whole hours, so many that their lines do not touch. */
function hoursOf({ from, to }: Span): readonly number[] {
  const each = HOUR_MS * Math.ceil((to - from) / (8 * HOUR_MS));
  const first = Math.ceil(from / each) * each;
  return Array.from({ length: Math.floor((to - first) / each) + 1 }, (_, i) => first + i * each);
}

export function alertTable(shown: ShiftShown): HTMLElement {
  const { view, search } = shown;
  const { alerts } = shown.alerts;
  const texts = SHIFT_TEXTS[view.lang];
  const heading = element('h2', '', [text('span', texts.alerts)]);
  if (alerts.length === 0) return element('section', 'sh-alerts', [heading, text('p', texts.none)]);
  heading.append(text('small', texts.stripHint));
  const columns = [
    ...[texts.severity, texts.what, texts.when].map((label) => ({ label })),
    { label: texts.ackedAfter, isNumber: true },
    ...[texts.cause, texts.who].map((label) => ({ label })),
  ];
  const rows = alerts.slice(0, MOST_ALERTS).map((alert) => {
    const { message } = alert.episode;
    return [
      badge(message.severity === 'critical' ? 'critical' : 'major', severityText(message.severity, view.lang)),
      link(whatOf(alert, view), alertsHref('../', search, message.alert), 'sh-name'),
      `${minutes(alert.from, view)} – ${alert.to === null ? '' : minutes(alert.to, view)}`,
      alert.ackedAfterMs === null ? '–' : formatSpan(alert.ackedAfterMs, view.lang),
      causeText(message, view),
      alert.by ?? message.owner ?? texts.nobody,
    ];
  });
  const rest = alerts.length - rows.length;
  const more = rest > 0 ? [text('p', fill(texts.more, { n: String(rest) }))] : [];
  return element('section', 'sh-alerts', [heading, strip(shown), table(columns, rows, texts.alerts), ...more]);
}

export function quotes({ view, alerts }: ShiftShown): HTMLElement {
  const texts = SHIFT_TEXTS[view.lang];
  const said = shiftQuotes(alerts.alerts, MOST_QUOTES).map((quote) => text('blockquote', quote));
  return element('section', '', [
    text('h2', texts.quotes),
    ...(said.length === 0 ? [text('p', texts.noQuotes)] : said),
  ]);
}

/** What the next shift has to look after: open alerts, those nobody took first; silences that end. */
export function handOver({ view, alerts, silences }: ShiftShown): HTMLElement {
  const texts = SHIFT_TEXTS[view.lang];
  const open = alerts.alerts.filter(isStillOpen).toSorted((a, b) => Number(a.by !== null) - Number(b.by !== null));
  const items = open.slice(0, MOST_LEFT).map((alert) => {
    const { by, episode } = alert;
    const what = whatOf(alert, view);
    if (by === null) return fill(texts.leftNotAcked, { what, owner: episode.message.owner ?? texts.nobody });
    const note = episode.message.acked?.note;
    return note === undefined ? fill(texts.leftAcked, { what, by }) : fill(texts.leftNote, { what, by, note });
  });
  if (open.length > MOST_LEFT) items.push(fill(texts.leftMore, { n: String(open.length - MOST_LEFT) }));
  for (const { by, reason, until } of silences.slice(0, MOST_LEFT)) {
    items.push(fill(texts.leftSilence, { by, reason, time: minutes(Date.parse(until), view) }));
  }
  const list =
    items.length === 0
      ? text('p', texts.nothingLeft)
      : element(
          'ol',
          '',
          items.map((item) => text('li', item)),
        );
  return element('section', '', [text('h2', texts.handOver), list]);
}

export function signatures({ view }: ShiftShown): HTMLElement {
  const texts = SHIFT_TEXTS[view.lang];
  return element('div', 'sh-two sh-sign', [text('p', texts.giver), text('p', texts.taker)]);
}
