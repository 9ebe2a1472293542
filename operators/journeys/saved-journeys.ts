/**
 * Saved state of journeys: parts that each put some keys, or say that they are gone. Instants are counted from the highest event time, and
 * texts that repeat by number. What was saved as plain data before this form reads, too.
 */
import { EngineError } from '../../engine/core/errors.ts';
import { at as elementAt } from '../../engine/core/must.ts';
import type { Json, Millis, State } from '../../engine/core/types.ts';
import { ByteReader, ByteWriter } from '../kpis/saved/bytes.ts';
import type { Run } from './journey-run.ts';

const FORMAT = 1;

export type SavedStep = readonly [step: number, at: Millis, id: string, kept: readonly Json[]];
/** Journey, key, state of the run, later steps; null: it is gone. */
export type SavedKey =
  | readonly [journey: string, key: string, base: Run | null, tail: readonly SavedStep[]]
  | readonly [journey: string, key: string, gone: null];
export interface SavedPart {
  readonly passed: Millis;
  readonly reached: Millis;
  readonly keys: readonly SavedKey[];
}

const GONE = 0;
const WITHOUT_BASE = 1;
const WITH_BASE = 2;

/** Instants are near it, so that they take few bytes. */
function anchorOf(reached: Millis): Millis {
  return Math.max(0, reached);
}

export class JourneyPartWriter {
  readonly #to = new ByteWriter(16 * 1024);
  readonly #texts = new Map<string, number>();

  part({ passed, reached, keys }: SavedPart): Uint8Array {
    const to = this.#to;
    this.#texts.clear();
    to.uint(FORMAT);
    to.number(passed);
    to.number(reached);
    to.uint(keys.length);
    for (const key of keys) this.#key(key, anchorOf(reached));
    return to.take();
  }

  #key(saved: SavedKey, anchor: Millis): void {
    const to = this.#to;
    this.#text(saved[0]);
    to.string(saved[1]);
    if (saved.length === 3) {
      to.uint(GONE);
      return;
    }
    const [, , base, tail] = saved;
    to.uint(base === null ? WITHOUT_BASE : WITH_BASE);
    if (base !== null) this.#run(base, anchor);
    to.uint(tail.length);
    for (const [step, at, id, kept] of tail) {
      to.uint(step);
      to.number(at - anchor);
      to.string(id);
      this.#kept(kept);
    }
  }

  #run({ started, first, last, step, since, seen, stalls, isStalled, kept }: Run, anchor: Millis): void {
    const to = this.#to;
    to.number(started - anchor);
    to.uint(first.length);
    first.forEach((time, i) => {
      to.uint(time === null ? 0 : 1);
      if (time === null) return;
      to.number(time - started);
      to.number((last[i] ?? time) - time); // where there is a first there is a last
    });
    to.uint(step);
    to.number(since - started);
    to.number(seen - started);
    to.uint(stalls * 2 + (isStalled ? 1 : 0));
    this.#kept(kept);
  }

  #kept(kept: readonly Json[]): void {
    this.#to.uint(kept.length);
    for (const value of kept) {
      if (value === null) this.#to.uint(0);
      else if (typeof value === 'string') {
        this.#to.uint(1);
        this.#text(value);
      } else {
        this.#to.uint(2);
        this.#text(JSON.stringify(value));
      }
    }
  }
  /** With the first of a text stands what it is; later ones name it by number. */
  #text(text: string): void {
    const known = this.#texts.get(text);
    this.#to.uint(known ?? this.#texts.size);
    if (known !== undefined) return;
    this.#texts.set(text, this.#texts.size);
    this.#to.string(text);
  }
}

export function readPart(part: State): SavedPart {
  // As it was saved before.
  if (!(part instanceof Uint8Array)) return part as unknown as SavedPart;
  return new PartReader(part).read();
}

class PartReader {
  readonly #from: ByteReader;
  readonly #texts: string[] = [];
  #anchor: Millis = 0;

  constructor(bytes: Uint8Array) {
    this.#from = new ByteReader(bytes);
  }

  read(): SavedPart {
    const from = this.#from;
    if (from.uint() !== FORMAT) throw new EngineError('STATE_MISMATCH', ['journeys', 'it is of another version']);
    const [passed, reached] = [from.number(), from.number()];
    this.#anchor = anchorOf(reached);
    return { passed, reached, keys: this.#list(() => this.#key()) };
  }

  #key(): SavedKey {
    const [journey, key, form] = [this.#text(), this.#from.string(), this.#from.uint()];
    if (form === GONE) return [journey, key, null];
    const base = form === WITH_BASE ? this.#run() : null;
    return [journey, key, base, this.#list(() => this.#step())];
  }
  #step(): SavedStep {
    const [step, at, id] = [this.#from.uint(), this.#from.number() + this.#anchor, this.#from.string()];
    return [step, at, id, this.#kept()];
  }

  #run(): Run {
    const from = this.#from;
    const started = from.number() + this.#anchor;
    const last: (Millis | null)[] = [];
    const first = this.#list((): Millis | null => {
      if (from.uint() === 0) {
        last.push(null);
        return null;
      }
      const time = from.number() + started;
      last.push(time + from.number());
      return time;
    });
    const step = from.uint();
    const [since, seen] = [from.number() + started, from.number() + started];
    const stalls = from.uint();
    const kept = this.#kept();
    return { started, first, last, step, since, seen, stalls: stalls >> 1, isStalled: stalls % 2 === 1, kept };
  }

  #kept(): readonly Json[] {
    return this.#list((): Json => {
      const kind = this.#from.uint();
      if (kind === 0) return null;
      return kind === 1 ? this.#text() : (JSON.parse(this.#text()) as Json);
    });
  }
  #text(): string {
    const number = this.#from.uint();
    if (number === this.#texts.length) this.#texts.push(this.#from.string());
    return elementAt(this.#texts, number);
  }
  #list<T>(one: () => T): T[] {
    return Array.from({ length: this.#from.uint() }, one);
  }
}
