/**
 * KPIs by a dimension that their events never have: of outcomes of clocks and journeys, what these do not keep. Not a fault, as an
 * event may lack any field; but every value would stand under the empty key, which nobody means.
 */
import { OUTCOME_FIELDS as OF_CLOCKS } from '../../../operators/clocks/clocks-config.ts';
import { OUTCOME_FIELDS as OF_JOURNEYS } from '../../../operators/journeys/journeys-config.ts';
import { keepsDimension } from '../../../operators/levels/level-kpi.ts';
import type { Config } from './config.ts';

/** What an outcome says whatever is kept. */
const OWN: ReadonlySet<string> = new Set([...OF_CLOCKS, ...OF_JOURNEYS]);

export function unkeptDimensions({
  kpis,
  clocks,
  journeys,
}: Pick<Config, 'kpis' | 'clocks' | 'journeys'>): readonly string[] {
  const kept = new Map<string, { readonly keep: readonly string[] }>(
    [...clocks.map((one) => ['clock', one] as const), ...journeys.map((one) => ['journey', one] as const)].map(
      ([kind, one]) => [`${kind}.${one.id}`, one] as const,
    ),
  );
  return kpis.flatMap(({ id, from, by }) => {
    const sources = from.map((type) => kept.get(type));
    const lacking = [...new Set(by.flat())].filter(
      (dimension) =>
        !OWN.has(dimension) && sources.every((one) => one !== undefined && !keepsDimension(one, dimension)),
    );
    return lacking.map(
      (dimension) =>
        `kpis[${id}].by: no outcome of ${from.join(', ')} has "${dimension}", so all of it stands under an empty key: add it to \`keep\` there`,
    );
  });
}
