/**
 * Queues and service: four totals, a row a team, what falls due next. From what is open of each clock (`GET /v1/clocks`) and the KPIs
 * that say how many were in time. Pure.
 */
import type { KpiDescription } from '../../../engine/core/wire.ts';
import type { BoardState } from '../board.ts';
import { keyId, NO_VALUES } from '../kpi-values.ts';
import type { ClockOpen, ClocksOpen } from '../../line/page-client.ts';

export interface TeamRow {
  /** null: of nobody's. */
  readonly team: string | null;
  readonly waiting: number;
  readonly oldestS: number | null;
  readonly overdue: number;
  /** Percent in time; null: not known. */
  readonly inTime: number | null;
  readonly ages: readonly number[];
}
export interface NextRow {
  readonly clock: string;
  readonly key: string | null;
  readonly kept: Readonly<Record<string, string>>;
  readonly leftMs: number;
  /** Of its time to the target, what is over: 0 to 1. */
  readonly used: number;
}
export interface QueueShown {
  readonly waiting: number;
  readonly oldestS: number | null;
  /** Whose is the oldest. */
  readonly oldestTeam: string | null;
  readonly overdue: number;
  readonly open: number;
  readonly inTime: number | null;
  readonly inTimeTarget: number | null;
  readonly teams: readonly TeamRow[];
  readonly next: readonly NextRow[];
}

/** The one that is waited for, and the one that is worked on until the end; by their roles in the service pack, else the first there are. */
export function chosenClocks(all: readonly ClockOpen[], asked: string | null): readonly ClockOpen[] {
  const own = all.filter(({ clock }) => asked === null || asked.split(',').includes(clock));
  if (asked !== null) return own;
  const served = own.filter(({ clock }) => SERVICE.includes(clock));
  return served.length > 0 ? served : own;
}
const SERVICE = ['first_response', 'next_response', 'resolution'];

/** `first_response` → the KPI that says how many of it were in time. */
function inTimeKpi(clock: string, kpis: readonly KpiDescription[]): KpiDescription | undefined {
  return kpis.find(({ id }) => id === `${clock}_within`);
}

/** @param now how far time is on the screen: seconds pass between two answers. */
export function queueShown(
  { as_of: asOf, by }: Pick<ClocksOpen, 'as_of' | 'by'>,
  clocks: readonly ClockOpen[],
  kpis: readonly KpiDescription[],
  state: BoardState,
  { sinceMs, most }: { readonly sinceMs: number; readonly most: number },
): QueueShown {
  const at = Date.parse(asOf) + sinceMs;
  const waiting = clocks[0];
  const working = clocks.at(-1); // the one that runs until the case is solved
  const kpi = clocks.map(({ clock }) => inTimeKpi(clock, kpis)).find((one) => one !== undefined);
  const inTime = (team: string | null): number | null => {
    if (kpi === undefined) return null;
    const { latest } = state.kpis.get(kpi.id) ?? NO_VALUES;
    return latest.get(keyId(team === null ? {} : { [by]: team }))?.value ?? null;
  };
  const oldest = waiting?.groups.toSorted((a, b) => (b.oldest_s ?? 0) - (a.oldest_s ?? 0))[0]; // nothing waits
  return {
    waiting: waiting?.open ?? 0, // no clock is configured
    oldestS: waiting?.oldest_s ?? null,
    oldestTeam: oldest?.value ?? null,
    overdue: clocks.reduce((sum, { overdue }) => sum + overdue, 0),
    open: clocks.reduce((sum, { open }) => sum + open, 0),
    inTime: inTime(null),
    inTimeTarget: kpi?.target ?? null,
    teams: teamsOf(clocks, waiting, working, inTime),
    next: nextOf(clocks, at, most),
  };
}

function teamsOf(
  clocks: readonly ClockOpen[],
  waiting: ClockOpen | undefined,
  working: ClockOpen | undefined,
  inTime: (team: string | null) => number | null,
): readonly TeamRow[] {
  const names = [...new Set(clocks.flatMap(({ groups }) => groups.map(({ value }) => value)))];
  const of = (clock: ClockOpen | undefined, team: string | null) => clock?.groups.find(({ value }) => value === team);
  return names
    .map((team) => ({
      ...{ team, waiting: of(waiting, team)?.open ?? 0, oldestS: of(waiting, team)?.oldest_s ?? null }, // nothing waits there
      overdue: clocks.reduce((sum, clock) => sum + (of(clock, team)?.overdue ?? 0), 0), // nothing is open there
      inTime: team === null ? null : inTime(team),
      ages: of(working, team)?.ages ?? [], // nothing is worked on there
    }))
    .sort(
      (a, b) =>
        b.overdue - a.overdue ||
        (b.oldestS ?? 0) /* nothing is open */ - (a.oldestS ?? 0) ||
        ((a.team ?? '~') < (b.team ?? '~') ? -1 : 1),
    ); // nobody's last
}

function nextOf(clocks: readonly ClockOpen[], at: number, most: number): readonly NextRow[] {
  return clocks
    .flatMap(({ clock, next }) =>
      next.map(({ key, kept, started, due }) => {
        const [from, to] = [Date.parse(started), Date.parse(due)];
        return {
          clock,
          key,
          kept,
          leftMs: to - at,
          used: to <= from ? 1 : Math.min(1, Math.max(0, (at - from) / (to - from))),
        };
      }),
    )
    .sort((a, b) => a.leftMs - b.leftMs)
    .slice(0, most);
}

const MINUTE = 60;
const SCALES: readonly (readonly [belowS: number, ages: string])[] = [
  [5 * MINUTE, '15s,30s,1m,2m'],
  [60 * MINUTE, '1m,5m,15m,30m'],
  [24 * 60 * MINUTE, '15m,1h,4h,8h'],
];
/** Bounds of ages that tell something of what is open. */
export function agesFor(oldestS: number | null): string {
  return SCALES.find(([below]) => (oldestS ?? 0) < below)?.[1] ?? '1h,4h,1d,3d'; // older than all of them
}
