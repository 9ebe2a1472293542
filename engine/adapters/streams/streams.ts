/**
 * The JetStream streams Earshot keeps its data in: what they hold, and for how long. All are kept in files, by limits, and refuse
 * what is too much (`discard: new`), so that nothing unread is ever dropped by the broker. How they come to be is
 * provision-streams.ts; what keeps them from being full for ever is `trimStreams` (stream-retention.ts).
 */
const MIB = 1024 * 1024;
const DAY_MS = 86_400_000;

export interface StreamLimits {
  /** At which publishers are refused. */
  readonly maxBytes: number;
  /** 0: kept for ever. */
  readonly maxAgeMs: number;
}

export interface StreamPlan extends StreamLimits {
  readonly name: string;
  readonly subjects: readonly string[];
  /** How long the broker knows ids it has seen. */
  readonly duplicateWindowMs: number;
  /**
   * What may go before its time when the stream is nearly full: `consumed`: what the engine has committed;
   * `oldest`: the oldest, with a line in the log; `nothing`: it stays full, and the engine waits.
   */
  readonly giveWay: 'consumed' | 'oldest' | 'nothing';
  /** The limits were chosen by the user: an existing stream is changed to them, whatever it has. */
  readonly isChosen: boolean;
}

export interface StreamSettings {
  readonly partitions: number;
  readonly replicas: number;
  /** Limits by stream name; `CX_EVENTS` stands for all of CX_EVENTS_<p>. */
  readonly limits?: Readonly<Record<string, StreamLimits>>;
}

export const STATE_STREAM = 'CX_STATE';
export const AUDIT_STREAM = 'CX_AUDIT';
/** What several partitions tell the one that combines them. */
export const PARTIALS_STREAM = 'CX_PARTIALS';
/** What leaves, one stream a family of subjects. */
export const OUTPUT_STREAMS = [
  'CX_ENRICHED',
  'CX_KPI',
  'CX_ALERTS',
  'CX_ACTIONS',
  'CX_CLOCKS',
  'CX_DLQ',
  'CX_LATE',
  'CX_AUDIT',
] as const;

export function eventStream(partition: number): string {
  return `CX_EVENTS_${String(partition)}`;
}

/** Sizes for some hundred events a second on one disk: about 10 GiB in all when everything is full. */
export function streamPlans(settings: StreamSettings): readonly StreamPlan[] {
  const plans: StreamPlan[] = [];
  const add = (
    name: string,
    subjects: readonly string[],
    limits: StreamLimits,
    giveWay: StreamPlan['giveWay'],
    configured = name,
  ): void => {
    const chosen = settings.limits?.[configured];
    plans.push({
      name,
      subjects,
      ...(chosen ?? limits),
      duplicateWindowMs: 120_000,
      giveWay,
      isChosen: chosen !== undefined,
    });
  };
  for (let p = 0; p < settings.partitions; p++) {
    const subject = settings.partitions === 1 ? 'cx.events.>' : `cx.p.${String(p)}.>`;
    add(eventStream(p), [subject], { maxBytes: 2048 * MIB, maxAgeMs: 3 * DAY_MS }, 'consumed', 'CX_EVENTS');
  }
  if (settings.partitions > 1) {
    add(PARTIALS_STREAM, ['cx.partial.*'], { maxBytes: 512 * MIB, maxAgeMs: 3 * DAY_MS }, 'consumed');
  }
  add('CX_ENRICHED', ['cx.enriched.>'], { maxBytes: 2048 * MIB, maxAgeMs: 7 * DAY_MS }, 'oldest');
  add('CX_KPI', ['cx.kpi.>'], { maxBytes: 1024 * MIB, maxAgeMs: 30 * DAY_MS }, 'oldest');
  add('CX_ALERTS', ['cx.alerts.>'], { maxBytes: 256 * MIB, maxAgeMs: 400 * DAY_MS }, 'oldest');
  add('CX_ACTIONS', ['cx.actions.>'], { maxBytes: 256 * MIB, maxAgeMs: 90 * DAY_MS }, 'oldest');
  add('CX_CLOCKS', ['cx.clocks.>'], { maxBytes: 256 * MIB, maxAgeMs: 90 * DAY_MS }, 'oldest');
  add('CX_DLQ', ['cx.dlq.>'], { maxBytes: 512 * MIB, maxAgeMs: 30 * DAY_MS }, 'oldest');
  add('CX_LATE', ['cx.late.>'], { maxBytes: 256 * MIB, maxAgeMs: 7 * DAY_MS }, 'oldest');
  add('CX_AUDIT', ['cx.audit'], { maxBytes: 512 * MIB, maxAgeMs: 1100 * DAY_MS }, 'nothing');
  add(STATE_STREAM, ['cx.state.*', 'cx.chunk.>'], { maxBytes: 4096 * MIB, maxAgeMs: 0 }, 'nothing');
  return plans;
}
