/** The newest company-wide value of chosen KPIs, as a metric: passes all it is given on to the wall-boards. */
import type { Json, LiveFeed } from '../../core/types.ts';
import type { Family } from '../../core/metrics.ts';

export interface LatestValues extends LiveFeed {
  families(): readonly Family[];
}

/** `kpis`: which; their values are few, one each. */
export function latestValues(live: LiveFeed, kpis: ReadonlySet<string>): LatestValues {
  const values = new Map<string, number>();
  const note = (value: Json): void => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
    const { kpi, key, value: number } = value as { readonly [name: string]: Json };
    if (typeof kpi !== 'string' || !kpis.has(kpi)) return;
    if (typeof key !== 'object' || key === null || Object.keys(key).length > 0) return;
    if (typeof number === 'number') values.set(kpi, number);
    else values.delete(kpi);
  };
  return {
    show(items) {
      for (const { topic, value } of items) if (topic.startsWith('kpi/')) note(value);
      live.show(items);
    },
    committed(messages) {
      for (const { subject, data } of messages) if (subject.startsWith('cx.kpi.')) note(data);
      live.committed(messages);
    },
    time: (partition, watermark, lagMs) => live.time(partition, watermark, lagMs),
    restored: (partition) => live.restored(partition),
    families: () => [
      {
        name: 'earshot_drift_psi',
        type: 'gauge',
        help: 'Population stability index of each KPI of that kind, all keys together: above 0.2 its values have drifted.',
        samples: [...values].map(([kpi, value]) => ({ labels: { kpi }, value })),
      },
    ],
  };
}
