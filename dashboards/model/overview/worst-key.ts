/** The finer key of a KPI that someone should look at: the line below a tile's course. Pure. */
import type { AlertMessage, KpiDescription, KpiMessage } from '../../../engine/core/wire.ts';
import { nameOfKey } from '../dimension-names.ts';
import { formatQuantity, quantityText } from '../format.ts';
import { isFiner, keyId, type Key, type KpiValues } from '../kpi-values.ts';
import { TEXTS, type Language } from '../strings.ts';

/** E.g. `最低 华东 / App 43%`. */
export interface WorstKey {
  readonly label: string;
  readonly key: string;
  readonly value: string;
  /** An alert is open on it. */
  readonly firing: boolean;
}

/** A finer key with fewer cases than this share of the whole says more about chance than about customers. */
const LEAST_SHARE = 0.01;
const LEAST_N = 10;

/** Whether a slice has cases enough, is whole, has a name, and is of about the same time as the whole. */
export function isTelling(slice: KpiMessage, whole: KpiMessage): boolean {
  return (
    slice.partial !== true &&
    slice.n >= Math.max(LEAST_N, whole.n * LEAST_SHARE) &&
    Object.values(slice.key).every((part) => part !== '' && part !== '~other') &&
    Date.parse(slice.window.end) >= Date.parse(whole.window.start)
  );
}

/** A firing finer key first; else the one that is surely worst: by the end of its interval that speaks best of it. */
export function worstKey(
  kpi: KpiDescription,
  values: KpiValues,
  headline: Key,
  alerts: readonly AlertMessage[],
  { lang }: { readonly lang: Language },
): WorstKey | null {
  const current = values.latest.get(keyId(headline));
  const finer = [...values.latest.values()].filter((value) => isFiner(value.key, headline));
  const firing = new Set(
    alerts.filter((alert) => alert.state === 'firing' || alert.state === 'recovering').map((alert) => keyId(alert.key)),
  );
  const lower = kpi.better === 'higher';
  const rank = (value: KpiMessage): number => {
    const best = value.interval?.[lower ? 1 : 0] ?? value.value ?? 0; // those without a value are left out below
    return lower ? best : -best;
  };
  // Counts of slices of different size say nothing beside each other.
  const fits = (value: KpiMessage): boolean =>
    kpi.unit !== 'count' && value.value !== null && (current === undefined || isTelling(value, current));
  const alerting = finer.filter((value) => firing.has(keyId(value.key)) && value.value !== null);
  const pool = alerting.length > 0 ? alerting : finer.filter(fits);
  const worst = pool.toSorted((a, b) => rank(a) - rank(b))[0];
  if (worst === undefined) return null;
  const texts = TEXTS[lang];
  const own = Object.fromEntries(Object.entries(worst.key).filter(([dimension]) => !(dimension in headline)));
  return {
    label: alerting.length > 0 ? texts.firingAt : lower ? texts.worstLow : texts.worstHigh,
    key: nameOfKey(own, lang),
    value: quantityText(formatQuantity(worst.value, kpi.unit, kpi.decimals, lang)),
    firing: alerting.length > 0,
  };
}
