/**
 * `--backfill`: KPIs that joined a running store count what its input still holds, as if they had always been there. Counted
 * aside, in an operator of these KPIs alone whose outputs nobody sees; then taken over into the saved state of all KPIs.
 *
 * State size: that of the same KPIs in the running engine, and while it is taken over that of all KPIs once more.
 */
import { START_OF_TIME, type Collector, type Envelope, type Millis, type State } from '../../../engine/core/types.ts';
import type { CxEvent, KpiBirth, KpiValue } from '../../shared/messages.ts';
import type { KpiConfig } from '../kpis-config.ts';
import { PartitionSums } from './partition-sums.ts';
import { kpiWindows, type KpisOperator, type KpisOptions } from '../kpis.ts';

/** Which partition an event is of, and how far that one is. */
export interface OfPartition {
  readonly partition: number;
  readonly watermark: Millis;
}

/** What was deleted of the input before it could be read again. */
export interface Retained {
  /** The highest event time that may be among what is gone; START_OF_TIME: nothing is, Infinity: it is not known. */
  readonly goneUntil: Millis;
}

/** After so many events what only commits and boards would ask for is dropped. */
const DROP_EVERY = 10_000;
/** Of the clock by which live values are shown; nobody looks at them. */
const WAKE_MS = 60_000;

export class KpiBackfill {
  /** KPIs that are counted again. */
  readonly kpis: readonly string[];
  /** Event time that saved state has reached: counting goes no further, or windows that it still holds open would be closed. */
  readonly until: Millis;
  readonly #births: ReturnType<KpisOperator['unfilled']>;
  readonly #filled: KpisOperator;
  readonly #makeAll: () => KpisOperator;
  /** null: there is one partition. */
  readonly #sums: PartitionSums | null;
  #events = 0;
  #now = 0;

  /** `options.partitions`: where there are several, what is saved is of the operator that combines them. */
  constructor(
    all: readonly KpiConfig[],
    options: KpisOptions & { readonly partitions?: number },
    saved: readonly State[],
    watermark: Millis,
  ) {
    this.#makeAll = () => kpiWindows(all, options).create(saved);
    const before = this.#makeAll();
    this.#births = before.unfilled();
    this.until = before.watermark === START_OF_TIME ? watermark : before.watermark;
    const wanted = all.filter(({ id }) => this.#births.has(id));
    this.kpis = wanted.map(({ id }) => id);
    this.#filled = kpiWindows(wanted, options).create([]);
    const { partitions = 1 } = options;
    this.#sums =
      partitions === 1
        ? null
        : new PartitionSums(wanted, { ...options, partitions }, this.#filled, NOBODY, START_OF_TIME);
  }

  /** `watermark`: how far all partitions are; `own`: how far the one that the event is of. */
  event(event: Envelope<CxEvent>, watermark: Millis, { partition, watermark: own }: OfPartition): void {
    if (this.#sums === null) this.#filled.onEvent(event, watermark, NOBODY);
    else this.#sums.event(event, partition, own);
    this.#events += 1;
    if (this.#events % DROP_EVERY !== 0) return;
    this.#sums?.gather();
    this.#filled.delta();
    this.#now += WAKE_MS;
    this.#filled.onWake(this.#now, NOBODY);
  }
  /** What an operator before the KPIs said of all partitions. */
  derived(event: Envelope<CxEvent>, watermark: Millis): void {
    this.#filled.onEvent(event, watermark, NOBODY);
  }
  /** Of several partitions it is not known before their sums are gathered: windows may be closed later than they are due. */
  dueAt(): Millis {
    return this.#filled.dueAt() ?? Infinity;
  }
  advance(watermark: Millis): void {
    this.#sums?.advance(watermark);
    this.#filled.onWatermark(watermark, NOBODY);
  }

  /** Saved state of all KPIs with what was counted in it, in steps; undefined: what the input holds begins too late to help. */
  *takeOver({ goneUntil }: Retained): Generator<void, readonly State[] | undefined> {
    this.#sums?.gather();
    if ([...this.#births.values()].some(({ maxTs }) => goneUntil >= maxTs)) return undefined;
    const all = this.#makeAll();
    yield* all.absorb(this.#filled, { maxTs: goneUntil, watermark: this.until });
    const parts: State[] = [];
    for (const part of all.snapshot()) {
      parts.push(part);
      yield;
    }
    return parts;
  }
}

const nothing = (): void => undefined;
const NOBODY: Collector<KpiValue | KpiBirth> = {
  emit: nothing,
  send: nothing,
  forward: nothing,
  show: nothing,
  urgent: nothing,
  count: nothing,
};
