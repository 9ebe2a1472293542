/** The way between instances that share partitions, in memory: with delays, cuts, lost answers and silence where a test asks for them. */
import type { MemberBeat, OwnerTable, SharingPort, StoredTable } from '../../core/partition/shared-ownership.ts';
import type { Clock, Millis } from '../../core/types.ts';

/** What the broker holds. */
export class MemoryMeeting {
  stored: StoredTable = { table: null, revision: 0 };
  writes = 0;
  beats = 0;
  readonly lines = new Set<MemoryLine>();
  /** Holders whose process is known to have ended. */
  readonly ended = new Set<string>();
  readonly leases = new Map<number, string>();
}

export interface MemoryLineOptions {
  readonly clock: Clock;
  /** How long a message or an answer takes. */
  readonly delayMs?: () => Millis;
  /** Whether the answer to a write is lost. */
  readonly losesAnswer?: () => boolean;
}

const never = new AbortController().signal;

/** One instance's connection. */
export class MemoryLine implements SharingPort {
  /** Nothing gets through, either way. */
  isCut = false;
  readonly #meeting: MemoryMeeting;
  readonly #options: MemoryLineOptions;
  readonly #listeners = new Set<(beat: MemberBeat) => void>();
  /** What was sent first arrives first. */
  #arrivesAt = Number.NEGATIVE_INFINITY;

  constructor(meeting: MemoryMeeting, options: MemoryLineOptions) {
    this.#meeting = meeting;
    this.#options = options;
    meeting.lines.add(this);
  }

  say(beat: MemberBeat): void {
    if (this.isCut) return;
    this.#meeting.beats++;
    for (const line of this.#meeting.lines) line.#arrive(beat);
  }

  #arrive(beat: MemberBeat): void {
    const { clock, delayMs } = this.#options;
    if (this.isCut) return;
    this.#arrivesAt = Math.max(this.#arrivesAt, clock.now() + (delayMs?.() ?? 0)); // at once
    void clock.sleepUntil(this.#arrivesAt, never).then(() => {
      if (!this.isCut) for (const listener of this.#listeners) listener(beat);
    });
  }

  hear(listener: (beat: MemberBeat) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async read(): Promise<StoredTable> {
    await this.#way();
    return this.#meeting.stored;
  }

  async write(table: OwnerTable, revision: number): Promise<number | null> {
    await this.#way();
    if (this.#meeting.stored.revision !== revision) return null;
    this.#meeting.writes++;
    this.#meeting.stored = { table, revision: revision + 1 };
    if (this.#options.losesAnswer?.() === true) throw new Error('no answer');
    await this.#way();
    return revision + 1;
  }

  async #way(): Promise<void> {
    const { clock, delayMs } = this.#options;
    const ms = delayMs?.() ?? 0; // at once
    if (ms > 0) await clock.sleepUntil(clock.now() + ms, never);
    if (this.isCut) throw new Error('the broker does not answer');
  }

  hasEnded(holder: string): boolean {
    return this.#meeting.ended.has(holder);
  }
  nameOf(holder: string): string {
    return holder;
  }
  leasedBy(item: number): Promise<string | null> {
    return Promise.resolve(this.#meeting.leases.get(item) ?? null); // by nobody
  }
}
