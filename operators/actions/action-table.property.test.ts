/** The table of actions says what the oracle says, whatever the order in which records come within the bound, saved and restored on the way. */
import { describe, expect, it } from 'vitest';
import { at as elementAt } from '../../engine/core/must.ts';
import type { Millis, State } from '../../engine/core/types.ts';
import { cloneState } from '../../engine/core/state-equality.ts';
import { RandomYields } from '../../engine/testing/random-yields.ts';
import type { ActionConfig, ActionRecord, ActionSaid, Held, TriggerRecord } from './action.ts';
import { instantOf } from './action-message.ts';
import { ActionTable } from './action-table.ts';
import { ContactCaps } from './contact-caps.ts';
import { restore, savedParts, takeDelta } from './saved-actions.ts';
import { saidOf } from './testing/oracle.ts';

const BASE: ActionConfig = {
  ...{ id: 'base', title: null, on: [], where: null, key: null, kind: 'task', afterMs: 0, unless: null, done: null },
  ...{ atMost: null, dueMs: null, calendar: null, owner: null, escalate: null, data: {}, keep: [], expireMs: 500 },
  ...{ ofCases: [], allowedLatenessMs: 60, maxOpen: 1000 },
};
const OCCASION = { on: [], where: null, key: null };
const CONFIGS: readonly ActionConfig[] = [
  { ...BASE, id: 'at_once', dueMs: 40, done: OCCASION, escalate: { afterMs: 10, to: null } },
  { ...BASE, id: 'asked', afterMs: 20, unless: OCCASION, atMost: { times: 1, inMs: 100, per: '', shared: null } },
  { ...BASE, id: 'twice', atMost: { times: 2, inMs: 80, per: '', shared: 'all' }, done: OCCASION },
  {
    ...BASE,
    id: 'shared',
    afterMs: 5,
    atMost: { times: 1, inMs: 50, per: '', shared: 'all' },
    dueMs: 30,
    expireMs: 35,
  },
];
const BOUND: Millis = 30;
const START: Millis = 1_000_000;

function script(random: RandomYields): readonly ActionRecord[] {
  return Array.from({ length: 40 }, (_, i): ActionRecord => {
    const action = random.below(CONFIGS.length);
    const key = `k${String(random.below(3))}`;
    const common = {
      action,
      key,
      at: START + 5 * random.below(60),
      event: `e${String(i)}`,
      type: 't',
      isDerived: false,
    };
    if (random.below(3) === 0) return { ...common, verb: random.below(2) === 0 ? 'done' : 'unless', id: '' };
    const per = random.below(8) === 0 ? null : `u${String(random.below(2))}`;
    const id = `${elementAt(CONFIGS, action).id}.${String(i)}`;
    return { ...common, verb: 'trigger', id, per, owner: null, priority: null, case: null, customer: null, kept: {} };
  }).filter(({ verb, action }) => isUsed(verb, elementAt(CONFIGS, action)));
}
/** Records are of what the configuration has. */
function isUsed(verb: ActionRecord['verb'], { unless, done }: ActionConfig): boolean {
  return verb === 'trigger' || (verb === 'done' ? done !== null : unless !== null);
}

function played(records: readonly ActionRecord[], random: RandomYields, restores: boolean): readonly string[] {
  const said: string[] = [];
  const hearing = {
    said: (held: Held, what: ActionSaid) =>
      void said.push(`${held.trigger.id} ${what.state} ${String(instantOf(held, what))}`),
    late: (record: ActionRecord) => void said.push(`late ${record.event}`),
    count: () => undefined,
  };
  const arriving = records.map((record) => ({ record, arrives: record.at + random.below(BOUND) }));
  const dueOf = (action: number, from: Millis): Millis => from + (elementAt(CONFIGS, action).dueMs ?? 0);
  let table = new ActionTable(CONFIGS, dueOf);
  let parts: State[] = [];
  let highest = START;
  for (const { record } of arriving.sort((a, b) => a.arrives - b.arrives)) {
    table.take(record, highest - BOUND, hearing);
    highest = Math.max(highest, record.at);
    if (random.below(2) === 0) table.pass(highest - BOUND, hearing);
    const delta = takeDelta(table);
    if (delta !== undefined) parts.push(cloneState(delta, 'actions'));
    if (!restores || random.below(3) > 0) continue;
    if (random.below(4) === 0) parts = [...savedParts(table)].map((part) => cloneState(part, 'actions'));
    table = new ActionTable(CONFIGS, dueOf);
    restore(table, parts);
  }
  table.pass(UNTIL, hearing);
  return said.sort();
}
const UNTIL = START + 2000;

describe('the table of actions', () => {
  it.each([
    ['straight', false],
    ['restored', true],
  ])('says what the oracle says, in any order of arrival, %s', (_, restores) => {
    let longest = 0;
    for (let seed = 1; seed <= 60; seed++) {
      const records = script(new RandomYields(seed));
      const expected = saidOf(CONFIGS, records, UNTIL);
      longest = Math.max(longest, expected.length);
      expect(played(records, new RandomYields(seed + 1000), restores), `seed ${String(seed)}`).toEqual(expected);
    }
    expect(longest).toBeGreaterThan(40);
  });
});

describe('how often somebody was asked', () => {
  const cap = { group: 'ask', times: 1, inMs: 100 };

  it('is counted by whom, and past the limit the one asked longest ago is forgotten', () => {
    const caps = new ContactCaps([cap], 2);
    const forgotten = [caps.sent(cap, 'a', 1), caps.sent(cap, 'b', 2), caps.sent(cap, 'a', 3), caps.sent(cap, 'c', 4)];
    expect(forgotten).toEqual([0, 0, 0, 1]);
    expect([...caps.all()]).toEqual([
      ['ask', 'a', [1, 3]],
      ['ask', 'c', [4]],
    ]);
    expect(caps.size).toBe(2);
    expect(caps.takeChanges()).toContainEqual(['ask', 'b', null]);
  });

  it('is forgotten once it forbids nothing, and comes back from what was saved', () => {
    const caps = new ContactCaps([cap], 10);
    caps.sent(cap, 'a', 1);
    caps.sent(cap, 'b', 50);
    caps.pass(101);
    expect([caps.size, caps.forbids(cap, 'a', 100), caps.forbids(cap, 'a', 101)]).toEqual([2, 1, null]);
    caps.pass(102);
    expect([caps.size, caps.forbids(cap, 'b', 102)]).toEqual([1, 50]);
    const restored = new ContactCaps([cap], 10);
    for (const one of caps.all()) restored.load(one);
    restored.load(['gone', 'x', [1]]);
    expect([restored.size, restored.forbids(cap, 'b', 149), restored.forbids(cap, 'b', 150)]).toEqual([1, 50, null]);
  });
});

describe('an action of which only so many are kept', () => {
  const trigger = (n: number): TriggerRecord => ({
    ...{ action: 0, key: `k${String(n)}`, at: START + n, event: `e${String(n)}`, type: 't', isDerived: false },
    ...{ verb: 'trigger', id: `a.${String(n)}`, per: null, owner: null, priority: null, case: null, customer: null },
    kept: {},
  });
  function taken(config: ActionConfig, times: readonly number[]) {
    const counts: string[] = [];
    const said: string[] = [];
    const table = new ActionTable([config], (_, from) => from + 500);
    const hearing = {
      said: (held: Held, { state }: ActionSaid) => void said.push(`${held.trigger.id} ${state}`),
      late: () => undefined,
      count: (name: string) => void counts.push(name),
    };
    for (const n of times) table.take(trigger(n), START + n - 1, hearing);
    return { table, counts, said, hearing };
  }

  it('is dropped where as many wait already, and counted', () => {
    const { table, counts, said } = taken({ ...BASE, id: 'late', afterMs: 100, maxOpen: 2 }, [1, 2, 3]);
    expect([counts, said]).toEqual([['action_dropped_late'], []]);
    expect(table.size()).toMatchObject({ waiting: 2, open: 0, known: 2 });
  });

  it('is sent, but not followed, where as many are open already; one that leaves the list makes place', () => {
    const { table, counts, said, hearing } = taken({ ...BASE, id: 'now', dueMs: 500, maxOpen: 2 }, [1, 2, 3]);
    expect(said).toEqual(['a.1 due', 'a.2 due', 'a.3 due']);
    expect(counts).toEqual(['action_not_followed_now']);
    expect(table.size()).toMatchObject({ waiting: 0, open: 2 });
    table.pass(START + 600, hearing);
    table.take(trigger(601), START + 600, hearing);
    expect(counts).toEqual(['action_not_followed_now']);
    expect(table.size().open).toBe(1);
  });
});
