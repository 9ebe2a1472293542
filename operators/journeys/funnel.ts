/**
 * The funnel of a journey, from three KPIs that its `funnel` makes: how many journeys ended by which steps they reached, the mean time
 * in each step, stalls by step. Counts are of a window each and add up over any range, so a funnel costs what its KPIs do, and
 * nothing is looked at again when somebody asks.
 */
import type { FunnelStep, JourneyFunnel } from '../../engine/core/journeys/journey-funnel-form.ts';
import type { KpiMessage } from '../../engine/core/wire.ts';
import type { JourneyConfig } from './journey.ts';

/** What a dimension of a KPI holds whole. */
const MOST_TEXT = 120;
const SCOPED = ['channel', 'region', 'team'];

type Steps = Pick<JourneyConfig, 'steps'>;

/** `cart>pay`; of journeys whose names are too long together, the numbers of the steps: `1>2`. */
export function reachedName(config: Steps, isReached: (step: number) => boolean): string {
  return namesOf(config)
    .filter((_, step) => isReached(step))
    .join('>');
}
function namesOf({ steps }: Steps): readonly string[] {
  const ids = steps.map(({ id }) => id);
  return ids.join('>').length <= MOST_TEXT ? ids : ids.map((_, step) => String(step + 1));
}

/** Dimensions that a scope may limit, as far as the journey keeps them. */
export function funnelDimensions({ keep }: Pick<JourneyConfig, 'keep'>): readonly string[] {
  return SCOPED.filter((name) => keep.includes(name));
}

export const FUNNEL_KPIS = ['funnel', 'step_time', 'step_stalls'] as const;
type FunnelKpi = (typeof FUNNEL_KPIS)[number];
export function funnelKpiId({ id }: Pick<JourneyConfig, 'id'>, kpi: FunnelKpi): string {
  return `${id}_${kpi}`;
}

/** As somebody would write them under `kpis`; empty: the journey has no funnel. `size`: of their windows. */
export function funnelKpis(
  config: Pick<JourneyConfig, 'id' | 'title' | 'keep'>,
  size: string | null,
): readonly Readonly<Record<string, unknown>>[] {
  if (size === null) return [];
  const { id, title } = config;
  const more = funnelDimensions(config);
  const by = (dimension: string): readonly (readonly string[])[] =>
    more.length === 0 ? [[dimension]] : [[dimension], [dimension, ...more]];
  const common = { from: `journey.${id}`, window: { kind: 'tumbling', size } };
  const named = (kpi: FunnelKpi, en: string, zh: string): Readonly<Record<string, unknown>> => ({
    ...{ ...common, id: funnelKpiId(config, kpi) },
    title: { en: `${title.en}: ${en}`, 'zh-CN': `${title['zh-CN']}：${zh}` },
  });
  return [
    {
      ...named('funnel', 'ended by the steps reached', '按到达步骤的结束数'),
      ...{ where: 'data.event == "ended"', measure: { kind: 'count' }, by: by('reached') },
    },
    {
      ...named('step_time', 'time in each step', '各步骤耗时'),
      ...{ where: 'data.event == "left"', measure: { kind: 'mean', value: 'data.seconds' }, by: by('step') },
      ...{ unit: 'seconds', better: 'lower' },
    },
    {
      ...named('step_stalls', 'stalls in each step', '各步骤停滞数'),
      ...{ where: 'data.event == "stalled"', measure: { kind: 'count' }, by: by('step'), better: 'lower' },
    },
  ];
}

/** `values`: of the three KPIs, one a window and key; keys that overlap are not among them. */
export function funnelOf(config: Pick<JourneyConfig, 'id' | 'steps'>, values: readonly KpiMessage[]): JourneyFunnel {
  const names = namesOf(config);
  const none = (): number[] => names.map(() => 0);
  const [reached, dropped, both, seconds, passages, stalls] = [none(), none(), none(), none(), none(), none()];
  let ended = 0;
  for (const { kpi, key, value, n } of values) {
    if (value === null) continue;
    if (kpi === funnelKpiId(config, 'funnel')) {
      const seen = (key['reached'] ?? '').split('>').map((name) => names.indexOf(name)); // one that has none counts as ended
      ended += value;
      for (const step of seen) add(reached, step, value);
      for (const step of seen) if (seen.includes(step + 1)) add(both, step, value);
      add(dropped, Math.max(...seen), value);
      continue;
    }
    const step = config.steps.findIndex(({ id }) => id === key['step']);
    if (kpi === funnelKpiId(config, 'step_time')) {
      add(seconds, step, value * n);
      add(passages, step, n);
    } else add(stalls, step, value);
  }
  const last = names.length - 1;
  const completed = dropped[last] ?? 0; // there is a last one
  dropped[last] = 0;
  return {
    ...{ ended, completed, conversion: percent(completed, ended) },
    steps: config.steps.map(({ id }, step): FunnelStep => {
      const of = (counts: readonly number[]): number => counts[step] ?? 0; // one a step
      return {
        ...{ step: id, reached: of(reached), dropped: of(dropped), passages: of(passages), stalls: of(stalls) },
        to_next: step === last ? null : percent(of(both), of(reached)),
        drop_off: percent(of(dropped), of(reached)),
        time_s: of(passages) === 0 ? null : of(seconds) / of(passages),
      };
    }),
    break_points: config.steps
      .map(({ id }, step) => ({ step: id, dropped: dropped[step] ?? 0 })) // one a step
      .filter((point) => point.dropped > 0)
      .sort((a, b) => b.dropped - a.dropped)
      .map((point) => ({ ...point, share: percent(point.dropped, ended - completed) ?? 0 })), // some did not
  };
}

function add(counts: number[], step: number, by: number): void {
  const before = counts[step];
  if (before !== undefined) counts[step] = before + by;
}
function percent(part: number, whole: number): number | null {
  return whole === 0 ? null : (part / whole) * 100;
}
