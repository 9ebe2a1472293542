/**
 * When the events of a file arrived, which no broker has written down: from what each says of its recording, else from the events
 * around it. So a clock that ran ahead, by minutes or by decades, makes nobody late in a file either.
 */
import { at as elementAt } from '../core/must.ts';
import { sourceOf } from '../core/text/source-of.ts';
import { START_OF_TIME, type Millis } from '../core/types.ts';

/** What is known of one event. */
export interface FileEntry {
  readonly ts: Millis;
  /** When it was recorded, where it says so. */
  readonly recorded: Millis | undefined;
  /** `<source>|<event>` as in `Envelope.id`: whose clock it was. */
  readonly id: string;
  /** Whose it was within a source. */
  readonly key: string;
}

export interface FileClockOptions {
  readonly outOfOrdernessMs: Millis;
  /** Further ahead of its arrival than this, against the others' word, it is bad input. */
  readonly refusedAheadMs: Millis;
}

export interface Arrival {
  /** Never goes back. */
  readonly arrived: Millis;
  /** How far ahead of the others its time lies, where that is too far; undefined: it counts. */
  readonly refusedBy: Millis | undefined;
}

/** Events after one that may say whether time has gone on with it. */
export const LOOK_AHEAD = 256;
/** As many events of others are heard, and of each of them so many. */
const WITNESSES = 6;
const OF_EACH = 2;

/**
 * An event arrives at the instant it was recorded, or at its own time, but never before those before it. One that leaps ahead by
 * more than `out_of_orderness`, after a quiet night or by a wrong clock, arrives there unless two of the next others contradict it by
 * standing before that: then where the first of them stands. Others are the next events of other sources, and of other keys, which are not late
 * themselves, at most two of each; where there are none, the next events at all. So time follows a gap at once where the rest goes on
 * from there, one straggler or not; and a clock that is ahead, by minutes or by decades, makes nobody late.
 */
export class FileClock {
  now: Millis = START_OF_TIME;
  readonly #options: FileClockOptions;

  constructor(options: FileClockOptions) {
    this.#options = options;
  }

  /** Whether `arrival` must see what follows. */
  isLeap(entry: FileEntry): boolean {
    return claimOf(entry) > this.now + this.#options.outOfOrdernessMs;
  }

  /** The arrival of `entries[at]`; after a leap stand all that follow in the file, or at least `LOOK_AHEAD`. */
  arrival(entries: readonly FileEntry[], at: number): Arrival {
    const { outOfOrdernessMs, refusedAheadMs } = this.#options;
    const entry = elementAt(entries, at);
    const claimed = claimOf(entry);
    if (!this.isLeap(entry)) {
      this.now = Math.max(this.now, claimed);
      return { arrived: this.now, refusedBy: undefined };
    }
    const { ofSources, ofKeys, events } = this.#witnesses(entries, at);
    const isAlone = ofSources.length === 0 && ofKeys.length === 0;
    const before = claimed - outOfOrdernessMs;
    const limits = (isAlone ? [events] : [ofSources, ofKeys]).map((heard) => contradiction(heard, before));
    this.now = Math.max(this.now, Math.min(claimed, ...limits));
    const aheadMs = entry.ts - this.now;
    const judges = [ofSources, ofKeys, events].find(({ length }) => length >= OF_EACH) ?? []; // too few to judge
    const isRefused = aheadMs > refusedAheadMs && speakAgainst(judges, entry.ts - refusedAheadMs);
    return { arrived: this.now, refusedBy: isRefused ? aheadMs : undefined };
  }

  /** When the next events come that are not late as it is: of other sources, of others at all, of anybody. */
  #witnesses(
    entries: readonly FileEntry[],
    at: number,
  ): Readonly<Record<'ofSources' | 'ofKeys' | 'events', readonly Millis[]>> {
    const { key, id } = elementAt(entries, at);
    const source = sourceOf(id);
    const notLate = this.now - this.#options.outOfOrdernessMs;
    const ofSources = new Witnesses();
    const ofKeys = new Witnesses();
    const events: Millis[] = [];
    const end = Math.min(entries.length, at + 1 + LOOK_AHEAD);
    for (let i = at + 1; i < end && ofSources.heard.length < WITNESSES; i++) {
      const other = elementAt(entries, i);
      const claimed = claimOf(other);
      if (claimed < notLate) continue;
      if (events.length < WITNESSES) events.push(claimed);
      const isForeign = !isOf(source, other.id);
      if (isForeign) ofSources.hear(sourceOf(other.id), claimed);
      if (isForeign || other.key !== key) ofKeys.hear(other.key, claimed);
    }
    return { ofSources: ofSources.heard, ofKeys: ofKeys.heard, events };
  }
}

class Witnesses {
  readonly heard: Millis[] = [];
  readonly #times = new Map<string, number>();

  hear(name: string, claimed: Millis): void {
    const times = this.#times.get(name) ?? 0;
    if (this.heard.length === WITNESSES || times === OF_EACH) return;
    this.#times.set(name, times + 1);
    this.heard.push(claimed);
  }
}

/** The lowest, where two at least lie before `claimed`: a single straggler contradicts nobody. */
function contradiction(claims: readonly Millis[], claimed: Millis): Millis {
  const before = claims.filter((claim) => claim < claimed);
  return before.length < OF_EACH ? Infinity : Math.min(...before);
}

/** Until when an event says that time has come. */
function claimOf({ ts, recorded }: FileEntry): Millis {
  return recorded ?? ts;
}

/** Most of several lie before it, and they do not go back in time, as they do in a file that has the newest first. */
function speakAgainst(judges: readonly Millis[], before: Millis): boolean {
  if (judges.length < OF_EACH || elementAt(judges, judges.length - 1) < elementAt(judges, 0)) return false;
  return judges.filter((claimed) => claimed < before).length > judges.length / 2;
}

function isOf(source: string, id: string): boolean {
  return id.startsWith(source) && id[source.length] === '|';
}
