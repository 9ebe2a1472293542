/** What one tile says: from the board's state to finished texts. Pure: the element only puts them on the screen. */
import type { AlertMessage, KpiDescription, KpiMessage } from '../../engine/core/wire.ts';
import { serverNow, type BoardState } from './board.ts';
import { changeOf } from './overview/change.ts';
import { courseShape, type CourseShape } from './overview/course-shape.ts';
import { formatInstant, formatQuantity, formatSpan, formatCount, quantityText, type Quantity } from './format.ts';
import { isFiner, keyId, NO_VALUES, type Key, type KpiValues, type Point } from './kpi-values.ts';
import type { Liveness } from './liveness.ts';
import { sliceStrip, type SliceStrip } from './overview/slice-strip.ts';
import { fill, TEXTS, type Language, type Texts } from './strings.ts';
import { worstKey, type WorstKey } from './overview/worst-key.ts';

export type Tone = 'ok' | 'warn' | 'breach' | 'none' | 'stale';
/** Sign, fill and border: `part` is a rule that fires on a finer key alone. */
export type Look = 'critical' | 'major' | 'part' | 'warn' | 'ok' | 'none' | 'stale';
export interface TileModel {
  readonly id: string;
  readonly title: string;
  readonly value: Quantity;
  readonly tone: Tone;
  readonly look: Look;
  readonly stateWord: string;
  /** What the mark of a partial value says; '': the value is whole. */
  readonly partial: string;
  readonly sample: string;
  readonly target: string;
  readonly change: TileChange | null;
  /** Half the width of the interval, and the whole of it. */
  readonly interval: string;
  readonly intervalName: string;
  readonly worst: WorstKey | null;
  readonly strip: SliceStrip | null;
  readonly age: string;
  readonly freshness: 'fresh' | 'late' | 'stale' | 'empty';
  readonly course: CourseShape;
  /** The ends of both axes. */
  readonly axis: { readonly top: string; readonly bottom: string; readonly start: string; readonly end: string };
  readonly courseLabel: string;
}
export interface TileChange {
  /** '': chance explains it. */
  readonly arrow: '▲' | '▼' | '';
  /** More than chance lies between, as far as that is known. */
  readonly isApart: boolean;
  readonly amount: string;
  readonly since: string;
}
export interface TileView {
  readonly lang: Language;
  readonly zone: string;
  /** Of a day before, by KPI; left out: not known. */
  readonly dayBefore?: ReadonlyMap<string, readonly Point[]>;
}

/** Younger than this is now: a number that changes twice a second would only unsettle. */
const NOW_MS = 10_000;
const COURSE_MS = 30 * 60_000;
const DAY_MS = 86_400_000;

export function tileModel(kpi: KpiDescription, state: BoardState, live: Liveness, view: TileView): TileModel {
  const texts = TEXTS[view.lang];
  const values = state.kpis.get(kpi.id) ?? NO_VALUES;
  const current = values.latest.get(keyId(state.headline)) ?? null;
  const whole = wholeWindowsOnly(kpi);
  const judged = whole
    ? (values.points.findLast((point) => point.final && point.partial !== true)?.v ?? null)
    : (current?.value ?? null);
  const alerts = alertsOn(kpi.id, state);
  const stale = live.kind === 'stale' || live.kind === 'refused';
  const standing =
    current === null || current.value === null
      ? null
      : (alertStanding(alerts, values, state.headline, texts) ??
        targetStanding(kpi, current.partial === true, judged, texts));
  const quantity = (value: number | null): Quantity => formatQuantity(value, kpi.unit, kpi.decimals, view.lang);
  const empty = { look: 'none', word: isSplit(kpi, state.headline) ? texts.stateNoData : texts.noSlice } as const;
  const { look, word } = stale ? { look: 'stale' as const, word: texts.stateStale } : (standing ?? empty);
  const age = ageText(current, state, live, view);
  const sample = sampleText(current, kpi, view);
  return {
    ...{ id: kpi.id, title: kpi.title[view.lang], value: apart(quantity(current?.value ?? null)) },
    ...{ tone: toneOf(look), look, stateWord: word },
    partial: current?.partial === true ? texts.partialHint : '',
    sample,
    target: targetText(kpi, quantity, texts),
    change: changeText(kpi, values, whole, view),
    ...intervalText(current, kpi, sample, view.lang),
    worst: worstKey(kpi, values, state.headline, alerts, view),
    strip: sliceStrip(kpi, values, state.headline, view.lang),
    ...age,
    ...courseOf(kpi, values, age.age, view),
    courseLabel: fill(texts.sparkLabel, { title: kpi.title[view.lang] }),
  };
}

/** `18.1万` → `18.1` and a smaller `万`. */
function apart({ digits, unit }: Quantity): Quantity {
  const [, number, scale] = /^(.*\d)(\p{L}+)$/u.exec(digits) ?? []; // a number as it is
  return number === undefined || scale === undefined ? { digits, unit } : { digits: number, unit: `${scale}${unit}` };
}

function toneOf(look: Look): Tone {
  return look === 'critical' || look === 'major' || look === 'part' ? 'breach' : look;
}

/** Half an hour, always as wide: its ends are named, and what is not known stays empty. */
function courseOf(
  kpi: KpiDescription,
  values: KpiValues,
  age: string,
  view: TileView,
): Pick<TileModel, 'course' | 'axis'> {
  const texts = TEXTS[view.lang];
  const before = (view.dayBefore?.get(kpi.id) ?? []).map((point) => ({ ...point, t: point.t + DAY_MS })); // not known
  const course = courseShape({
    ...{ points: values.points, before, end: values.points.at(-1)?.t ?? 0, spanMs: COURSE_MS }, // nothing is drawn
    ...{ marks: kpi.target === null ? [] : [kpi.target], isPercent: kpi.unit === 'percent' },
  });
  if (course.axis === null) return { course, axis: { top: '', bottom: '', start: '', end: '' } };
  const decimals = kpi.unit === 'count' ? kpi.decimals : Math.max(kpi.decimals, 1);
  const end = (at: number): string => trimmed(formatQuantity(at, kpi.unit, decimals, view.lang)).digits;
  return {
    course,
    axis: {
      ...{ top: end(course.axis[1]), bottom: end(course.axis[0]) },
      start: fill(texts.ageOf, { age: formatSpan(COURSE_MS, view.lang) }),
      end: age === texts.ageNow ? texts.axisNow : age,
    },
  };
}

/** Until when a value is true: the end of its window, or as far as the engine has got in it. */
export function asOf(message: KpiMessage, watermark: number | null): number {
  const reached = Math.max(Date.parse(message.watermark), watermark ?? -Infinity);
  return Math.min(Date.parse(message.window.end), reached);
}

function wholeWindowsOnly(kpi: KpiDescription): boolean {
  const window = kpi.window;
  return typeof window === 'object' && window !== null && 'kind' in window && window['kind'] === 'tumbling';
}

function isSplit(kpi: KpiDescription, headline: Key): boolean {
  const wanted = Object.keys(headline).sort().join();
  return kpi.by.some((dimensions) => [...dimensions].sort().join() === wanted);
}

/** Open alerts on the headline's key or a finer one. */
function alertsOn(kpi: string, state: BoardState): AlertMessage[] {
  const headline = keyId(state.headline);
  return [...state.alerts.values()]
    .map((alert) => alert.message)
    .filter((alert) => alert.kpi === kpi && alert.state !== 'resolved' && !alert.silenced)
    .filter((alert) => keyId(alert.key) === headline || isFiner(alert.key, state.headline));
}

export function isGrave(severity: string): boolean {
  return severity === 'critical' || severity === 'major';
}

interface Standing {
  readonly look: Look;
  readonly word: string;
}
/** What open alerts say of the tile, if there are any. One that is only watched is none yet. */
function alertStanding(
  alerts: readonly AlertMessage[],
  values: KpiValues,
  headline: Key,
  texts: Texts,
): Standing | null {
  const grave = alerts.filter((alert) => alert.state === 'firing' && isGrave(alert.severity));
  const own = grave.filter((alert) => keyId(alert.key) === keyId(headline));
  if (own.some(({ severity, acked }) => severity === 'critical' && acked === null))
    return { look: 'critical', word: texts.severityCritical };
  const [first] = own;
  if (first !== undefined) {
    return { look: 'major', word: first.severity === 'critical' ? texts.severityCritical : texts.severityMajor };
  }
  const [finer] = grave;
  if (finer !== undefined) return { look: 'part', word: fill(texts.statePart, partOf(finer, grave, values)) };
  if (alerts.some((alert) => alert.state === 'firing')) return { look: 'warn', word: texts.stateWarning };
  return alerts.some((alert) => alert.state === 'recovering') ? { look: 'warn', word: texts.stateRecovering } : null;
}
/** How many of the keys with these dimensions are concerned: never fewer than fire. */
function partOf(
  finer: AlertMessage,
  grave: readonly AlertMessage[],
  values: KpiValues,
): { readonly n: number; readonly of: number } {
  const dimensions = (key: Key): string => Object.keys(key).sort().join();
  const wanted = dimensions(finer.key);
  const n = grave.filter(({ key }) => dimensions(key) === wanted).length;
  const known = [...values.latest.values()].filter(({ key, value }) => value !== null && dimensions(key) === wanted);
  return { n, of: Math.max(n, known.length) };
}
/** What the value itself says; a partial one says nothing, and neither does one that nobody has set a target for. */
function targetStanding(kpi: KpiDescription, isPartial: boolean, judged: number | null, texts: Texts): Standing {
  if (isPartial) return { look: 'none', word: texts.statePartial };
  if (kpi.target === null) return { look: 'none', word: texts.stateNoTarget };
  if (judged === null) return { look: 'none', word: texts.stateNoData };
  const reached = kpi.better === 'higher' ? judged >= kpi.target : judged <= kpi.target;
  return reached ? { look: 'ok', word: texts.stateOnTarget } : { look: 'warn', word: texts.stateOffTarget };
}

/** How many cases are behind the value; a plain count says so itself. */
function sampleText(current: KpiMessage | null, kpi: KpiDescription, view: TileView): string {
  if (current === null || (kpi.unit === 'count' && current.n === current.value)) return '';
  return fill(TEXTS[view.lang].sampleOf, { n: formatCount(current.n, view.lang) });
}

function targetText(kpi: KpiDescription, quantity: (value: number) => Quantity, texts: Texts): string {
  if (kpi.target === null) return '';
  const sign = kpi.better === 'higher' ? '≥' : '≤';
  return fill(texts.target, { sign, value: quantityText(trimmed(quantity(kpi.target))) });
}

/** `85.0` → `85`: a target is a round number. */
function trimmed({ digits, unit }: Quantity): Quantity {
  return { digits: digits.replace(/\.0+$/, ''), unit };
}

function changeText(kpi: KpiDescription, values: KpiValues, isFinalOnly: boolean, view: TileView): TileModel['change'] {
  const isCount = kpi.unit === 'count';
  const dayBefore = view.dayBefore?.get(kpi.id) ?? []; // not known
  const change = changeOf({ points: values.points, dayBefore, isFinalOnly, isCount });
  if (change === null) return null;
  const texts = TEXTS[view.lang];
  const overMs = change.overMs < 60_000 ? change.overMs : Math.round(change.overMs / 60_000) * 60_000;
  const since = change.isYesterday
    ? texts.sinceYesterday
    : fill(texts.changeSince, { age: formatSpan(overMs, view.lang) });
  const amount = amountOf(kpi, change.delta, change.was, view.lang);
  if (change.isApart === false || !/[1-9]/.test(amount))
    return { arrow: '', isApart: false, amount: texts.flat, since };
  return { arrow: change.delta > 0 ? '▲' : '▼', isApart: change.isApart === true, amount, since };
}
/** With its unit: between two shares lie percentage points, between two counts a share of the earlier. */
function amountOf({ unit, decimals }: KpiDescription, delta: number, was: number, lang: Language): string {
  if (unit === 'count' && was !== 0) return `${Math.round(Math.abs(delta / was) * 100)}%`;
  const texts = TEXTS[lang];
  const size = formatQuantity(Math.abs(delta), unit === 'points' ? 'none' : unit, decimals, lang);
  const named = unit === 'percent' ? texts.unitPercentPoints : unit === 'points' ? texts.unitPoints : size.unit;
  return quantityText({ digits: size.digits, unit: named });
}

function intervalText(
  current: KpiMessage | null,
  kpi: KpiDescription,
  sample: string,
  lang: Language,
): Pick<TileModel, 'interval' | 'intervalName'> {
  const texts = TEXTS[lang];
  if (current?.interval == null || current.value === null) return { interval: '', intervalName: '' };
  const [low, high] = current.interval;
  const whole = (value: number): string => quantityText(formatQuantity(value, kpi.unit, kpi.decimals, lang));
  // Of a span its unit is said, since it may be another than that of the value; else it stands beside the number.
  const isSpan = kpi.unit === 'seconds' || kpi.unit === 'milliseconds';
  const half = formatQuantity(
    Math.max(high - current.value, current.value - low),
    isSpan ? kpi.unit : 'none',
    kpi.decimals,
    lang,
  );
  return {
    interval: `${sample === '' ? '' : texts.joint}${fill(texts.halfWidth, { value: quantityText(half) })}`,
    intervalName: `${texts.intervalName}: ${whole(low)} – ${whole(high)}`,
  };
}

function ageText(
  current: KpiMessage | null,
  state: BoardState,
  live: Liveness,
  view: TileView,
): Pick<TileModel, 'age' | 'freshness'> {
  const texts = TEXTS[view.lang];
  const stale = live.kind === 'stale' || live.kind === 'refused';
  if (current === null) return { age: '', freshness: stale ? 'stale' : 'empty' };
  const at = asOf(current, state.watermark);
  const now = serverNow(state);
  if (live.kind === 'behind' || live.kind === 'notReady') {
    return { age: fill(texts.stoppedAt, { time: formatInstant(at, now, view.zone, view.lang) }), freshness: 'late' };
  }
  const age = fill(texts.ageOf, { age: formatSpan(now - at, view.lang) });
  if (stale) return { age, freshness: 'stale' };
  return { age: now - at < NOW_MS ? texts.ageNow : age, freshness: live.kind === 'live' ? 'fresh' : 'late' };
}
