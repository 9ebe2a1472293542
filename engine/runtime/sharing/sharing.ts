/**
 * One member of those that share the partitions: beats, follows the table, takes what the table gives it once whoever had it has given
 * it up, and gives up what the table gives to another. What it holds is what it says it holds; that no two write the same is held by
 * the commit chain.
 */
import { reasonOf } from '../../core/errors.ts';
import { COMBINING_PARTITION } from '../../core/partition/combining.ts';
import type { MemberBeat, SharingPort } from '../../core/partition/shared-ownership.ts';
import type { Clock, Logger, Millis } from '../../core/types.ts';
import type { Ownership, OwnershipWait } from '../assignment/supervisor.ts';
import { Rhythm } from '../bell.ts';
import { Agreement } from './agreement.ts';
import { HeldItems } from './held-items.ts';
import { isOf } from './mark-in-force.ts';
import { MemberWatch, WATCH_TIMINGS, type WatchTimings } from './member-watch.ts';
import { Waiters } from './waiters.ts';

export interface SharingOptions {
  /** Of this life. */
  readonly id: string;
  readonly holder: string;
  /** All there are; those in front move first. */
  readonly items: readonly number[];
  readonly port: SharingPort;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Of what this one computes by, now. */
  readonly mark: () => string;
  /** From 0 to 1. */
  readonly random: () => number;
  /** By the wall clock, when it last could not know whether others count it as dead: what it runs proves its right after that. */
  readonly onDoubt?: (at: Millis) => void;
  readonly timings?: WatchTimings;
}

export interface SharingReport {
  readonly instances: readonly SharingInstance[];
  /** Why it takes and gives nothing; null: it does. */
  readonly trouble: string | null;
  readonly generation: number;
  /** Tables that this one wrote. */
  readonly written: number;
}
export interface SharingInstance {
  readonly name: string;
  readonly isThis: boolean;
  readonly state: MemberBeat['state'];
  readonly partitions: readonly number[];
  /** It computes by the same as this one, as far as it says. */
  readonly isAlike: boolean;
  /** What it has is what is computed by: else it stands by. */
  readonly isInForce: boolean;
}

/** How often it looks at who lives. */
const LOOK_MS: Millis = 200;
/** Changes of what is held within so long are said together. */
const SAY_MS: Millis = 20;
/** Silent for so long it gives up: the broker knows ids of outputs for two minutes, and refuses what is sent a second time for so long. */
const LOST_MS: Millis = 60_000;

export class Sharing {
  readonly #options: SharingOptions;
  readonly #watch: MemberWatch;
  readonly #agreement: Agreement;
  readonly #speaking = new Rhythm();
  readonly #following = new Rhythm();
  readonly #held = new HeldItems();
  readonly #waiters = new Waiters();
  readonly #ending = new AbortController();
  readonly #unhear: () => void;
  readonly #loops: Promise<unknown>;
  readonly #since: Millis;
  #state: MemberBeat['state'] = 'new';
  #beats = 0;
  /** When its last beats were sent. */
  readonly #sent = new Map<number, Millis>();
  #sayAt = Number.NEGATIVE_INFINITY;
  #trouble: string | null = null;
  /** What those that combine ran by when they were last heard of; undefined: they never were. */
  #combinedBy: string | undefined;

  constructor(options: SharingOptions) {
    const { id, port, clock, timings } = options;
    this.#options = options;
    this.#since = clock.now();
    this.#watch = new MemberWatch(id, (holder) => port.hasEnded(holder), timings);
    const { elapsed } = clock;
    this.#agreement = new Agreement({ ...options, watch: this.#watch, elapsed, onChange: () => this.#say() });
    this.#unhear = port.hear((beat) => this.#hear(beat));
    this.#loops = Promise.all([this.#speak(), this.#follow()]);
  }

  /** Waits until the table gives it to this one and whoever had it has given it up. Rejects with the signal's reason. */
  async own(item: number, signal: AbortSignal, onWait: (wait: OwnershipWait) => void): Promise<Ownership> {
    for (;;) {
      signal.throwIfAborted();
      const reason = this.#whyNot(item) ?? (await this.#leased(item)) ?? this.#whyNot(item);
      signal.throwIfAborted();
      if (reason === undefined) return this.#take(item);
      const entry = this.#agreement.entry(item);
      // Its own until the others have agreed on who has what is in force.
      const isOwn = entry?.owner === this.#options.id && !this.#isInForce;
      onWait({ reason, isAnothers: entry !== undefined && !isOwn });
      await this.#waiters.wait(signal);
    }
  }

  /** It would compute by another mark from now on: what it runs ends, and starts by it where that is in force. */
  remarked(): void {
    this.#giveAway();
    this.#say();
    this.#following.ring();
  }

  /** From now on it takes nothing, and the others take over what it gives up. */
  leave(): void {
    this.#state = 'leaving';
    this.#say();
  }

  /** After all was released. */
  async close(): Promise<void> {
    this.#ending.abort(new Error('it shares no more'));
    this.#speaking.end();
    this.#following.end();
    await this.#loops;
    this.#state = 'gone';
    this.#sayNow();
    this.#unhear();
  }

  report(): SharingReport {
    const own = this.#options.mark();
    const { generation, written, mark: inForce } = this.#agreement;
    const instances = this.#living().map(({ id, holder, state, held, mark }) => {
      const isThis = id === this.#options.id;
      return {
        ...{ name: this.#options.port.nameOf(holder), isThis, state },
        partitions: [...held].sort((a, b) => a - b),
        ...{ isAlike: isThis || isOf(mark, own), isInForce: isOf(isThis ? own : mark, inForce) },
      };
    });
    const sorted = instances.sort((a, b) => (a.name < b.name ? -1 : 1));
    return { instances: sorted, trouble: this.#trouble, generation, written };
  }

  // ── What is held ────────────────────────────────────────────────────────────────────────────────────────────────

  #whyNot(item: number): string | undefined {
    const { id, clock, port } = this.#options;
    if (this.#state === 'leaving') return 'this instance stops';
    if (!this.#watch.isHearing(clock.elapsed())) return 'the instances that share the partitions are not heard';
    if (!this.#isInForce) return 'most instances have another configuration, version or mask key: this one stands by';
    const entry = this.#agreement.entry(item);
    if (entry === undefined) return 'the instances agree on who runs it';
    if (entry.owner !== id) return `another instance runs it (${this.#agreement.nameOf(entry.owner)})`;
    const living = this.#living();
    const holder = living.find((one) => one.id !== id && one.held.includes(item));
    if (holder !== undefined) return `another instance hands it over (${port.nameOf(holder.holder)})`;
    if (!this.#agreement.isGivenUp(entry, living)) return 'another instance hands it over';
    return this.#canBeCombined(item) ? undefined : 'what combines the partitions starts first';
  }

  get #isInForce(): boolean {
    return isOf(this.#options.mark(), this.#agreement.mark);
  }

  /** Under another configuration partitions send what only the same can read. */
  #canBeCombined(item: number): boolean {
    const isAlone = item === COMBINING_PARTITION || !this.#options.items.includes(COMBINING_PARTITION);
    return isAlone || this.#combinedBy === this.#options.mark();
  }

  /** By an instance that does not share: a former version, or one that resets or fills partitions. */
  async #leased(item: number): Promise<string | undefined> {
    try {
      const by = await this.#options.port.leasedBy(item);
      return by === null ? undefined : `another instance runs it, which does not share (${by})`;
    } catch (error) {
      return `its lease cannot be looked at: ${reasonOf(error)}`;
    }
  }

  #take(item: number): Ownership {
    const mark = this.#options.mark();
    const { drop, ...signals } = this.#held.take(item, mark);
    if (item === COMBINING_PARTITION) this.#combinedBy = mark;
    this.#options.logger.info('partition taken', { partition: item, generation: this.#agreement.generation });
    this.#say();
    const release = (): Promise<void> => {
      drop();
      this.#say();
      return Promise.resolve();
    };
    return { ...signals, release };
  }

  /** This one as it is now, not as it was last heard. */
  #living(): readonly MemberBeat[] {
    return this.#watch
      .living(this.#options.clock.elapsed())
      .map((beat) => (beat.id === this.#options.id ? { ...beat, ...this.#own() } : beat));
  }
  #own(): Pick<MemberBeat, 'state' | 'held' | 'generation' | 'mark'> {
    const mark = this.#held.markOr(this.#options.mark());
    return { state: this.#state, held: this.#held.items, generation: this.#agreement.generation, mark };
  }

  // ── What it hears and says ──────────────────────────────────────────────────────────────────────────────────────

  #hear(beat: MemberBeat): void {
    const { id, clock } = this.#options;
    const now = clock.elapsed();
    // One that was sent too long ago to be remembered proves nothing.
    const sentAt = beat.id === id ? (this.#sent.get(beat.beat) ?? Number.NEGATIVE_INFINITY) : now;
    this.#watch.hear(beat, now, sentAt);
    this.#agreement.heardOf(beat.generation);
    if (beat.held.includes(COMBINING_PARTITION)) this.#combinedBy = beat.mark ?? this.#options.mark(); // a former version
    if (beat.id !== id && beat.state === 'new') this.#say();
    this.#waiters.wake();
    this.#following.ring();
  }

  /** Soon, with whatever else changes until then. */
  #say(): void {
    this.#sayAt = Math.min(this.#sayAt, this.#options.clock.elapsed() + SAY_MS);
    this.#speaking.ring();
  }

  #sayNow(): void {
    const { id, holder, port, clock, random, timings = WATCH_TIMINGS } = this.#options;
    const now = clock.elapsed();
    this.#sayAt = now + timings.beatMs * (0.9 + random() / 5);
    this.#sent.set(++this.#beats, now);
    for (const [beat, at] of this.#sent) if (now - at > LOST_MS) this.#sent.delete(beat);
    port.say({ id, holder, since: this.#since, beat: this.#beats, ...this.#own() });
    if (this.#state === 'new') this.#state = 'in';
  }

  async #speak(): Promise<void> {
    const { clock } = this.#options;
    while (!this.#ending.signal.aborted) {
      if (clock.elapsed() >= this.#sayAt) this.#sayNow();
      this.#doubt();
      await this.#speaking.wait(clock, Math.min(LOOK_MS, this.#sayAt - clock.elapsed()));
    }
  }

  /** Where it has not heard itself for a while others may count it as dead. The broker is silent: nothing is given up for a minute. */
  #doubt(): void {
    const { clock, onDoubt } = this.#options;
    const silentMs = this.#watch.silentFor(clock.elapsed());
    if (silentMs === undefined || this.#watch.isHearing(clock.elapsed())) return;
    onDoubt?.(clock.now());
    if (silentMs < LOST_MS) return;
    this.#held.lose('the broker has been silent for a minute');
  }

  // ── The table ───────────────────────────────────────────────────────────────────────────────────────────────────

  async #follow(): Promise<void> {
    const { clock } = this.#options;
    while (!this.#ending.signal.aborted) {
      try {
        if (this.#watch.isHearing(clock.elapsed())) await this.#agree();
      } catch (error) {
        this.#fail(reasonOf(error));
        // What rang meanwhile does not hurry: the broker is asked again a while later.
        await clock.sleepUntil(clock.now() + LOOK_MS, this.#ending.signal).catch(() => undefined);
      }
      this.#waiters.wake();
      await this.#following.wait(clock, LOOK_MS);
    }
  }

  async #agree(): Promise<void> {
    await this.#agreement.follow(this.#living());
    this.#trouble = null;
    this.#giveAway();
  }

  /** What another is to have, and what is computed otherwise than what is in force. */
  #giveAway(): void {
    const { id, mark } = this.#options;
    this.#held.give((item, by) => {
      const { owner = id } = this.#agreement.entry(item) ?? {}; // the table was removed
      return owner === id && by === mark() && this.#isInForce;
    });
  }

  #fail(reason: string): void {
    const { logger } = this.#options;
    if (this.#trouble !== reason) logger.warn('who runs which partition cannot be agreed on now', { reason });
    this.#trouble = reason;
  }
}
