/**
 * What KPIs are over events of the past, computed slowly and in the open: every window by itself, from the list of events. Written
 * from what windows and measures promise, and shares nothing with the engine.
 */
export interface PastEvent {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly time: string;
  readonly data: Readonly<Record<string, unknown>>;
}
export type Span = readonly [start: number, end: number];

/** One KPI: as the engine is configured, and as it is computed here. */
export interface PastKpi {
  readonly config: { readonly id: string; readonly by?: readonly (readonly string[])[] } & Record<string, unknown>;
  /** Whether it counts in n. */
  readonly counts: (event: PastEvent) => boolean;
  readonly value: (
    counted: readonly PastEvent[],
    all: readonly PastEvent[],
    span: Span,
  ) => number | null | readonly unknown[];
  /** The windows that hold this instant; of sessions: the gap. */
  readonly windows: ((time: number) => readonly Span[]) | { readonly gapMs: number };
  /** Which events it reads at all. */
  readonly reads: (event: PastEvent) => boolean;
  /** How far the engine's number may be off, in parts of it: of sketches. */
  readonly within?: number;
}
export interface PastSet {
  readonly name: string;
  readonly events: readonly PastEvent[];
  readonly kpis: readonly PastKpi[];
}

export interface Figure {
  readonly value: number | null | readonly unknown[];
  readonly n: number;
}

/** By `kpi key start end`. */
export function batchOf({ events, kpis }: PastSet): ReadonlyMap<string, Figure> {
  const seen = new Set<string>();
  const once = events.filter(({ source, id }) => {
    const name = `${source} ${id}`;
    return !seen.has(name) && seen.add(name);
  });
  const figures = new Map<string, Figure>();
  for (const kpi of kpis) {
    const read = once.filter(kpi.reads);
    for (const dimensions of kpi.config.by ?? [[]]) {
      const keys = new Map<string, PastEvent[]>();
      for (const event of read) {
        const key = Object.fromEntries(dimensions.map((name) => [name, textOf(event.data[name])]));
        const name = keyText(key);
        keys.set(name, [...(keys.get(name) ?? []), event]); // the first of its key
      }
      for (const [key, ofKey] of keys) {
        for (const [span, inside] of spansOf(kpi, ofKey)) {
          const counted = inside.filter(kpi.counts);
          if (counted.length === 0) continue;
          const value = kpi.value(counted, inside, span);
          figures.set(`${kpi.config.id} ${key} ${String(span[0])} ${String(span[1])}`, { value, n: counted.length });
        }
      }
    }
  }
  return figures;
}

export function keyText(key: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(Object.entries(key).sort(([a], [b]) => (a < b ? -1 : 1)));
}
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function spansOf(
  { windows, counts }: PastKpi,
  events: readonly PastEvent[],
): readonly (readonly [Span, PastEvent[]])[] {
  const spans = new Map<string, [Span, PastEvent[]]>();
  if (typeof windows === 'function') {
    for (const event of events) {
      for (const span of windows(Date.parse(event.time))) {
        const name = span.join(' ');
        const known = spans.get(name);
        if (known === undefined) spans.set(name, [span, [event]]);
        else known[1].push(event);
      }
    }
    return [...spans.values()];
  }
  const { gapMs } = windows;
  const sorted = events.filter(counts).sort((a, b) => Date.parse(a.time) - Date.parse(b.time));
  const sessions: [Span, PastEvent[]][] = [];
  for (const event of sorted) {
    const time = Date.parse(event.time);
    const last = sessions.at(-1);
    if (last !== undefined && time <= last[0][1]) {
      last[0] = [last[0][0], time + gapMs];
      last[1].push(event);
    } else sessions.push([[time, time + gapMs], [event]]);
  }
  return sessions;
}
