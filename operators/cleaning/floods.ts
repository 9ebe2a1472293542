/**
 * Customers that send faster than people write. A level for each that rises by one with each text or answer and falls steadily, by
 * `most` within the time: above `most` it is a flood, from then until the sender has been calm for a while.
 */
import { START_OF_TIME, type Millis, type State } from '../../engine/core/types.ts';
import { ByteReader, ByteWriter } from '../kpis/saved/bytes.ts';
import type { FloodConfig } from './cleaning-config.ts';

/** However long a flood was, it is over when nothing came for so many times `within`. */
const CALM = 1;
const CHUNK_SENDERS = 4096;

interface Level {
  level: number;
  at: Millis;
  /** Rises by one with each sender that is new, or new again. */
  readonly serial: number;
}
/** A put: senders below `oldest` were forgotten for want of space, those that were at rest by `restedAt` as such. */
interface Part {
  readonly oldest: number;
  readonly restedAt: Millis;
  /** When those at rest are let go next; null: there are none. */
  readonly sweepAt: Millis | null;
  readonly levels: Uint8Array;
}

export class Floods {
  readonly #config: FloodConfig;
  /** How much time a level falls by one in. */
  readonly #msEach: number;
  /** In the order of their serials. */
  readonly #levels = new Map<number, Level>();
  readonly #changed = new Set<number>();
  readonly #writer = new ByteWriter();
  #nextSerial = 0;
  #oldest = 0;
  #restedAt: Millis = START_OF_TIME;
  #sweepAt: Millis | undefined;
  #forgotten = 0;
  #isSaved = true;

  constructor(config: FloodConfig) {
    this.#config = config;
    this.#msEach = config.withinMs / Math.max(1, config.most);
  }

  /** One more of a sender: whether it is part of a flood. */
  add(sender: number, at: Millis, watermark: Millis): boolean {
    const { most, withinMs, maxSenders } = this.#config;
    if (most === 0 || withinMs === 0) return false;
    const known = this.#levels.get(sender);
    const now = Math.max(at, watermark);
    let one = known;
    if (one === undefined || this.#restOf(one) <= now) {
      if (known !== undefined) this.#levels.delete(sender);
      one = { level: 0, at: now, serial: this.#nextSerial++ };
      this.#levels.set(sender, one);
    } else if (now > one.at) {
      one.level = Math.max(0, one.level - (now - one.at) / this.#msEach);
      one.at = now;
    }
    one.level = Math.min(one.level + 1, (1 + CALM) * most);
    this.#changed.add(sender);
    this.#isSaved = false;
    this.#sweepAt ??= this.#sweepAfter(now);
    if (this.#levels.size > maxSenders) this.#forgetOldest();
    return one.level > most;
  }
  #forgetOldest(): void {
    for (const [sender, { serial }] of this.#levels) {
      this.#levels.delete(sender);
      this.#changed.delete(sender);
      this.#oldest = serial + 1;
      this.#forgotten += 1;
      return;
    }
  }
  takeForgotten(): number {
    const forgotten = this.#forgotten;
    this.#forgotten = 0;
    return forgotten;
  }

  /** When it is as if nothing had been sent. */
  #restOf({ level, at }: Level): Millis {
    return at + level * this.#msEach;
  }
  #sweepAfter(time: Millis): Millis {
    return (Math.floor(time / this.#config.withinMs) + 1) * this.#config.withinMs;
  }
  get dueAt(): Millis | undefined {
    return this.#sweepAt;
  }
  /** Lets those at rest go, as of the last whole stretch of time, in however many steps time came there. */
  expire(watermark: Millis): void {
    if (this.#sweepAt === undefined || watermark < this.#sweepAt) return;
    this.#restedAt = Math.floor(watermark / this.#config.withinMs) * this.#config.withinMs;
    this.#letRest();
    this.#isSaved = false;
    this.#sweepAt = this.#levels.size === 0 ? undefined : this.#sweepAfter(watermark);
  }
  #letRest(): void {
    for (const [sender, one] of this.#levels) {
      if (this.#restOf(one) > this.#restedAt) continue;
      this.#levels.delete(sender);
      this.#changed.delete(sender);
    }
  }

  delta(): State | undefined {
    if (this.#isSaved) return undefined;
    this.#isSaved = true;
    const part = this.#part(this.#changed);
    this.#changed.clear();
    return part;
  }
  *snapshot(): Iterable<State> {
    const senders = [...this.#levels.keys()];
    for (let from = 0; from < senders.length; from += CHUNK_SENDERS)
      yield this.#part(senders.slice(from, from + CHUNK_SENDERS));
  }
  #part(senders: Iterable<number>): State {
    const writer = this.#writer;
    for (const sender of senders) {
      const one = this.#levels.get(sender);
      if (one === undefined) continue; // gone since the snapshot began
      writer.number(sender);
      writer.number(one.level);
      writer.number(one.at);
      writer.uint(one.serial);
    }
    const part: Part = {
      oldest: this.#oldest,
      restedAt: this.#restedAt,
      sweepAt: this.#sweepAt ?? null,
      levels: writer.take(),
    };
    return part as unknown as State;
  }

  /** From all parts, oldest first. */
  restore(parts: readonly State[]): void {
    const levels = new Map<number, Level>();
    for (const { oldest, restedAt, sweepAt, levels: bytes } of parts as unknown as readonly Part[]) {
      this.#sweepAt = sweepAt ?? undefined;
      this.#oldest = Math.max(this.#oldest, oldest);
      this.#restedAt = Math.max(this.#restedAt, restedAt);
      const reader = new ByteReader(bytes);
      while (!reader.done) {
        const [sender, level, at, serial] = [reader.number(), reader.number(), reader.number(), reader.uint()];
        levels.set(sender, { level, at, serial });
      }
    }
    const sorted = [...levels].sort(([, a], [, b]) => a.serial - b.serial);
    for (const [sender, one] of sorted) {
      this.#nextSerial = Math.max(this.#nextSerial, one.serial + 1);
      if (one.serial >= this.#oldest) this.#levels.set(sender, one);
    }
    this.#nextSerial = Math.max(this.#nextSerial, this.#oldest);
    this.#letRest();
  }

  get size(): number {
    return this.#levels.size;
  }
}
