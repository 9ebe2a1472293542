/**
 * Lets each event id through once.
 *
 * Lateness: an id is remembered for at least `horizonMs` of event time after it came, however old the event itself was, and
 * however far it moves time.
 * State size: 16 bytes an id; past `maxIds` the oldest generation is forgotten early (counted: `dedupe_forgotten`).
 * Counts `events_duplicate`.
 */
import { wordAt } from '../../engine/core/must.ts';
import { cyrb64 } from '../../engine/core/hash.ts';
import { END_OF_TIME, START_OF_TIME } from '../../engine/core/types.ts';
import type { Collector, Envelope, Millis, Operator, OperatorDef, State } from '../../engine/core/types.ts';
import { IdSet } from './id-set.ts';

export interface DedupeConfig {
  readonly horizonMs: Millis;
  readonly maxIds: number;
}

/** The horizon is forgotten in so many steps. */
const GENERATIONS = 4;
const CHUNK_IDS = 8192;

export function dedupe<T>({ horizonMs, maxIds }: DedupeConfig): OperatorDef<T, T> {
  return {
    name: 'dedupe',
    create: (_context, saved = []) => new Dedupe<T>(horizonMs, maxIds, saved),
  };
}

/** A generation takes in what comes while neither the watermark nor the event is at `end`, and dies `horizonMs` after that. */
interface Generation {
  readonly number: number;
  /** START_OF_TIME: not known before the first event, as controls alone have come. */
  end: Millis;
  readonly ids: IdSet;
}

/**
 * A put: generations below `oldest` are gone, and of the others these ids are known (bytes: pairs of 32-bit words,
 * little-endian). Applied over a newer state it adds nothing new, over an older one what is missing.
 */
interface Part {
  readonly oldest: number;
  readonly generations: readonly { readonly number: number; readonly end: Millis; readonly ids: Uint8Array }[];
}

class Dedupe<T> implements Operator<T, T> {
  readonly #horizonMs: Millis;
  readonly #spanMs: Millis;
  readonly #maxIds: number;
  /** Oldest first; the last takes in. */
  #generations: Generation[] = [];
  #oldest = 0;
  #next = 0;
  #count = 0;
  readonly #added = new Map<number, number[]>();
  #hasChanged = false;
  readonly #hash = new Uint32Array(2);

  constructor(horizonMs: Millis, maxIds: number, saved: readonly State[]) {
    this.#horizonMs = horizonMs;
    this.#spanMs = Math.max(1, Math.ceil(horizonMs / GENERATIONS));
    this.#maxIds = maxIds;
    for (const part of saved) this.#restore(part as unknown as Part);
  }

  onEvent(event: Envelope<T>, watermark: Millis, out: Collector<T>): void {
    cyrb64(event.id, this.#hash);
    const high = wordAt(this.#hash, 0);
    const low = wordAt(this.#hash, 1);
    for (let i = this.#generations.length - 1; i >= 0; i--) {
      if (this.#generations[i]?.ids.has(high, low) === true) {
        out.count('events_duplicate');
        return;
      }
    }
    this.#add(high, low, watermark, event);
    while (this.#count > this.#maxIds) out.count('dedupe_forgotten', this.#forgetOldest());
    out.emit(event);
  }

  dueAt(): Millis | undefined {
    const first = this.#generations[0];
    return first === undefined ? undefined : this.#death(first);
  }

  onWatermark(watermark: Millis): void {
    for (let first = this.#generations[0]; first !== undefined; first = this.#generations[0]) {
      if (this.#death(first) > watermark) return;
      this.#forgetOldest();
    }
  }

  delta(): State | undefined {
    if (!this.#hasChanged) return undefined;
    this.#hasChanged = false;
    const generations = this.#generations.flatMap(({ number, end }) => {
      const words = this.#added.get(number);
      return words === undefined ? [] : [{ number, end, ids: toBytes(Uint32Array.from(words)) }];
    });
    this.#added.clear();
    return { oldest: this.#oldest, generations };
  }

  *snapshot(): Iterable<State> {
    yield { oldest: this.#oldest, generations: [] };
    for (const { number, end, ids } of [...this.#generations]) {
      for (const words of ids.chunks(CHUNK_IDS)) {
        yield { oldest: this.#oldest, generations: [{ number, end, ids: toBytes(words) }] };
      }
    }
  }

  size(): Readonly<Record<string, number>> {
    return { ids: this.#count, generations: this.#generations.length };
  }

  #death({ end }: Generation): Millis {
    return Math.min(end + this.#horizonMs, END_OF_TIME);
  }

  #add(high: number, low: number, watermark: Millis, { ts, isControl }: Envelope<T>): void {
    let current = this.#generations.at(-1);
    // After a silence the event is what moves time on: its id comes then, not when the silence began. A control moves none.
    const now = isControl === true ? watermark : Math.max(watermark, ts);
    const isOver = current !== undefined && now >= current.end && current.end !== START_OF_TIME;
    if (current === undefined || isOver || current.ids.size >= this.#maxIds / GENERATIONS) {
      current = { number: this.#next++, end: current?.end ?? START_OF_TIME, ids: new IdSet() };
      this.#generations.push(current);
      current.end = Math.max(current.end, this.#endAt(now));
    } else if (current.end === START_OF_TIME) current.end = this.#endAt(now);
    current.ids.add(high, low);
    this.#count++;
    const added = this.#added.get(current.number);
    if (added === undefined) this.#added.set(current.number, [high, low]);
    else added.push(high, low);
    this.#hasChanged = true;
  }

  /** Before the first event there is no time. */
  #endAt(now: Millis): Millis {
    if (now === START_OF_TIME) return START_OF_TIME;
    return (Math.floor(now / this.#spanMs) + 1) * this.#spanMs;
  }

  /** How many ids it held. */
  #forgetOldest(): number {
    const first = this.#generations.shift();
    if (first === undefined) return 0;
    this.#oldest = first.number + 1;
    this.#count -= first.ids.size;
    this.#added.delete(first.number);
    this.#hasChanged = true;
    return first.ids.size;
  }

  #restore(part: Part): void {
    while ((this.#generations[0]?.number ?? Infinity) < part.oldest) this.#forgetOldest();
    this.#oldest = Math.max(this.#oldest, part.oldest);
    this.#next = Math.max(this.#next, this.#oldest);
    for (const { number, end, ids } of part.generations) {
      if (number < this.#oldest) continue;
      let generation = this.#generations.find((one) => one.number === number);
      if (generation === undefined) {
        generation = { number, end, ids: new IdSet() };
        this.#generations.push(generation);
        this.#generations.sort((a, b) => a.number - b.number);
        this.#next = Math.max(this.#next, number + 1);
      }
      generation.end = Math.max(generation.end, end);
      const words = new DataView(ids.buffer, ids.byteOffset, ids.byteLength);
      for (let at = 0; at < ids.length; at += 8) {
        if (generation.ids.add(words.getUint32(at, true), words.getUint32(at + 4, true))) this.#count++;
      }
    }
    this.#hasChanged = false;
    this.#added.clear();
  }
}

function toBytes(words: Uint32Array): Uint8Array {
  const bytes = new Uint8Array(4 * words.length);
  const view = new DataView(bytes.buffer);
  words.forEach((word, i) => view.setUint32(4 * i, word, true));
  return bytes;
}
