/**
 * Journeys that run, whoever hands them their steps: says what becomes so. Used by the operator of one partition (journeys.ts) and
 * where the steps of several come together (combined-journeys.ts).
 */
import { EngineError } from '../../engine/core/errors.ts';
import { at as elementAt } from '../../engine/core/must.ts';
import type { Millis, OperatorDef, State } from '../../engine/core/types.ts';
import type { BetweenCollector, Running } from '../between/between.ts';
import { canonical } from '../kpis/layout.ts';
import { JourneyTable, type TableHearing } from './journey-table.ts';
import type { JourneyConfig, Outcome, StepRecord } from './journey.ts';
import { actionMessage, lateMessage, outcomeEvent, type Subject } from './journey-outcome.ts';

/** Name, fingerprint and migration: the same where journeys run behind several partitions. */
export function journeysDef(
  journeys: readonly JourneyConfig[],
): Required<Pick<OperatorDef<never, never>, 'name' | 'fingerprint' | 'migrate'>> {
  const meaningOf = ({ key, steps, keep }: JourneyConfig): string => canonical({ key, steps, keep });
  return {
    name: 'journeys',
    fingerprint: Object.fromEntries(journeys.map((journey) => [journey.id, meaningOf(journey)])),
    migrate(saved, from) {
      const before = (from ?? {}) as Readonly<Record<string, State>>; // saved before there were any
      for (const journey of journeys) {
        if (before[journey.id] !== undefined && before[journey.id] !== meaningOf(journey))
          throw new EngineError('STATE_MISMATCH', [
            `the journey ${journey.id}`,
            'its key, steps or kept fields changed: give it another id to begin with none',
          ]);
      }
      return saved;
    },
  };
}

export class RunningJourneys implements Running<StepRecord>, TableHearing {
  readonly #configs: readonly JourneyConfig[];
  readonly #table: JourneyTable;
  /** Only while something is taken in or passed. */
  #out: BetweenCollector | null = null;
  #now: Millis = 0;

  constructor(configs: readonly JourneyConfig[], saved: readonly State[]) {
    this.#configs = configs;
    this.#table = new JourneyTable(configs, saved);
  }

  reached(at: Millis): void {
    if (this.#configs.length > 0) this.#table.reached(at);
  }
  take(record: StepRecord, watermark: Millis, out: BetweenCollector): void {
    this.#begin(watermark, out);
    this.#table.take(record, watermark, this);
    this.#out = null;
  }
  pass(watermark: Millis, out: BetweenCollector): void {
    this.#begin(watermark, out);
    this.#table.pass(watermark, this);
    this.#out = null;
  }
  #begin(watermark: Millis, out: BetweenCollector): void {
    this.#out = out;
    this.#now = watermark;
  }

  said(journey: number, key: string, outcome: Outcome): void {
    this.#say(journey, key, outcome, 'added');
  }
  withdrawn(journey: number, key: string, outcome: Outcome): void {
    this.#say(journey, key, outcome, 'withdrawn');
  }
  #say(journey: number, key: string, outcome: Outcome, derived: 'added' | 'withdrawn'): void {
    const subject: Subject = { journey: elementAt(this.#configs, journey), key };
    this.#out?.emit(outcomeEvent(subject, outcome, derived));
    this.count(`journey_${derived === 'withdrawn' ? 'withdrawn' : outcome.kind}_${subject.journey.id}`);
    const action = actionMessage(subject, outcome, derived === 'withdrawn');
    if (action === null) return;
    this.#out?.send(action);
    this.#out?.urgent();
  }
  late(record: StepRecord): void {
    const journey = elementAt(this.#configs, record.journey);
    this.count(`journey_late_${journey.id}`);
    this.#out?.send(lateMessage(journey, record, this.#now));
  }
  count(name: string, by?: number): void {
    this.#out?.count(name, by);
  }

  dueAt(): Millis | undefined {
    return this.#table.dueAt();
  }
  delta(): State | undefined {
    return this.#table.delta();
  }
  snapshot(): Iterable<State> {
    return this.#table.snapshot();
  }
  size(): { readonly [what: string]: number } {
    return this.#table.size();
  }
}
