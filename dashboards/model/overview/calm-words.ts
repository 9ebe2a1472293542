/** What stands below the tiles while nothing is open: that it is so, what the last alert was, who had it, what is only watched. Pure. */
import { alertCard, keyWords, type AlertView } from '../alert-model.ts';
import { serverNow, type BoardState } from '../board.ts';
import { formatInstant, formatSpan } from '../format.ts';
import { fill, TEXTS } from '../strings.ts';
import type { WallAlerts } from './wall-alerts.ts';

export interface CalmWords {
  readonly isKnown: boolean;
  readonly word: string;
  readonly facts: readonly string[];
}

/** null: something is open. */
export function calmWords(alerts: WallAlerts, state: BoardState, view: AlertView): CalmWords | null {
  if (alerts.open > 0) return null;
  const texts = TEXTS[view.lang];
  if (!alerts.isKnown) return state.isRecovering ? { isKnown: false, word: texts.alertsUnknown, facts: [] } : null;
  const { last, watched, silenced } = alerts;
  const facts = [
    ...(last === null ? [] : [lastText(last.message.alert, state, view)]),
    ...(watched === 0 ? [] : [fill(texts.calmWatched, { n: watched })]),
    ...(silenced === 0 ? [] : [fill(texts.calmSilenced, { n: silenced })]),
  ].filter((fact) => fact !== '');
  return { isKnown: true, word: texts.calmNone, facts };
}

/** `上次：华东·App 负面激增，13:58 起，持续 12 分，林薇处理` */
function lastText(id: string, state: BoardState, view: AlertView): string {
  const alert = state.alerts.get(id);
  if (alert === undefined) return '';
  const { message } = alert;
  const texts = TEXTS[view.lang];
  const [since, at] = [Date.parse(message.since), Date.parse(message.at)];
  const { title } = alertCard(alert, state, view);
  const said = fill(texts.calmLast, {
    title: `${keyWords(message.key, view.lang)} ${title}`,
    from: formatInstant(since, serverNow(state), view.zone, view.lang).replace(/:\d\d$/, ''),
    age: formatSpan(at - since, view.lang),
  });
  const by = message.acked === null ? '' : fill(texts.calmBy, { by: message.acked.by });
  return [said, by].filter((part) => part !== '').join(view.lang === 'en' ? ', ' : '，');
}
