/**
 * Issues as their page ranks them: how many speak of each, how many did in the hours before, and which of them rise by more than chance.
 * Pure.
 */
import type { AlertMessage, KpiDescription, KpiMessage } from '../../../engine/core/wire.ts';
import { at, must } from '../../../engine/core/must.ts';
import type { BoardState } from '../board.ts';
import { keyId, NO_VALUES } from '../kpi-values.ts';

export interface IssueRow {
  readonly issue: string;
  readonly n: number;
  /** What is usual in one window; null: too little was heard before. */
  readonly usual: number | null;
  readonly move: 'rising' | 'same' | 'falling' | 'unknown';
  /** Its course, oldest first: by instant. */
  readonly course: readonly { readonly t: number; readonly v: number }[];
  readonly alert: AlertMessage | null;
}

const MOST = 8;
/** Windows before now that a usual value needs. */
const LEAST_WINDOWS = 6;
/** Counts sway by about the root of what is usual; beyond so many of it a change is one. */
const SWAY = 3;

/** The KPI that counts voices by issue: the one that the address names, else the first count that is split so. */
export function issueKpi(kpis: readonly KpiDescription[], asked: string | null): KpiDescription | null {
  const split = kpis.filter(({ by }) => by.some((set) => set.length === 1 && set[0] === 'issue'));
  return split.find(({ id, unit }) => (asked === null ? unit === 'count' : id === asked)) ?? null;
}

/** @param past of every key, windows of the hours before; those that overlap with the one that is shown are left out. */
export function issueRows(kpi: KpiDescription, state: BoardState, past: readonly KpiMessage[]): readonly IssueRow[] {
  const latest = [...(state.kpis.get(kpi.id) ?? NO_VALUES).latest.values()].filter(({ key }) => isIssue(key));
  const courses = new Map<string, { t: number; v: number; start: number }[]>();
  for (const { key, value, window } of past) {
    if (!isIssue(key) || value === null) continue;
    const point = { t: Date.parse(window.end), v: value, start: Date.parse(window.start) };
    const issue = issueOf(key);
    const known = courses.get(issue);
    if (known === undefined) courses.set(issue, [point]);
    else known.push(point);
  }
  const firing = [...state.alerts.values()].map(({ message }) => message);
  return latest
    .filter(({ value, key }) => value !== null && key['issue'] !== '')
    .map((message): IssueRow => {
      const issue = issueOf(message.key);
      const n = must(message.value, 'the count of an issue');
      const course = (courses.get(issue) ?? []).sort((a, b) => a.t - b.t); // nothing was heard before
      const began = Date.parse(message.window.start);
      const before = course.filter(({ t }) => t <= began).map(({ v }) => v);
      const usual = before.length < LEAST_WINDOWS ? null : median(before);
      return {
        ...{ issue, n, usual, move: moveOf(n, usual) },
        course: [...course.map(({ t, v }) => ({ t, v })), { t: Date.parse(message.window.end), v: n }],
        alert: alertOn(firing, issue),
      };
    })
    .sort((a, b) => rank(a) - rank(b) || ratio(b) - ratio(a) || b.n - a.n || (a.issue < b.issue ? -1 : 1))
    .slice(0, MOST);
}

function isIssue(key: Readonly<Record<string, string>>): boolean {
  return keyId(key) === keyId({ issue: key['issue'] ?? '' }); // another key has none
}
function issueOf(key: Readonly<Record<string, string>>): string {
  return must(key['issue'], 'the issue of a key by issue');
}
function alertOn(alerts: readonly AlertMessage[], issue: string): AlertMessage | null {
  return alerts.find(({ key, state, silenced }) => state === 'firing' && !silenced && key['issue'] === issue) ?? null; // none fires
}
function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return at(sorted, Math.floor(sorted.length / 2));
}
export function moveOf(n: number, usual: number | null): IssueRow['move'] {
  if (usual === null) return 'unknown';
  const sway = SWAY * Math.sqrt(Math.max(usual, 1));
  if (n > usual + sway) return 'rising';
  return n < usual - sway ? 'falling' : 'same';
}
const RANKS = { rising: 0, same: 1, unknown: 1, falling: 2 } as const;
function rank({ move, alert }: IssueRow): number {
  return alert !== null ? -1 : RANKS[move];
}
function ratio({ n, usual, move }: IssueRow): number {
  return move === 'rising' && usual !== null ? n / Math.max(usual, 1) : 0;
}
