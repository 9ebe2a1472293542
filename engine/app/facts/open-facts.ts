/** The facts of a live engine: every bucket in memory and followed, and the stage that joins them to events. */
import type { NatsConnection } from '@nats-io/transport-node';
import { FollowedBucket } from '../../adapters/facts/fact-bucket.ts';
import { EngineError } from '../../core/errors.ts';
import type { Family, Sample } from '../../core/metrics.ts';
import { must } from '../../core/must.ts';
import type { BatchStage, Logger, Prepared } from '../../core/types.ts';
import { createMasker, type MaskerOptions } from '../../../operators/events/masking/mask.ts';
import { factKeyOf, fieldsOf } from '../../../operators/facts/fact-fields.ts';
import { FactTable } from '../../../operators/facts/fact-table.ts';
import type { FactConfig } from '../../../operators/facts/facts-config.ts';
import { factsStage, noFactCounts, type FactCounts } from '../../../operators/facts/facts-stage.ts';
import type { CompileExpression, CxEvent } from '../../../operators/shared/messages.ts';

export interface FactsOptions {
  readonly compile: CompileExpression;
  readonly mask: MaskerOptions;
  readonly replicas: number;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

export interface OpenFacts {
  readonly stage: BatchStage<Prepared<CxEvent>, Prepared<CxEvent>>;
  families(): readonly Family[];
  close(): void;
}

interface Held {
  readonly config: FactConfig;
  readonly table: FactTable;
  readonly bucket: FollowedBucket;
  readonly counts: FactCounts;
  /** Values that are no JSON object, or too long. */
  readonly unusable: { count: number };
}

/** Resolves when all that the buckets hold is here. */
export async function openFacts(
  nc: NatsConnection,
  facts: readonly FactConfig[],
  options: FactsOptions,
): Promise<OpenFacts> {
  const held = new Map<string, Held>();
  const close = (): void => {
    for (const { bucket } of held.values()) bucket.close();
  };
  try {
    for (const config of facts) held.set(config.id, await follow(nc, config, options));
    for (const one of held.values()) await settle(one, options.signal).catch(unlessUnavailable);
  } catch (thrown) {
    close();
    throw thrown;
  }
  const stage = factsStage({
    facts,
    compile: options.compile,
    counts: (fact) => must(held.get(fact)).counts,
    values: {
      settled: async (signal) => {
        await Promise.all([...held.values()].map((one) => settle(one, signal)));
      },
      fieldsAt: (fact, key, instant) => must(held.get(fact)).table.fieldsAt(key, instant),
      firstFieldsIn: (fact, key, after, until) => must(held.get(fact)).table.firstFieldsIn(key, after, until),
      known: async (fact, until, waiting) => {
        const one = must(held.get(fact));
        const isAll = await one.bucket.known(until, waiting);
        refuseFull(one);
        return isAll;
      },
    },
  });
  return { stage, families: () => families([...held.values()]), close };
}

/** A start tries again what time may mend. */
function unlessUnavailable(thrown: unknown): never {
  throw thrown instanceof EngineError && thrown.code === 'FACTS_UNAVAILABLE' ? thrown.cause : thrown;
}

async function follow(
  nc: NatsConnection,
  config: FactConfig,
  { mask, replicas, logger, signal }: FactsOptions,
): Promise<Held> {
  const masker = createMasker(mask);
  const unusable = { count: 0 };
  let table: FactTable | undefined;
  const bucket = await FollowedBucket.open(nc, { bucket: config.bucket, replicas }, (history) => {
    const own = new FactTable({ history, maxBytes: config.maxBytes });
    table = own;
    return {
      logger,
      signal,
      onReset: () => own.clear(),
      onEntry: ({ key, text, stored }) => {
        const fields = text === null ? null : fieldsOf(text, config, masker);
        if (text !== null && fields === null) {
          unusable.count += 1;
          if (unusable.count === 1)
            logger.warn('a value of facts is no JSON object, or too long, and is left out', { fact: config.id });
        }
        own.put(factKeyOf(key, config, masker), stored, fields);
      },
    };
  });
  return { config, table: must(table), bucket, counts: noFactCounts(), unusable };
}

async function settle(one: Held, signal: AbortSignal): Promise<void> {
  await one.bucket.settled(signal);
  refuseFull(one);
}

function refuseFull({ table, config }: Held): void {
  if (table.isFull) throw new EngineError('FACTS_TOO_LARGE', [config.bucket, config.id]);
}

function families(held: readonly Held[]): readonly Family[] {
  const gauge = (name: string, help: string, value: (one: Held) => number): Family => ({
    ...{ name, help, type: 'gauge' },
    samples: held.map((one): Sample => ({ labels: { fact: one.config.id }, value: value(one) })),
  });
  const results = ['hit', 'miss', 'keyless', 'dropped', 'awaited'] as const satisfies readonly (keyof FactCounts)[];
  return [
    {
      name: 'earshot_fact_lookups_total',
      help: 'Events by what looking up their facts gave; dropped ones are misses too, awaited ones hits.',
      type: 'counter',
      samples: held.flatMap(({ config, counts }) =>
        results.map((result) => ({ labels: { fact: config.id, result }, value: counts[result] })),
      ),
    },
    gauge('earshot_fact_keys', 'Keys of facts in memory.', ({ table }) => table.keys),
    gauge('earshot_fact_bytes', 'Bytes of facts in memory, about.', ({ table }) => table.bytes),
    gauge(
      'earshot_fact_unusable',
      'Values of facts that are no JSON object, or too long.',
      ({ unusable }) => unusable.count,
    ),
  ];
}
