/** Several members in virtual time, over a way with delays, cuts and lost answers, with clocks that differ and processes that die. */
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { must } from '../../core/must.ts';
import type { Millis } from '../../core/types.ts';
import { FINISH_MS, ITEMS, Stage, type Member } from '../../testing/sharing/sharing-stage.ts';

const stages: Stage[] = [];
afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.end();
});
function stageOf(seed?: number, items?: readonly number[]): Stage {
  const stage = new Stage(seed, items);
  stages.push(stage);
  return stage;
}

describe('members that share', () => {
  it('start with all for one, who takes nothing before it has listened', async () => {
    const stage = stageOf();
    stage.join();
    await stage.pass(500);
    expect(stage.picture()).toBe('m0: ');
    expect(await stage.until('all run', 1_500, () => stage.areAllRun())).toBeGreaterThan(0);
  });

  it('give a newcomer its share within 5 s, one at a time each, never two at once', async () => {
    const stage = stageOf(
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
    const stage = stageOf();
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
    const stage = stageOf();
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
    const stage = stageOf();
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
    const stage = stageOf();
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
    const stage = stageOf();
    stage.meeting.leases.set(3, 'an old one');
    const only = stage.join();
    await stage.pass(4_000);
    expect([...only.running].sort((a, b) => a - b)).toEqual(ITEMS.filter((item) => item !== 3));
    stage.meeting.leases.delete(3);
    await stage.until('all run', 1_000, () => stage.areAllRun());
  });

  it('say which of them compute otherwise, for as long as they do', async () => {
    const stage = stageOf();
    const [one, two] = [stage.join(), stage.join(), stage.join()];
    two.remark('another configuration');
    await stage.pass(3_000);
    const unlike = (member: Member): readonly string[] =>
      member.sharing
        .report()
        .instances.filter(({ isAlike }) => !isAlike)
        .map(({ name }) => name);
    expect(unlike(one)).toHaveLength(1);
    expect(unlike(two)).toHaveLength(2);
    two.remark('as all');
    await stage.pass(2_500);
    expect([unlike(one), unlike(two)]).toEqual([[], []]);
  });

  it('keep what they run when the table is removed', async () => {
    const stage = stageOf();
    for (let i = 0; i < 3; i++) stage.join();
    await stage.until('shared', 5_000, () => stage.isBalanced());
    const before = stage.picture();
    stage.meeting.stored = { table: null, revision: stage.meeting.stored.revision + 5 };
    await stage.until('another is written', 5_000, () => stage.meeting.stored.table !== null);
    await stage.pass(3_000);
    expect(stage.picture()).toBe(before);
  });

  it('say no more than one beat a second each once all is shared', async () => {
    const stage = stageOf(
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
        const stage = stageOf(seed);
        stage.mostDelayMs = delay;
        const skew = (): Millis => Math.floor((stage.chance() - 0.5) * 7_200_000);
        stage.join({ skewMs: skew() });
        for (const [act, afterMs] of list) {
          await stage.pass(afterMs);
          const one = stage.alive[Math.floor(stage.chance() * stage.alive.length)];
          // One stays, or nobody would run anything.
          const others = stage.alive.filter((other) => other !== one && !other.isStopping);
          if (act === 'join' && stage.alive.length < 5) stage.join({ skewMs: skew() });
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
