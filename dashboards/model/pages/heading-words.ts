/** What the heading of a board says beside its name: events a second, open alerts or when the last one was. Pure. */
import { serverNow, type BoardState } from '../board.ts';
import { formatCount, formatSpan } from '../format.ts';
import { fill, type Language } from '../strings.ts';
import { PAGE_TEXTS } from './page-strings.ts';

/** Below this a rate has a digit behind the point. */
const FEW = 10;

export function rateText(rate: number | null, lang: Language): string {
  if (rate === null) return '';
  const n = rate < FEW ? String(Math.round(rate * 10) / 10) : formatCount(Math.round(rate), lang);
  return fill(PAGE_TEXTS[lang].rate, { n });
}

/** How many fire; while none does, how long ago the last one ended or began to be silent. */
export function alertsText(state: BoardState, lang: Language): string {
  if (state.isRecovering || state.seq === null) return '';
  const texts = PAGE_TEXTS[lang];
  const all = [...state.alerts.values()].map(({ message }) => message);
  const open = all.filter(({ state: now, silenced }) => (now === 'firing' || now === 'recovering') && !silenced);
  if (open.length > 0) return fill(texts.openAlerts, { n: formatCount(open.length, lang) });
  const ends = all
    .filter(({ state: now, previous }) => now === 'resolved' && previous !== 'pending')
    .map(({ at }) => Date.parse(at));
  if (ends.length === 0) return texts.noAlert;
  return fill(texts.lastAlert, { age: formatSpan(serverNow(state) - Math.max(...ends), lang) });
}
