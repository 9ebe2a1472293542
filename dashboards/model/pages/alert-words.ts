/** How an alert is spoken of on the pages: its key, value, rule, owner, how long. Pure. */
import type { AlertMessage, KpiDescription, KpiMessage, RuleDescription } from '../../../engine/core/wire.ts';
import { eventsText } from '../alert-model.ts';
import { nameOfKey } from '../dimension-names.ts';
import { formatInstant, formatQuantity, formatSpan, quantityText } from '../format.ts';
import { keyId } from '../kpi-values.ts';
import type { BoardState } from '../board.ts';
import { fill, TEXTS, type Language } from '../strings.ts';
import type { Episode } from './episodes.ts';
import { PAGE_TEXTS } from './page-strings.ts';
import { limitText } from './rule-limits.ts';

export interface WordsView {
  readonly lang: Language;
  readonly zone: string;
  readonly now: number;
  readonly kpis: readonly KpiDescription[];
  readonly rules: readonly RuleDescription[];
}

export { keyWords as keyText, severityWord as severityText } from '../alert-model.ts';

/** A value of this KPI with its unit. */
export function valueText(kpi: string, value: number | null, { kpis, lang }: WordsView): string {
  const found = kpis.find(({ id }) => id === kpi);
  return quantityText(formatQuantity(value, found?.unit ?? 'none', found?.decimals ?? 1, lang));
}

/** What an alert's value is: of a rule over events, how many raised it. */
export function alertValue({ kpi, n }: AlertMessage, value: number | null, view: WordsView): string {
  return kpi === '' ? eventsText(n, TEXTS[view.lang]) : valueText(kpi, value, view);
}

export function kpiTitle(kpi: string, { kpis, lang }: WordsView): string {
  return kpis.find(({ id }) => id === kpi)?.title[lang] ?? kpi;
}
export function alertTitle(message: AlertMessage, view: WordsView): string {
  return message.title?.[view.lang] ?? (message.kpi === '' ? message.rule : kpiTitle(message.kpi, view));
}

/** What is wrong: the KPI; of a rule over events what the rule is called. */
export function subjectTitle(message: AlertMessage, view: WordsView): string {
  return message.kpi === '' ? alertTitle(message, view) : kpiTitle(message.kpi, view);
}

/** `95% low end > 40%, for 30 s`; of a rule over events, whose condition is for whoever wrote it, that it is one. */
export function ruleText(message: AlertMessage, view: WordsView): string {
  if (message.kpi === '') return PAGE_TEXTS[view.lang].ruleOfEvents;
  const rule = view.rules.find(({ id }) => id === message.rule);
  const limit = limitText(message.threshold, (value) => valueText(message.kpi, value, view), view.lang);
  if (rule === undefined || rule.for_ms === 0) return limit;
  return fill(PAGE_TEXTS[view.lang].ruleOf, { rule: limit, for: formatSpan(rule.for_ms, view.lang) });
}

/** Who looks after it, and what they said. */
export function ackText(message: AlertMessage, lang: Language): string {
  const texts = PAGE_TEXTS[lang];
  if (message.acked === null) return texts.notAcked;
  const { by, note } = message.acked;
  return note === undefined ? fill(texts.ackedBy, { by }) : fill(texts.ackedByNote, { by, note });
}

export function causeText(message: AlertMessage, view: WordsView): string {
  const cause = message.causes[0];
  if (cause === undefined) return '–';
  const own = Object.entries(cause.key).filter(([dimension]) => !(dimension in message.key));
  return `${nameOfKey(Object.fromEntries(own), view.lang)} ${valueText(message.kpi, cause.value, view)}`;
}

/** `09:12:00 – 09:58:10` */
export function spanText({ message, endedAt }: Episode, { now, zone, lang }: WordsView): string {
  const instant = (at: number): string => formatInstant(at, now, zone, lang);
  const from = instant(Date.parse(message.since));
  return fill(PAGE_TEXTS[lang].startedEnded, { from, to: endedAt === null ? '' : instant(endedAt) });
}

/** Alerts speak only when their state changes; the number goes on. */
export function liveValue(message: AlertMessage, state: BoardState): KpiMessage | null {
  return state.kpis.get(message.kpi)?.latest.get(keyId(message.key)) ?? null;
}

/** Whether a value lies further off than another, by what is better for its KPI. */
export function isWorse(kpis: readonly KpiDescription[]): (kpi: string, value: number, than: number) => boolean {
  return (id, value, than) => {
    const isLower = kpis.find((kpi) => kpi.id === id)?.better === 'higher';
    return isLower ? value < than : value > than;
  };
}
