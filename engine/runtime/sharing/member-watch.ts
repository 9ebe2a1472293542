/**
 * Which members live. One is dead when nothing was heard of it for long enough while this one heard itself, by its own clock that
 * only goes forward: a broker that is away, or a process that stood still, accuses nobody.
 */
import type { MemberBeat } from '../../core/partition/shared-ownership.ts';
import type { Millis } from '../../core/types.ts';

export interface WatchTimings {
  readonly beatMs: Millis;
  /** Unheard for so long: dead. */
  readonly deadMs: Millis;
  /** Not hearing itself for so long: it cannot tell who lives, and others may count it as dead. */
  readonly deafMs: Millis;
}
export const WATCH_TIMINGS: WatchTimings = { beatMs: 1000, deadMs: 3000, deafMs: 2200 };

/** Who could not hear for a while waits longer for the others: they come back one after the other. */
const GRACE = 2;
/** Far beyond what shares 257 partitions: others may send what they like. */
const MOST_MEMBERS = 1000;
const MOST_DEAD = 10_000;

export class MemberWatch {
  readonly #me: string;
  readonly #timings: WatchTimings;
  readonly #hasEnded: (holder: string) => boolean;
  readonly #heard = new Map<string, { readonly beat: MemberBeat; readonly at: Millis }>();
  /** Said good-bye, or given up: until they are heard again. */
  #dead = new Set<string>();
  /** When the last beat that it heard of itself was sent. */
  #ownAt: Millis | undefined;
  /** Since when it has heard itself without a break; how long it then waits for others. */
  #hearing: { readonly since: Millis; readonly patienceMs: Millis } | undefined;

  constructor(me: string, hasEnded: (holder: string) => boolean, timings: WatchTimings = WATCH_TIMINGS) {
    this.#me = me;
    this.#hasEnded = hasEnded;
    this.#timings = timings;
  }

  /** `sentAt`: of one of its own. */
  hear(beat: MemberBeat, now: Millis, sentAt: Millis = now): void {
    if (beat.id === this.#me) this.#hearOwn(now, sentAt);
    const known = this.#heard.get(beat.id);
    if (known !== undefined && beat.beat <= known.beat.beat) return;
    if (beat.state === 'gone') {
      this.#bury(beat.id);
      return;
    }
    if (known === undefined && beat.id !== this.#me && this.#heard.size >= MOST_MEMBERS) return;
    this.#dead.delete(beat.id);
    this.#heard.set(beat.id, { beat, at: now });
  }

  #hearOwn(now: Millis, sentAt: Millis): void {
    const { deadMs } = this.#timings;
    if (!this.isHearing(now)) {
      const patienceMs = this.#hearing === undefined ? deadMs : deadMs * GRACE;
      this.#hearing = { since: now, patienceMs };
    }
    this.#ownAt = Math.max(this.#ownAt ?? sentAt, sentAt);
  }

  /** Whether it can tell who lives. */
  isHearing(now: Millis): boolean {
    return this.#ownAt !== undefined && now - this.#ownAt <= this.#timings.deafMs;
  }

  /** For how long it has not heard itself; undefined: it never has. */
  silentFor(now: Millis): Millis | undefined {
    return this.#ownAt === undefined ? undefined : now - this.#ownAt;
  }

  /** For how long it has been able to tell who lives. 0: it cannot. */
  hearingFor(now: Millis): Millis {
    return this.#hearing === undefined || !this.isHearing(now) ? 0 : now - this.#hearing.since;
  }

  /** Those heard that live, this one among them. */
  living(now: Millis): readonly MemberBeat[] {
    for (const [id, { beat, at }] of this.#heard) {
      if (id !== this.#me && this.#isOver(beat.holder, at, now)) this.#bury(id);
    }
    return [...this.#heard.values()].map(({ beat }) => beat);
  }

  /** Of one that the table names: whether it may live, heard or not. */
  mayLive(id: string, holder: string, now: Millis): boolean {
    if (id === this.#me) return true;
    if (this.#dead.has(id)) return false;
    return !this.#isOver(holder, this.#heard.get(id)?.at ?? Number.NEGATIVE_INFINITY, now); // never heard
  }

  #isOver(holder: string, heardAt: Millis, now: Millis): boolean {
    const { beatMs, deadMs } = this.#timings;
    // Looked at only where a beat is missing.
    if (now - heardAt > 1.2 * beatMs && this.#hasEnded(holder)) return true;
    const patienceMs = this.#hearing?.patienceMs ?? Infinity; // it has heard nobody
    return now - heardAt > deadMs && this.hearingFor(now) > patienceMs;
  }

  #bury(id: string): void {
    this.#heard.delete(id);
    this.#dead.add(id);
    // So that they do not pile up: no table names those that died long ago.
    if (this.#dead.size > MOST_DEAD) this.#dead = new Set([...this.#dead].slice(-MOST_DEAD / 2));
  }
}
