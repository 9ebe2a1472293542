/** The page of all alerts: which are open, whose, in which order; grouped by rule, by owner or one by one. Pure. */
import type { AlertMessage } from '../../../engine/core/wire.ts';
import { nameOfKey } from '../dimension-names.ts';
import { LANGUAGES } from '../strings.ts';
import { isFalseStart, type Episode } from './episodes.ts';

export const TABS = ['open', 'pending', 'silenced', 'resolved'] as const;
export type Tab = (typeof TABS)[number];
export const GROUPINGS = ['rule', 'owner', 'flat'] as const;
export type Grouping = (typeof GROUPINGS)[number];

export interface AlertFilter {
  readonly tab: Tab;
  readonly by: Grouping;
  readonly severity: string | null;
  readonly owner: string | null;
  /** Words that a key, an owner or a title must hold. */
  readonly text: string;
}
export interface AlertGroup {
  readonly id: string;
  /** Worst first. */
  readonly items: readonly Episode[];
  readonly severity: string;
  readonly acked: number;
  /** When the oldest began. */
  readonly since: number;
}
export interface AlertGroups {
  /** Of all that fit but the tab: what the tabs say. */
  readonly counts: Readonly<Record<Tab, number>>;
  readonly open: readonly AlertGroup[];
  readonly pending: readonly AlertGroup[];
  readonly silenced: readonly AlertGroup[];
  readonly resolved: readonly AlertGroup[];
  readonly owners: readonly string[];
  readonly severities: readonly string[];
}

export const SEVERITIES = ['critical', 'major', 'minor', 'info'];
export function severityRank(severity: string): number {
  const rank = SEVERITIES.indexOf(severity);
  return rank < 0 ? SEVERITIES.length : rank;
}

export function tabOf({ state, silenced }: AlertMessage): Tab {
  if (state === 'resolved') return 'resolved';
  if (silenced) return 'silenced';
  return state === 'pending' ? 'pending' : 'open';
}

/** Which of two is further off; negative: the first. */
export type ByWorst = (a: Episode, b: Episode) => number;

export function alertGroups(all: readonly Episode[], filter: AlertFilter, byWorst: ByWorst): AlertGroups {
  const alerts = all.filter((episode) => !isFalseStart(episode));
  const fitting = alerts.filter((episode) => fits(episode.message, filter));
  const of = (tab: Tab): Episode[] => fitting.filter(({ message }) => tabOf(message) === tab);
  const [open, pending, silenced, resolved] = [of('open'), of('pending'), of('silenced'), of('resolved')];
  const latest = (a: Episode, b: Episode): number => (b.endedAt ?? 0) - (a.endedAt ?? 0); // of open ones: none
  return {
    counts: { open: open.length, pending: pending.length, silenced: silenced.length, resolved: resolved.length },
    open: grouped(open, filter.by, byWorst),
    pending: grouped(pending, filter.by, byWorst),
    silenced: grouped(silenced, 'flat', byWorst),
    resolved: resolved.toSorted(latest).map((episode) => groupOf(episode.message.alert, [episode])),
    owners: [...new Set(alerts.flatMap(({ message }) => message.owner ?? []))].sort(), // nobody's
    severities: SEVERITIES.filter((severity) => alerts.some(({ message }) => message.severity === severity)),
  };
}

function fits(message: AlertMessage, { severity, owner, text }: AlertFilter): boolean {
  if (severity !== null && message.severity !== severity) return false;
  if (owner !== null && message.owner !== owner) return false;
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const titles = LANGUAGES.map((lang) => `${nameOfKey(message.key, lang)} ${message.title?.[lang] ?? ''}`); // older rules
  const whole = [...titles, ...Object.values(message.key), message.rule, message.owner].join(' ').toLowerCase();
  return words.every((word) => whole.includes(word));
}

function grouped(episodes: readonly Episode[], by: Grouping, byWorst: ByWorst): readonly AlertGroup[] {
  const groups = new Map<string, Episode[]>();
  for (const episode of episodes) {
    const { rule, owner, alert } = episode.message;
    const id = by === 'rule' ? rule : by === 'owner' ? (owner ?? '') : alert; // nobody's together
    const group = groups.get(id);
    if (group === undefined) groups.set(id, [episode]);
    else group.push(episode);
  }
  return [...groups]
    .map(([id, items]) =>
      groupOf(
        id,
        items.toSorted((a, b) => bySeverity(a, b) || byWorst(a, b) || byAge(a, b)),
      ),
    )
    .sort(byGroup);
}

function groupOf(id: string, items: readonly Episode[]): AlertGroup {
  return {
    id,
    items,
    severity: items.reduce(
      (worst, { message }) => (severityRank(message.severity) < severityRank(worst) ? message.severity : worst),
      'info',
    ),
    acked: items.filter(({ message }) => message.acked !== null).length,
    since: Math.min(...items.map(({ message }) => Date.parse(message.since))),
  };
}

/** Of one rule the worst value comes first. */
function bySeverity({ message: a }: Episode, { message: b }: Episode): number {
  return severityRank(a.severity) - severityRank(b.severity);
}
function byAge({ message: a }: Episode, { message: b }: Episode): number {
  return Date.parse(a.since) - Date.parse(b.since) || (a.alert < b.alert ? -1 : 1);
}
/** Severity, unacknowledged, how many customers, age. */
function byGroup(a: AlertGroup, b: AlertGroup): number {
  const isDone = (group: AlertGroup): number => Number(group.acked === group.items.length);
  const n = (group: AlertGroup): number => Math.max(...group.items.map(({ message }) => message.n));
  return (
    severityRank(a.severity) - severityRank(b.severity) ||
    isDone(a) - isDone(b) ||
    n(b) - n(a) ||
    a.since - b.since ||
    (a.id < b.id ? -1 : 1)
  );
}
