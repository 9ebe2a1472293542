/**
 * Whose clock runs ahead, and whether most events come late: of what arrived in the last ten minutes, by source. Bounded, not
 * saved, and it changes no result.
 */
import { NO_CLOCK_FINDINGS, type ClockFindings } from '../core/partition/clock-findings.ts';
import { sourceName, sourceOf } from '../core/text/source-of.ts';
import type { Envelope, Millis } from '../core/types.ts';
import type { Outlet } from './commits/outlet.ts';

export const MOST_SOURCES = 32;
export const FORGET_AFTER_MS = 600_000;
/** A lead shorter than this, or than `out_of_orderness`, is a clock as clocks are. */
const LEAST_LEAD_MS = 1000;
/** Fewer late events are no sign. */
const LEAST_LATE = 20;
/** Counts are halved at so many, so that they tell of the recent past. */
const HALVED_AT = 4096;

interface Ahead {
  leadMs: Millis;
  events: number;
  seenAt: Millis;
}

export class ClockWatch {
  readonly #ahead = new Map<string, Ahead>();
  readonly #lateBySource = new Map<string, number>();
  readonly #leastLeadMs: Millis;
  readonly #outlet: Pick<Outlet, 'counters' | 'count'>;
  #lateBefore: number;
  #moreAt = -Infinity;
  #lateAt = -Infinity;
  #all = 0;
  #late = 0;

  /** `outlet`: of the same partition; it counts `events_late`, and here `events_ahead`. */
  constructor(outOfOrdernessMs: Millis, outlet: Pick<Outlet, 'counters' | 'count'>) {
    this.#leastLeadMs = Math.max(LEAST_LEAD_MS, outOfOrdernessMs);
    this.#outlet = outlet;
    this.#lateBefore = this.#lateSoFar();
  }

  /** Each event from outside, after the chain has taken it. `stored`: when the broker stored it. */
  watch({ id, ts }: Envelope<unknown>, stored: Millis): void {
    const leadMs = ts - stored;
    if (leadMs > this.#leastLeadMs) {
      this.#outlet.count('events_ahead');
      this.#sawAhead(sourceOf(id), leadMs, stored);
    }
    if (++this.#all >= HALVED_AT) this.#halve();
    const late = this.#lateSoFar();
    if (late === this.#lateBefore) return;
    this.#lateBefore = late;
    this.#sawLate(sourceOf(id), stored);
  }

  #lateSoFar(): number {
    return this.#outlet.counters.get('events_late') ?? 0; // none yet
  }

  #sawAhead(source: string, leadMs: Millis, stored: Millis): void {
    const known = this.#ahead.get(source);
    if (known !== undefined) {
      known.leadMs = leadMs;
      known.events++;
      known.seenAt = Math.max(known.seenAt, stored);
    } else if (this.#ahead.size < MOST_SOURCES || this.#makeSpace(leadMs, stored)) {
      this.#ahead.set(source, { leadMs, events: 1, seenAt: stored });
    }
  }

  #sawLate(source: string, stored: Millis): void {
    this.#late++;
    this.#lateAt = Math.max(this.#lateAt, stored);
    const events = this.#lateBySource.get(source);
    if (events === undefined && this.#lateBySource.size >= MOST_SOURCES) return;
    this.#lateBySource.set(source, (events ?? 0) + 1); // none yet
  }

  findings(now: Millis): ClockFindings {
    const since = now - FORGET_AFTER_MS;
    for (const [source, { seenAt }] of this.#ahead) if (seenAt < since) this.#ahead.delete(source);
    const isLate = this.#lateAt >= since && this.#late >= LEAST_LATE && this.#late * 2 > this.#all;
    if (this.#ahead.size === 0 && !isLate) return NO_CLOCK_FINDINGS;
    const ahead = [...this.#ahead].map(([id, { leadMs, events }]) => ({ source: sourceName(id), leadMs, events }));
    return {
      ahead: ahead.sort((a, b) => b.leadMs - a.leadMs || (a.source < b.source ? -1 : 1)),
      isMore: this.#moreAt >= since,
      late: isLate ? { events: this.#late, of: this.#all, sources: this.#latest() } : null,
    };
  }

  /** The source of the least lead, or one not heard of for long, goes. */
  #makeSpace(leadMs: Millis, now: Millis): boolean {
    this.#moreAt = Math.max(this.#moreAt, now);
    let least: string | undefined;
    let leastMs = leadMs;
    for (const [source, { leadMs: lead, seenAt }] of this.#ahead) {
      const rank = seenAt < now - FORGET_AFTER_MS ? -Infinity : lead;
      if (rank >= leastMs) continue;
      leastMs = rank;
      least = source;
    }
    return least !== undefined && this.#ahead.delete(least);
  }

  #latest(): readonly string[] {
    return [...this.#lateBySource].sort(([, a], [, b]) => b - a).map(([id]) => sourceName(id));
  }

  #halve(): void {
    this.#all = Math.floor(this.#all / 2);
    this.#late = Math.floor(this.#late / 2);
    for (const [source, events] of this.#lateBySource) {
      if (events > 1) this.#lateBySource.set(source, Math.floor(events / 2));
      else this.#lateBySource.delete(source);
    }
  }
}
