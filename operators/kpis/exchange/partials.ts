/**
 * The KPIs of one partition of several: adds up what its events contribute to each slice and key, and with each commit sends
 * the sums on, with its time, to the partition that combines them (combine.ts). Which events are too late is judged here,
 * against this partition's watermark; the combining one is never further, but for a partition that was idle: others went on
 * without it. From when it said so until it is heard that it counts again, its events go on one by one, each with its name, and
 * which of them are too late is judged there.
 *
 * State: the number of the last message, the time reported with it, and the highest event time under which layout of KPIs: where
 * that layout is another at the next start, what joined then is said first (birth.ts). What was added up leaves with the commit that covers it.
 */
import { onceCalendarOf } from '../../windows/zone-days.ts';
import { EngineError } from '../../../engine/core/errors.ts';
import {
  END_OF_TIME,
  START_OF_TIME,
  type Collector,
  type Millis,
  type Operator,
  type OperatorContext,
  type OperatorDef,
  type State,
  type TimeState,
} from '../../../engine/core/types.ts';
import type { KpiConfig } from '../kpis-config.ts';
import type { CxEnvelope, CxEvent } from '../../shared/messages.ts';
import { ByteWriter } from '../saved/bytes.ts';
import { BetweenEvents, type BetweenConfig } from './between-events.ts';
import type { KpisOptions } from '../kpis.ts';
import { sendLate } from '../output/late-message.ts';
import { layoutOf, type ReadPlan } from '../layout.ts';
import { Measuring } from '../slices/measuring.ts';
import { fingerprintOf } from '../saved/migrate.ts';
import { layoutHash, partialMessage, type Joined, type PartialMessage, type SingleEvent } from './partial-message.ts';
import { PartialSessions, PartialTable, type Partial } from './partial-table.ts';
import type { Reported } from './reported.ts';
import { SUMS_FORMAT, writeHead } from '../saved/table-state.ts';

export interface PartialsOptions extends Pick<KpisOptions, 'zone' | 'compile' | 'samplesFor'>, BetweenConfig {
  /** How many there are: what one of them has reported does not fit another number. */
  readonly partitions: number;
  /** How far the combining partition is, as of some commit of it; without it whoever was idle once stays apart. */
  readonly combined?: () => TimeState | undefined;
}

/** Sums of about this size leave before the commit is due; base64 makes 4/3 of it, well below what a broker takes. */
const MESSAGE_BYTES = 256 * 1024;
/** In silence time is reported in steps of this. */
const TELL_MS = 500;

/** Of what former versions saved: no KPIs have it. */
const UNKNOWN_LAYOUT = '';

/** Throws EngineError EXPRESSION_INVALID, WINDOW_INVALID. */
export function partialsOperator(kpis: readonly KpiConfig[], options: PartialsOptions): OperatorDef<CxEvent, never> {
  const plans = layoutOf(kpis, options.zone);
  const layout = layoutHash(fingerprintOf(kpis, options.zone));
  // Whatever is wrong shows here, not when the operator starts.
  partsOf(plans, options);
  return {
    // Named as the operator that does all of it in a single partition: neither takes over the other's state unnoticed.
    name: 'kpis',
    fingerprint: { partitions: options.partitions },
    migrate: () => {
      throw new EngineError('STATE_MISMATCH', [
        'kpis',
        'the number of partitions has changed, which is fixed once a store is made and no reset mends',
      ]);
    },
    create: ({ partition }: OperatorContext, saved: readonly State[] = []) =>
      new Partials(partition, layout, plans, options, saved.at(-1) as unknown as Reported | undefined),
  };
}

interface PartialRead {
  readonly plan: ReadPlan;
  readonly measuring: Measuring;
  readonly parts: readonly Partial[];
}

function partsOf(
  plans: readonly ReadPlan[],
  options: PartialsOptions,
): { readonly reads: readonly PartialRead[]; readonly parts: readonly Partial[] } {
  const quoted = options.samplesFor ?? new Set<string>();
  const calendar = onceCalendarOf(options.zone);
  const tables: Partial[] = [];
  const sessions: Partial[] = [];
  const reads = plans.map((plan): PartialRead => {
    const measuring = new Measuring(plan, options.compile);
    const ownTables = plan.tables.map((table) => {
      const wantsQuotes = table.views.some(({ kpi }) => quoted.has(kpi.id));
      return new PartialTable(table, measuring, calendar, wantsQuotes);
    });
    const ownSessions = plan.sessions.map(
      (session) => new PartialSessions(session, measuring, quoted.has(session.kpi.id)),
    );
    tables.push(...ownTables);
    sessions.push(...ownSessions);
    return { plan, measuring, parts: [...ownTables, ...ownSessions] };
  });
  // Numbered as in the state of the KPI operator.
  return { reads, parts: [...tables, ...sessions] };
}

class Partials implements Operator<CxEvent, never> {
  readonly #partition: number;
  readonly #layout: string;
  readonly #readsOf = new Map<string, PartialRead[]>();
  readonly #parts: readonly Partial[];
  readonly #writer = new ByteWriter(1 << 14);
  #reported: Reported = { number: 0, watermark: START_OF_TIME, isIdle: false, apart: null };
  #apart: Millis | null = null;
  readonly #combined: () => TimeState | undefined;
  #savedNumber = -1;
  /** The highest time of all events, those that no KPI reads included; and as it was saved. */
  #seen: Millis = START_OF_TIME;
  #savedSeen: Millis = START_OF_TIME;
  /** To be said before anything else. */
  #joined: Joined | null = null;
  /** The sums since the last message: how large they are at most, and of how many events. */
  #bytes = 0;
  #events = 0;
  #due: Millis | undefined;
  readonly #between: BetweenEvents;

  constructor(
    partition: number,
    layout: string,
    plans: readonly ReadPlan[],
    options: PartialsOptions,
    saved: Reported | undefined,
  ) {
    this.#partition = partition;
    this.#layout = layout;
    this.#combined = options.combined ?? (() => undefined);
    this.#between = new BetweenEvents(options, options.compile);
    const { reads, parts } = partsOf(plans, options);
    this.#parts = parts;
    for (const read of reads) {
      for (const type of read.plan.types) this.#readsOf.set(type, [...(this.#readsOf.get(type) ?? []), read]);
    }
    if (saved === undefined) return;
    this.#reported = saved;
    // Before there was this field: whoever is active may have been idle before.
    this.#apart = saved.apart === undefined ? saved.watermark : saved.apart;
    this.#savedNumber = saved.number;
    this.#seen = saved.maxTs ?? START_OF_TIME;
    this.#savedSeen = this.#seen;
    if (saved.layout !== layout) this.#joined = { layout: saved.layout ?? UNKNOWN_LAYOUT, maxTs: this.#seen };
    this.#plan(saved.watermark);
  }

  onEvent(event: CxEnvelope, watermark: Millis, out: Collector<never>): void {
    if (this.#joined !== null) this.#sayJoined(watermark, out);
    if (event.isControl === true) {
      this.#flush(watermark, false, out);
      // It ends no silence: what was reported of that still holds.
      this.#send({ sums: null, control: event, event: null }, watermark, this.#reported.isIdle, out);
      out.urgent();
      return out.count('events_processed');
    }
    const reached = event.arrived ?? event.ts;
    if (reached > this.#seen) this.#seen = reached;
    const isApart = this.#isApart();
    if (isApart) this.#flush(watermark, false, out);
    this.#bytes += this.#between.gather(event, out);
    if (this.#between.isUrgent) out.urgent();
    const kpis: string[] = [];
    let matched = false;
    for (const read of this.#readsOf.get(event.value.type) ?? NONE) {
      if (!read.measuring.matches(event.value)) continue;
      matched = true;
      if (event.ts >= watermark) {
        for (const part of read.parts) this.#bytes += part.add(event);
        for (const kpi of read.plan.kpis) kpis.push(kpi.id);
      } else this.#addLate(read, event, watermark, kpis, out);
    }
    const accepted = kpis.length > 0;
    if (accepted) this.#events += 1;
    if (isApart && accepted) {
      // Whether it is in time for any KPI is seen, and counted, there.
      const { id, key, ts, value } = event;
      this.#flush(watermark, false, out, { id, type: value.type, key, ts, kpis });
      return;
    }
    out.count(matched && !accepted ? 'events_late' : 'events_processed');
    if (this.#bytes >= MESSAGE_BYTES) this.#flush(watermark, false, out);
  }

  /** What was heard is of a commit, and so stays true until this one says again that it is idle. */
  #isApart(): boolean {
    if (this.#apart === null) return false;
    const heard = this.#combined()?.inputs?.[this.#partition];
    if (heard?.isActive === true && heard.isAligned && heard.watermark > this.#apart) this.#apart = null;
    return this.#apart !== null;
  }

  /** `kpis` gets those for which it was not too late. */
  #addLate(read: PartialRead, event: CxEnvelope, watermark: Millis, kpis: string[], out: Collector<never>): void {
    const accepted = new Set<KpiConfig>();
    for (const part of read.parts) {
      const accepting = part.accepting(event.ts, watermark);
      if (accepting.length === 0) continue;
      this.#bytes += part.add(event);
      for (const kpi of accepting) accepted.add(kpi);
    }
    for (const kpi of read.plan.kpis) {
      if (accepted.has(kpi)) kpis.push(kpi.id);
      else sendLate(kpi, { ...event, type: event.value.type }, watermark, out);
    }
  }

  #sayJoined(watermark: Millis, out: Collector<never>): void {
    const born = this.#joined;
    this.#joined = null;
    if (born !== null)
      this.#send({ sums: null, control: null, event: null, born }, watermark, this.#reported.isIdle, out);
  }
  /** At once, also where no event comes. */
  wakeAt(): Millis | undefined {
    return this.#joined === null ? undefined : 0;
  }
  onWake(_now: Millis, out: Collector<never>): void {
    this.#sayJoined(this.#reported.watermark, out);
  }

  beforeCommit(watermark: Millis, isIdle: boolean, out: Collector<never>): void {
    if (this.#joined !== null) this.#sayJoined(watermark, out);
    this.#flush(watermark, isIdle, out);
    if (watermark > this.#reported.watermark || isIdle !== this.#reported.isIdle)
      this.#send({ sums: null, control: null, event: null }, watermark, isIdle, out);
  }

  #flush(watermark: Millis, isIdle: boolean, out: Collector<never>, event: SingleEvent | null = null): void {
    const between = this.#between.take();
    if (this.#events === 0) {
      if (between !== null) this.#send({ sums: null, control: null, event: null, ...between }, watermark, isIdle, out);
      this.#bytes = 0;
      return;
    }
    const writer = this.#writer;
    writeHead(writer, { watermark, maxTs: this.#seen, nextSerial: 0 }, SUMS_FORMAT);
    this.#parts.forEach((part, number) => part.write(writer, number));
    this.#events = 0;
    this.#bytes = 0;
    this.#send({ sums: writer.take(), control: null, event, ...between }, watermark, isIdle, out);
  }

  #send(
    what: Pick<PartialMessage, 'sums' | 'control' | 'event' | 'born' | 'clocks' | 'journeys' | 'raised' | 'actions'>,
    watermark: Millis,
    isIdle: boolean,
    out: Collector<never>,
  ): void {
    if (isIdle) this.#apart = watermark;
    const reported: Reported = { number: this.#reported.number + 1, watermark, isIdle, apart: this.#apart };
    this.#reported = reported;
    this.#plan(watermark);
    out.send(
      partialMessage({ partition: this.#partition, number: reported.number, layout: this.#layout, ...what }, reported),
    );
  }

  /** Silence changes nothing here, but time must be reported all the same: the driver commits when something is due. */
  #plan(watermark: Millis): void {
    const isReported = watermark === START_OF_TIME || watermark >= END_OF_TIME - TELL_MS;
    this.#due = isReported ? undefined : watermark + TELL_MS;
  }
  dueAt(): Millis | undefined {
    return this.#due;
  }
  onWatermark(watermark: Millis): void {
    this.#plan(watermark);
  }

  delta(): State | undefined {
    if (this.#reported.number === this.#savedNumber && this.#seen === this.#savedSeen) return undefined;
    this.#savedNumber = this.#reported.number;
    this.#savedSeen = this.#seen;
    return this.#saved();
  }
  *snapshot(): Iterable<State> {
    yield this.#saved();
  }
  /** Until what joined is said, it is what was saved before. */
  #saved(): State {
    const joined = this.#joined;
    return { ...this.#reported, layout: joined === null ? this.#layout : joined.layout, maxTs: this.#seen };
  }

  size(): { readonly [what: string]: number } {
    return { pending_events: this.#events };
  }
}

const NONE: readonly PartialRead[] = [];
