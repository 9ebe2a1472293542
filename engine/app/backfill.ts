/** `earshot run --backfill`: from where KPIs that joined a running store are filled, and what of them. */
import type { NatsConnection } from '@nats-io/transport-node';
import { streamAgain } from '../adapters/streams/stream-again.ts';
import { systemClock } from '../adapters/process/system-clock.ts';
import { eventStream } from '../adapters/streams/streams.ts';
import { savedPartsOf, type SavedChain } from '../core/saved-chain.ts';
import { yieldsAfter } from '../core/steps/yielding.ts';
import {
  START_OF_TIME,
  type BatchStage,
  type Logger,
  type Millis,
  type Prepared,
  type RawMessage,
} from '../core/types.ts';
import { yieldToLoop } from '../runtime/bell.ts';
import type { Backfill, Found } from '../runtime/backfilling.ts';
import { reread, type RereadInput } from '../runtime/reread.ts';
import { dedupe } from '../../operators/dedupe/dedupe.ts';
import { KpiBackfill } from '../../operators/kpis/backfill/kpi-backfill.ts';
import { kpisOperator } from '../../operators/kpis/kpis.ts';
import type { CxEvent } from '../../operators/shared/messages.ts';
import type { Config } from './config/config.ts';
import { kpiOptions } from './pipeline.ts';

export interface BackfillParts {
  readonly nc: NatsConnection;
  readonly stage: BatchStage<RawMessage, Prepared<CxEvent>>;
  readonly logger: Logger;
}

/** Of an engine with one partition. */
export function backfillOf(config: Config, parts: BackfillParts, reset: ReadonlySet<string>): Backfill {
  const options = kpiOptions(config, { reset });
  const def = kpisOperator(config.kpis, options);
  let isDone = false;
  return async (found) => {
    if (isDone) return undefined;
    const done = (): void => void (isDone = true);
    const saved = savedPartsOf(def, found.saved);
    const backfill = new KpiBackfill(config.kpis, options, saved, found.saved.watermark);
    if (backfill.kpis.length === 0) {
      parts.logger.info('no KPI has windows that began before it: nothing to fill');
      return undefined;
    }
    const inputs = [{ partition: 0, until: found.commit.position }];
    const filled = await fill(config, parts, backfill, inputs, found);
    if (filled === undefined) return undefined;
    const fingerprints = { ...found.saved.fingerprints, kpis: def.fingerprint ?? null };
    const whole: SavedChain = { ...found.saved, parts: { ...found.saved.parts, kpis: filled }, fingerprints };
    return { saved: whole, done };
  };
}

async function fill(
  config: Config,
  { nc, stage, logger }: BackfillParts,
  backfill: KpiBackfill,
  positions: readonly Pick<RereadInput, 'partition' | 'until'>[],
  { signal }: Found,
): Promise<Awaited<ReturnType<typeof takeOver>>> {
  const kpis = backfill.kpis.join(' ');
  logger.info('filling KPIs from the input that is still there', { kpis });
  const began = systemClock.elapsed();
  const maybeYield = yieldsAfter(systemClock.elapsed, yieldToLoop);
  const inputs = positions.map(({ partition, until }): RereadInput => {
    const stream = eventStream(partition);
    return { partition, until, batches: streamAgain(nc, { stream, until, logger }, signal) };
  });
  const goneUntil = await reread({
    ...{ inputs, stage, maybeYield, logger, signal, clock: systemClock },
    gate: dedupe<CxEvent>(config.dedupe),
    into: backfill,
    outOfOrdernessMs: config.time.outOfOrdernessMs,
    untilTime: backfill.until,
  });
  const parts = await takeOver(backfill, goneUntil, maybeYield, signal);
  const tookMs = Math.round(systemClock.elapsed() - began);
  if (parts === undefined) logger.warn('the input that is still there is too young to fill them', { kpis });
  else if (goneUntil === START_OF_TIME) logger.info('KPIs are filled', { kpis, ms: tookMs });
  else
    logger.warn('KPIs are filled as far back as the input goes: older windows stay partial', {
      ...{ kpis, ms: tookMs },
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
