import { describe, expect, test } from 'vitest';
import type { Json } from '../../../engine/core/wire.ts';
import { emptyBoard, nextBoard, type BoardState } from '../board.ts';
import { todoBoard } from './todo-model.ts';

const NOW = Date.parse('2026-03-02T10:00:00.000Z');
const at = (minutes: number): string => new Date(NOW + minutes * 60_000).toISOString();
const item = (id: string, fields: Readonly<Record<string, Json>> = {}): Json => ({
  ...{ id: `m-${id}`, kind: 'follow_up', type: 'cx.action', time: at(-60) },
  data: {
    id,
    action: 'follow_up',
    state: 'due',
    open: true,
    key: `k-${id}`,
    case: null,
    owner: 'li',
    due: null,
    ...fields,
  },
});

function shown(snapshot: readonly Json[], ...deltas: readonly (readonly Json[])[]): BoardState {
  const hello = { op: 'hello', proto: 1, epoch: 'e', seq: 0, time: at(0), ping_ms: 10_000, version: '1' } as const;
  const frames = [
    hello,
    { op: 'snapshot', id: 1, seq: 1, as_of: at(0), watermark: null, kpis: [], alerts: [], actions: snapshot } as const,
    ...deltas.map(
      (actions, i) => ({ op: 'delta', id: 1, seq: i + 2, prev: i + 1, kpis: [], alerts: [], actions }) as const,
    ),
  ];
  return frames.reduce((state, frame) => nextBoard(state, { type: 'frame', at: 0, frame }), emptyBoard({}, 0));
}

describe('things to do', () => {
  test('stand in the order in which they are due, what is overdue first', () => {
    const state = shown([
      item('later', { due: at(300) }),
      item('whenever', { priority: 9 }),
      item('late', { due: at(-5), case: 'c-17' }),
      item('soon', { due: at(20), owner: null }),
    ]);
    const board = todoBoard(state, 'en');
    expect(board.rows.map(({ id, tone, when }) => [id, tone, when])).toEqual([
      ['late', 'breach', '5 min overdue'],
      ['soon', 'warn', '20 min left'],
      ['later', 'none', '5 h left'],
    ]);
    expect(board.rows[0]).toMatchObject({ title: 'Follow up', subject: 'c-17', owner: 'li' });
    expect(board.rows[1]).toMatchObject({ subject: 'k-soon', owner: 'nobody yet' });
    expect([board.count, board.hasOverdue, board.more]).toEqual(['4 open · 1 overdue', true, 'and 1 more']);
    expect(todoBoard(state, 'zh-CN').count).toBe('待办 4 · 逾期 1');
  });

  test('that are due at no time come last, the higher priority first', () => {
    const state = shown([item('a', { priority: 1 }), item('b', { priority: 9 }), item('c', { due: at(9000) })]);
    expect(todoBoard(state, 'en').rows.map(({ id, when }) => [id, when])).toEqual([
      ['c', '6 d left'],
      ['b', ''],
      ['a', ''],
    ]);
  });

  test('are counted where there are more than fit', () => {
    const state = shown(Array.from({ length: 7 }, (_, i) => item(`a${String(i)}`, { due: at(60 + i) })));
    const board = todoBoard(state, 'en');
    expect([board.rows.length, board.count, board.more]).toEqual([3, '7 open', 'and 4 more']);
  });

  test('go when they are done, and come when they are said; what is of no open action changes nothing', () => {
    const state = shown(
      [item('a', { due: at(60) })],
      [item('b', { due: at(30), title: { 'zh-CN': '回访', en: 'Call back' } })],
      [item('a', { state: 'done' })],
      [item('c', { open: false }), { kind: 'sla_breached', data: { action: 'sla_breached', state: 'due' } }, null],
    );
    expect(todoBoard(state, 'zh-CN').rows).toMatchObject([{ id: 'b', title: '回访', when: '剩 30 分' }]);
    expect(todoBoard(shown([item('a')], [item('a', { state: 'withdrawn' })]), 'en')).toMatchObject({
      count: '',
      rows: [],
    });
  });

  test('of a snapshot are all there are: the others are over', () => {
    const before = shown([item('a'), item('b')]);
    const frame = { op: 'snapshot', id: 1, seq: 9, as_of: at(0), watermark: null, kpis: [], alerts: [] } as const;
    const after = nextBoard(before, { type: 'frame', at: 1, frame: { ...frame, actions: [item('b')] } });
    expect([...after.actions.keys()]).toEqual(['b']);
  });
});
