/** Members that compute otherwise than each other, for a while or for good: what they run passes from one configuration to the other once. */
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { must } from '../../core/must.ts';
import { ITEMS, Stage, type Member } from '../../testing/sharing/sharing-stage.ts';
import { markInForce } from './mark-in-force.ts';

const [OLD, NEW] = ['old', 'new'];
const stages: Stage[] = [];
afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.end();
});

async function sharedBy(count: number): Promise<{ readonly stage: Stage; readonly members: readonly Member[] }> {
  const stage = new Stage();
  stages.push(stage);
  const members = Array.from({ length: count }, () => stage.join({ mark: OLD }));
  await stage.until('shared', 5_000, () => stage.isBalanced());
  return { stage, members };
}
const isRunBy = (stage: Stage, mark: string): boolean =>
  stage.areAllRun() && stage.alive.every((one) => one.mark === mark || one.running.size === 0);
/** Each change once. */
const changes = ({ combined }: Stage): readonly string[] => combined.filter((mark, i) => mark !== combined[i - 1]);

describe('members of which one after the other is configured otherwise', () => {
  it('stand by as long as most are as before, take all once most are not, and share it at the end', async () => {
    const { stage, members } = await sharedBy(3);
    const [first, second, third] = [must(members[0]), must(members[1]), must(members[2])];
    first.remark(NEW);
    await stage.until('the others have all', 3_000, () => first.running.size === 0 && isRunBy(stage, OLD));
    await stage.pass(5_000);
    expect(first.running.size).toBe(0);
    expect(first.sharing.report().instances.find(({ isThis }) => isThis)).toMatchObject({ isInForce: false });
    second.remark(NEW);
    await stage.until('the two have all', 3_000, () => third.running.size === 0 && isRunBy(stage, NEW));
    third.remark(NEW);
    await stage.until('shared', 5_000, () => stage.isBalanced());
    expect(changes(stage)).toEqual([OLD, NEW]);
    expect([stage.overlaps, stage.early]).toEqual([[], []]);
  });

  it('of two: the first waits for the second', async () => {
    const { stage, members } = await sharedBy(2);
    must(members[0]).remark(NEW);
    await stage.until('the other has all', 3_000, () => isRunBy(stage, OLD));
    await stage.pass(3_000);
    must(members[1]).remark(NEW);
    await stage.until('shared', 5_000, () => stage.isBalanced());
    expect(changes(stage)).toEqual([OLD, NEW]);
    expect([stage.overlaps, stage.early]).toEqual([[], []]);
  });

  it('alone: goes on at once', async () => {
    const { stage, members } = await sharedBy(1);
    must(members[0]).remark(NEW);
    await stage.until('it runs all by it', 1_000, () => stage.combined.at(-1) === NEW && stage.areAllRun());
    expect(stage.early).toEqual([]);
  });

  it('all at once: none waits for one that is as before', async () => {
    const { stage, members } = await sharedBy(3);
    for (const member of members) member.remark(NEW);
    await stage.until('shared', 3_000, () => stage.combined.at(-1) === NEW && stage.isBalanced());
    expect([stage.overlaps, stage.early]).toEqual([[], []]);
  });
});

it('of another version, started one after the other in place of those that stop: the last of them hands over to all', async () => {
  const { stage, members } = await sharedBy(3);
  for (const member of members) {
    const stopping = member.stop();
    await stage.until('it stopped', 5_000, () => !member.isAlive);
    await stopping;
    stage.join({ mark: NEW });
    await stage.pass(4_000);
    expect(stage.areAllRun(), stage.picture()).toBe(true);
  }
  await stage.until('shared', 5_000, () => stage.isBalanced());
  expect(changes(stage)).toEqual([OLD, NEW]);
  expect([stage.overlaps, stage.early]).toEqual([[], []]);
});

it('one that is wrong for good runs nothing, whoever dies, as long as another lives', async () => {
  const { stage, members } = await sharedBy(2);
  const odd = stage.join({ mark: 'wrong' });
  await stage.pass(4_000);
  must(members[0]).kill();
  await stage.until('the other has all', 6_000, () => must(members[1]).running.size === ITEMS.length);
  await stage.pass(3_000);
  expect(odd.running.size).toBe(0);
  expect(changes(stage)).toEqual([OLD]);
  must(members[1]).kill();
  await stage.until('somebody runs it', 6_000, () => odd.running.size === ITEMS.length);
});

type Act = readonly ['remark' | 'join' | 'stop' | 'kill', number];
const acts = fc.array(fc.tuple(fc.constantFrom<Act[0][]>('remark', 'join', 'stop', 'kill'), fc.nat({ max: 3_000 })), {
  minLength: 2,
  maxLength: 7,
});
it('whoever changes, joins, stops or dies, and when: nothing starts by what those that combine do not run by', async () => {
  await fc.assert(
    fc.asyncProperty(acts, fc.nat(), fc.nat({ max: 120 }), async (list, seed, delay) => {
      const stage = new Stage(seed);
      stages.push(stage);
      stage.mostDelayMs = delay;
      for (let i = 0; i < 3; i++) stage.join({ mark: OLD });
      for (const [act, afterMs] of list) {
        await stage.pass(afterMs);
        const one = must(stage.alive[Math.floor(stage.chance() * stage.alive.length)]);
        const others = stage.alive.filter((other) => other !== one && !other.isStopping);
        if (act === 'remark') one.remark(NEW);
        else if (act === 'join' && stage.alive.length < 5) stage.join({ mark: NEW });
        else if (act === 'stop' && others.length > 0) void one.stop();
        else if (act === 'kill' && others.length > 0) one.kill();
      }
      for (const member of stage.alive) member.remark(NEW);
      await stage.pass(12_000);
      expect(stage.isBalanced(), stage.picture()).toBe(true);
      expect(stage.combined.at(-1)).toBe(NEW);
      expect([stage.overlaps, stage.early]).toEqual([[], []]);
      await stage.end();
      stages.splice(0);
    }),
    { numRuns: 30 },
  );
}, 240_000);

describe('what is in force', () => {
  it.each([
    ['nothing yet: what most have', undefined, ['a', 'b', 'b'], 'b'],
    ['as many of another: what it is', 'a', ['a', 'b'], 'a'],
    ['more of another: that', 'a', ['a', 'b', 'b'], 'b'],
    ['no two of the others have the same: what it is', 'a', ['a', 'b', 'c'], 'a'],
    ['nobody has it any more: what most have', 'a', ['c', 'b', 'c'], 'c'],
    ['members that do not say go with it', 'a', [undefined, undefined, 'b'], 'a'],
    ['nobody is there: what it was', 'a', [], 'a'],
  ])('%s', (_what, current, marks, expected) => expect(markInForce(current, marks)).toBe(expected));
});
