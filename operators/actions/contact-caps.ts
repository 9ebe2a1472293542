/**
 * How often somebody was asked: when actions of a group were sent to whom. Bounded: by `maxKeys` a group, past which who was asked
 * the longest ago is forgotten, and by time. What was sent is never unsent: a late event is capped by what was sent after it, too.
 */
import type { Millis } from '../../engine/core/types.ts';

export interface Cap {
  readonly group: string;
  readonly times: number;
  readonly inMs: Millis;
}
export type SavedCap = readonly [group: string, per: string, sent: readonly Millis[] | null];

export class ContactCaps {
  /** By group, whom, in the order of the last time. */
  readonly #sent = new Map<string, Map<string, Millis[]>>();
  readonly #keptMs: ReadonlyMap<string, Millis>;
  readonly #maxKeys: number;
  readonly #changed = new Map<string, readonly [group: string, per: string]>();
  size = 0;

  constructor(caps: readonly Cap[], maxKeys: number) {
    const kept = new Map<string, Millis>();
    for (const { group, inMs } of caps) kept.set(group, Math.max(inMs, kept.get(group) ?? 0)); // the first of its group
    this.#keptMs = kept;
    this.#maxKeys = maxKeys;
    for (const group of kept.keys()) this.#sent.set(group, new Map<string, Millis[]>());
  }

  /** When the last one was sent that forbids another at `at`; null: none does. Sent in (at − in, at], and after it. */
  forbids({ group, times, inMs }: Cap, per: string, at: Millis): Millis | null {
    const near = (this.#sent.get(group)?.get(per) ?? []).filter((sent) => sent > at - inMs && sent < at + inMs); // nobody asked
    return near.length < times ? null : Math.max(...near);
  }

  /** Returns how many had to be forgotten for it. */
  sent({ group }: Cap, per: string, at: Millis): number {
    const whom = this.#sent.get(group);
    if (whom === undefined) return 0;
    const before = whom.get(per);
    if (before === undefined) this.size += 1;
    const oldest = at - (this.#keptMs.get(group) ?? 0); // every group has a time
    whom.delete(per);
    whom.set(
      per,
      [...(before ?? []), at].filter((sent) => sent > oldest).sort((a, b) => a - b), // the first of them
    );
    this.#change(group, per);
    let forgotten = 0;
    for (const one of whom.keys()) {
      if (whom.size <= this.#maxKeys) break;
      this.#forget(group, one);
      forgotten += 1;
    }
    return forgotten;
  }

  /** Those that forbid nothing any more. */
  pass(now: Millis): void {
    for (const [group, keptMs] of this.#keptMs) {
      for (const [per, sent] of this.#sent.get(group) ?? []) {
        if (Math.max(...sent) + keptMs >= now) break;
        this.#forget(group, per);
      }
    }
  }
  clear(): void {
    for (const whom of this.#sent.values()) whom.clear();
    this.size = 0;
  }

  takeChanges(): readonly SavedCap[] {
    const changes = Array.from(this.#changed.values(), ([group, per]): SavedCap => this.#saved(group, per));
    this.#changed.clear();
    return changes;
  }
  *all(): Iterable<SavedCap> {
    for (const [group, whom] of this.#sent) for (const per of whom.keys()) yield this.#saved(group, per);
  }
  /** Groups that are gone are left out. */
  load([group, per, sent]: SavedCap): void {
    const whom = this.#sent.get(group);
    if (whom === undefined) return;
    if (whom.delete(per)) this.size -= 1;
    if (sent === null) return;
    whom.set(per, [...sent]);
    this.size += 1;
  }

  #saved(group: string, per: string): SavedCap {
    return [group, per, this.#sent.get(group)?.get(per) ?? null]; // it was forgotten
  }
  #change(group: string, per: string): void {
    this.#changed.set(`${group} ${per}`, [group, per]);
  }
  #forget(group: string, per: string): void {
    if (this.#sent.get(group)?.delete(per) === true) this.size -= 1;
    this.#change(group, per);
  }
}
