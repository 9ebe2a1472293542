/** `earshot run --backfill`: from where KPIs, clocks and journeys that joined a running store are filled, and what of them. */
import { pipe } from '../core/composition.ts';
import { savedPartsOf, type SavedChain } from '../core/saved-chain.ts';
import { yieldsAfter } from '../core/steps/yielding.ts';
import {
  START_OF_TIME,
  type BatchStage,
  type Clock,
  type Envelope,
  type Logger,
  type Millis,
  type OperatorDef,
  type Prepared,
  type RawMessage,
} from '../core/types.ts';
import { yieldToLoop } from '../runtime/bell.ts';
import type { Backfill, Found } from '../runtime/backfilling.ts';
import { reread, type RereadInput } from '../runtime/reread.ts';
import { cleaning } from '../../operators/cleaning/cleaning.ts';
import { dedupe } from '../../operators/dedupe/dedupe.ts';
import { KpiBackfill, type OfPartition } from '../../operators/kpis/backfill/kpi-backfill.ts';
import { combinedKpis } from '../../operators/kpis/exchange/combine.ts';
import { kpisOperator } from '../../operators/kpis/kpis.ts';
import type { CxEvent } from '../../operators/shared/messages.ts';
import { BetweenAgain } from './between-again.ts';
import type { Config } from './config/config.ts';
import { kpiOptions } from './pipeline.ts';

/** Up to which sequence a partition had been read. */
export type Position = Pick<RereadInput, 'partition' | 'until'>;

export interface BackfillParts {
  readonly stage: BatchStage<RawMessage, Prepared<CxEvent>>;
  /** What is still there of a partition's input, once more from its beginning. */
  readonly again: (position: Position, signal: AbortSignal) => AsyncIterable<readonly RawMessage[]>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Of an engine with one partition. */
export function backfillOf(config: Config, parts: BackfillParts, reset: ReadonlySet<string>): Backfill {
  const def = kpisOperator(config.kpis, kpiOptions(config, { reset }));
  return filling(config, parts, reset, def, (found) => [{ partition: 0, until: found.commit.position }]);
}

/** Of what combines several: it has taken in all that they had counted up to these positions. */
export function combinedBackfillOf(
  config: Config,
  parts: BackfillParts,
  reset: ReadonlySet<string>,
  positions: readonly Position[],
): Backfill {
  return filling(config, parts, reset, combinedKpis(config.kpis, kpiOptions(config, { reset })), () => positions);
}

function filling(
  config: Config,
  parts: BackfillParts,
  reset: ReadonlySet<string>,
  def: OperatorDef<never, unknown>,
  positionsOf: (found: Found) => readonly Position[],
): Backfill {
  const options = { ...kpiOptions(config, { reset }), partitions: config.partitions };
  const { compile } = options;
  let isDone = false;
  return async (found) => {
    if (isDone) return undefined;
    const done = (): void => void (isDone = true);
    const saved = savedPartsOf(def, found.saved);
    const backfill = new KpiBackfill(config.kpis, options, saved, found.saved.watermark);
    const again = new Again(backfill, (hear) => new BetweenAgain(config, compile, found.saved, hear));
    const positions = positionsOf(found);
    const isNew = positions.every(({ until }) => until === 0);
    if (isNew || (backfill.kpis.length === 0 && again.joined.length === 0)) {
      parts.logger.info('no KPI has windows that began before it, no clock or journey joined: nothing to fill');
      return undefined;
    }
    const filled = await fill(config, parts, again, positions, found);
    const kept = again.between.takeOver(found.saved);
    if (filled === undefined && again.joined.length === 0) return undefined;
    if (filled === undefined) return { saved: { ...found.saved, parts: kept }, done };
    const fingerprints = { ...found.saved.fingerprints, kpis: def.fingerprint ?? null };
    const whole: SavedChain = { ...found.saved, parts: { ...kept, kpis: filled }, fingerprints };
    return { saved: whole, done };
  };
}

/** What reads the input again: what keeps state between events first, then KPIs, as in the chain. */
class Again {
  readonly kpis: KpiBackfill;
  readonly between: BetweenAgain;
  #watermark: Millis = START_OF_TIME;
  #of: OfPartition = { partition: 0, watermark: START_OF_TIME };

  constructor(kpis: KpiBackfill, between: (hear: (event: Envelope<CxEvent>) => void) => BetweenAgain) {
    this.kpis = kpis;
    this.between = between((event) => {
      if (event.derived === undefined) this.kpis.event(event, this.#watermark, this.#of);
      else this.kpis.derived(event, this.#watermark);
    });
  }
  /** Ids of clocks and journeys. */
  get joined(): readonly string[] {
    return [...this.between.joined.clocks, ...this.between.joined.journeys];
  }

  event(event: Envelope<CxEvent>, watermark: Millis, of: OfPartition): void {
    [this.#watermark, this.#of] = [watermark, of];
    this.between.event(event);
  }
  dueAt(): Millis {
    return Math.min(this.between.dueAt(), this.kpis.dueAt());
  }
  advance(watermark: Millis): void {
    // What follows from time precedes it.
    this.between.advance(watermark);
    this.#watermark = watermark;
    this.kpis.advance(watermark);
  }
}

async function fill(
  config: Config,
  { again, stage, clock, logger }: BackfillParts,
  into: Again,
  positions: readonly Position[],
  { signal }: Found,
): Promise<Awaited<ReturnType<typeof takeOver>>> {
  const what = { kpis: into.kpis.kpis.join(' '), clocks: into.joined.join(' ') };
  logger.info('filling KPIs, clocks and journeys from the input that is still there', what);
  const began = clock.elapsed();
  const maybeYield = yieldsAfter(clock.elapsed, yieldToLoop);
  const inputs = positions.map((position): RereadInput => ({ ...position, batches: again(position, signal) }));
  const { outOfOrdernessMs, idleAfterMs } = config.time;
  const goneUntil = await reread({
    ...{ inputs, stage, maybeYield, logger, signal, clock, outOfOrdernessMs, idleAfterMs },
    gate: pipe(dedupe<CxEvent>(config.dedupe), cleaning(config.cleaning)),
    into,
    untilTime: into.kpis.until,
  });
  const parts = await takeOver(into.kpis, goneUntil, maybeYield, signal);
  const tookMs = Math.round(clock.elapsed() - began);
  if (parts === undefined) logger.warn('the input that is still there is too young to fill KPIs', what);
  else if (goneUntil === START_OF_TIME) logger.info('KPIs are filled', { ...what, ms: tookMs });
  else
    logger.warn('KPIs are filled as far back as the input goes: older windows stay partial', {
      ...{ ...what, ms: tookMs },
      since: new Date(goneUntil).toISOString(),
    });
  return parts;
}

async function takeOver(
  backfill: KpiBackfill,
  goneUntil: Millis,
  maybeYield: () => Promise<void> | undefined,
  signal: AbortSignal,
): Promise<SavedChain['parts'][string] | undefined> {
  const steps = backfill.takeOver({ goneUntil });
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    await maybeYield();
    signal.throwIfAborted();
  }
}
