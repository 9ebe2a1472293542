/**
 * What a service manager asks of the log of a helpdesk, computed case by case from its rows, as somebody would with a spreadsheet: it
 * shares nothing with the engine, not even its arithmetic of working time.
 */
import { DAY, HOUR, MINUTE } from '../batch/spans.ts';
import type { LogEvent } from './case-log.ts';

export interface Measured {
  readonly at: number;
  readonly team: string;
  /** Seconds, or 1 and 0. */
  readonly value: number;
}
export type Figures = Readonly<Record<string, readonly Measured[]>>;

const AHEAD = 8 * HOUR;
/** Monday to Friday 9:00–12:00 and 13:30–18:00, Saturday 10:00–16:00; closed on two days. */
const CLOSED = new Set(['2026-03-11', '2026-03-20']);
const WEEKDAY = [
  [9 * HOUR, 12 * HOUR],
  [13 * HOUR + 30 * MINUTE, 18 * HOUR],
] as const;
const SATURDAY = [[10 * HOUR, 16 * HOUR]] as const;

export function businessMs(from: number, to: number): number {
  let sum = 0;
  for (let day = Math.floor((from + AHEAD) / DAY); day * DAY - AHEAD < to; day++) {
    const midnight = day * DAY - AHEAD;
    const date = new Date(day * DAY);
    const weekday = date.getUTCDay();
    if (weekday === 0 || CLOSED.has(date.toISOString().slice(0, 10))) continue;
    for (const [opens, closes] of weekday === 6 ? SATURDAY : WEEKDAY)
      sum += Math.max(0, Math.min(to, midnight + closes) - Math.max(from, midnight + opens));
  }
  return sum;
}

type Span = readonly [from: number, to: number];
interface Open {
  readonly since: number;
  team: string;
  /** Spans that are over, and when one began. */
  readonly pauses: Span[];
  pausedAt: number | null;
}

function opened({ at, type, data }: LogEvent): Open | null {
  const team = String(data['team']);
  if (type !== 'cx.case.snapshot') return { since: at, team, pauses: [], pausedAt: null };
  const { state, opened: written, paused_s: paused } = data;
  if (state === 'resolved') return null;
  const since = Date.parse(String(written));
  const pauses: Span[] = Number(paused) > 0 ? [[since, Math.min(at, since + Number(paused) * 1000)]] : [];
  return { since, team, pauses, pausedAt: state === 'pending' ? at : null };
}

/** Seconds that count between opening and an instant. */
function worked({ since, pauses, pausedAt }: Open, until: number, count: (from: number, to: number) => number): number {
  const all = pausedAt === null ? pauses : [...pauses, [pausedAt, until] as const];
  let [sum, from] = [0, since];
  for (const [begins, ends] of all) {
    sum += count(from, Math.min(begins, until));
    from = Math.max(from, ends);
  }
  return (sum + (from < until ? count(from, until) : 0)) / 1000;
}
const calendar = (from: number, to: number): number => Math.max(0, to - from);

interface BatchFigures {
  readonly figures: Figures;
  /** When a case began to be open, and when it did no more. */
  readonly open: readonly Span[];
}

export function batchOf(log: readonly LogEvent[], last: number): BatchFigures {
  const figures: Record<string, Measured[]> = {
    ...{ response: [], response_hours: [], resolution: [], resolution_hours: [], reopened: [], first_contact: [] },
  };
  const open: Span[] = [];
  const cases = new Map<string, LogEvent[]>();
  for (const event of log) cases.set(event.case, [...(cases.get(event.case) ?? []), event]); // the first of its case
  for (const events of cases.values()) {
    responses(events, figures);
    open.push(...resolutions(events, figures));
    reopening(events, figures, last);
  }
  contacts(log, figures, last);
  return { figures, open };
}

function responses(events: readonly LogEvent[], figures: Record<string, Measured[]>): void {
  let wait: Open | null = null;
  for (const event of events) {
    const { at, type, data } = event;
    if (wait !== null) wait.team = String(data['team']);
    if (type === 'cx.case.opened' || type === 'cx.case.reopened' || type === 'cx.case.snapshot') wait = opened(event);
    if (type === 'cx.case.closed') wait = null;
    if (wait === null || type !== 'cx.case.replied' || data['author'] !== 'agent') continue;
    const { since, team } = wait;
    figures['response']?.push({ at, team, value: (at - since) / 1000 });
    figures['response_hours']?.push({ at, team, value: businessMs(since, at) / 1000 });
    wait = null;
  }
}

function resolutions(events: readonly LogEvent[], figures: Record<string, Measured[]>): readonly Span[] {
  let run: Open | null = null;
  const open: Span[] = [];
  let since = 0;
  const ends = (at: number): void => {
    if (run !== null) open.push([since, at]);
    run = null;
  };
  for (const event of events) {
    const { at, type, data } = event;
    const team = String(data['team']);
    if (run !== null) run.team = team;
    if (type === 'cx.case.opened' || type === 'cx.case.reopened' || type === 'cx.case.snapshot') {
      if (type === 'cx.case.reopened') ends(at);
      run = opened(event);
      since = at;
    } else if (run === null) continue;
    else if (type === 'cx.case.pending') run.pausedAt ??= at;
    else if (type === 'cx.case.replied' && run.pausedAt !== null) {
      run.pauses.push([run.pausedAt, at]); // it stands in one
      run.pausedAt = null;
    } else if (type === 'cx.case.resolved') {
      figures['resolution']?.push({ at, team, value: worked(run, at, calendar) });
      figures['resolution_hours']?.push({ at, team, value: worked(run, at, businessMs) });
      ends(at);
    } else if (type === 'cx.case.closed') ends(at);
  }
  if (run !== null) open.push([since, Infinity]);
  return open;
}

/** Of cases that were resolved: whether they came back within seven days. A case counts once, until a week after that is known. */
function reopening(events: readonly LogEvent[], figures: Record<string, Measured[]>, last: number): void {
  let counted = -Infinity;
  for (const { type, at } of events) {
    if (type !== 'cx.case.resolved' || at <= counted) continue;
    const until = at + 7 * DAY;
    const back = events.find((event) => event.type === 'cx.case.reopened' && event.at > at && event.at <= until);
    const known = back?.at ?? until;
    if (known < last) figures['reopened']?.push({ at: known, team: '', value: back === undefined ? 0 : 1 });
    counted = known + 7 * DAY;
  }
}

/** Of solutions: whether the customer came again with the same within seven days. */
function contacts(log: readonly LogEvent[], figures: Record<string, Measured[]>, last: number): void {
  const keyOf = ({ data }: LogEvent): string => `${(data['customer'] as { id: string }).id}/${String(data['class'])}`;
  const waits = new Map<string, number>();
  const most = 7 * DAY - 1;
  const keeps = (until: number): void => {
    for (const [key, since] of waits) {
      if (since + most >= until) continue;
      figures['first_contact']?.push({ at: since + most, team: '', value: 1 });
      waits.delete(key);
    }
  };
  for (const event of log) {
    keeps(event.at);
    const key = keyOf(event);
    if (event.type === 'cx.case.resolved' && !waits.has(key)) waits.set(key, event.at);
    if (event.type !== 'cx.case.opened' || !waits.has(key)) continue;
    figures['first_contact']?.push({ at: event.at, team: '', value: 0 });
    waits.delete(key);
  }
  keeps(last);
}
