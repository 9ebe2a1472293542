import { describe, expect, it } from 'vitest';
import { storedBy } from '../../core/partition/output-id.ts';
import type { OutputMessage } from '../../core/types.ts';
import { Outlet } from './outlet.ts';

const TOGETHER = 'cx.enriched.batch.3';
function event(name: string, isTogether = true): OutputMessage {
  const subject = `cx.enriched.app.feedback.${name}`;
  return { subject, type: 'cx.enriched', time: 5, data: { name }, ...(isTogether ? { together: TOGETHER } : {}) };
}
/** Runs input 7 of partition 3; gives what leaves as ids, and of what leaves together the ids within. */
function left(
  messages: readonly OutputMessage[],
  { most = 3, stored = [] as readonly string[] } = {},
): (string | readonly string[])[] {
  const outlet = new Outlet(3, {}, stored.flatMap(storedBy), undefined, most);
  outlet.begin(7);
  for (const message of messages) outlet.forward(message);
  outlet.end();
  return outlet.takeForwards().map(({ id, parts }) => (parts === undefined ? id : [id, ...parts.map((one) => one.id)]));
}
const five = ['a', 'b', 'c', 'd', 'e'].map((name) => event(name));
const mixed = [event('a'), event('case', false), event('b'), event('c')];

describe('forwards of one input message', () => {
  it('leave together, so many at most, under the ids of the first and the last', () => {
    expect(left(five)).toEqual([
      ['3:7:0-2', '3:7:0', '3:7:1', '3:7:2'],
      ['3:7:3-4', '3:7:3', '3:7:4'],
    ]);
    const outlet = new Outlet(3, {}, [], undefined, 8);
    outlet.begin(7);
    outlet.forward(event('a'));
    outlet.forward(event('b'));
    // Not before the message is done: what leaves together follows from it alone, however often the loop is handed over.
    expect(outlet.takeForwards()).toEqual([]);
    outlet.end();
    const [batch] = outlet.takeForwards();
    expect(batch).toMatchObject({ subject: TOGETHER, parts: [{ data: { name: 'a' } }, { data: { name: 'b' } }] });
  });

  it('leave alone where that is wanted of them, where there is only one, and where nothing leaves together', () => {
    expect(left(mixed)).toEqual(['3:7:1', ['3:7:0-3', '3:7:0', '3:7:2', '3:7:3']]);
    expect(left([event('a')])).toEqual(['3:7:0']);
    expect(left(five.slice(0, 2), { most: 1 })).toEqual(['3:7:0', '3:7:1']);
  });

  it('are never stored twice and none is left out, whichever of them were stored before a crash, and in whichever form', () => {
    expect(left(mixed, { stored: ['3:7:1'] })).toEqual([['3:7:0-3', '3:7:0', '3:7:2', '3:7:3']]);
    // The batch says nothing of the one between them that leaves alone.
    expect(left(mixed, { stored: ['3:7:0-3'] })).toEqual(['3:7:1']);
    expect(left(five, { stored: ['3:7:0-2'] })).toEqual([['3:7:3-4', '3:7:3', '3:7:4']]);
    // The configuration changed meanwhile.
    expect(left(five, { stored: ['3:7:0', '3:7:1'] })).toEqual([['3:7:2-4', '3:7:2', '3:7:3', '3:7:4']]);
    expect(left(five, { most: 1, stored: ['3:7:0-2'] })).toEqual(['3:7:3', '3:7:4']);
    expect(left(five, { stored: ['3:7:0-4'] })).toEqual([]);
  });
});
