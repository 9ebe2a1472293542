/** Short frames for tests of the board's state: only what a test is about is spelled out. */
import type { AlertMessage, KpiDescription, KpiMessage, ServerFrame } from '../../engine/core/wire.ts';
import { emptyBoard, nextBoard, type BoardEvent, type BoardState } from '../model/board.ts';

/** Server time of the scripts' beginning; the screen's clock is another on purpose. */
export const T0 = Date.parse('2026-03-02T01:15:00.000Z');
export const SCREEN0 = 1_000_000;
export const PING_MS = 10_000;

export const iso = (ms: number): string => new Date(ms).toISOString();

export function value(change: Partial<KpiMessage> & { readonly end?: number } = {}): KpiMessage {
  const { end = T0 + 5000, ...rest } = change;
  return {
    kpi: 'csat',
    key: {},
    window: { start: iso(end - 900_000), end: iso(end) },
    value: 88,
    n: 400,
    interval: [84, 91],
    revision: 0,
    final: false,
    watermark: iso(end - 5000),
    ...rest,
  };
}

export function alert(change: Partial<AlertMessage> = {}): AlertMessage {
  return {
    alert: 'a-1',
    rule: 'csat_low',
    kpi: 'csat',
    key: {},
    state: 'firing',
    previous: 'pending',
    value: 71,
    n: 210,
    interval: [64, 77],
    threshold: 'value < 80',
    window: { start: iso(T0 - 900_000), end: iso(T0) },
    since: iso(T0 - 60_000),
    at: iso(T0),
    reason: 'below 80 for 30 s',
    causes: [],
    samples: [],
    owner: null,
    runbook: null,
    severity: 'critical',
    acked: null,
    silenced: false,
    ...change,
  };
}

export function describe(change: Partial<KpiDescription> = {}): KpiDescription {
  return {
    id: 'csat',
    title: { 'zh-CN': '满意度', en: 'CSAT' },
    unit: 'percent',
    decimals: 1,
    better: 'higher',
    target: 85,
    by: [[], ['channel']],
    window: { kind: 'sliding', sizeMs: 900_000, slideMs: 5000 },
    values: [],
    ...change,
  };
}

export const hello = (change: object = {}): ServerFrame => ({
  op: 'hello',
  proto: 1,
  epoch: 'e1',
  seq: 0,
  time: iso(T0),
  ping_ms: PING_MS,
  version: '1',
  ...change,
});
export const snapshot = (
  seq: number,
  kpis: readonly KpiMessage[] = [],
  alerts: readonly AlertMessage[] = [],
): ServerFrame => ({ op: 'snapshot', id: 1, seq, as_of: iso(T0), watermark: iso(T0 - 1000), kpis, alerts });
export const delta = (
  prev: number,
  kpis: readonly KpiMessage[] = [],
  alerts: readonly AlertMessage[] = [],
): ServerFrame => ({ op: 'delta', id: 1, seq: prev + 1, prev, kpis, alerts });
export const tick = (time: number, lagMs = 12, watermark: number = time - 1000): ServerFrame => ({
  op: 'tick',
  time: iso(time),
  watermark: iso(watermark),
  lag_ms: lagMs,
});

/** Frames and link events, each `[ms since the beginning, what]`, from an empty board. */
export type Step = readonly [number, ServerFrame | Extract<BoardEvent, { type: 'link' }>['link'] | 'clock'];
export function played(steps: readonly Step[], state: BoardState = emptyBoard({}, SCREEN0)): BoardState {
  return steps.reduce((before, [ms, what]) => nextBoard(before, eventOf(SCREEN0 + ms, what)), state);
}
function eventOf(at: number, what: Step[1]): BoardEvent {
  if (what === 'clock') return { type: 'clock', at };
  return 'op' in what ? { type: 'frame', at, frame: what } : { type: 'link', at, link: what };
}

/** A board that is connected and has its first snapshot. */
export function connected(kpis: readonly KpiMessage[] = [], alerts: readonly AlertMessage[] = []): BoardState {
  return played([
    [0, { kind: 'opened' }],
    [0, hello()],
    [0, snapshot(10, kpis, alerts)],
  ]);
}
