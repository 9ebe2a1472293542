/** What a rule's expressions say of a value: the lines of a chart, and words. Pure. */
import { fill, TEXTS, type Language } from '../strings.ts';

export interface Limit {
  /** `value`, or an end of the interval. */
  readonly side: 'value' | 'low' | 'high';
  readonly sign: '<' | '<=' | '>' | '>=';
  readonly at: number;
}

const COMPARISON = /^\s*\(?\s*(value|low|high)\s*(<=|>=|<|>)\s*(-?\d+(?:\.\d+)?)\s*\)?\s*$/;

/** Of several joined by `&&`, what is said of the value, else of the interval; null: it compares with no number. */
export function limitOf(expression: string | null): Limit | null {
  if (expression === null) return null;
  const limits = expression.split('&&').flatMap((part): Limit[] => {
    const [, side, sign, at] = COMPARISON.exec(part) ?? []; // no comparison with a number
    return side === undefined ? [] : [{ side: side as Limit['side'], sign: sign as Limit['sign'], at: Number(at) }];
  });
  return limits.find(({ side }) => side === 'value') ?? limits[0] ?? null;
}

/** `< 80%`; `95% low end > 40%`; an expression that compares with no number, as it is written. */
export function limitText(expression: string | null, show: (value: number) => string, lang: Language): string {
  const limit = limitOf(expression);
  if (limit === null) return expression ?? ''; // nothing is said
  const sign = { '<': '<', '<=': '≤', '>': '>', '>=': '≥' }[limit.sign];
  const rule = `${sign} ${show(limit.at).replace(/\.0+(?=\D|$)/, '')}`;
  if (limit.side === 'value') return rule;
  return fill(limit.side === 'low' ? TEXTS[lang].lowEnd : TEXTS[lang].highEnd, { rule });
}
