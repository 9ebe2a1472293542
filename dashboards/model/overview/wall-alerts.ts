/** What open alerts make of the wall: the worst grave one takes it, up to three other rules have a line each, the rest is counted. Pure. */
import type { KpiDescription } from '../../../engine/core/wire.ts';
import { must } from '../../../engine/core/must.ts';
import type { BoardAlert, BoardState } from '../board.ts';
import { keyId } from '../kpi-values.ts';
import { alertGroups, type AlertGroup, type ByWorst } from '../pages/alert-groups.ts';
import { isWorse } from '../pages/alert-words.ts';
import { episodesOf, type Episode } from '../pages/episodes.ts';
import { isGrave } from '../tile-model.ts';

export interface WallAlerts {
  /** False: the engine recovers, and there may be more. */
  readonly isKnown: boolean;
  /** It takes the wall; null: none is grave. */
  readonly lead: BoardAlert | null;
  /** Of the lead's rule, the worst first. */
  readonly siblings: readonly BoardAlert[];
  /** One a rule, its worst alert, and how many more it has. */
  readonly lines: readonly { readonly alert: BoardAlert; readonly more: number }[];
  readonly hiddenRules: number;
  /** Open ones, whatever is shown of them. */
  readonly open: number;
  readonly watched: number;
  readonly silenced: number;
  /** The one that ended last; null: none is known. */
  readonly last: Episode | null;
}

export const MOST_LINES = 3;
const ALL = { tab: 'open', by: 'rule', severity: null, owner: null, text: '' } as const;

/** @param linked the alert that a link has led to: its rule comes first, and it leads. */
export function wallAlerts(state: BoardState, kpis: readonly KpiDescription[], linked: string | null): WallAlerts {
  const episodes = [
    ...episodesOf(
      [...state.alerts.values()].map(({ message }) => message),
      isWorse(kpis),
    ).values(),
  ];
  const groups = alertGroups(episodes, ALL, byWorst(state, kpis));
  const alertOf = ({ message }: Episode): BoardAlert => must(state.alerts.get(message.alert), 'an alert of the board');
  const isLinked = (group: AlertGroup): boolean => group.items.some(({ message }) => message.alert === linked);
  const [first, ...rest] = groups.open.toSorted((a, b) => Number(isLinked(b)) - Number(isLinked(a)));
  const found = first?.items.find(({ message }) => message.alert === linked) ?? first?.items[0]; // no link leads here
  const takes = first !== undefined && found !== undefined && (isGrave(first.severity) || isLinked(first));
  const lines = takes ? rest : [...(first === undefined ? [] : [first]), ...rest];
  return {
    isKnown: !state.isRecovering && state.seq !== null,
    lead: takes ? alertOf(found) : null,
    siblings: takes ? first.items.filter((item) => item !== found).map(alertOf) : [],
    lines: lines.slice(0, MOST_LINES).map(({ items }) => {
      const [worst, ...more] = items;
      return { alert: alertOf(must(worst, 'an alert of a group')), more: more.length };
    }),
    hiddenRules: Math.max(0, lines.length - MOST_LINES),
    ...{ open: groups.counts.open, watched: groups.counts.pending, silenced: groups.counts.silenced },
    last: groups.resolved[0]?.items[0] ?? null, // none is over
  };
}

/** By the value as it is now; alerts of different KPIs have none in common. */
function byWorst(state: BoardState, kpis: readonly KpiDescription[]): ByWorst {
  const worse = isWorse(kpis);
  const valueOf = ({ message }: Episode): number | null =>
    state.kpis.get(message.kpi)?.latest.get(keyId(message.key))?.value ?? message.value;
  return (a, b) => {
    const [one, other] = [valueOf(a), valueOf(b)];
    if (a.message.kpi !== b.message.kpi || one === null || other === null || one === other) return 0;
    return worse(a.message.kpi, one, other) ? -1 : 1;
  };
}
