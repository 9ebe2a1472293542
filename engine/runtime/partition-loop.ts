/**
 * The loop of one partition: runs what the stages prepared through the chain, message by message, lets time pass, publishes
 * and cuts commits. A commit is cut only between two messages; the event loop is handed over every few milliseconds.
 */
import type { Chain } from '../core/chain.ts';
import type { Clock, LiveFeed, Millis, Prepared, RawMessage, Sink, State } from '../core/types.ts';
import { Alarm, yieldToLoop, type Bell } from './bell.ts';
import { CommitCadence } from './commits/commit-cadence.ts';
import type { ClockWatch } from './clock-watch.ts';
import type { Committer } from './commits/committer.ts';
import type { Forwarder } from './commits/forwarder.ts';
import type { InputTime } from './input-time.ts';
import { MessageRun } from './message-run.ts';
import type { Outlet } from './commits/outlet.ts';
import { COMMIT_FORMAT } from '../core/partition/commit-format.ts';
import type { PartitionConfig } from './partition-config.ts';
import type { RunAhead } from './stages.ts';

export interface LoopOptions<T> {
  readonly partition: number;
  readonly sink: Sink;
  readonly live: LiveFeed;
  readonly clock: Clock;
  readonly config: PartitionConfig;
  readonly chain: Chain<T, unknown>;
  readonly outlet: Outlet;
  readonly forwarder: Forwarder;
  readonly committer: Committer;
  readonly ahead: RunAhead<RawMessage, Prepared<T>>;
  readonly time: InputTime;
  readonly clocks: ClockWatch | null;
  readonly fingerprints: Readonly<Record<string, State>>;
  readonly bell: Bell;
  /** Given: finish the message at hand and return. */
  readonly stop: AbortSignal;
  readonly onCut: () => void;
  /** Throws what failed in the background. */
  readonly check: () => void;
}

/** The chain hands the event loop over after so long. */
const SLICE_MS = 4;
/** Who sleeps longer was stopped; an idle partition's time is shown at least so often. */
const HEARTBEAT_MS = 1000;

export class PartitionLoop<T> {
  /** Input sequence up to which everything is in the state. */
  position: number;
  batches = 0;
  /** Input messages since the last cut. */
  uncommitted = 0;
  readonly #options: LoopOptions<T>;
  readonly #alarm: Alarm;
  readonly #cadence: CommitCadence;
  readonly #messages: MessageRun<T>;
  #isInBatch = false;
  #sliceBegan: Millis;
  #shownWatermark: Millis;
  /** Whether the operators were woken, and have shown what was restored. */
  #restored: 'not yet' | 'shown' | 'reported' = 'not yet';

  constructor(options: LoopOptions<T>) {
    this.#options = options;
    this.#sliceBegan = options.clock.elapsed();
    this.#alarm = new Alarm(options.clock, options.bell);
    this.#cadence = new CommitCadence(options.outlet, options.config.commit);
    this.#messages = new MessageRun(options, this.#cadence, {
      isSliceOver: () => this.#isSliceOver(),
      handOver: async () => {
        this.#publish();
        await this.#yield();
        options.check();
      },
    });
    this.position = options.committer.last.position;
    this.#shownWatermark = options.chain.watermark;
  }

  get isIdle(): boolean {
    return this.#options.time.isIdle;
  }

  async run(): Promise<void> {
    const { ahead, bell, stop, check } = this.#options;
    while (!stop.aborted) {
      check();
      const batch = this.#mustWait() ? undefined : ahead.take();
      if (batch !== undefined) {
        await this.#runBatch(batch);
        this.batches++;
        await this.#endSlice();
        await this.#yield();
        continue;
      }
      if (ahead.hasEnded) return;
      await this.#endSlice();
      this.#setAlarm();
      await bell.wait();
    }
  }

  /** Commits what is left and waits until all of it is stored. */
  async finish(): Promise<void> {
    const { committer, forwarder, outlet, check } = this.#options;
    do {
      await this.#endSlice(true);
      await committer.settled();
      check();
    } while (this.#cadence.dirtySince !== undefined || outlet.forwards.length > 0);
    await forwarder.drained();
  }

  close(): void {
    this.#alarm.cancel();
  }

  async #runBatch(batch: readonly Prepared<T>[]): Promise<void> {
    const { outlet, bell, stop, check } = this.#options;
    this.#isInBatch = true;
    for (const message of batch) {
      while (this.#mustWait()) {
        await this.#endSlice();
        if (!this.#mustWait() || stop.aborted) break;
        await bell.wait();
        check();
      }
      if (stop.aborted) break;
      this.#touch();
      const missing = message.seq - this.position - 1;
      if (missing > 0 && this.position > 0) outlet.count('events_missing', missing);
      outlet.begin(message.seq);
      const running = this.#messages.run(message);
      if (running !== undefined) await running;
      outlet.end();
      this.position = message.seq;
      this.uncommitted++;
      if (this.#cadence.isFull || this.#isSliceOver()) {
        await this.#endSlice();
        await this.#yield();
        check();
      }
    }
    this.#isInBatch = false;
  }

  /** Nothing may run while what is published or committed lags too far behind. */
  #mustWait(): boolean {
    const { forwarder, committer } = this.#options;
    if (forwarder.isFull || committer.isDoubtful()) return true;
    return committer.isBusy && this.#cadence.isBehind;
  }

  /** Between two messages: time passes, outputs leave, a commit is cut if it is due. */
  async #endSlice(isLast = false): Promise<void> {
    const { committer, outlet, clock } = this.#options;
    const now = clock.now();
    if (this.#proves()) return;
    if (!isLast && !this.#mustWait()) {
      const passing = this.#passTime(now);
      if (passing !== undefined) {
        await passing;
        if (this.#proves()) return;
      }
    }
    this.#publish();
    this.#showTime(now);
    // A commit must not cover what was not published.
    if (this.#cadence.dirtySince === undefined || committer.isBusy || outlet.forwards.length > 0) return;
    if (isLast || this.#cadence.isDue(now)) this.#cut();
  }

  /** Whether ownership is in doubt, and nothing may be done but to prove it. */
  #proves(): boolean {
    const { committer } = this.#options;
    if (!committer.isDoubtful()) return false;
    if (!committer.isBusy) committer.prove();
    return true;
  }

  /** A promise where that closes anything: after a silence, or a stop, of hours it may be thousands of windows. */
  #passTime(now: Millis): Promise<void> | undefined {
    const { chain, time, ahead } = this.#options;
    const wakeAt = chain.wakeAt();
    if (wakeAt !== undefined && wakeAt <= now) {
      this.#touch();
      chain.wake(now);
    }
    if (this.#restored === 'not yet') this.#restored = 'shown';
    const wasIdle = time.isIdle;
    const watermark = time.pass(now, this.#isInBatch || ahead.pending > 0);
    if (watermark === undefined) return undefined;
    if (!wasIdle && chain.hasGatherers) this.#touch();
    if (watermark >= chain.due) {
      this.#touch();
      return this.#messages.advance(watermark);
    }
    chain.advance(watermark);
    return undefined;
  }

  #publish(): void {
    const { outlet, forwarder, committer, live, partition } = this.#options;
    if (outlet.forwards.length > 0 && !committer.isDoubtful()) forwarder.publish(outlet.takeForwards());
    if (outlet.live.length > 0) live.show(outlet.takeLive());
    if (this.#restored !== 'shown') return;
    this.#restored = 'reported';
    live.restored(partition);
  }

  #showTime(now: Millis): void {
    const { chain, live, partition } = this.#options;
    if (chain.watermark === this.#shownWatermark) return;
    this.#shownWatermark = chain.watermark;
    live.time(partition, chain.watermark, now - chain.watermark);
  }

  /** Everything up to here, taken in one synchronous step. */
  #cut(): void {
    const { chain, outlet, committer, sink, time, fingerprints, onCut } = this.#options;
    const { last } = committer;
    const number = last.number + 1;
    chain.beforeCommit(this.isIdle);
    onCut();
    this.#cadence.cut();
    this.uncommitted = 0;
    committer.start({
      format: COMMIT_FORMAT,
      epoch: last.epoch,
      number,
      position: this.position,
      time: time.state(),
      counters: Object.fromEntries(outlet.counters),
      // Streams this instance has not written to yet stand where the last commit saw them.
      marks: outlet.isBehindStored(this.position) ? last.marks : { ...last.marks, ...sink.marks() },
      deltas: chain.delta(),
      fingerprints,
      outbox: outlet.takeOutbox(number),
    });
  }

  #touch(): void {
    this.#cadence.touch(this.#options.clock.now());
  }

  #setAlarm(): void {
    const { chain, time, ahead, committer, clock } = this.#options;
    const now = clock.now();
    let at = now + HEARTBEAT_MS;
    if (!this.#mustWait()) {
      const wakeAt = chain.wakeAt();
      if (wakeAt !== undefined) at = Math.min(at, Math.max(wakeAt, now + 1));
      const { dueAt } = this.#cadence;
      if (dueAt !== undefined && !committer.isBusy) at = Math.min(at, dueAt);
      if (ahead.pending === 0) at = Math.min(at, time.wakeAt(now, chain.due));
    }
    // Once: each is a timer and a signal of its own.
    this.#alarm.set(at);
  }

  #isSliceOver(): boolean {
    return this.#options.clock.elapsed() - this.#sliceBegan > SLICE_MS;
  }

  async #yield(): Promise<void> {
    if (!this.#isSliceOver()) return;
    await yieldToLoop();
    this.#sliceBegan = this.#options.clock.elapsed();
  }
}
