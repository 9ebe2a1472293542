/**
 * What the gateway notes for the audit, on its way there: gathered in batches, bounded, tried again until it is stored, never
 * waited for. What does not fit is counted, and the next batch says how many.
 */
import type { AuditEntry, AuditRecord } from '../../core/audit-entry.ts';
import { reasonOf } from '../../core/errors.ts';
import { single, type Family } from '../../core/metrics.ts';
import type { Clock, Logger, Millis } from '../../core/types.ts';

export interface AuditOutboxOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly maxEntries?: number;
}

/** Resolves once all are stored, in order; rejects when they may not be. The same are given again then. */
export type StoreRecords = (records: readonly AuditRecord[]) => Promise<void>;

const MAX_ENTRIES = 10_000;
const A_BATCH = 200;
const EVERY_MS = 100;
const AGAIN_MS = 1_000;

export class AuditOutbox {
  readonly #options: AuditOutboxOptions;
  readonly #waiting: AuditRecord[] = [];
  #dropped = 0;
  #droppedSaid = 0;
  #store: StoreRecords | undefined;
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> | undefined;

  constructor(options: AuditOutboxOptions) {
    this.#options = options;
  }

  /** Never throws and never waits. */
  note(entry: AuditEntry): void {
    if (this.#waiting.length >= (this.#options.maxEntries ?? MAX_ENTRIES)) this.#dropped += 1;
    else this.#waiting.push({ entry, at: this.#options.clock.now() });
    this.#plan(EVERY_MS);
  }

  /** From here on what waits leaves. */
  connect(store: StoreRecords): void {
    this.#store = store;
    this.#plan(0);
  }

  /** Sends what waits, and waits for that so long. */
  async flush(withinMs: Millis): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#plan(0);
    const { clock, logger } = this.#options;
    const end = clock.elapsed() + withinMs;
    while (this.#waiting.length > 0 && this.#store !== undefined && clock.elapsed() < end) {
      await new Promise((wake) => setTimeout(wake, 20));
    }
    const left = this.#waiting.length;
    if (left > 0) logger.error('entries for the audit are not stored', { entries: left });
    this.#store = undefined;
  }

  families(): readonly Family[] {
    const lost = 'Entries for the audit that were not kept, because too many waited.';
    return [
      single('earshot_audit_waiting', 'gauge', 'Entries for the audit that are not stored yet.', this.#waiting.length),
      single('earshot_audit_dropped_total', 'counter', lost, this.#dropped),
    ];
  }

  #plan(inMs: Millis): void {
    if (this.#timer !== undefined || this.#sending !== undefined || this.#store === undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#sending = this.#send().then((isStored) => {
        this.#sending = undefined;
        if (this.#waiting.length > 0) this.#plan(isStored ? 0 : AGAIN_MS);
      });
    }, inMs);
    this.#timer.unref();
  }

  async #send(): Promise<boolean> {
    const batch = this.#waiting.slice(0, A_BATCH);
    const lost = this.#dropped - this.#droppedSaid;
    const entry = { action: 'audit.dropped', outcome: 'done', by: 'earshot', entries: lost } as const;
    const records = lost > 0 ? [...batch, { entry, at: this.#options.clock.now() }] : batch;
    try {
      await this.#store?.(records);
    } catch (error) {
      this.#options.logger.warn('entries for the audit are not stored yet', { reason: reasonOf(error) });
      return false;
    }
    this.#droppedSaid += lost;
    this.#waiting.splice(0, batch.length);
    return true;
  }
}
