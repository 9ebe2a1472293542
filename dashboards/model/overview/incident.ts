/**
 * The alert that takes the wall: its sentence, what part of the whole it is, its course with the limits of its rule, causes, quotes,
 * who has it and who was notified. Pure.
 */
import type {
  AlertMessage,
  KpiDescription,
  KpiMessage,
  NoticeNote,
  RuleDescription,
} from '../../../engine/core/wire.ts';
import { alertCard, keyWords, type AlertCard, type AlertView } from '../alert-model.ts';
import { serverNow, type BoardAlert, type BoardState } from '../board.ts';
import { formatClock, formatCount, formatQuantity, formatSpan, quantityText } from '../format.ts';
import { keyId } from '../kpi-values.ts';
import { ackText } from '../pages/alert-words.ts';
import { PAGE_TEXTS } from '../pages/page-strings.ts';
import { limitOf, limitText } from '../pages/rule-limits.ts';
import { fill, TEXTS, type Language, type Texts } from '../strings.ts';
import { courseShape, type CourseShape, type Sample } from './course-shape.ts';

export interface IncidentModel extends AlertCard {
  /** `14:31 起 · 已`, and how long. */
  readonly since: string;
  readonly age: string;
  /** Who or what is concerned, in full; then the KPI and its value. */
  readonly subject: string;
  readonly measure: string;
  /** `a third of all such cases`; '': it cannot be said. */
  readonly part: string;
  /** What it was before, and of how many cases. */
  readonly facts: string;
  readonly also: string;
  /** null: its KPI has no course. */
  readonly course: IncidentCourse | null;
  readonly causes: readonly { readonly name: string; readonly share: number; readonly amount: string }[];
  readonly quotes: readonly string[];
  readonly quotesTitle: string;
  readonly owner: string;
  readonly who: string;
  readonly isTaken: boolean;
  readonly runbook: string;
  readonly notified: string;
}
export interface IncidentCourse {
  readonly shape: CourseShape;
  readonly lines: readonly { readonly kind: 'fire' | 'recover'; readonly text: string; readonly at: number }[];
  /** Where the breach began, from 0 to 1. */
  readonly began: number;
  readonly axis: { readonly top: string; readonly bottom: string; readonly start: string; readonly began: string };
  readonly label: string;
}
/** What is asked for beside the live values, as far as it has come. */
export interface IncidentKnown {
  readonly rules: readonly RuleDescription[];
  /** Of its key; null: not read yet. */
  readonly course: readonly KpiMessage[] | null;
  readonly notices: readonly NoticeNote[];
}

export const INCIDENT_MS = 30 * 60_000;
/** The chart moves on so often: three pixels of a large wall. */
const STEP_MS = 5_000;
const MOST_QUOTES = 3;
const MOST_CAUSES = 3;
/** Characters of one name: never cut in a headline, but for what no company calls anything. */
const WHOLE_NAME = 80;

export function incident(
  alert: BoardAlert,
  siblings: readonly BoardAlert[],
  known: IncidentKnown,
  state: BoardState,
  view: AlertView,
): IncidentModel {
  const { message } = alert;
  const texts = TEXTS[view.lang];
  const kpi = view.kpis.find(({ id }) => id === message.kpi);
  const now = serverNow(state);
  const since = Date.parse(message.since);
  const show = (value: number | null): string =>
    quantityText(formatQuantity(value, kpi?.unit ?? 'none', kpi?.decimals ?? 1, view.lang));
  const card = alertCard(alert, state, view);
  const live = state.kpis.get(message.kpi)?.latest.get(keyId(message.key)) ?? null;
  const usual = usualOf(known.course ?? [], since); // not read yet
  const n = live?.n ?? message.n;
  const subject = fill(texts.incidentKey, { key: keyWords(message.key, view.lang, WHOLE_NAME) });
  const measure = message.kpi === '' ? card.title : (kpi?.title[view.lang] ?? message.kpi);
  const facts = [
    ...(usual === null ? [] : [fill(texts.usual, { value: show(usual) })]),
    ...(message.kpi === '' ? [] : [fill(texts.sampleOf, { n: formatCount(n, view.lang) })]),
  ];
  return {
    ...card,
    since: fill(texts.incidentSince, { time: formatClock(since, view.zone).slice(0, 5) }),
    age: formatSpan(now - since, view.lang),
    ...{ subject, measure },
    part: kpi === undefined ? '' : partText(kpi, { value: live?.value ?? message.value, n }, state, message.key, texts),
    facts: facts.join(texts.joint),
    also: alsoText(siblings, state, view),
    course: kpi === undefined ? null : courseOf(message, kpi, known, { live, now, show, view }),
    causes: causesOf(message, kpi, view.lang),
    quotes: message.samples.slice(0, MOST_QUOTES),
    quotesTitle: quotesTitle(message.samples.length, view.lang),
    owner: message.owner ?? PAGE_TEXTS[view.lang].nobody,
    who: ackText(message, view.lang),
    isTaken: message.acked !== null,
    runbook: message.runbook ?? '', // the rule names none
    notified: notifiedText(known.notices, view),
  };
}

/** What stood there before it began: the median of what is known, so that one odd window does not count. */
function usualOf(course: readonly KpiMessage[], since: number): number | null {
  const before = course.flatMap(({ window, value }) =>
    value !== null && Date.parse(window.end) < since ? [value] : [],
  );
  return before.toSorted((a, b) => a - b)[Math.floor(before.length / 2)] ?? null; // nothing is known
}

const PARTS = [
  [0.25, 'partQuarter'],
  [1 / 3, 'partThird'],
  [0.5, 'partHalf'],
  [2 / 3, 'partTwoThirds'],
  [0.75, 'partThreeQuarters'],
] as const;
/** So near to a plain fraction, it is called by its name. */
const NEAR = 0.02;

/** Of a share: what part of all its cases (or, where higher is better, of all that miss) is here. Of other KPIs it cannot be said. */
function partText(
  kpi: KpiDescription,
  own: { readonly value: number | null; readonly n: number },
  state: BoardState,
  key: Readonly<Record<string, string>>,
  texts: Texts,
): string {
  const whole = state.kpis.get(kpi.id)?.latest.get(keyId({}));
  if (kpi.unit !== 'percent' || Object.keys(key).length === 0 || whole?.value == null || own.value === null) return '';
  const cases = (value: number, n: number): number => (kpi.better === 'lower' ? value : 100 - value) * n;
  const [mine, all] = [cases(own.value, own.n), cases(whole.value, whole.n)];
  if (!(mine > 0 && mine <= all)) return '';
  const share = mine / all;
  const [, name] = PARTS.find(([at]) => Math.abs(share - at) <= NEAR) ?? []; // no plain fraction
  const said = name === undefined ? `${Math.round(share * 100)}%` : texts[name];
  const part = fill(kpi.better === 'lower' ? texts.partOfHits : texts.partOfMisses, {
    ...{ share: said, whole: texts.whole.toLowerCase() },
  });
  return part.replace(/(\p{Script=Han})(\d)/u, '$1 $2');
}

function alsoText(siblings: readonly BoardAlert[], state: BoardState, view: AlertView): string {
  const [worst] = siblings;
  if (worst === undefined) return '';
  const { key, value } = alertCard(worst, state, view);
  return fill(TEXTS[view.lang].incidentAlso, { n: formatCount(siblings.length, view.lang), key, value });
}

interface CourseGiven {
  readonly live: KpiMessage | null;
  readonly now: number;
  readonly show: (value: number | null) => string;
  readonly view: AlertView;
}
function courseOf(
  message: AlertMessage,
  kpi: KpiDescription,
  known: IncidentKnown,
  { live, now, show, view }: CourseGiven,
): IncidentCourse | null {
  if (known.course === null) return null;
  const samples = [...known.course, ...(live === null ? [] : [live])].map(sampleOf).sort((a, b) => a.t - b.t);
  const end = Math.max(Math.floor(now / STEP_MS) * STEP_MS, samples.at(-1)?.t ?? 0); // nothing is known
  const rule = known.rules.find(({ id }) => id === message.rule);
  const page = PAGE_TEXTS[view.lang];
  const line = (kind: 'fire' | 'recover', expression: string | null): IncidentCourse['lines'] => {
    const limit = limitOf(expression);
    if (limit === null) return [];
    const words = kind === 'fire' ? page.fires : page.recovers;
    return [{ kind, at: limit.at, text: fill(words, { rule: limitText(expression, show, view.lang) }) }];
  };
  const lines = [...line('fire', rule?.fire ?? message.threshold), ...line('recover', rule?.recover ?? null)];
  const shape = courseShape({
    ...{ points: samples, before: [], end, spanMs: INCIDENT_MS, marks: lines.map(({ at }) => at) },
    isPercent: kpi.unit === 'percent',
  });
  if (shape.axis === null) return null;
  const since = Date.parse(message.since);
  const axisText = (at: number): string => show(at).replace(/\.0+(?=\D|$)/, '');
  const clock = (at: number): string => formatClock(at, view.zone).slice(0, 5);
  return {
    ...{ shape, lines, began: Math.min(1, Math.max(0, 1 - (end - since) / INCIDENT_MS)) },
    axis: {
      ...{ top: axisText(shape.axis[1]), bottom: axisText(shape.axis[0]), began: clock(since) },
      start: fill(TEXTS[view.lang].ageOf, { age: formatSpan(INCIDENT_MS, view.lang) }),
    },
    label: fill(page.chartName, {
      ...{ title: kpi.title[view.lang], from: clock(end - INCIDENT_MS), to: clock(end) },
      value: show(live?.value ?? message.value),
    }),
  };
}
function sampleOf({ window, value, interval }: KpiMessage): Sample {
  return { t: Date.parse(window.end), v: value, low: interval?.[0] ?? null, high: interval?.[1] ?? null };
}

function causesOf(
  { causes, key }: AlertMessage,
  kpi: KpiDescription | undefined,
  lang: Language,
): IncidentModel['causes'] {
  const shown = causes.slice(0, MOST_CAUSES);
  const most = Math.max(...shown.map(({ contribution }) => Math.abs(contribution)), 1e-9);
  return shown.map(({ key: finer, contribution }) => {
    const own = Object.fromEntries(Object.entries(finer).filter(([dimension]) => !(dimension in key)));
    const unit = kpi?.unit === 'percent' ? TEXTS[lang].unitPercentPoints : '';
    const digits = formatQuantity(Math.abs(contribution), 'none', kpi?.decimals ?? 1, lang).digits;
    return {
      ...{ name: keyWords(own, lang), share: Math.abs(contribution) / most },
      amount: quantityText({ digits: `${contribution < 0 ? '−' : '+'}${digits}`, unit }),
    };
  });
}

function quotesTitle(count: number, lang: Language): string {
  const texts = PAGE_TEXTS[lang];
  if (count === 0) return texts.noQuotes;
  return `${texts.quotes}${TEXTS[lang].joint}${count === 1 ? texts.quoteHint : fill(texts.quotesHint, { n: count })}`;
}

/** Who was notified, and when the first of them; what has not arrived is not called notified. */
function notifiedText(notices: readonly NoticeNote[], { lang, zone }: AlertView): string {
  const texts = TEXTS[lang];
  const names = (state: (one: NoticeNote) => boolean): string =>
    [...new Set(notices.filter(state).map(({ hook }) => hook))].join(lang === 'en' ? ', ' : '、');
  const arrived = notices.filter(({ last }) => last !== null);
  const first = arrived
    .map(({ first: at }) => at)
    .filter((at) => at !== null)
    .sort()[0];
  const notified = names(({ last }) => last !== null);
  const waiting = names(({ last, state }) => last === null && state === 'waiting');
  const failed = names(({ last, state }) => last === null && state === 'given_up');
  const escalated = notices.reduce((sum, notice) => Math.max(sum, notice.escalated), 0);
  const parts = [
    ...(notified === '' || first === undefined
      ? []
      : [fill(texts.notified, { time: formatClock(Date.parse(first), zone).slice(0, 5), hooks: notified })]),
    ...(waiting === '' ? [] : [fill(texts.notifying, { hooks: waiting })]),
    ...(failed === '' ? [] : [fill(texts.notNotified, { hooks: failed })]),
    ...(escalated === 0 ? [] : [fill(texts.escalatedTimes, { n: escalated })]),
  ];
  return parts.join(lang === 'en' ? '; ' : '；');
}
