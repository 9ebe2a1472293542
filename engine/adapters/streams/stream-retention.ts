/**
 * Frees space in streams that refuse what is too much. Without it a stream of events would, once it has reached its size,
 * stay full of what was processed long ago until that ages out, and refuse every new event meanwhile.
 */
import type { JetStreamManager } from '@nats-io/jetstream';
import { reasonOf } from '../../core/errors.ts';
import type { Logger } from '../../core/types.ts';
import type { Family } from '../../core/metrics.ts';
import type { StreamPlan } from './streams.ts';

/** Freed from this share of the size on … */
const HIGH_WATER = 0.8;
/** … down to this one. */
const LOW_WATER = 0.6;

export interface RetentionOptions {
  readonly logger: Logger;
  /** Everything up to this sequence of an event stream is committed; undefined: not known, so nothing goes. */
  readonly committed: (stream: string) => number | undefined;
  /** Ends a round; what fails from then on is not reported. */
  readonly signal?: AbortSignal;
  /** After each round. */
  readonly onLooked?: (reports: readonly RetentionReport[]) => void;
}

export interface RetentionReport {
  readonly stream: string;
  /** Share of its size that the stream uses, 0 to 1, before anything was freed. */
  readonly used: number;
  readonly freed: number;
  /** Messages of an input that are not committed yet; null: it is no input, or that is not known. */
  readonly behind: number | null;
}

/** Looks at each stream once, and frees what its plan lets go. A stream that cannot be asked is left for the next time. */
export async function trimStreams(
  jsm: JetStreamManager,
  plans: readonly StreamPlan[],
  options: RetentionOptions,
): Promise<readonly RetentionReport[]> {
  const reports: RetentionReport[] = [];
  for (const plan of plans) {
    if (hasEnded(options.signal)) break;
    try {
      reports.push(await trimStream(jsm, plan, options));
    } catch (error) {
      if (hasEnded(options.signal)) break;
      options.logger.warn('could not look after the space in a stream', { stream: plan.name, error: reasonOf(error) });
    }
  }
  return reports;
}

/** A call of its own: in between it may have been aborted. */
function hasEnded(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}

async function trimStream(
  jsm: JetStreamManager,
  plan: StreamPlan,
  options: RetentionOptions,
): Promise<RetentionReport> {
  const { state, config } = await jsm.streams.info(plan.name);
  const used = config.max_bytes > 0 ? state.bytes / config.max_bytes : 0;
  const committed = plan.giveWay === 'consumed' ? options.committed(plan.name) : undefined;
  const behind = committed === undefined ? null : Math.max(0, state.last_seq - committed);
  const report = { stream: plan.name, used, freed: 0, behind };
  if (used < HIGH_WATER || state.messages === 0) return report;
  if (plan.giveWay === 'nothing') {
    const fields = { stream: plan.name, used: Math.round(used * 100) / 100 };
    options.logger.warn(
      'a stream is nearly full and nothing in it may go: raise its nats.streams.<name>.max_bytes',
      fields,
    );
    return report;
  }

  // Messages differ in size, and there is no asking by bytes: take the mean, and look again next time.
  const share = (used - LOW_WATER) / used;
  const wanted = state.first_seq + Math.ceil((state.last_seq - state.first_seq + 1) * share);
  // Nothing is committed yet: nothing may go.
  const limit = plan.giveWay === 'consumed' ? (options.committed(plan.name) ?? 0) + 1 : state.last_seq;
  const upTo = Math.min(wanted, limit);
  if (upTo <= state.first_seq) {
    options.logger.warn('a stream is nearly full of what is not processed yet: publishers will be refused', {
      stream: plan.name,
      used: Math.round(used * 100) / 100,
    });
    return report;
  }
  const { purged } = await jsm.streams.purge(plan.name, { seq: upTo });
  const fields = { stream: plan.name, freed: purged, used: Math.round(used * 100) / 100 };
  if (plan.giveWay === 'oldest') {
    options.logger.warn('a stream was nearly full: its oldest messages went before their age', fields);
  } else options.logger.info('processed events were freed', fields);
  return { ...report, freed: purged };
}

/** How full each stream is, and how far behind its readers, as of the last round. */
export function retentionFamilies(reports: readonly RetentionReport[]): readonly Family[] {
  return [
    {
      name: 'earshot_stream_used_ratio',
      type: 'gauge',
      help: 'Share of its size that a stream uses: a full one refuses what comes.',
      samples: reports.map(({ stream, used }) => ({ labels: { stream }, value: used })),
    },
    {
      name: 'earshot_stream_messages_behind',
      type: 'gauge',
      help: 'Messages of an input stream that are not committed yet, looked at every ten seconds.',
      samples: reports.flatMap(({ stream, behind }) =>
        behind === null ? [] : [{ labels: { stream }, value: behind }],
      ),
    },
  ];
}

/** Looks at once and every `everyMs`, one round at a time; the result ends that. */
export function startRetention(
  jsm: JetStreamManager,
  plans: readonly StreamPlan[],
  options: Omit<RetentionOptions, 'signal'> & { readonly everyMs?: number },
): () => void {
  const ending = new AbortController();
  const { signal } = ending;
  let isBusy = false;
  const look = async (): Promise<void> => {
    if (isBusy) return;
    isBusy = true;
    const reports = await trimStreams(jsm, plans, { ...options, signal });
    if (!hasEnded(signal)) options.onLooked?.(reports);
    isBusy = false;
  };
  void look();
  const timer = setInterval(() => void look(), options.everyMs ?? 10_000);
  return () => {
    clearInterval(timer);
    ending.abort();
  };
}
