/** What the alert list says: open ones first, the gravest and newest at the top; resolved ones below. Pure. */
import type { AlertMessage, AlertState, KpiDescription } from '../../engine/core/wire.ts';
import { MAX_ALERTS, serverNow, type BoardAlert, type BoardState } from './board.ts';
import { nameOfKey } from './dimension-names.ts';
import { cutText } from './cut-text.ts';
import { formatInstant, formatQuantity, formatSpan, quantityText } from './format.ts';
import { keyId } from './kpi-values.ts';
import { fill, TEXTS, type Language, type Texts } from './strings.ts';
import { isGrave, type Tone } from './tile-model.ts';

export interface AlertCard {
  readonly id: string;
  readonly open: boolean;
  readonly tone: Tone;
  /** How grave it is while it fires; else its state. */
  readonly badge: string;
  readonly title: string;
  readonly key: string;
  readonly value: string;
  readonly threshold: string;
  readonly duration: string;
  readonly cause: string;
  readonly quote: string;
  /** Who acknowledged it, or that it is silenced; empty: nobody yet. */
  readonly note: string;
  readonly canAck: boolean;
  /** Somebody looks after it, and may give it back. */
  readonly canUnack: boolean;
  /** Began to fire within the last seconds, before our eyes. */
  readonly fresh: boolean;
  /** A link has led to it. */
  readonly linked: boolean;
  /** For the tooltip: the rule's own sentence. */
  readonly reason: string;
}
export interface AlertBoard {
  /** False: the engine recovers, and there may be more. */
  readonly isKnown: boolean;
  /** How many are open, listed or not; `500+` where more may be. */
  readonly openCount: string;
  /** Of them, those that are not listed. */
  readonly unlisted: number;
  readonly open: readonly AlertCard[];
  readonly resolved: readonly AlertCard[];
}

/** One pulse a second for so long, then steady (WCAG 2.3.1, 2.2.2). */
export const PULSE_MS = 5000;
const SEVERITIES = ['critical', 'major', 'minor', 'info'];
const STATES: readonly AlertState[] = ['firing', 'recovering', 'pending', 'resolved'];
const MAX_OPEN = 30;
const MAX_RESOLVED = 6;
const MAX_QUOTE = 80;

export interface AlertView {
  readonly lang: Language;
  readonly zone: string;
  readonly kpis: readonly KpiDescription[];
  /** The alert that a link has led to, before all others. */
  readonly linked: string | null;
}

export function alertBoard(state: BoardState, view: AlertView): AlertBoard {
  const all = [...state.alerts.values()];
  const isLinked = ({ message }: BoardAlert): number => Number(message.alert === view.linked);
  const open = all
    .filter(({ message }) => message.state !== 'resolved')
    .toSorted((a, b) => isLinked(b) - isLinked(a) || byUrgency(a, b));
  const resolved = all
    .filter(({ message }) => message.state === 'resolved')
    .toSorted((a, b) => isLinked(b) - isLinked(a) || Date.parse(b.message.at) - Date.parse(a.message.at));
  return {
    isKnown: !state.isRecovering,
    openCount: open.length >= MAX_ALERTS ? `${open.length}+` : String(open.length),
    unlisted: Math.max(0, open.length - MAX_OPEN),
    open: open.slice(0, MAX_OPEN).map((alert) => card(alert, state, view)),
    resolved: resolved.slice(0, MAX_RESOLVED).map((alert) => card(alert, state, view)),
  };
}

function byUrgency(a: BoardAlert, b: BoardAlert): number {
  return (
    STATES.indexOf(a.message.state) - STATES.indexOf(b.message.state) ||
    severityRank(a.message.severity) - severityRank(b.message.severity) ||
    Date.parse(b.message.since) - Date.parse(a.message.since) ||
    (a.message.alert < b.message.alert ? -1 : 1)
  );
}
function severityRank(severity: string): number {
  const rank = SEVERITIES.indexOf(severity);
  return rank < 0 ? SEVERITIES.length : rank;
}

function card({ message, firedAt }: BoardAlert, state: BoardState, view: AlertView): AlertCard {
  const texts = TEXTS[view.lang];
  const kpi = view.kpis.find(({ id }) => id === message.kpi);
  const show = (value: number | null): string =>
    quantityText(formatQuantity(value, kpi?.unit ?? 'none', kpi?.decimals ?? 1, view.lang));
  const open = message.state !== 'resolved';
  const isOfEvents = message.kpi === '';
  // Alerts speak only when their state changes; the number goes on.
  const live = state.kpis.get(message.kpi)?.latest.get(keyId(message.key));
  return {
    id: message.alert,
    open,
    tone: toneOf(message),
    badge: message.state === 'firing' ? severityText(message.severity, texts) : stateText(message.state, texts),
    title: message.title?.[view.lang] ?? kpi?.title[view.lang] ?? (isOfEvents ? message.rule : message.kpi),
    key: Object.keys(message.key).length === 0 ? texts.whole : nameOfKey(message.key, view.lang),
    value: isOfEvents ? eventsText(message.n, texts) : show(open ? (live?.value ?? message.value) : message.value),
    threshold: fill(texts.threshold, { rule: readable(message.threshold, show, texts) }),
    duration: durationText(message, state, view),
    cause: causeText(message, show, view.lang),
    quote: message.samples[0] === undefined ? '' : cutText(message.samples[0], MAX_QUOTE),
    note: message.acked !== null ? fill(texts.acked, { by: message.acked.by }) : message.silenced ? texts.silenced : '',
    canAck: open && message.acked === null,
    canUnack: open && message.acked !== null,
    linked: message.alert === view.linked,
    fresh: message.state === 'firing' && firedAt !== null && state.now - firedAt < PULSE_MS,
    reason: view.lang === 'zh-CN' ? (message.reason_zh ?? message.reason) : message.reason,
  };
}

/** An alert of a rule over events judges no KPI and has no value: how many events raised it says as much. */
export function eventsText(count: number, texts: Texts): string {
  return count === 1 ? texts.oneEvent : fill(texts.manyEvents, { count: String(count) });
}

function toneOf(message: AlertMessage): Tone {
  if (message.state === 'resolved') return 'ok';
  return message.state === 'firing' && isGrave(message.severity) ? 'breach' : 'warn';
}

function durationText(message: AlertMessage, state: BoardState, view: AlertView): string {
  const texts = TEXTS[view.lang];
  const now = serverNow(state);
  const [since, at] = [Date.parse(message.since), Date.parse(message.at)];
  if (message.state !== 'resolved') return fill(texts.alertFor, { age: formatSpan(now - since, view.lang) });
  // It was watched, and came to nothing.
  const isFalseStart = message.previous === 'pending';
  const resolved = fill(texts.resolvedAt, { time: formatInstant(at, now, view.zone, view.lang) });
  return `${resolved} / ${isFalseStart ? texts.neverFired : fill(texts.alertLasted, { age: formatSpan(at - since, view.lang) })}`;
}

/**
 * `value < 80` → `< 80%`; `low > 27` → `95% low end > 27%`; of several joined by `&&`, what it says of the value. Any other
 * expression as it is written.
 */
function readable(expression: string, show: (value: number) => string, texts: Texts): string {
  const parts = expression
    .split('&&')
    .map((part) => /^\s*(value|low|high)\s*(<=|>=|<|>)\s*(-?\d+(?:\.\d+)?)\s*$/.exec(part));
  const [subject, sign, limit] = (parts.find((part) => part?.[1] === 'value') ?? parts[0] ?? []).slice(1); // no part is a comparison: shown as written
  if (sign === undefined || parts.includes(null)) return expression;
  const rule = `${sign.replace('<=', '≤').replace('>=', '≥')} ${show(Number(limit)).replace(/\.0+(?=\D|$)/, '')}`;
  if (subject === 'value') return rule;
  return fill(subject === 'low' ? texts.lowEnd : texts.highEnd, { rule });
}

function causeText(message: AlertMessage, show: (value: number | null) => string, lang: Language): string {
  const cause = message.causes[0];
  if (cause === undefined) return '';
  const texts = TEXTS[lang];
  const own = Object.fromEntries(Object.entries(cause.key).filter(([dimension]) => !(dimension in message.key)));
  return fill(texts.cause, { key: nameOfKey(own, lang), value: show(cause.value) });
}

function severityText(severity: string, texts: Texts): string {
  switch (severity) {
    case 'critical':
      return texts.severityCritical;
    case 'major':
      return texts.severityMajor;
    case 'minor':
      return texts.severityMinor;
    case 'info':
      return texts.severityInfo;
    default:
      return severity;
  }
}
function stateText(state: AlertState, texts: Texts): string {
  switch (state) {
    case 'pending':
      return texts.alertPending;
    case 'firing':
      return texts.alertFiring;
    case 'recovering':
      return texts.alertRecovering;
    case 'resolved':
      return texts.alertResolved;
  }
}
