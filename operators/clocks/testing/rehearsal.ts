/** Plays records into a table and keeps what it says, as whoever reads its messages would have it. */
import { ensure, must } from '../../../engine/core/must.ts';
import type { Millis } from '../../../engine/core/types.ts';
import type { ClockPlan, Fact, Said, VerbRecord, WorkingTime } from '../clock.ts';
import { ClockTable, type TableHearing } from '../clock-table.ts';
import { readPart } from '../saved/clock-reader.ts';
import { ClockPartWriter } from '../saved/clock-writer.ts';
import type { SavedClock } from '../saved/saved-form.ts';
import type { ClockKey } from '../key-log.ts';
import type { OracleClock, OracleFact } from './oracle.ts';

export class Heard implements TableHearing {
  /** In the order in which it was said. */
  readonly messages: { readonly key: string; readonly said: Said }[] = [];
  readonly ignoredVerbs: string[] = [];
  readonly lateOnes: VerbRecord[] = [];
  readonly refusedOnes: VerbRecord[] = [];
  readonly #standing = new Map<string, Said>();

  said(of: ClockKey, now: Said, before: Said | null): void {
    const name = `${of.key}|${String(now.fact.run)}|${nameOf(now.fact)}`;
    const isForgotten = now.revision === 0 && this.#standing.has(name);
    if (isForgotten) this.#standing.set(`${name}|${String(this.#standing.size)}`, must(this.#standing.get(name)));
    if (isForgotten) this.#standing.delete(name);
    const id = name;
    const last = this.#standing.get(id);
    ensure(now.revision === (last === undefined ? 0 : last.revision + 1), 'revisions of one fact rise by one');
    const counted = last === undefined || last.isWithdrawn ? null : last.fact;
    const back = before?.fact ?? null; // nothing is taken back
    ensure(
      counted === null || back === null ? counted === back : isSame(plainFact('', counted), plainFact('', back)),
      'what is taken back is what was said last',
    );
    ensure(!now.isWithdrawn || counted !== null, 'only what was said is withdrawn');
    ensure(
      now.isWithdrawn || counted === null || !isSame(plainFact('', counted), plainFact('', now.fact)),
      'what holds already is not said again',
    );
    this.#standing.set(id, now);
    this.messages.push({ key: of.key, said: now });
  }
  lateBy(): number {
    return 0;
  }
  ignored(_of: ClockKey, verb: string): void {
    this.ignoredVerbs.push(verb);
  }
  late(record: VerbRecord): void {
    this.lateOnes.push(record);
  }
  refused(record: VerbRecord): void {
    this.refusedOnes.push(record);
  }
  /** What holds in the end. */
  standing(): readonly OracleFact[] {
    return [...this.#standing].flatMap(([id, { fact, isWithdrawn }]) =>
      isWithdrawn ? [] : [plainFact(id.slice(0, id.indexOf('|')), fact)],
    );
  }
}

function isSame(a: OracleFact, b: OracleFact): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** The table that an engine makes of what this one saved. */
export function restoredFrom(table: ClockTable, plan: ClockPlan, now: Millis): ClockTable {
  const saved: SavedClock = { id: plan.id, fields: ['tier', 'team'], timing: '', choosing: '' };
  const writer = new ClockPartWriter();
  writer.begin({ maxTs: 0, now });
  writer.clock(saved, table.columns.sizeOf(0));
  for (const slot of table.columns.slotsOf(0)) writer.slot(table.columns, slot);
  const restored = new ClockTable([plan]);
  readPart(writer.take(), {
    clock: ({ fields }) => ({ number: 0, fields, columns: restored.columns }),
    key: (entry) => void restored.restore(entry),
    gone: () => undefined,
  });
  restored.restored(now);
  return restored;
}

export function plainFact(key: string, fact: Fact): OracleFact {
  const { run, at, started, ended, elapsedMs, workingMs, pausedMs, targetMs, met, restarts, values } = fact;
  return {
    ...{ key, run, what: nameOf(fact), at, started, ended, elapsed: elapsedMs, working: workingMs, paused: pausedMs },
    ...{ target: targetMs, met, restarts, values: [...values] },
  };
}

export function nameOf({ kind, percent }: Fact): string {
  return kind === 'warning' ? `warning ${String(percent)}` : kind;
}

export function byPlace(a: OracleFact, b: OracleFact): number {
  const textOf = ({ key, run, what, at }: OracleFact): string => `${key}|${String(run)}|${what}|${String(at)}`;
  return textOf(a) < textOf(b) ? -1 : 1;
}

/** The clock of an oracle as the table takes it. */
export function planOf(clock: OracleClock, allowedLatenessMs: Millis, calendar: WorkingTime | null): ClockPlan {
  return {
    id: 'tried',
    calendars: calendar === null ? [] : [calendar],
    choose: (values) => ({ targetMs: clock.target(values), calendar: calendar === null ? -1 : 0 }),
    choosing: [0],
    warnings: clock.warnings,
    expireMs: clock.expire,
    once: clock.once,
    allowedLatenessMs,
    maxKeys: 1000,
  };
}

/** Works where `isOpen` says so, found by looking at every millisecond. */
export function slowCalendar(isOpen: (instant: Millis) => boolean): WorkingTime {
  return {
    workingMs(from, to) {
      let sum = 0;
      for (let at = from; at < to; at++) if (isOpen(at)) sum += 1;
      return sum;
    },
    instantAfter(from, workingMs) {
      let left = workingMs;
      let at = from;
      while (left > 0) {
        if (isOpen(at)) left -= 1;
        at += 1;
        if (at - from > 100_000) return null;
      }
      return at;
    },
  };
}
