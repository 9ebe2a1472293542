/** The parts of one alert's page: what is wrong, what to do next, its window, causes, quotes, its course. */
import type { AlertMessage } from '../../../engine/core/wire.ts';
import type { BoardState } from '../../model/board.ts';
import { formatClock, formatCount, formatInstant, formatSpan } from '../../model/format.ts';
import {
  ackText,
  alertValue,
  keyText,
  kpiTitle,
  liveValue,
  ruleText,
  spanText,
  subjectTitle,
  valueText,
  type WordsView,
} from '../../model/pages/alert-words.ts';
import type { TimelineStep } from '../../model/pages/alert-timeline.ts';
import { extentOf, gapsOf, pointsOf, sizeOf, valueAt, type CoursePoint } from '../../model/pages/chart-points.ts';
import type { Episode } from '../../model/pages/episodes.ts';
import { alertsHref, kpiHref } from '../../model/pages/page-address.ts';
import { PAGE_TEXTS } from '../../model/pages/page-strings.ts';
import { limitOf, limitText } from '../../model/pages/rule-limits.ts';
import { fill, type Language } from '../../model/strings.ts';
import type { KpiCourse, Span } from '../../line/page-client.ts';
import { element, setText } from '../element.ts';
import { stateBadge } from './alert-rows.ts';
import type { ChartLine } from './chart-model.ts';
import type { CourseChart } from './course-chart.ts';
import { card, icon, link, table, text } from './parts.ts';

/** @param rights what may be done below: the heading leads there. */
export function alertHead(
  episode: Episode,
  state: BoardState,
  view: WordsView,
  search: string,
  rights: { readonly mayAck: boolean; readonly maySilence: boolean },
): HTMLElement {
  const { message } = episode;
  const texts = PAGE_TEXTS[view.lang];
  const value = message.state === 'resolved' ? episode.peak : (liveValue(message, state)?.value ?? message.value);
  const facts = [
    stateBadge(message, view),
    text('span', whenText(episode, view)),
    element('span', 'who', [icon('person'), text('span', message.owner ?? texts.nobody)]),
  ];
  if (message.state !== 'resolved' || message.acked !== null)
    facts.push(text('span', ackText(message, view.lang), message.acked === null ? 'wn' : ''));
  const named = { key: keyText(message.key, view.lang), kpi: subjectTitle(message, view) };
  const headline = text('h1', `${fill(texts.headline, named)} `);
  headline.append(text('em', alertValue(message, value, view)));
  const title = view.rules.find(({ id }) => id === message.rule)?.title[view.lang] ?? message.title?.[view.lang];
  const rule = ruleText(message, view);
  const under = [title ?? message.rule, message.kpi === '' ? rule : fill(texts.fires, { rule })];
  const isOpen = message.state !== 'resolved';
  const links = element('div', 'acts', [
    ...(isOpen && rights.mayAck && message.acked === null ? [link(texts.ack, '#ack', 'btn pri', 'ack')] : []),
    ...(isOpen && rights.maySilence && !message.silenced ? [link(texts.silence, '#silence', 'btn', 'mute')] : []),
    ...(message.kpi === '' ? [] : [link(texts.openKpi, kpiHref('../', search, message.kpi, message.key))]),
    link(texts.back, alertsHref('../', search)),
  ]);
  const isLoud = message.state === 'firing' && !message.silenced;
  const look = !isLoud ? 'calm' : message.severity === 'critical' ? 'crit' : 'major';
  const rows = [element('div', 'l1', facts), headline, text('p', under.join(' · '))];
  return element('section', `ah ${look}`, [...rows, links]);
}

function whenText(episode: Episode, view: WordsView): string {
  const { message, endedAt } = episode;
  const texts = PAGE_TEXTS[view.lang];
  const since = Date.parse(message.since);
  if (endedAt !== null) {
    const lasted = fill(texts.lasted, { age: formatSpan(endedAt - since, view.lang) });
    return `${spanText(episode, view)} · ${lasted}`;
  }
  const at = message.state === 'pending' ? since : (episode.firedAt ?? since);
  const times = { time: formatInstant(at, view.now, view.zone, view.lang), age: formatSpan(view.now - at, view.lang) };
  return fill(message.state === 'pending' ? texts.pendingAt : texts.firedAt, times);
}

export function runbookStrip({ runbook }: AlertMessage, { lang }: WordsView): HTMLElement {
  const texts = PAGE_TEXTS[lang];
  const open = link(texts.openRunbook, runbook ?? ''); // shown only where there is one
  open.target = '_blank';
  open.rel = 'noopener noreferrer';
  const where = text('span', runbook ?? '', 'sec url'); // shown only where there is one
  return element('section', 'card nx', [icon('next'), text('b', texts.runbook), where, open]);
}

export interface ChartGiven {
  readonly episode: Episode;
  readonly course: {
    readonly range: () => Span;
    readonly step: number;
    readonly values: { readonly value: KpiCourse | null; readonly hasFailed: boolean };
  };
  readonly state: BoardState;
  readonly view: WordsView;
}

/** Its window: where it fires and recovers, since when. */
export function alertChart(chart: CourseChart, root: HTMLElement, { episode, course, state, view }: ChartGiven): void {
  const { message } = episode;
  const texts = PAGE_TEXTS[view.lang];
  const span = course.range();
  const live = message.state === 'resolved' ? null : liveValue(message, state);
  const points = pointsOf(
    [...(course.values.value?.values ?? []), ...(live === null ? [] : [live])],
    span,
    course.step,
  ); // not read yet
  const show = (value: number | null): string => valueText(message.kpi, value, view);
  const lines = linesOf(message, view, show);
  const kpi = view.kpis.find(({ id }) => id === message.kpi);
  const newest = points.findLast(({ v }) => v !== null);
  const ends = points.flatMap(({ v, low, high }) => [v, low, high]);
  const size = sizeOf(kpi?.window);
  const hint = fill(texts.windowOf, {
    size: size === null ? '' : formatSpan(size, view.lang),
    span: formatSpan(span.to - span.from, view.lang),
  });
  const small = root.querySelector('h2 small');
  if (small !== null) setText(small, course.values.hasFailed ? texts.historyFailed : hint);
  const clock = (at: number): string => formatClock(at, view.zone).slice(0, 5);
  const fired = episode.firedAt ?? Date.parse(message.since);
  chart.show(
    {
      ...{ ...span, points, day: [], week: [], lines },
      gaps: gapsOf(points, course.step).map((gap) => ({
        ...gap,
        text: fill(texts.gap, { age: formatSpan(gap.to - gap.from, view.lang) }),
      })),
      bands: [{ from: fired, to: episode.endedAt ?? span.to, text: clock(fired) }],
      extent: extentOf([...ends, ...lines.map(({ at }) => at)], kpi?.unit === 'percent'),
      now: live === null || newest === undefined ? '' : fill(texts.nowValue, { value: show(newest.v) }),
      alarm: message.state === 'firing',
    },
    {
      name: fill(texts.chartName, {
        ...{ title: kpiTitle(message.kpi, view), from: clock(span.from), to: clock(span.to) },
        value: show(newest?.v ?? null),
      }),
      samples: texts.samplesOf,
      axis: show,
      tip: (at) => tipOf(valueAt(points, at, course.step), at, view, show),
    },
  );
}

export function tipOf(
  point: CoursePoint | null,
  at: number,
  view: WordsView,
  show: (value: number | null) => string,
): readonly string[] {
  const time = formatInstant(at, view.now, view.zone, view.lang);
  if (point === null) return [time];
  const range = point.low === null || point.high === null ? '' : ` (${show(point.low)}–${show(point.high)})`;
  return [time, `${show(point.v)}${range}`, `n ${formatCount(point.n, view.lang)}`];
}

function linesOf(message: AlertMessage, view: WordsView, show: (value: number) => string): readonly ChartLine[] {
  const texts = PAGE_TEXTS[view.lang];
  const rule = view.rules.find(({ id }) => id === message.rule);
  const line = (expression: string | null, kind: ChartLine['kind'], words: string): ChartLine[] => {
    const limit = limitOf(expression);
    return limit === null
      ? []
      : [{ at: limit.at, kind, text: fill(words, { rule: limitText(expression, show, view.lang) }) }];
  };
  return [
    ...line(rule?.fire ?? message.threshold, 'fire', texts.fires),
    ...line(rule?.recover ?? null, 'recover', texts.recovers),
  ];
}

export function causesCard({ causes, key, kpi }: AlertMessage, view: WordsView): HTMLElement {
  const texts = PAGE_TEXTS[view.lang];
  if (causes.length === 0) return card(texts.causes, '', [text('p', texts.noCauses, 'sec')]);
  const most = Math.max(...causes.map(({ contribution }) => Math.abs(contribution)), 1e-9);
  const rows = causes.map(({ key: finer, value, n, share, contribution }) => {
    const own = Object.fromEntries(Object.entries(finer).filter(([dimension]) => !(dimension in key)));
    const fillBar = element('i', '');
    fillBar.style.width = `${(Math.abs(contribution) / most) * 100}%`;
    return [
      keyText(own, view.lang),
      valueText(kpi, value, view),
      formatCount(n, view.lang),
      `${Math.round(share * 100)}%`,
      element('span', 'bar', [fillBar], { 'aria-hidden': 'true' }),
      signed(contribution),
    ];
  });
  const columns = [
    { label: texts.colKey },
    { label: texts.colNow, isNumber: true },
    { label: texts.colN, isNumber: true },
    { label: texts.colShare, isNumber: true },
    { label: '' },
    { label: texts.colContribution, isNumber: true },
  ];
  return card(texts.causes, texts.causesHint, [table(columns, rows, texts.causes)], 'causes');
}
function signed(value: number): string {
  const digits = Math.abs(value) >= 100 ? Math.abs(value).toFixed(0) : Math.abs(value).toFixed(1);
  return `${value < 0 ? '−' : '+'}${digits}`;
}

export function quotesCard({ samples }: AlertMessage, lang: Language): HTMLElement {
  const texts = PAGE_TEXTS[lang];
  if (samples.length === 0) return card(texts.quotes, '', [text('p', texts.noQuotes, 'sec')]);
  const quotes = samples.map((sample) => text('blockquote', sample, 'q'));
  const hint = samples.length === 1 ? texts.quoteHint : fill(texts.quotesHint, { n: samples.length });
  return card(texts.quotes, hint, quotes);
}

export function timelineCard(steps: readonly TimelineStep[], missing: string, lang: Language): HTMLElement {
  const items = steps.map(({ time, text: words, mark }) =>
    element('li', mark, [text('time', time), element('i', '', [], { 'aria-hidden': 'true' }), text('span', words)]),
  );
  const list = element('ol', 'tl', items);
  return card(PAGE_TEXTS[lang].timeline, missing, [list]);
}
