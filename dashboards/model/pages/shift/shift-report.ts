/** What happened in a shift, from what the stream holds: KPIs over its span, alerts, what is left for the next. Pure. */
import type { AlertMessage, KpiDescription, KpiMessage } from '../../../../engine/core/wire.ts';
import type { Span } from '../../../line/page-client.ts';
import { severityRank } from '../alert-groups.ts';
import { sizeOf } from '../chart-points.ts';
import { isFalseStart, type Episode } from '../episodes.ts';

export const SHIFT_SPANS = ['4h', '8h', '12h', '24h'] as const;
export type ShiftSpan = (typeof SHIFT_SPANS)[number];
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Windows are looked at so often, or once a window where that is longer: none counts twice. */
const STEP_MS = 300_000;
/** Less of a difference than this share of the value is none. */
const SAME_SHARE = 0.01;

export interface ShiftAddress {
  readonly span: ShiftSpan;
  /** The end, ms; null: now. */
  readonly to: number | null;
}

export function shiftAddress(search: string): ShiftAddress {
  const query = new URLSearchParams(search);
  const to = Date.parse(query.get('to') ?? ''); // now
  return {
    span: SHIFT_SPANS.find((span) => span === query.get('span')) ?? '8h',
    to: Number.isNaN(to) ? null : to,
  };
}
export function shiftSpan({ span, to }: ShiftAddress, now: number): Span {
  const end = Math.min(to ?? now, now);
  return { from: end - Number.parseInt(span, 10) * HOUR_MS, to: end };
}
export function shiftStep(window: unknown): number {
  return Math.max(STEP_MS, sizeOf(window) ?? 0); // of a window that has no size, any will do
}
export const dayBefore = ({ from, to }: Span, days: number): Span => ({
  from: from - days * DAY_MS,
  to: to - days * DAY_MS,
});

export interface ShiftKpi {
  readonly kpi: KpiDescription;
  /** Of its windows, weighted by their n; null: it had none. */
  readonly mean: number | null;
  /** The window furthest off; null where nobody judges, or there was none. */
  readonly worst: { readonly value: number; readonly at: number } | null;
  /** Of the windows with a value, 0…1; null: no target, or no window. */
  readonly onTarget: number | null;
  readonly n: number;
  /** The mean less that of the same hours of yesterday and of a week ago; 0: the same; null: not known. */
  readonly day: number | null;
  readonly week: number | null;
  readonly now: 'ok' | 'off' | 'alert' | 'noTarget' | 'noData';
}
export interface KpiCourses {
  readonly kpi: KpiDescription;
  readonly shift: readonly KpiMessage[];
  readonly day: readonly KpiMessage[];
  readonly week: readonly KpiMessage[];
}

/** @param open alerts that are open now */
export function shiftKpi({ kpi, shift, day, week }: KpiCourses, open: readonly AlertMessage[]): ShiftKpi {
  const values = shift.filter(isWhole);
  const mean = meanOf(values);
  const { target } = kpi;
  const good = (value: number): boolean => (kpi.better === 'lower' ? value <= Number(target) : value >= Number(target));
  const worst = values.reduce<KpiMessage | null>((found, one) => {
    const isWorse =
      kpi.better === 'lower' ? Number(one.value) > Number(found?.value) : Number(one.value) < Number(found?.value);
    return found === null || isWorse ? one : found;
  }, null);
  const last = values.at(-1);
  const state = (): ShiftKpi['now'] => {
    if (open.some((alert) => alert.kpi === kpi.id && alert.state !== 'pending' && !alert.silenced)) return 'alert';
    if (last === undefined) return 'noData';
    if (target === null) return 'noTarget';
    return good(Number(last.value)) ? 'ok' : 'off';
  };
  return {
    kpi,
    mean,
    worst: worst === null || target === null ? null : { value: Number(worst.value), at: Date.parse(worst.window.end) },
    onTarget:
      target === null || values.length === 0
        ? null
        : values.filter(({ value }) => good(Number(value))).length / values.length,
    n: values.reduce((sum, { n }) => sum + n, 0),
    day: difference(mean, meanOf(day.filter(isWhole))),
    week: difference(mean, meanOf(week.filter(isWhole))),
    now: state(),
  };
}

/** A window that lacks events, or has none, says nothing of the shift. */
function isWhole({ value, partial, retracted }: KpiMessage): boolean {
  return value !== null && partial !== true && retracted !== true;
}

function meanOf(values: readonly KpiMessage[]): number | null {
  const weight = values.reduce((sum, { n }) => sum + n, 0);
  if (values.length === 0) return null;
  if (weight === 0) return values.reduce((sum, { value }) => sum + Number(value), 0) / values.length;
  return values.reduce((sum, { value, n }) => sum + Number(value) * n, 0) / weight;
}

function difference(mean: number | null, before: number | null): number | null {
  if (mean === null || before === null) return null;
  const change = mean - before;
  return Math.abs(change) <= Math.abs(before) * SAME_SHARE ? 0 : change;
}

export interface ShiftAlert {
  readonly episode: Episode;
  readonly from: number;
  /** null: it goes on. */
  readonly to: number | null;
  /** How long it waited for somebody; null: nobody took it. */
  readonly ackedAfterMs: number | null;
  readonly by: string | null;
}
export interface ShiftAlerts {
  /** Open ones first, then the gravest, the longest. */
  readonly alerts: readonly ShiftAlert[];
  readonly open: number;
  readonly notAcked: number;
}

/** Those that fired in the span, at its beginning already or begun within. */
export function shiftAlerts(episodes: Iterable<Episode>, { from, to }: Span): ShiftAlerts {
  const alerts: ShiftAlert[] = [];
  for (const episode of episodes) {
    const { message, endedAt } = episode;
    const began = Date.parse(message.since);
    const isOpen = endedAt === null || endedAt > to;
    if (isFalseStart(episode) || message.state === 'pending') continue;
    if (began > to || (endedAt !== null && endedAt < from)) continue;
    const { acked } = message;
    const ackedAt = acked === null ? null : Date.parse(acked.at);
    alerts.push({
      episode,
      from: began,
      to: isOpen ? null : endedAt,
      ackedAfterMs: ackedAt === null ? null : Math.max(0, ackedAt - began),
      by: acked?.by ?? null,
    });
  }
  alerts.sort(
    (a, b) =>
      Number(a.to !== null) - Number(b.to !== null) ||
      severityRank(a.episode.message.severity) - severityRank(b.episode.message.severity) ||
      a.from - b.from,
  );
  const open = alerts.filter(isStillOpen);
  return { alerts, open: open.length, notAcked: open.filter(({ by }) => by === null).length };
}

/** Somebody has to look after it: it goes on, and nobody silenced it. */
export function isStillOpen({ to, episode }: ShiftAlert): boolean {
  return to === null && !episode.message.silenced;
}

/** Rows of the strip: each rule with its alerts, those that were open longest first. */
export function stripRows(alerts: readonly ShiftAlert[], { from, to }: Span): readonly (readonly ShiftAlert[])[] {
  const rows = new Map<string, ShiftAlert[]>();
  for (const alert of alerts) {
    const { rule } = alert.episode.message;
    const row = rows.get(rule);
    if (row === undefined) rows.set(rule, [alert]);
    else row.push(alert);
  }
  const length = (row: readonly ShiftAlert[]): number =>
    row.reduce((sum, one) => sum + (one.to ?? to) - Math.max(from, one.from), 0);
  return [...rows.values()].sort((a, b) => length(b) - length(a));
}

/** Quotes of the gravest alerts, each once. */
export function shiftQuotes(alerts: readonly ShiftAlert[], most: number): readonly string[] {
  return [...new Set(alerts.flatMap(({ episode }) => episode.message.samples))].slice(0, most);
}

/** For a spreadsheet: the KPIs, as they stand on the page but unrounded. */
export function shiftCsv(rows: readonly ShiftKpi[]): string {
  const lines = rows.map(({ kpi, mean, worst, onTarget, n, day, week, now }) =>
    [
      kpi.id,
      mean,
      worst?.value,
      worst === null ? null : new Date(worst.at).toISOString(),
      kpi.target,
      onTarget,
      n,
      day,
      week,
      now,
    ]
      .map((cell) => cell ?? '') // an empty cell
      .join(','),
  );
  return ['kpi,mean,worst,worst_at,target,on_target,n,vs_yesterday,vs_last_week,now', ...lines].join('\r\n');
}
