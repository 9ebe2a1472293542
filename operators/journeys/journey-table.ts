/** All keys of all journeys: which is to be looked at when, what is too late, how many there may be, and how they are saved. */
import { at as elementAt } from '../../engine/core/must.ts';
import { END_OF_TIME, START_OF_TIME, type Millis, type State } from '../../engine/core/types.ts';
import { Heap } from '../shared/heap.ts';
import type { JourneyConfig, Outcome, StepRecord } from './journey.ts';
import { KeyJourney } from './key-journey.ts';
import { JourneyPartWriter, readPart, type SavedKey, type SavedPart, type SavedStep } from './saved-journeys.ts';

export interface TableHearing {
  said(journey: number, key: string, outcome: Outcome): void;
  withdrawn(journey: number, key: string, outcome: Outcome): void;
  /** Later than the journey allows. */
  late(record: StepRecord): void;
  count(name: string, by?: number): void;
}

interface Followed {
  readonly journey: number;
  readonly key: string;
  readonly of: KeyJourney;
  /** When it is in the heap for; Infinity: it is not. */
  due: Millis;
  /** Since it was saved. */
  isChanged: boolean;
  isGone: boolean;
}
interface Due {
  readonly at: Millis;
  readonly followed: Followed;
}

const CHUNK_KEYS = 256;

export class JourneyTable {
  readonly #configs: readonly JourneyConfig[];
  readonly #keys: readonly Map<string, Followed>[];
  readonly #due = new Heap<Due>(isDueBefore);
  #changed: Followed[] = [];
  /** Time passed something since it was saved how far it is. */
  #hasPassed = false;
  #passed: Millis = START_OF_TIME;
  #reached: Millis = START_OF_TIME;
  #savedReached: Millis = START_OF_TIME;
  readonly #writer = new JourneyPartWriter();

  constructor(configs: readonly JourneyConfig[], saved: readonly State[] = []) {
    this.#configs = configs;
    this.#keys = configs.map(() => new Map<string, Followed>());
    if (saved.length > 0) this.#restore(saved.map(readPart));
  }

  /** How far time is by the events themselves: an input that ends goes no further. */
  reached(at: Millis): void {
    if (at > this.#reached) this.#reached = at;
  }

  take(record: StepRecord, watermark: Millis, hearing: TableHearing): void {
    this.pass(watermark, hearing);
    const { journey, key, at } = record;
    const config = elementAt(this.#configs, journey);
    if (at < watermark - config.allowedLatenessMs) return hearing.late(record);
    const keys = elementAt(this.#keys, journey);
    let followed = keys.get(key);
    if (followed === undefined) {
      if (keys.size >= config.maxKeys) return hearing.count(`journey_keys_dropped_${config.id}`);
      followed = followedBy(journey, key, new KeyJourney(config, null, [], this.#passed));
      keys.set(key, followed);
    }
    followed.of.add(record, this.#passed, hearingOf(followed, hearing));
    this.#changes(followed);
    this.#plan(followed);
  }

  dueAt(): Millis | undefined {
    return this.#due.first?.at;
  }

  pass(watermark: Millis, hearing: TableHearing): void {
    if (watermark >= END_OF_TIME) return this.#end(hearing);
    // One after the other in the order of time, so that what is said is.
    for (let first = this.#due.first; first !== undefined && first.at <= watermark; first = this.#due.first) {
      this.#due.pop();
      const { followed, at } = first;
      if (followed.due !== at) continue;
      followed.due = Infinity;
      if (followed.of.dueAt <= at) {
        this.#hasPassed = true;
        if (followed.of.pass(at, hearingOf(followed, hearing))) this.#changes(followed);
        if (followed.of.isOver) this.#drop(followed);
      }
      this.#plan(followed);
    }
    if (watermark > this.#passed) this.#passed = watermark;
  }

  /** Steps that came count; nobody stalls or expires by a future that never comes. */
  #end(hearing: TableHearing): void {
    const until = this.#reached;
    this.pass(until, hearing);
    for (const keys of this.#keys) {
      for (const followed of [...keys.values()].sort((a, b) => (a.key < b.key ? -1 : 1))) {
        followed.of.passLast(hearingOf(followed, hearing));
        if (followed.of.isOpen) hearing.count('journeys_open_at_end');
        this.#drop(followed);
      }
    }
    this.#due.clear();
    this.#passed = END_OF_TIME;
  }

  #plan(followed: Followed): void {
    const at = followed.of.dueAt;
    // What is in the heap already is looked at first, and planned again then.
    if (at >= followed.due) return;
    followed.due = at;
    this.#due.push({ at, followed });
  }
  #changes(followed: Followed): void {
    if (followed.isChanged) return;
    followed.isChanged = true;
    this.#changed.push(followed);
  }
  #drop(followed: Followed): void {
    elementAt(this.#keys, followed.journey).delete(followed.key);
    followed.isGone = true;
    this.#changes(followed);
  }

  delta(): State | undefined {
    if (this.#changed.length === 0 && !this.#hasPassed && this.#reached === this.#savedReached) return undefined;
    this.#savedReached = this.#reached;
    this.#hasPassed = false;
    const changed = this.#changed;
    this.#changed = [];
    return this.#part(
      changed.map((followed) => {
        followed.isChanged = false;
        return this.#savedOf(followed);
      }),
    );
  }
  *snapshot(): Iterable<State> {
    const all = this.#keys.flatMap((keys, journey) => [...keys.keys()].map((key) => [journey, key] as const));
    for (let from = 0; from < all.length; from += CHUNK_KEYS)
      yield this.#part(all.slice(from, from + CHUNK_KEYS).map(([journey, key]) => this.#saved(journey, key)));
  }
  #part(keys: readonly SavedKey[]): State {
    return this.#writer.part({ passed: this.#passed, reached: this.#reached, keys });
  }
  #saved(journey: number, key: string): SavedKey {
    const followed = elementAt(this.#keys, journey).get(key);
    return followed === undefined ? [elementAt(this.#configs, journey).id, key, null] : this.#savedOf(followed);
  }
  /** One that is gone, and is met again, is saved as another after it. */
  #savedOf(followed: Followed): SavedKey {
    const { journey, key, isGone } = followed;
    const { id } = elementAt(this.#configs, journey);
    if (isGone) return [id, key, null];
    const { base, tail } = followed.of.saved;
    return [id, key, base, tail.map(({ step, at, id: event, kept }): SavedStep => [step, at, event, kept])];
  }

  #restore(parts: readonly SavedPart[]): void {
    const last = new Map<string, SavedKey>();
    for (const { passed, reached, keys } of parts) {
      this.#passed = Math.max(this.#passed, passed);
      this.#reached = Math.max(this.#reached, reached);
      for (const saved of keys) last.set(JSON.stringify([saved[0], saved[1]]), saved);
    }
    this.#savedReached = this.#reached;
    for (const saved of last.values()) {
      const journey = this.#configs.findIndex(({ id }) => id === saved[0]);
      if (journey < 0 || saved.length === 3) continue; // the journey, or the key, is gone
      const [, key, base, steps] = saved;
      const tail = steps.map(([step, at, id, kept]): StepRecord => ({ journey, key, step, at, id, kept }));
      const of = new KeyJourney(elementAt(this.#configs, journey), base, tail, this.#passed);
      const followed = followedBy(journey, key, of);
      elementAt(this.#keys, journey).set(key, followed);
      this.#plan(followed);
    }
  }

  size(): { readonly [what: string]: number } {
    return { keys: this.#keys.reduce((sum, { size }) => sum + size, 0) };
  }
}

function followedBy(journey: number, key: string, of: KeyJourney): Followed {
  return { journey, key, of, due: Infinity, isChanged: false, isGone: false };
}

/** Equal in every run, whatever was restored in between. */
function isDueBefore(a: Due, b: Due): boolean {
  if (a.at !== b.at) return a.at < b.at;
  const [one, other] = [a.followed, b.followed];
  return one.journey !== other.journey ? one.journey < other.journey : one.key < other.key;
}

function hearingOf(
  { journey, key }: Followed,
  hearing: TableHearing,
): {
  said(outcome: Outcome): void;
  withdrawn(outcome: Outcome): void;
} {
  return {
    said: (outcome) => hearing.said(journey, key, outcome),
    withdrawn: (outcome) => hearing.withdrawn(journey, key, outcome),
  };
}
