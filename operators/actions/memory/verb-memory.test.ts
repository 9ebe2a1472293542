/** Records are remembered in the order of event time, whatever order they come in, until their time; what is saved is the last of each key. */
import { expect, it } from 'vitest';
import type { VerbRecord } from '../action.ts';
import { VerbMemory } from './verb-memory.ts';

const verb = (at: number, event: string, more: Partial<VerbRecord> = {}): VerbRecord => ({
  ...{ verb: 'done', action: 0, id: '', key: 'k', at, event, type: 'cx.case.closed', isDerived: false },
  ...more,
});
const eventsOf = (memory: VerbMemory, action = 0, key = 'k'): readonly string[] =>
  memory.of(action, key).map(({ event }) => event);

it('gives them in the order of event time, each once', () => {
  const memory = new VerbMemory([100, 100]);
  const added = [
    verb(30, 'c'),
    verb(10, 'a'),
    verb(20, 'b'),
    verb(30, 'c'),
    verb(10, 'a'),
    verb(5, 'x', { action: 1 }),
  ];
  expect(added.map((one) => memory.add(one))).toEqual([true, true, true, false, false, true]);
  expect([eventsOf(memory), eventsOf(memory, 1), eventsOf(memory, 0, 'other')]).toEqual([['a', 'b', 'c'], ['x'], []]);
  expect(memory.size).toBe(4);
});

it('forgets each once time is past it by its lateness', () => {
  const memory = new VerbMemory([100, 10]);
  for (const one of [verb(30, 'b'), verb(10, 'a'), verb(30, 'x', { action: 1 })]) memory.add(one);
  memory.pass(110);
  expect([eventsOf(memory), eventsOf(memory, 1)]).toEqual([['a', 'b'], []]);
  memory.pass(111);
  expect(eventsOf(memory)).toEqual(['b']);
  memory.pass(131);
  expect([eventsOf(memory), memory.size]).toEqual([[], 0]);
});

it('says what changed since it was saved: what is forgotten as such, before what came to the same key after it', () => {
  const memory = new VerbMemory([100]);
  memory.add(verb(10, 'a'));
  memory.add(verb(20, 'b', { key: 'l' }));
  expect(memory.takeChanges()).toEqual([
    [0, 'k', [verb(10, 'a')]],
    [0, 'l', [verb(20, 'b', { key: 'l' })]],
  ]);
  expect(memory.takeChanges()).toEqual([]);
  memory.pass(111);
  memory.add(verb(90, 'c'));
  expect(memory.takeChanges()).toEqual([
    [0, 'k', null],
    [0, 'k', [verb(90, 'c')]],
  ]);
  memory.add(verb(95, 'd'));
  memory.clear();
  expect([memory.takeChanges(), [...memory.all()], memory.size]).toEqual([[[0, 'k', null]], [], 0]);
});
