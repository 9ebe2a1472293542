/** Several members in virtual time, over a way with delays, cuts and lost answers, with clocks that differ and processes that die. */
import { setMaxListeners } from 'node:events';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { must } from '../../core/must.ts';
import type { Clock, Millis } from '../../core/types.ts';
import { silentLogger } from '../../testing/line-pipeline.ts';
import { ManualClock } from '../../testing/manual-clock.ts';
import { MemoryLine, MemoryMeeting } from '../../testing/sharing/memory-sharing.ts';
import { Sharing } from './sharing.ts';

const ITEMS = [0, 1, 2, 3, 4, 5, 65_536];
const STEP_MS = 20;
/** How long a partition takes to finish its message and commit. */
const FINISH_MS = 100;

const stages: Stage[] = [];
afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.end();
});

/** The same time, said otherwise. */
function skewed(clock: ManualClock, by: Millis): Clock {
  return {
    now: () => clock.now() + by,
    elapsed: clock.elapsed,
    sleepUntil: (time, signal) => clock.sleepUntil(time - by, signal),
  };
}

class Member {
  readonly running = new Set<number>();
  readonly line: MemoryLine;
  readonly sharing: Sharing;
  readonly id: string;
  readonly doubts: Millis[] = [];
  mark = 'as all';
  isAlive: boolean = true;
  isStopping: boolean = false;
  /** It was cut off for so long that others may count it as dead. */
  isSuspect = false;
  readonly #stop = new AbortController();
  readonly #stage: Stage;
  readonly #lives: Promise<unknown>;

  constructor(stage: Stage, id: string, skewMs: Millis) {
    this.#stage = stage;
    this.id = id;
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

class Stage {
  readonly clock = new ManualClock(1_000_000);
  readonly meeting = new MemoryMeeting();
  readonly members: Member[] = [];
  readonly overlaps: string[] = [];
  readonly items: readonly number[];
  mostDelayMs = 0;
  #seed: number;

  constructor(seed = 1, items: readonly number[] = ITEMS) {
    this.#seed = seed;
    this.items = items;
    stages.push(this);
  }

  readonly chance = (): number => {
    this.#seed = (Math.imul(this.#seed, 1_664_525) + 1_013_904_223) >>> 0;
    return this.#seed / 2 ** 32;
  };

  join(skewMs = 0): Member {
    const member = new Member(this, `m${String(this.members.length)}`, skewMs);
    this.members.push(member);
    return member;
  }

  get alive(): readonly Member[] {
    return this.members.filter(({ isAlive }) => isAlive);
  }

  /** Two may run the same only where one was out of reach for so long that it had to be counted as dead. */
  started(by: Member, item: number): void {
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

describe('members that share', () => {
  it('start with all for one, who takes nothing before it has listened', async () => {
    const stage = new Stage();
    stage.join();
    await stage.pass(500);
    expect(stage.picture()).toBe('m0: ');
    expect(await stage.until('all run', 1_500, () => stage.areAllRun())).toBeGreaterThan(0);
  });

  it('give a newcomer its share within 5 s, one at a time each, never two at once', async () => {
    const stage = new Stage(
      1,
      Array.from({ length: 64 }, (_, i) => i),
    );
    stage.join();
    await stage.until('all run', 3_000, () => stage.areAllRun());
    stage.join();
    await stage.until('shared', 5_000, () => stage.isBalanced());
    stage.join();
    await stage.until('shared by three', 5_000, () => stage.isBalanced());
    expect(stage.overlaps).toEqual([]);
  });

  it('take what a dead one had within 5 s; at once where its process is known to have ended', async () => {
    const stage = new Stage();
    const first = stage.join();
    const second = stage.join();
    stage.join();
    await stage.until('shared', 5_000, () => stage.isBalanced());
    first.kill();
    const unknown = await stage.until('taken', 5_000, () => stage.areAllRun());
    expect(unknown).toBeGreaterThan(2_000);
    second.kill();
    stage.meeting.ended.add('holder of m1');
    expect(await stage.until('taken', 5_000, () => stage.areAllRun())).toBeLessThan(2_300);
    expect(stage.overlaps).toEqual([]);
  });

  it('take over from one that stops in no more than what it takes to finish', async () => {
    const stage = new Stage();
    const first = stage.join();
    stage.join();
    await stage.until('shared', 5_000, () => stage.isBalanced());
    void first.stop();
    expect(
      await stage.until('handed over', 2_000, () => must(stage.members[1]).running.size === ITEMS.length),
    ).toBeLessThan(FINISH_MS + 600);
    expect(stage.overlaps).toEqual([]);
  });

  it('neither give up nor take anything while the broker is silent, and are in doubt', async () => {
    const stage = new Stage();
    for (let i = 0; i < 3; i++) stage.join();
    await stage.until('shared', 5_000, () => stage.isBalanced());
    const before = stage.picture();
    const { writes } = stage.meeting;
    for (const { line } of stage.members) line.isCut = true;
    await stage.pass(20_000);
    expect(stage.picture()).toBe(before);
    for (const { doubts } of stage.members) expect(stage.clock.now() - must(doubts.at(-1))).toBeLessThanOrEqual(220);
    // They come back one after the other.
    for (const { line } of stage.members) {
      line.isCut = false;
      await stage.pass(1_800);
    }
    await stage.pass(10_000);
    expect(stage.picture()).toBe(before);
    expect(stage.meeting.writes).toBe(writes);
    for (const { doubts } of stage.members) expect(stage.clock.now() - must(doubts.at(-1))).toBeGreaterThan(9_000);
  });

  it('end what ran through a silence of a minute', async () => {
    const stage = new Stage();
    const only = stage.join();
    await stage.until('all run', 3_000, () => stage.areAllRun());
    only.line.isCut = true;
    await stage.pass(55_000);
    expect(only.running.size).toBe(ITEMS.length);
    await stage.pass(7_000);
    expect(only.running.size).toBe(0);
    only.line.isCut = false;
    await stage.until('all run again', 6_000, () => stage.areAllRun());
  });

  it('leave alone what is leased by an instance that does not share', async () => {
    const stage = new Stage();
    stage.meeting.leases.set(3, 'an old one');
    const only = stage.join();
    await stage.pass(4_000);
    expect([...only.running].sort((a, b) => a - b)).toEqual(ITEMS.filter((item) => item !== 3));
    stage.meeting.leases.delete(3);
    await stage.until('all run', 1_000, () => stage.areAllRun());
  });

  it('say which of them compute otherwise, for as long as they do', async () => {
    const stage = new Stage();
    const [one, two] = [stage.join(), stage.join(), stage.join()];
    two.mark = 'another configuration';
    await stage.pass(3_000);
    const unlike = (member: Member): readonly string[] =>
      member.sharing
        .report()
        .instances.filter(({ isAlike }) => !isAlike)
        .map(({ name }) => name);
    expect(unlike(one)).toHaveLength(1);
    expect(unlike(two)).toHaveLength(2);
    two.mark = 'as all';
    await stage.pass(2_500);
    expect([unlike(one), unlike(two)]).toEqual([[], []]);
  });

  it('keep what they run when the table is removed', async () => {
    const stage = new Stage();
    for (let i = 0; i < 3; i++) stage.join();
    await stage.until('shared', 5_000, () => stage.isBalanced());
    const before = stage.picture();
    stage.meeting.stored = { table: null, revision: stage.meeting.stored.revision + 5 };
    await stage.until('another is written', 5_000, () => stage.meeting.stored.table !== null);
    await stage.pass(3_000);
    expect(stage.picture()).toBe(before);
  });

  it('say no more than one beat a second each once all is shared', async () => {
    const stage = new Stage(
      1,
      Array.from({ length: 64 }, (_, i) => i),
    );
    for (let i = 0; i < 10; i++) stage.join();
    await stage.pass(12_000);
    expect(stage.isBalanced()).toBe(true);
    const { beats, writes } = stage.meeting;
    await stage.pass(10_000);
    expect(stage.meeting.writes).toBe(writes);
    expect(stage.meeting.beats - beats).toBeLessThanOrEqual(10 * 12);
  });

  type Act = readonly ['join' | 'stop' | 'kill' | 'cut', number];
  const acts = fc.array(
    fc.tuple(fc.constantFrom<Act[0][]>('join', 'join', 'stop', 'kill', 'cut'), fc.nat({ max: 4_000 })),
    { minLength: 2, maxLength: 8 },
  );
  it('whatever joins, stops, dies or is cut off, and when: all is run by one each, shared fairly, and then nothing changes', async () => {
    await fc.assert(
      fc.asyncProperty(acts, fc.nat(), fc.nat({ max: 120 }), async (list, seed, delay) => {
        const stage = new Stage(seed);
        stage.mostDelayMs = delay;
        const skew = (): Millis => Math.floor((stage.chance() - 0.5) * 7_200_000);
        stage.join(skew());
        for (const [act, afterMs] of list) {
          await stage.pass(afterMs);
          const one = stage.alive[Math.floor(stage.chance() * stage.alive.length)];
          // One stays, or nobody would run anything.
          const others = stage.alive.filter((other) => other !== one && !other.isStopping);
          if (act === 'join' && stage.alive.length < 5) stage.join(skew());
          else if (act === 'stop' && others.length > 0) void one?.stop();
          else if (act === 'kill' && others.length > 0) one?.kill();
          else if (act === 'cut' && one !== undefined) {
            one.line.isCut = true;
            one.isSuspect = true;
            await stage.pass(afterMs);
            if (one.isAlive) one.line.isCut = false;
          }
        }
        await stage.pass(12_000);
        expect(stage.isBalanced(), stage.picture()).toBe(true);
        expect(stage.overlaps).toEqual([]);
        const { writes } = stage.meeting;
        const before = stage.picture();
        await stage.pass(8_000);
        expect([stage.picture(), stage.meeting.writes]).toEqual([before, writes]);
        await stage.end();
        stages.splice(0);
      }),
      { numRuns: 40 },
    );
  }, 240_000);
});
