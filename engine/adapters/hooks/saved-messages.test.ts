/** Messages are written once, whoever names them, and are no more when nobody does: also where a save was stored in part. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import type { AlertMessage } from '../../core/wire.ts';
import { HookQueue } from '../../delivery/hook-queue.ts';
import { alertMessage, hookRules } from '../../delivery/testing/delivery-rehearsal.ts';
import type { HookChanges, SavedHook } from '../../delivery/records.ts';
import { linesOf, type SavedLine } from './saved-lines.ts';
import { SavedMessages } from './saved-messages.ts';

const HOOKS = ['a', 'b', 'c'];
const MUTES = { isMuted: () => false, version: 0 };

function store(values: Map<string, string>, lines: readonly SavedLine[]): void {
  for (const { key, value } of lines) {
    if (value === null) values.delete(key);
    else values.set(key, value);
  }
}

/** Two alerts that begin, are told and end, for three hooks: what each step saves. */
function steps(): readonly ReadonlyMap<string, HookChanges>[] {
  const queues = HOOKS.map((id) => new HookQueue(hookRules({ id, readers: 'programs' })));
  const changed = (alert: string, state: 'firing' | 'resolved', seq: number): void => {
    const message = alertMessage(alert, { state });
    for (const queue of queues) queue.changed(message, seq, seq);
  };
  const taken = (): ReadonlyMap<string, HookChanges> => {
    return new Map(queues.map((queue) => [queue.rules.id, structuredClones(queue.takeChanged())]));
  };
  const tell = (now: number): ReadonlyMap<string, HookChanges>[] => {
    const due = queues.map((queue) => queue.due(now, MUTES));
    const before = taken();
    queues.forEach((queue, i) => {
      for (const { id } of due[i] ?? []) queue.ended(id, { kind: 'delivered' }, now); // one list a queue
    });
    return [before, taken()];
  };
  changed('A', 'firing', 1);
  changed('B', 'firing', 2);
  const begun = tell(1000);
  changed('A', 'resolved', 3);
  return [...begun, ...tell(2000)];
}

/** What is saved later must not change what was saved; messages stay the ones they are. */
function structuredClones({ alerts, notices, ...rest }: HookChanges): HookChanges {
  const copies = <T extends object>(map: ReadonlyMap<string, T | null>): ReadonlyMap<string, T | null> =>
    new Map([...map].map(([key, value]) => [key, value === null ? null : { ...value }]));
  return { ...rest, alerts: copies(alerts), notices: copies(notices) };
}

const messagesIn = (values: ReadonlyMap<string, string>): readonly string[] =>
  [...values.keys()].filter((key) => key.startsWith('message.'));

it('a message that three hooks and their notices hold is written once, is read in each place, and goes with the last', () => {
  const messages = new SavedMessages();
  const values = new Map<string, string>();
  const written: string[] = [];
  const whole = new Map<string, string>();
  for (const changes of steps()) {
    const { lines, commit } = messages.plan(changes, null);
    written.push(...lines.flatMap(({ key, value }) => (key.startsWith('message.') && value !== null ? [key] : [])));
    store(values, lines);
    commit();
    store(whole, linesOf(changes, null));
    const read = new SavedMessages().restore(values);
    expect(Object.fromEntries(read)).toEqual(
      Object.fromEntries([...whole].map(([key, text]) => [key, JSON.parse(text) as unknown])),
    );
  }
  expect(written).toHaveLength(3); // A, B, and the end of A
  expect(messagesIn(values)).toHaveLength(1); // B stands
});

it('a save of which only the first lines were stored leaves nothing that names what is missing, nor messages for ever', () => {
  const [first, ...rest] = steps();
  const all = [first, ...rest];
  for (const [at, changes] of all.entries()) {
    const { lines } = planAfter(all.slice(0, at), changes);
    for (let stored = 0; stored <= lines.length; stored++) {
      const { values } = planAfter(all.slice(0, at), changes);
      store(values, lines.slice(0, stored));
      const messages = new SavedMessages();
      const read = messages.restore(values);
      const next = messages.plan(new Map(), null);
      store(values, next.lines);
      next.commit();
      const standing = new Set([...read.values()].flatMap((value) => messagesOf(value)));
      expect(messagesIn(values), `${stored} lines of step ${at}`).toHaveLength(standing.size);
      expect(messages.plan(new Map(), null).lines).toEqual([]);
    }
  }
});

/** A whole collection, and what waits for it. */
async function collect(): Promise<void> {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as () => void;
  // What is looked at in this turn of the loop stays for it.
  await new Promise((resolve) => setImmediate(resolve));
  gc();
}

it('a message that nothing names any more is in the memory no more, nor its number; the one that stands is', async () => {
  const messages = new SavedMessages();
  const held = new Map<string, WeakRef<AlertMessage>>();
  const values = new Map<string, string>();
  const save = (make: () => ReadonlyMap<string, HookChanges>): void => {
    const { lines, commit } = messages.plan(make(), null);
    store(values, lines);
    commit();
  };
  const record = (message: AlertMessage | null): HookChanges => {
    const queue = new HookQueue(hookRules({ id: 'a', readers: 'programs' }));
    const none = queue.takeChanged();
    if (message === null) return { ...none, alerts: new Map([['A', null]]) };
    queue.changed(message, 1, 1);
    held.set(message.alert, new WeakRef(message));
    return { ...none, alerts: queue.takeChanged().alerts };
  };
  for (const alert of ['A', 'B']) save(() => new Map([['a', record(alertMessage(alert))]]));
  await collect();
  expect([...held].map(([alert, ref]) => [alert, ref.deref() !== undefined])).toEqual([
    ['A', true],
    ['B', true],
  ]);
  save(() => new Map([['a', record(null)]]));
  await collect();
  expect(held.get('A')?.deref()).toBeUndefined();
  expect(held.get('B')?.deref()).toBeDefined();
  expect(messagesIn(values)).toEqual(['message.2']);
});

it('a message that comes back after it was forgotten is written again, under another number', () => {
  const messages = new SavedMessages();
  const message = alertMessage('A');
  const save = (alert: HookChanges['alerts']): readonly string[] => {
    const none = new HookQueue(hookRules({ id: 'a' })).takeChanged();
    const { lines, commit } = messages.plan(new Map([['a', { ...none, alerts: alert }]]), null);
    commit();
    return lines.map(({ key, value }) => `${key}${value === null ? ' gone' : ''}`);
  };
  const queue = new HookQueue(hookRules({ id: 'a' }));
  queue.changed(message, 1, 1);
  const { alerts } = queue.takeChanged();
  expect(save(alerts)).toEqual(['message.1', 'alert.a.A']);
  expect(save(new Map([['A', null]]))).toEqual(['alert.a.A gone', 'message.1 gone']);
  expect(save(alerts)).toEqual(['message.2', 'alert.a.A']);
});

function planAfter(
  before: readonly (ReadonlyMap<string, HookChanges> | undefined)[],
  changes: ReadonlyMap<string, HookChanges> | undefined,
): { readonly values: Map<string, string>; readonly lines: readonly SavedLine[] } {
  const messages = new SavedMessages();
  const values = new Map<string, string>();
  for (const one of before) {
    const { lines, commit } = messages.plan(one ?? new Map(), null); // each is there
    store(values, lines);
    commit();
  }
  return { values, lines: messages.plan(changes ?? new Map(), null).lines };
}

function messagesOf(value: unknown): readonly object[] {
  const { message, alerts } = value as { readonly message?: object; readonly alerts?: readonly object[] };
  return alerts ?? (message === undefined ? [] : [message]); // a notice has them in a list
}

it('a save that was refused is made again as it was, and takes no further numbers', () => {
  const [first] = steps();
  const messages = new SavedMessages();
  const refused = messages.plan(first ?? new Map(), { seq: 2, hooks: HOOKS });
  expect(messages.plan(first ?? new Map(), { seq: 2, hooks: HOOKS }).lines).toEqual(refused.lines);
});

it('what engines of before saved, with its messages in it, is read', () => {
  const [first] = steps();
  const lines = linesOf(first ?? new Map(), null);
  const values = new Map(lines.map(({ key, value }) => [key, String(value)]));
  const read = new SavedMessages().restore(values);
  const record = read.get('alert.a.A') as SavedHook['alerts'][number];
  expect(record.message).toEqual(alertMessage('A'));
});
