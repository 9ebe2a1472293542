/** The slices of a KPI as a strip of small bars: one dimension below the headline's key, the worst marked, the target across. Pure. */
import type { KpiDescription } from '../../../engine/core/wire.ts';
import { byName, nameOfKey } from '../dimension-names.ts';
import { formatQuantity, quantityText } from '../format.ts';
import { isFiner, keyId, type Key, type KpiValues } from '../kpi-values.ts';
import { TEXTS, type Language } from '../strings.ts';
import { isTelling } from './worst-key.ts';

export interface SliceStrip {
  /** From 0 to 1, in an order that does not change with the values. */
  readonly bars: readonly { readonly name: string; readonly height: number; readonly isWorst: boolean }[];
  /** Where the target lies; null: there is none, or it is out of the strip. */
  readonly target: number | null;
  readonly label: string;
  readonly key: string;
  readonly value: string;
}

export const MOST_BARS = 8;
/** The lowest bar is seen, too. */
const LEAST_HEIGHT = 0.12;
/** Where values differ by less than this share of the largest, their differences are shown, not their sizes. */
const ALIKE = 0.35;

/** null: there are no two slices that say anything. */
export function sliceStrip(kpi: KpiDescription, values: KpiValues, headline: Key, lang: Language): SliceStrip | null {
  const current = values.latest.get(keyId(headline));
  const dimension = dimensionOf(kpi, headline);
  if (current?.value == null || dimension === null) return null;
  const slices = [...values.latest.values()]
    .filter(({ key }) => isFiner(key, headline) && Object.keys(key).length === Object.keys(headline).length + 1)
    .flatMap((slice) => {
      const [name, { value }] = [slice.key[dimension], slice];
      return name !== undefined && value !== null && isTelling(slice, current) ? [{ n: slice.n, name, value }] : [];
    });
  const isWorse = (a: number, b: number): boolean => (kpi.better === 'higher' && kpi.unit !== 'count' ? a < b : a > b);
  const order = byName(dimension);
  const shown = slices
    .toSorted((a, b) => b.n - a.n || order(a.name, b.name))
    .slice(0, MOST_BARS)
    .toSorted((a, b) => order(a.name, b.name));
  const [first, ...rest] = shown;
  if (first === undefined || rest.length === 0) return null;
  const worst = rest.reduce((most, slice) => (isWorse(slice.value, most.value) ? slice : most), first);
  const target = kpi.unit === 'count' ? null : kpi.target;
  const heightOf = scaleOf([...shown.map(({ value }) => value), ...(target === null ? [] : [target])]);
  const texts = TEXTS[lang];
  return {
    bars: shown.map((slice) => ({
      name: nameOfKey({ [dimension]: slice.name }, lang),
      height: Math.max(LEAST_HEIGHT, heightOf(slice.value)),
      isWorst: slice === worst,
    })),
    target: target === null ? null : heightOf(target),
    label: kpi.unit === 'count' ? texts.worstMost : kpi.better === 'higher' ? texts.worstLow : texts.worstHigh,
    key: nameOfKey({ [dimension]: worst.name }, lang),
    value: valueOf(kpi, worst.value, current.value, lang),
  };
}

/** The first dimension by which the headline is split further. */
function dimensionOf(kpi: KpiDescription, headline: Key): string | null {
  for (const dimensions of kpi.by) {
    const [own, ...others] = dimensions.filter((dimension) => !(dimension in headline));
    const isNext = others.length === 0 && dimensions.length === Object.keys(headline).length + 1;
    if (own !== undefined && isNext) return own;
  }
  return null;
}

/** Of a count, its share; of all else the value. */
function valueOf(kpi: KpiDescription, value: number, whole: number, lang: Language): string {
  if (kpi.unit === 'count' && whole > 0 && value <= whole) return `${Math.round((value / whole) * 100)}%`;
  return quantityText(formatQuantity(value, kpi.unit, kpi.decimals, lang));
}

/** From nothing where sizes differ; else from below the least, so that differences are seen. */
function scaleOf(values: readonly number[]): (value: number) => number {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const isAlike = least < 0 || most - least < ALIKE * most;
  const base = isAlike ? least - (most - least) * 0.5 : 0;
  return (value) => (most === base ? 0.5 : Math.min(1, Math.max(0, (value - base) / (most - base))));
}
