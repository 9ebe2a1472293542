/** When a commit is due, and when so much waits for one that nothing more may run. */
import type { Millis } from '../../core/types.ts';
import type { Outlet } from './outlet.ts';
import type { PartitionConfig } from '../partition-config.ts';

/** An outbox this long is committed at once, or this large: the usual 4,096 messages have less than 2 MiB. */
const MAX_OUTBOX = 4096;
const MAX_OUTBOX_BYTES = 8 * 1024 * 1024;
/** While a commit is under way, this many times what one commit may hold can gather behind it. */
const BEHIND = 4;

export class CommitCadence {
  /** Since the last cut. */
  events = 0;
  /** When something changed that no commit holds yet. */
  dirtySince: Millis | undefined;
  readonly #outlet: Pick<Outlet, 'outbox' | 'outboxBytes' | 'isUrgent'>;
  readonly #commit: PartitionConfig['commit'];

  constructor(outlet: Pick<Outlet, 'outbox' | 'outboxBytes' | 'isUrgent'>, commit: PartitionConfig['commit']) {
    this.#outlet = outlet;
    this.#commit = commit;
  }

  touch(now: Millis): void {
    this.dirtySince ??= now;
  }

  /** undefined: there is nothing to commit. */
  get dueAt(): Millis | undefined {
    return this.dirtySince === undefined ? undefined : this.dirtySince + this.#commit.everyMs;
  }

  /** By number, whatever the time. */
  get isFull(): boolean {
    return this.events >= this.#commit.maxEvents;
  }

  isDue(now: Millis): boolean {
    const { dueAt } = this;
    if (dueAt === undefined) return false;
    return this.#outlet.isUrgent || now >= dueAt || this.isFull || this.#hasOutbox(1);
  }

  /** For as long as a commit is under way. */
  get isBehind(): boolean {
    return this.events >= BEHIND * this.#commit.maxEvents || this.#hasOutbox(BEHIND);
  }

  cut(): void {
    this.dirtySince = undefined;
    this.events = 0;
  }

  /** Of so many times what is committed at once. */
  #hasOutbox(times: number): boolean {
    const { outbox, outboxBytes } = this.#outlet;
    return outbox.length >= times * MAX_OUTBOX || outboxBytes >= times * MAX_OUTBOX_BYTES;
  }
}
