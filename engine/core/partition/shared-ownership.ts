/** What instances that share partitions say to each other, and what they agree on. */
import type { Millis } from '../types.ts';

/** Who should own what. Items are partitions, the combining one among them. */
export interface OwnerTable {
  /** How often it was written. */
  readonly generation: number;
  readonly owners: ReadonlyMap<number, OwnerEntry>;
  /** Of the owners: how each names itself and its process. */
  readonly holders: ReadonlyMap<string, string>;
  /** What is computed by: who has another mark owns nothing. Left out by a former version, and where no member says one. */
  readonly mark?: string;
}

export interface OwnerEntry {
  readonly owner: string;
  /** Generation it became the owner in. */
  readonly since: number;
  /** Who had to give it up for that; null: nobody. */
  readonly from: string | null;
}

/** What a member says of itself: once a second, and as soon as what it holds changes. */
export interface MemberBeat {
  /** Of one life of an instance. */
  readonly id: string;
  /** Names it, its process and its host (adapters/leases/lease-holder.ts). */
  readonly holder: string;
  /** When it started, by its own clock: only orders members. */
  readonly since: Millis;
  /** Counts up. */
  readonly beat: number;
  /** `new`: asks the others to beat at once. `leaving`: gives up what it holds and takes nothing. `gone`: its last beat. */
  readonly state: 'new' | 'in' | 'leaving' | 'gone';
  readonly held: readonly number[];
  /** Of the last table that it acts upon. */
  readonly generation: number;
  /** A mark of what all that it holds is computed by; of one that holds nothing, of what it would. Left out by a former version. */
  readonly mark?: string;
}

export interface StoredTable {
  /** null: none was written yet. */
  readonly table: OwnerTable | null;
  /** What a write has to name. */
  readonly revision: number;
}

/** The way to the other instances. Every call may fail while the broker is away; none is retried inside. */
export interface SharingPort {
  say(beat: MemberBeat): void;
  /** Of all members, this one among them: what it hears of itself proves that the broker is there. */
  hear(listener: (beat: MemberBeat) => void): () => void;
  read(): Promise<StoredTable>;
  /** Compare-and-set. null: it was written since. Throws while it is not known whether it was written. */
  write(table: OwnerTable, revision: number): Promise<number | null>;
  /** True when the holder's process is known to have ended. */
  hasEnded(holder: string): boolean;
  /** For people. */
  nameOf(holder: string): string;
  /** Who has it without sharing (a lease); null: nobody. */
  leasedBy(item: number): Promise<string | null>;
}
