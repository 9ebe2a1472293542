/** What one tile says: from the board's state to finished texts. Pure: the element only puts them on the screen. */
import type { AlertMessage, KpiDescription, KpiMessage } from '../../engine/core/wire.ts';
import { serverNow, type BoardState } from './board.ts';
import { changeOf } from './change.ts';
import { formatInstant, formatQuantity, formatSpan, formatCount, quantityText, type Quantity } from './format.ts';
import { isFiner, keyId, NO_VALUES, type Key, type KpiValues } from './kpi-values.ts';
import type { Liveness } from './liveness.ts';
import { sparkline, type SparklineShape } from './sparkline.ts';
import { fill, TEXTS, type Language, type Texts } from './strings.ts';
import { worstKey, type WorstKey } from './worst-key.ts';

export type Tone = 'ok' | 'warn' | 'breach' | 'none' | 'stale';
export interface TileModel {
  readonly id: string;
  readonly title: string;
  readonly value: Quantity;
  readonly tone: Tone;
  readonly stateWord: string;
  /** What the mark of a partial value says; '': the value is whole. */
  readonly partial: string;
  readonly sampleLabel: string;
  readonly sample: string;
  readonly target: string;
  readonly change: {
    readonly arrow: '▲' | '▼' | '▬';
    readonly tone: 'better' | 'worse' | 'flat';
    readonly amount: string;
    readonly word: string;
    readonly since: string;
  } | null;
  readonly interval: string;
  readonly intervalName: string;
  readonly worst: WorstKey | null;
  readonly age: string;
  readonly freshness: 'fresh' | 'late' | 'stale' | 'empty';
  readonly spark: SparklineShape;
  readonly sparkLabel: string;
}
export interface TileView {
  readonly lang: Language;
  readonly zone: string;
}

/** Younger than this is now. */
const NOW_MS = 3000;
const SPARK_MS = 30 * 60_000;

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
      : (alertStanding(alerts, state.headline, texts) ?? targetStanding(kpi, current.partial === true, judged, texts));
  const quantity = (value: number | null): Quantity => formatQuantity(value, kpi.unit, kpi.decimals, view.lang);
  const empty = { tone: 'none', word: isSplit(kpi, state.headline) ? texts.stateNoData : texts.noSlice } as const;
  const { tone, word } = stale ? { tone: 'stale' as const, word: texts.stateStale } : (standing ?? empty);
  return {
    id: kpi.id,
    title: kpi.title[view.lang],
    value: quantity(current?.value ?? null),
    tone,
    stateWord: word,
    partial: current?.partial === true ? texts.partialHint : '',
    ...sampleText(current, kpi, view),
    target: targetText(kpi, quantity, texts),
    change: changeText(kpi, values, whole, view),
    interval: intervalText(current, quantity, texts),
    intervalName: texts.intervalName,
    worst: worstKey(kpi, values, state.headline, alerts, view),
    ...ageText(current, state, live, view),
    spark: sparkline({
      points: values.points,
      target: kpi.target,
      interval: current?.interval ?? null,
      spanMs: SPARK_MS,
      percent: kpi.unit === 'percent',
    }),
    sparkLabel: fill(texts.sparkLabel, { title: kpi.title[view.lang] }),
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
  readonly tone: Tone;
  readonly word: string;
}
/** What open alerts say of the tile, if there are any. */
function alertStanding(alerts: readonly AlertMessage[], headline: Key, texts: Texts): Standing | null {
  const grave = alerts.filter((alert) => alert.state === 'firing' && isGrave(alert.severity));
  if (grave.some((alert) => keyId(alert.key) === keyId(headline))) return { tone: 'breach', word: texts.stateBreach };
  if (grave.length > 0) return { tone: 'breach', word: texts.stateBreachPart };
  if (alerts.some((alert) => alert.state === 'firing')) return { tone: 'warn', word: texts.stateWarning };
  if (alerts.some((alert) => alert.state === 'recovering')) return { tone: 'warn', word: texts.stateRecovering };
  return alerts.length > 0 ? { tone: 'warn', word: texts.statePending } : null;
}
/** What the value itself says; a partial one says nothing. */
function targetStanding(kpi: KpiDescription, isPartial: boolean, judged: number | null, texts: Texts): Standing {
  if (isPartial) return { tone: 'none', word: texts.statePartial };
  if (kpi.target === null || judged === null) return { tone: 'ok', word: texts.stateOk };
  const reached = kpi.better === 'higher' ? judged >= kpi.target : judged <= kpi.target;
  return reached ? { tone: 'ok', word: texts.stateOnTarget } : { tone: 'warn', word: texts.stateOffTarget };
}

/** How many cases are behind the value; a plain count says so itself. */
function sampleText(
  current: KpiMessage | null,
  kpi: KpiDescription,
  view: TileView,
): Pick<TileModel, 'sampleLabel' | 'sample'> {
  if (current === null || (kpi.unit === 'count' && current.n === current.value)) return { sampleLabel: '', sample: '' };
  return { sampleLabel: TEXTS[view.lang].sample, sample: formatCount(current.n, view.lang) };
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

function changeText(kpi: KpiDescription, values: KpiValues, whole: boolean, view: TileView): TileModel['change'] {
  const change = changeOf(values.points, whole);
  if (change === null) return null;
  const texts = TEXTS[view.lang];
  const overMs = change.overMs < 60_000 ? change.overMs : Math.round(change.overMs / 60_000) * 60_000;
  const since = fill(texts.changeSince, { age: formatSpan(overMs, view.lang) });
  const { digits, unit } = formatQuantity(
    Math.abs(change.delta),
    kpi.unit === 'points' ? 'none' : kpi.unit,
    kpi.decimals,
    view.lang,
  );
  // Between two shares lie percentage points, not percent.
  const named = kpi.unit === 'percent' ? texts.unitPercentPoints : kpi.unit === 'points' ? texts.unitPoints : unit;
  const amount = quantityText({ digits, unit: named });
  if (!/[1-9]/.test(digits)) return { arrow: '▬', tone: 'flat', amount, word: texts.flat, since };
  const rose = change.delta > 0;
  const better = rose === (kpi.better === 'higher');
  const tone = better ? 'better' : 'worse';
  return { arrow: rose ? '▲' : '▼', tone, amount, word: texts[tone], since };
}

function intervalText(current: KpiMessage | null, quantity: (value: number) => Quantity, texts: Texts): string {
  if (current?.interval == null) return '';
  const [low, high] = current.interval;
  return fill(texts.interval, { low: quantity(low).digits, high: quantity(high).digits });
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
