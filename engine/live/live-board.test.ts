import { describe, expect, it } from 'vitest';
import type { AlertMessage, KpiMessage } from '../core/wire.ts';
import { Board, BOARD_LIMITS, cellIdOf } from './live-board.ts';

const at = (s: number): string => new Date(Date.parse('2026-03-02T01:00:00.000Z') + s * 1_000).toISOString();

function value(end: number, fields: Partial<KpiMessage> = {}): KpiMessage {
  return {
    kpi: 'csat',
    key: {},
    window: { start: at(end - 900), end: at(end) },
    value: 90,
    n: 10,
    interval: null,
    revision: 0,
    final: false,
    watermark: at(end),
    ...fields,
  };
}

function shown(...messages: KpiMessage[]): KpiMessage | undefined {
  const board = new Board();
  for (const message of messages) board.setKpi(message);
  return board.cell('csat', {})?.message;
}

describe('which value a wall-board shows', () => {
  const live = value(10, { value: 1 });
  const final = value(5, { value: 2, final: true });

  it('the newest window: a final value that follows its live ones goes to history', () => {
    expect(shown(live, final)).toBe(live);
    expect(shown(final, live)).toBe(live);
  });
  it('of one window the final one, and of final ones the highest revision', () => {
    const end = value(10, { value: 3, final: true });
    const revised = value(10, { value: 4, final: true, revision: 1 });
    expect(shown(live, end)).toBe(end);
    expect(shown(end, live)).toBe(end);
    expect(shown(end, revised)).toBe(revised);
    expect(shown(revised, end)).toBe(revised);
  });
  it('of live ones of a window the last', () => {
    const later = value(10, { value: 7 });
    expect(shown(live, later)).toBe(later);
  });
  it('what was retracted stands for nothing and yields to anything', () => {
    const gone = value(10, { value: null, n: 0, final: true, revision: 1, retracted: true });
    expect(shown(live, gone)).toBe(gone);
    expect(shown(live, gone, final)).toBe(final);
    expect(shown(gone)).toBeUndefined();
    expect(shown(value(15), gone)?.window.end).toBe(at(15));
  });
});

describe('board', () => {
  it('tells what changed since, each value once, the latest first', () => {
    const board = new Board();
    board.setKpi(value(5, { key: { channel: 'app' } }));
    board.setKpi(value(5, { key: { channel: 'web' } }));
    board.setKpi(value(10, { key: { channel: 'app' } }));
    const since = (seq: number): string[] => [...board.changedSince(seq)].map(({ keyId, seq: s }) => `${keyId} ${s}`);
    expect(since(0)).toEqual([`channel\u0000app\u0001 3`, `channel\u0000web\u0001 2`]);
    expect(since(2)).toEqual([`channel\u0000app\u0001 3`]);
    expect(since(3)).toEqual([]);
  });

  it('drops what changed longest ago when it is full, and lets nobody go on from before', () => {
    const board = new Board({ ...BOARD_LIMITS, cells: 20 });
    for (let i = 0; i < 20; i++) board.setKpi(value(5, { key: { store: `s${i}` } }));
    board.setKpi(value(10, { key: { store: 's0' } }));
    const before = board.seq;
    expect(board.reaches(before, { alerts: true, actions: true })).toBe(true);
    board.setKpi(value(5, { key: { store: 's20' } }));
    expect(board.reaches(before, { alerts: true, actions: true })).toBe(false);
    expect(board.size().cells).toBe(19);
    expect(board.cell('csat', { store: 's0' })).toBeDefined();
    expect(board.cell('csat', { store: 's1' })).toBeUndefined();
    expect(board.cell('csat', { store: 's2' })).toBeUndefined();
    expect(board.evictions).toBe(1);
  });

  it('keeps the last resolved alerts only, and every open one', () => {
    const board = new Board({ ...BOARD_LIMITS, resolved: 2 });
    const alert = (id: string, state: AlertMessage['state']): boolean =>
      board.setAlert({ alert: id, state, key: {} } as AlertMessage);
    for (const id of ['a', 'b', 'c', 'd']) alert(id, 'firing');
    for (const id of ['a', 'b', 'c']) alert(id, 'resolved');
    expect([...board.alerts.values()].map(({ alert: id, state }) => `${id} ${state}`)).toEqual([
      'd firing',
      'b resolved',
      'c resolved',
    ]);
    expect(alert('d', 'firing')).toBe(false);
    expect(board.size().open).toBe(1);
  });

  it('takes health that did not change as no change', () => {
    const board = new Board();
    const of = (...reasons: string[]) => ({ ready: { ok: reasons.length === 0, reasons } });
    expect(board.setHealth(of())).toBe(true);
    expect(board.setHealth(of())).toBe(false);
    expect(board.setHealth(of('it starts'))).toBe(true);
    expect(board.health).toEqual(of('it starts'));
  });
});

describe('cellIdOf', () => {
  it('is the same for the same key and different for others, whatever their texts hold', () => {
    expect(cellIdOf({ a: '1', b: '2' })).toBe(cellIdOf({ b: '2', a: '1' }));
    const ids = [{}, { a: '' }, { a: '1' }, { a: '1=b' }, { 'a=1': 'b' }, { a: '1', b: '' }].map(cellIdOf);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('a KPI that is configured no more', () => {
  it('goes from the board, and whoever was sent it gets a snapshot; the others keep their values', () => {
    const board = new Board();
    board.setKpi(value(5));
    board.setKpi(value(5, { kpi: 'volume' }));
    const { seq } = board;
    const wants = { alerts: false, actions: false };
    board.forgetKpis((id) => id === 'csat' || id === 'volume');
    expect([board.size().cells, board.reaches(seq, wants)]).toEqual([2, true]);
    board.forgetKpis((id) => id === 'volume');
    expect([...board.cells()].map(({ kpi }) => kpi)).toEqual(['volume']);
    expect([...board.changedSince(0)].map(({ kpi }) => kpi)).toEqual(['volume']);
    expect([board.size().cells, board.size().series, board.reaches(seq, wants)]).toEqual([1, 1, false]);
  });
});
