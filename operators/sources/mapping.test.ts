import { describe, expect, it } from 'vitest';
import { compileExpression } from '../../engine/adapters/expressions/cel.ts';
import { rule, type MapRule } from './map-rule.ts';
import { mappingOf, MOST_EVENTS, type Mapped } from './mapping.ts';
import { timeReader } from './time/mapped-time.ts';

const readTime = timeReader({ zone: 'Asia/Shanghai', dates: null });
function map(rules: readonly Partial<MapRule>[], body: unknown): Mapped {
  const mapping = mappingOf(rules.map(rule), { compile: compileExpression, readTime, place: 'sources[s]' });
  return mapping({ body, headers: {} }, () => 'hash');
}

describe('a mapping', () => {
  it('gives an event of each rule whose condition holds, with its place in the map', () => {
    const { events, isTaken } = map(
      [
        { when: 'body.a == 1', type: 'cx.case.opened', id: 'body.id', data: { case: 'string(body.id)' } },
        { when: 'body.a == 2', type: 'cx.case.closed', id: 'body.id' },
        { type: 'cx.case.replied', id: 'body.id', key: 'body.k', time: 'body.t' },
      ],
      { a: 1, id: 12, k: 'k-1', t: '2026-03-02 09:00' },
    );
    expect(isTaken).toBe(true);
    expect(events).toEqual([
      {
        rule: 0,
        type: 'cx.case.opened',
        id: 'case.opened:12',
        time: null,
        key: null,
        data: { case: '12' },
        leftOut: [],
      },
      {
        rule: 2,
        type: 'cx.case.replied',
        id: 'case.replied:12',
        time: '2026-03-02T01:00:00.000Z',
        key: 'k-1',
        data: {},
        leftOut: [],
      },
    ]);
  });

  it('leaves out what an expression gives nothing for, and says which fields these were', () => {
    const data = {
      a: 'body.a',
      b: 'body.missing',
      c: 'body.empty',
      d: { e: 'body.nil', f: 'body.n + 1' },
      g: { h: 'body.no' },
      i: true,
      j: 5,
    };
    const [event] = map([{ type: 'cx.case.opened', data }], { a: 'x', empty: ' ', nil: null, n: 1 }).events;
    expect(event?.data).toEqual({ a: 'x', d: { f: 2 }, i: true, j: 5 });
    expect(event?.leftOut).toEqual(['b', 'c', 'd.e', 'g.h']);
  });

  it('fans a list out, lists within it too, and numbers what has no id of its own', () => {
    const { events } = map([{ each: 'body.list', type: 'cx.case.opened', data: { case: 'item.c', n: 'index' } }], {
      list: [{ c: 'a' }, [{ c: 'b' }]],
    });
    expect(events.map(({ id, data }) => [id, data])).toEqual([
      ['case.opened:hash.0.0', { case: 'a', n: 0 }],
      ['case.opened:hash.0.1', { case: 'b', n: 1 }],
    ]);
  });

  it('an empty list takes nothing, so that a later rule or a dead letter shows it', () => {
    expect(map([{ each: 'body.list', type: 'cx.case.opened' }], { list: [[]] })).toMatchObject({
      isTaken: false,
      events: [],
    });
    expect(map([{ each: 'body.none', type: 'cx.case.opened' }], {})).toMatchObject({ isTaken: false, faults: [] });
  });

  it('takes what it is to ignore, and gives nothing', () => {
    expect(map([{ when: 'body.x', ignore: true }], { x: true })).toMatchObject({
      isTaken: true,
      events: [],
      faults: [],
    });
  });

  it('says where no time or id came of an expression, and repeats no value', () => {
    const { events, faults } = map(
      [
        { type: 'cx.case.opened', time: 'body.secret' },
        { type: 'cx.case.opened', id: 'body.missing' },
        { type: 'cx.case.opened', each: 'body.secret' },
      ],
      { secret: 'geheim' },
    );
    expect(events).toEqual([]);
    expect(faults.map(({ at }) => at)).toEqual(['map[0].time', 'map[1].id', 'map[2].each']);
    expect(JSON.stringify(faults)).not.toContain('geheim');
  });

  it('stops at a bound however long a list is', () => {
    const list = Array.from({ length: MOST_EVENTS + 5 }, (_, i) => i);
    const { events, faults } = map([{ each: 'body', type: 'cx.case.opened' }], list);
    expect([events.length, faults.map(({ at }) => at)]).toEqual([MOST_EVENTS, ['map[0].each']]);
  });
});
