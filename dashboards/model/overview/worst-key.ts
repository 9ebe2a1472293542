/** The finer key of a KPI that someone should look at: the line below a tile's course. Pure. */
import type { AlertMessage, KpiDescription, KpiMessage } from '../../../engine/core/wire.ts';
import { nameOfKey } from '../dimension-names.ts';
import { formatQuantity, quantityText } from '../format.ts';
import { instantOf } from '../instant.ts';
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
    instantOf(slice.window.end) >= instantOf(whole.window.start)
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
  const firing = new Set(
    alerts.filter((alert) => alert.state === 'firing' || alert.state === 'recovering').map((alert) => keyId(alert.key)),
  );
  const lower = kpi.better === 'higher';
  const rank = (value: KpiMessage): number => {
    const best = value.interval?.[lower ? 1 : 0] ?? value.value ?? 0; // those without a value are left out below
    return lower ? best : -best;
  };
  // Counts of slices of different size say nothing beside each other.
  const fits = (value: KpiMessage): boolean => current === undefined || isTelling(value, current);
  const isAlerting = (value: KpiMessage): boolean => firing.has(keyId(value.key));
  const worstOf = (isIn: (value: KpiMessage) => boolean): KpiMessage | null => {
    let worst: KpiMessage | null = null;
    for (const value of values.latest.values()) {
      if (value.value === null || !isFiner(value.key, headline) || !isIn(value)) continue;
      if (worst === null || rank(value) < rank(worst)) worst = value;
    }
    return worst;
  };
  const alerting = firing.size > 0 ? worstOf(isAlerting) : null;
  const worst = alerting ?? (kpi.unit === 'count' ? null : worstOf(fits)); // no alert is open
  if (worst === null) return null;
  const texts = TEXTS[lang];
  const own = Object.fromEntries(Object.entries(worst.key).filter(([dimension]) => !(dimension in headline)));
  return {
    label: alerting !== null ? texts.firingAt : lower ? texts.worstLow : texts.worstHigh,
    key: nameOfKey(own, lang),
    value: quantityText(formatQuantity(worst.value, kpi.unit, kpi.decimals, lang)),
    firing: alerting !== null,
  };
}
