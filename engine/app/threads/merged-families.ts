/** Metrics that several threads have each of their own, as one: counters are added, of gauges the highest is said. */
import type { Family, Sample } from '../../core/metrics.ts';

export function mergedFamilies(families: readonly Family[]): readonly Family[] {
  const merged = new Map<string, { readonly family: Family; readonly samples: Map<string, Sample> }>();
  for (const family of families) {
    const known = merged.get(family.name) ?? { family, samples: new Map<string, Sample>() };
    merged.set(family.name, known);
    for (const sample of family.samples) {
      const id = JSON.stringify([sample.suffix, sample.labels]);
      const before = known.samples.get(id);
      const value =
        before === undefined
          ? sample.value
          : family.type === 'gauge'
            ? Math.max(before.value, sample.value)
            : before.value + sample.value;
      known.samples.set(id, { ...sample, value });
    }
  }
  return [...merged.values()].map(({ family, samples }) => ({ ...family, samples: [...samples.values()] }));
}

/** What is left of a thread that has ended: a counter never goes back. */
export function countersOf(families: readonly Family[]): readonly Family[] {
  return families.filter(({ type }) => type !== 'gauge');
}
