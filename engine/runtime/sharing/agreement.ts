/** The table as one member knows it: read when others act upon a newer one, changed where this member is the one to. */
import type { MemberBeat, OwnerEntry, OwnerTable, SharingPort } from '../../core/partition/shared-ownership.ts';
import type { Logger, Millis } from '../../core/types.ts';
import type { Mark } from './mark-in-force.ts';
import type { MemberWatch } from './member-watch.ts';
import { nextTable } from './owner-table.ts';

export interface AgreementOptions {
  readonly id: string;
  /** All there are; those in front move first. */
  readonly items: readonly number[];
  readonly port: SharingPort;
  readonly watch: MemberWatch;
  readonly elapsed: () => Millis;
  readonly logger: Logger;
  /** It acts upon another table from now on. */
  readonly onChange: () => void;
}

/** How often the table is read though nobody said that there is another. */
const READ_MS: Millis = 2000;
/** A member listens for so long before it changes the table: several that start together are shared out at once. */
const SETTLE_MS: Millis = 700;
/** The first in line changes the table; the next where nobody has for so long. */
const RANK_MS: Millis = 700;

export class Agreement {
  readonly #options: AgreementOptions;
  #table: OwnerTable | null = null;
  /** null: it was not read yet. */
  #revision: number | null = null;
  #readAt = Number.NEGATIVE_INFINITY;
  /** Somebody acts upon this one. */
  #newest = 0;
  #staleSince: Millis | undefined;
  /** Tables that this member wrote. */
  written = 0;

  constructor(options: AgreementOptions) {
    this.#options = options;
  }

  get generation(): number {
    return this.#table?.generation ?? 0; // none was written
  }

  /** What is computed by; undefined: whatever a member does. */
  get mark(): Mark {
    return this.#table?.mark;
  }

  heardOf(generation: number): void {
    this.#newest = Math.max(this.#newest, generation);
  }

  /** undefined: nobody should own it yet, as far as is known. */
  entry(item: number): OwnerEntry | undefined {
    return this.#table?.owners.get(item);
  }

  /** Of one that the table names. */
  nameOf(id: string): string {
    return this.#options.port.nameOf(this.#holderOf(id));
  }
  #holderOf(id: string): string {
    return this.#table?.holders.get(id) ?? ''; // in a table that somebody else wrote
  }

  /** Whoever had it has acted upon the table that gave it away, and so has not just taken it by an older one. */
  isGivenUp({ from, since }: OwnerEntry, living: readonly MemberBeat[]): boolean {
    if (from === null) return true;
    const { watch, elapsed } = this.#options;
    const before = living.find(({ id }) => id === from);
    return before === undefined ? !watch.mayLive(from, this.#holderOf(from), elapsed()) : before.generation >= since;
  }

  /** Rejects while the broker does not answer. `living`: the members, this one as it is now. */
  async follow(living: readonly MemberBeat[]): Promise<void> {
    const isOld = this.#newest > this.generation;
    if (this.#revision === null || isOld || this.#options.elapsed() - this.#readAt >= READ_MS) await this.#read();
    await this.#improve(living);
  }

  async #read(): Promise<void> {
    const { elapsed, port } = this.#options;
    const asked = elapsed();
    const { table, revision } = await port.read();
    this.#readAt = asked;
    // Where it was removed, the one that others act upon does not come back.
    this.#newest = table?.generation ?? 0; // it was removed
    this.#use(table, revision);
  }

  #use(table: OwnerTable | null, revision: number): void {
    const isNew = revision !== this.#revision;
    this.#table = table;
    this.#revision = revision;
    if (isNew) this.#options.onChange();
  }

  /** Writes the table that should follow, if this member is the one to. */
  async #improve(living: readonly MemberBeat[]): Promise<void> {
    const { items, port, watch, elapsed, logger } = this.#options;
    const now = elapsed();
    if (this.#revision === null || watch.hearingFor(now) < SETTLE_MS) return;
    const next = nextTable(this.#table, items, living, (id, holder) => watch.mayLive(id, holder, now));
    if (next === null) {
      this.#staleSince = undefined;
      return;
    }
    this.#staleSince ??= now;
    const rank = this.#rank(living);
    if (rank === undefined || now - this.#staleSince < rank * RANK_MS) return;
    const revision = await port.write(next, this.#revision);
    this.#staleSince = undefined;
    if (revision === null) return this.#read();
    this.written++;
    logger.info('partitions are shared out', { generation: next.generation, instances: next.holders.size });
    this.#use(next, revision);
  }

  /** Its place among those that stay, the one that started first in front; undefined: it leaves. */
  #rank(living: readonly MemberBeat[]): number | undefined {
    const staying = living
      .filter(({ state }) => state !== 'leaving')
      .sort((a, b) => a.since - b.since || (a.id < b.id ? -1 : 1));
    const rank = staying.findIndex(({ id }) => id === this.#options.id);
    return rank < 0 ? undefined : rank;
  }
}
