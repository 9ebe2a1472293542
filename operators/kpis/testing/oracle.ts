/**
 * The slow, obvious batch computation that the operator is held against: all events at hand, each window by itself, nothing
 * shared, nothing incremental. For tests; written from what windows and measures promise, not from the operator.
 */
import type { Millis } from '../../../engine/core/types.ts';
import type { KpiConfig } from '../kpis-config.ts';
import type { OracleValue } from '../../measures/testing/oracle-tools.ts';
import { measured } from '../../measures/testing/oracles.ts';
import type { WindowConfig } from '../../windows/window-config.ts';
import type { CompileExpression, CxEnvelope, CxEvent } from '../../shared/messages.ts';

/** `<kpi>|<dimension values as JSON>|<start>|<end>` → what the window's last revision has to say. */
export type OracleResult = Map<string, OracleValue>;

export function batchValues(
  kpis: readonly KpiConfig[],
  events: readonly CxEnvelope[],
  zone: string,
  compile: CompileExpression,
): OracleResult {
  const result: OracleResult = new Map();
  for (const kpi of kpis) {
    const where = kpi.where === null ? () => true : compile(kpi.where);
    const matching = events.filter(
      ({ value }) => kpi.from.includes(value.type) && where(value as unknown as Record<string, unknown>) === true,
    );
    for (const dimensions of kpi.by) {
      const groups = groupBy(matching, ({ value }) =>
        JSON.stringify(dimensions.map((name) => plainDimension(value, name))),
      );
      for (const [key, group] of groups) {
        for (const { start, end } of windowsOf(
          kpi.window,
          group.map(({ ts }) => ts),
          zone,
        )) {
          const inside = group.filter(({ ts }) => ts >= start && ts < end).map(({ value }) => value);
          const value = measured(kpi.measure, { events: inside, compile, span: end - start });
          if (value.n > 0) result.set(`${kpi.id}|${key}|${start}|${end}`, value);
        }
      }
    }
  }
  return result;
}

function plainDimension(event: CxEvent, name: string): string {
  const customer = event.data['customer'] as Record<string, unknown> | undefined;
  const value = name === 'channel' ? event.channel : name === 'tier' ? customer?.['tier'] : event.data[name];
  return typeof value === 'string'
    ? value
    : typeof value === 'number' || typeof value === 'boolean'
      ? String(value)
      : '';
}

interface Window {
  readonly start: Millis;
  readonly end: Millis;
}

export function windowsOf(config: WindowConfig, times: readonly Millis[], zone: string): readonly Window[] {
  if (config.kind === 'session') return sessionsOf(times, config.gapMs);
  // Where a zone skipped a day two end at the same instant: the longer one counts.
  const windows = new Map<Millis, Window>();
  for (const ts of times) {
    for (const window of config.kind === 'cumulative' ? toDate(config, ts, zone) : stepping(config, ts, zone)) {
      if (window.start < (windows.get(window.end)?.start ?? window.end)) windows.set(window.end, window);
    }
  }
  return [...windows.values()];
}

function sessionsOf(times: readonly Millis[], gap: Millis): readonly Window[] {
  const sessions: { start: Millis; end: Millis }[] = [];
  for (const ts of [...times].sort((a, b) => a - b)) {
    const last = sessions.at(-1);
    if (last !== undefined && ts <= last.end) last.end = ts + gap;
    else sessions.push({ start: ts, end: ts + gap });
  }
  return sessions;
}

const DAY = 86_400_000;

function stepping(
  config: Extract<WindowConfig, { kind: 'tumbling' | 'sliding' }>,
  ts: Millis,
  zone: string,
): readonly Window[] {
  const size = config.sizeMs;
  const slide = config.kind === 'sliding' ? config.slideMs : size;
  const windows: Window[] = [];
  if (config.kind === 'sliding' && config.fromMidnight === true) {
    for (let day = localDay(ts, zone); day <= localDay(ts, zone) + size / DAY + 1; day++) {
      for (const end of stepsOf(day, slide, zone)) {
        const began = midnight(day - size / DAY, zone);
        const over = midnight(day - size / DAY + 1, zone);
        const start = end === midnight(day + 1, zone) ? over : Math.min(began + end - midnight(day, zone), over);
        if (start <= ts && ts < end) windows.push({ start, end });
      }
    }
    return windows;
  }
  if (slide < DAY) {
    for (let start = Math.floor(ts / slide) * slide; start + size > ts; start -= slide)
      windows.push({ start, end: start + size });
    return windows;
  }
  const day = localDay(ts, zone);
  const phase = slide % (7 * DAY) === 0 ? 4 : 0;
  const step = slide / DAY;
  for (let first = day; first + size / DAY > day; first--) {
    if ((((first - phase) % step) + step) % step === 0) {
      windows.push({ start: midnight(first, zone), end: midnight(first + size / DAY, zone) });
    }
  }
  return windows;
}

function toDate(config: Extract<WindowConfig, { kind: 'cumulative' }>, ts: Millis, zone: string): readonly Window[] {
  let first = localDay(ts, zone);
  let next = first + 1;
  if (config.period === 'week') {
    while (Math.abs(first - 4) % 7 !== 0) first--;
    next = first + 7;
  } else if (config.period === 'month') {
    while (!dateOf(first * DAY, 'UTC').endsWith('-01')) first--;
    while (!dateOf(next * DAY, 'UTC').endsWith('-01')) next++;
  }
  const start = midnight(first, zone);
  const end = midnight(next, zone);
  const edges: Millis[] = [];
  if (config.everyMs % DAY === 0) {
    for (let day = first + config.everyMs / DAY; day < next; day += config.everyMs / DAY)
      edges.push(midnight(day, zone));
    edges.push(end);
  } else {
    for (let day = first; day < next; day++) edges.push(...stepsOf(day, config.everyMs, zone));
  }
  return edges.filter((edge) => edge > ts).map((edge) => ({ start, end: edge }));
}

/** The ends of a day's steps: every so long from its midnight on, and its own end. */
function stepsOf(day: number, step: Millis, zone: string): readonly Millis[] {
  const edges: Millis[] = [];
  const end = midnight(day + 1, zone);
  for (let edge = midnight(day, zone) + step; edge < end; edge += step) edges.push(edge);
  return end > midnight(day, zone) ? [...edges, end] : [];
}

const formats = new Map<string, Intl.DateTimeFormat>();
/** `2026-03-02`. */
function dateOf(ts: Millis, zone: string): string {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' });
    formats.set(zone, format);
  }
  return format.format(ts);
}
/** Days since 1970-01-01 in the zone, by the runtime's own calendar. */
function localDay(ts: Millis, zone: string): number {
  const [year = 0, month = 0, day = 0] = dateOf(ts, zone).split('-').map(Number);
  return Date.UTC(year, month - 1, day) / DAY;
}
const midnights = new Map<string, Millis>();
/** The first instant of a local day, found by looking. */
function midnight(day: number, zone: string): Millis {
  const id = `${zone}|${day}`;
  const known = midnights.get(id);
  if (known !== undefined) return known;
  let low = day * DAY - 2 * DAY;
  let high = day * DAY + 2 * DAY;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (localDay(middle, zone) >= day) high = middle;
    else low = middle + 1;
  }
  midnights.set(id, low);
  return low;
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
