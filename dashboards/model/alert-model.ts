/** What one alert says on the overview: what, where, how bad, since when, who has it. Pure. */
import type { AlertMessage, AlertState, KpiDescription } from '../../engine/core/wire.ts';
import { serverNow, type BoardAlert, type BoardState } from './board.ts';
import { nameOfKey } from './dimension-names.ts';
import { formatInstant, formatQuantity, formatSpan, quantityText } from './format.ts';
import { keyId } from './kpi-values.ts';
import { fill, TEXTS, type Language, type Texts } from './strings.ts';
import { isGrave } from './tile-model.ts';

/** Filled: critical and nobody has it; outlined: grave; a word alone: less, or no longer so. */
export type AlertLook = 'critical' | 'major' | 'warn' | 'ok';

export interface AlertCard {
  readonly id: string;
  readonly open: boolean;
  readonly look: AlertLook;
  /** How grave it is while it fires; else its state. */
  readonly badge: string;
  readonly title: string;
  readonly key: string;
  readonly value: string;
  readonly duration: string;
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
/** One pulse a second for so long, then steady (WCAG 2.3.1, 2.2.2). */
export const PULSE_MS = 5000;

export interface AlertView {
  readonly lang: Language;
  readonly zone: string;
  readonly kpis: readonly KpiDescription[];
  /** The alert that a link has led to, before all others. */
  readonly linked: string | null;
}

/** `华东·App`; cut after so many characters a value. */
export function keyWords(key: Readonly<Record<string, string>>, lang: Language, most?: number): string {
  if (Object.keys(key).length === 0) return TEXTS[lang].whole;
  return nameOfKey(key, lang, most).replaceAll(' / ', TEXTS[lang].joint);
}

export function alertCard({ message, firedAt }: BoardAlert, state: BoardState, view: AlertView): AlertCard {
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
    look: lookOf(message),
    badge: message.state === 'firing' ? severityWord(message.severity, view.lang) : stateText(message.state, texts),
    title: message.title?.[view.lang] ?? kpi?.title[view.lang] ?? (isOfEvents ? message.rule : message.kpi),
    key: keyWords(message.key, view.lang),
    value: isOfEvents ? eventsText(message.n, texts) : show(open ? (live?.value ?? message.value) : message.value),
    duration: durationText(message, state, view),
    note: message.acked !== null ? fill(texts.acked, { by: message.acked.by }) : message.silenced ? texts.silenced : '',
    canAck: open && message.acked === null,
    canUnack: open && message.acked !== null,
    linked: message.alert === view.linked,
    fresh: message.state === 'firing' && firedAt !== null && state.now - firedAt < PULSE_MS,
    reason: view.lang === 'zh-CN' ? (message.reason_zh ?? message.reason) : message.reason,
  };
}

export function severityWord(severity: string, lang: Language): string {
  const texts = TEXTS[lang];
  const words: Readonly<Record<string, string>> = {
    critical: texts.severityCritical,
    major: texts.severityMajor,
    minor: texts.severityMinor,
    info: texts.severityInfo,
  };
  return words[severity] ?? severity; // of the company's own
}

/** An alert of a rule over events judges no KPI and has no value: how many events raised it says as much. */
export function eventsText(count: number, texts: Texts): string {
  return fill(texts.countedEvents, { count: String(count) });
}

function lookOf({ state, severity, acked, silenced }: AlertMessage): AlertLook {
  if (state === 'resolved') return 'ok';
  if (state !== 'firing' || !isGrave(severity) || silenced) return 'warn';
  return severity === 'critical' && acked === null ? 'critical' : 'major';
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
