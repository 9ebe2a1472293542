/** The values of one KPI as the board keeps them: the newest one a key, and the course of the key in the headline. Pure. */
import type { KpiMessage } from '../../engine/core/wire.ts';
import { instantOf } from './instant.ts';

export type Key = Readonly<Record<string, string>>;

/** One window of the headline's course. */
export interface Point {
  /** Window end, ms since the epoch. */
  readonly t: number;
  readonly v: number | null;
  /** The 95 % interval; null: it has none. */
  readonly low: number | null;
  readonly high: number | null;
  /** Cases behind the value. */
  readonly n: number;
  readonly revision: number;
  readonly final: boolean;
  /** It may lack events: nothing is judged by it or held against it. */
  readonly partial?: boolean;
}

export interface KpiValues {
  readonly latest: ReadonlyMap<string, KpiMessage>;
  /** Ascending by `t`, no two alike. */
  readonly points: readonly Point[];
}

export const NO_VALUES: KpiValues = { latest: new Map(), points: [] };
/** Beyond these the oldest go: a screen that hangs for a year must not grow. */
export const MAX_POINTS = 720;
export const MAX_KEYS = 2000;
const CUT_KEYS = 500;

/** Values of one key that follow each other share it, so that its text is made once. */
const ids = new WeakMap<Key, string>();

/** The same text for the same key, whatever the order of its dimensions. */
export function keyId(key: Key): string {
  let id = ids.get(key);
  if (id === undefined) {
    id = JSON.stringify(Object.entries(key).sort(([a], [b]) => (a < b ? -1 : 1)));
    ids.set(key, id);
  }
  return id;
}

/** Whether `key` has all of `base`'s dimensions with the same values, and more. */
export function isFiner(key: Key, base: Key): boolean {
  const dimensions = Object.keys(base);
  return (
    Object.keys(key).length > dimensions.length && dimensions.every((dimension) => key[dimension] === base[dimension])
  );
}

/**
 * The later window end is newer. Of one window the final value stands over the filling one, and a higher revision over a
 * lower; else what comes later. Windows of one end and different starts (merged sessions): what comes later.
 */
export function isNewer(next: KpiMessage, old: KpiMessage): boolean {
  const ends = instantOf(next.window.end) - instantOf(old.window.end);
  if (ends !== 0) return ends > 0;
  if (next.window.start !== old.window.start) return true;
  if (next.final !== old.final) return next.final;
  return next.revision >= old.revision;
}

/**
 * Takes in messages of one KPI, in the order received.
 * @param headline id of the key whose course is kept.
 */
export function withMessages(values: KpiValues, messages: readonly KpiMessage[], headline: string): KpiValues {
  const latest = new Map(values.latest);
  let points = values.points;
  for (const message of messages) {
    const id = keyId(message.key);
    const old = latest.get(id);
    if (message.retracted === true) {
      if (old?.window.start === message.window.start && old.window.end === message.window.end) latest.delete(id);
      if (id === headline) points = withoutPoint(points, instantOf(message.window.end));
      continue;
    }
    if (old === undefined || isNewer(message, old)) latest.set(id, message);
    if (id === headline) points = withPoint(points, pointOf(message));
  }
  return { latest: bounded(latest, headline), points };
}

/** A new snapshot is the whole truth: only the course behind it is kept. */
export function replacedBy(values: KpiValues, messages: readonly KpiMessage[], headline: string): KpiValues {
  const fresh = withMessages(NO_VALUES, messages, headline);
  const end = fresh.points.at(-1)?.t ?? -Infinity;
  const before = values.points.filter((point) => point.t < end);
  return { latest: fresh.latest, points: [...before, ...fresh.points].sort((a, b) => a.t - b.t).slice(-MAX_POINTS) };
}

/** History that arrives after live values never overwrites a newer revision of the same window. */
export function withHistory(values: KpiValues, messages: readonly KpiMessage[], headline: string): KpiValues {
  let points = values.points;
  for (const message of messages) {
    if (message.retracted !== true && keyId(message.key) === headline) points = withPoint(points, pointOf(message));
  }
  return { latest: values.latest, points };
}

function pointOf(message: KpiMessage): Point {
  return {
    t: instantOf(message.window.end),
    v: message.value,
    low: message.interval?.[0] ?? null,
    high: message.interval?.[1] ?? null,
    n: message.n,
    revision: message.revision,
    final: message.final,
    ...(message.partial === true ? { partial: true } : null),
  };
}

function withPoint(points: readonly Point[], point: Point): readonly Point[] {
  if (!Number.isFinite(point.t)) return points;
  const at = points.findLastIndex((other) => other.t <= point.t);
  const same = points[at];
  if (same?.t === point.t) {
    const older = point.final === same.final ? point.revision < same.revision : same.final;
    return older ? points : points.with(at, point);
  }
  return points.toSpliced(at + 1, 0, point).slice(-MAX_POINTS);
}

function withoutPoint(points: readonly Point[], t: number): readonly Point[] {
  return points.filter((point) => point.t !== t);
}

/** Keys that were silent longest go first; the headline never goes. Cuts in strokes, so that a flood of keys costs little. */
function bounded(latest: Map<string, KpiMessage>, headline: string): ReadonlyMap<string, KpiMessage> {
  if (latest.size <= MAX_KEYS + CUT_KEYS) return latest;
  const byAge = [...latest]
    .map(([id, { window }]) => ({ id, end: instantOf(window.end) }))
    .sort((a, b) => a.end - b.end);
  for (const { id } of byAge) {
    if (latest.size <= MAX_KEYS) break;
    if (id !== headline) latest.delete(id);
  }
  return latest;
}
