/** Spans and shares as tables of a board write them: `4:48`, `2:05:10`, `96%`. Pure. */
import { formatQuantity, quantityText } from '../format.ts';
import type { Language } from '../strings.ts';

const HOUR_S = 3600;
const DAY_S = 86_400;

/** Minutes and seconds; from an hour on with hours; from two days on days. Negative spans have their sign. */
export function clockSpan(ms: number): string {
  const seconds = Math.floor(Math.abs(ms) / 1000);
  const sign = ms <= -1000 ? '−' : '';
  const two = (n: number): string => String(n).padStart(2, '0');
  if (seconds >= 2 * DAY_S) return `${sign}${Math.floor(seconds / DAY_S)} d`;
  const [hours, minutes] = [Math.floor(seconds / HOUR_S), Math.floor((seconds % HOUR_S) / 60)];
  return hours > 0
    ? `${sign}${hours}:${two(minutes)}:${two(seconds % 60)}`
    : `${sign}${two(minutes)}:${two(seconds % 60)}`;
}

/** Whole from ten on: a digit behind the point says nothing there. */
export function percentText(value: number | null, lang: Language): string {
  if (value === null) return '–';
  return quantityText(formatQuantity(value, 'percent', value >= 10 ? 0 : 1, lang));
}
