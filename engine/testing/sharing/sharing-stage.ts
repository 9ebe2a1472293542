/** Members that share in virtual time, over a way with delays, cuts and lost answers, with clocks that differ and processes that die. */
import { setMaxListeners } from 'node:events';
import { must } from '../../core/must.ts';
import { COMBINING_PARTITION } from '../../core/partition/combining.ts';
import type { Clock, Millis } from '../../core/types.ts';
import { Sharing } from '../../runtime/sharing/sharing.ts';
import { silentLogger } from '../line-pipeline.ts';
import { ManualClock } from '../manual-clock.ts';
import { MemoryLine, MemoryMeeting } from './memory-sharing.ts';

export const ITEMS = [0, 1, 2, 3, 4, 5, 65_536];
export const STEP_MS = 20;
/** How long a partition takes to finish its message and commit. */
export const FINISH_MS = 100;

/** The same time, said otherwise. */
function skewed(clock: ManualClock, by: Millis): Clock {
  return {
    now: () => clock.now() + by,
    elapsed: clock.elapsed,
    sleepUntil: (time, signal) => clock.sleepUntil(time - by, signal),
  };
}

export interface Joining {
  readonly skewMs?: Millis;
  readonly mark?: string;
}

export class Member {
  readonly running = new Set<number>();
  readonly line: MemoryLine;
  readonly sharing: Sharing;
  readonly id: string;
  readonly doubts: Millis[] = [];
  mark: string;
  isAlive: boolean = true;
  isStopping: boolean = false;
  /** It was cut off for so long that others may count it as dead. */
  isSuspect = false;
  readonly #stop = new AbortController();
  readonly #stage: Stage;
  readonly #lives: Promise<unknown>;

  constructor(stage: Stage, id: string, { skewMs = 0, mark = 'as all' }: Joining) {
    this.#stage = stage;
    this.id = id;
    this.mark = mark;
    setMaxListeners(0, this.#stop.signal);
    const clock = skewed(stage.clock, skewMs);
    const delayMs = (): Millis => Math.floor(stage.chance() * stage.mostDelayMs);
    this.line = new MemoryLine(stage.meeting, { clock, delayMs, losesAnswer: () => stage.chance() < 0.1 });
    this.sharing = new Sharing({
      mark: () => this.mark,
      ...{ id, holder: `holder of ${id}`, items: stage.items, port: this.line, clock },
      ...{ logger: silentLogger, random: stage.chance, onDoubt: (at: Millis) => this.doubts.push(at) },
    });
    this.#lives = Promise.all(stage.items.map((item) => this.#live(item)));
  }

  async #live(item: number): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      const owned = await this.sharing.own(item, signal, () => undefined).catch(() => null);
      if (owned === null || !this.isAlive) return;
      this.running.add(item);
      this.#stage.started(this, item);
      await new Promise<void>((resolve) => {
        for (const one of [signal, owned.lost, must(owned.give)]) one.addEventListener('abort', () => resolve());
        if (signal.aborted || owned.lost.aborted || must(owned.give).aborted) resolve();
      });
      const { clock } = this.#stage;
      if (!this.#isKilled()) await clock.sleepUntil(clock.now() + FINISH_MS, new AbortController().signal);
      this.running.delete(item);
      await owned.release();
    }
  }

  #isKilled(): boolean {
    return !this.isAlive;
  }

  /** It is configured otherwise from now on. */
  remark(mark: string): void {
    this.mark = mark;
    this.sharing.remarked();
  }

  kill(): void {
    this.isAlive = false;
    this.line.isCut = true;
    this.running.clear();
    this.#stop.abort(new Error('killed'));
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    this.sharing.leave();
    this.#stop.abort(new Error('stopping'));
    await this.#lives;
    await this.sharing.close();
    this.isAlive = false;
    this.#stage.meeting.lines.delete(this.line);
  }
}

export class Stage {
  readonly clock = new ManualClock(1_000_000);
  readonly meeting = new MemoryMeeting();
  readonly members: Member[] = [];
  readonly overlaps: string[] = [];
  /** What the one that combines was started by, in order. */
  readonly combined: string[] = [];
  /** Started by what those that combine did not run by. */
  readonly early: string[] = [];
  readonly items: readonly number[];
  mostDelayMs = 0;
  #seed: number;

  constructor(seed = 1, items: readonly number[] = ITEMS) {
    this.#seed = seed;
    this.items = items;
  }

  readonly chance = (): number => {
    this.#seed = (Math.imul(this.#seed, 1_664_525) + 1_013_904_223) >>> 0;
    return this.#seed / 2 ** 32;
  };

  join(joining: Joining = {}): Member {
    const member = new Member(this, `m${String(this.members.length)}`, joining);
    this.members.push(member);
    return member;
  }

  get alive(): readonly Member[] {
    return this.members.filter(({ isAlive }) => isAlive);
  }

  /** Two may run the same only where one was out of reach for so long that it had to be counted as dead. */
  started(by: Member, item: number): void {
    if (item === COMBINING_PARTITION) this.combined.push(by.mark);
    else if (this.items.includes(COMBINING_PARTITION) && by.mark !== this.combined.at(-1) && !by.isSuspect)
      this.early.push(`${String(item)} at ${String(this.clock.now())}: ${by.id} by ${by.mark}`);
    for (const other of this.alive) {
      if (other === by || !other.running.has(item) || other.isSuspect || by.isSuspect) continue;
      this.overlaps.push(`${String(item)} at ${String(this.clock.now())}: ${other.id} and ${by.id}`);
    }
  }

  async pass(ms: Millis): Promise<void> {
    const end = this.clock.now() + ms;
    while (this.clock.now() < end) {
      this.clock.advanceBy(STEP_MS);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** How long it takes until it is so. */
  async until(what: string, withinMs: Millis, isSo: () => boolean): Promise<Millis> {
    const began = this.clock.now();
    while (!isSo()) {
      if (this.clock.now() - began >= withinMs)
        throw new Error(`not within ${String(withinMs)} ms: ${what}; ${this.picture()}`);
      await this.pass(STEP_MS);
    }
    return this.clock.now() - began;
  }

  picture(): string {
    return this.alive.map(({ id, running }) => `${id}: ${[...running].join(' ')}`).join('; ');
  }
  areAllRun(): boolean {
    return this.items.every((item) => this.alive.filter(({ running }) => running.has(item)).length === 1);
  }
  isBalanced(): boolean {
    const counts = this.alive.map(({ running }) => running.size);
    return this.areAllRun() && Math.max(...counts) - Math.min(...counts) <= 1;
  }

  async end(): Promise<void> {
    const ending = this.members.flatMap((member) => {
      if (member.isAlive) return [member.stop()];
      return [member.sharing.close()];
    });
    const over = new AbortController();
    void Promise.allSettled(ending).then(() => over.abort());
    while (!over.signal.aborted) await this.pass(STEP_MS);
  }
}
