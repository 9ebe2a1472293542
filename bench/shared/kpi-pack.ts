/** KPIs and events for the benches of the KPI operator. */
import type { KpiConfig } from '../../operators/kpis/kpis-config.ts';
import type { MeasureConfig } from '../../operators/measures/measures.ts';
import type { WindowConfig } from '../../operators/windows/window-config.ts';
import type { CxEvent } from '../../operators/shared/messages.ts';
import { NOT_SCORED } from '../../operators/shared/not-scored.ts';

const CHANNELS = ['app', 'web', 'phone', 'store', 'wechat', 'douyin'];
const REGIONS = ['east', 'west', 'north', 'south', 'middle'];

export function kpi(
  id: string,
  from: string,
  measure: MeasureConfig,
  window: WindowConfig,
  by: string[][],
  where: string | null = null,
): KpiConfig {
  return {
    id,
    title: { 'zh-CN': id, en: id },
    from: [from],
    where,
    measure,
    window,
    by,
    maxKeys: 2_000_000,
    liveToStream: false,
    onPartial: 'mark',
    allowedLatenessMs: 60_000,
    better: 'higher',
    target: null,
    unit: 'none',
    decimals: 0,
  };
}

/** Twelve KPIs, six sets of keys, 10,000 keys: what a large customer-experience team would watch. */
export function standardPack(): readonly KpiConfig[] {
  const minute: WindowConfig = { kind: 'tumbling', sizeMs: 60_000 };
  const quarter: WindowConfig = { kind: 'sliding', sizeMs: 900_000, slideMs: 5000 };
  const hour: WindowConfig = { kind: 'sliding', sizeMs: 3_600_000, slideMs: 10_000 };
  const day: WindowConfig = { kind: 'cumulative', period: 'day', everyMs: 60_000 };
  const survey = 'cx.survey.answered';
  const score = 'data.score';
  return [
    kpi(
      'csat',
      survey,
      { kind: 'csat', value: score },
      quarter,
      [[], ['channel'], ['region', 'product']],
      'data.metric == "csat"',
    ),
    kpi('csat_team', survey, { kind: 'csat', value: score }, minute, [['team']], 'data.metric == "csat"'),
    kpi('nps', survey, { kind: 'nps', value: score }, hour, [[], ['channel']], 'data.metric == "nps"'),
    kpi('nps_day', survey, { kind: 'nps', value: score }, day, [[]], 'data.metric == "nps"'),
    kpi('ces', survey, { kind: 'ces', value: score, as: 'top' }, hour, [[]], 'data.metric == "ces"'),
    kpi('mean_score', survey, { kind: 'mean100', value: score, min: 0, max: 10 }, minute, [['store']]),
    kpi('answers', survey, { kind: 'count' }, minute, [[], ['channel']]),
    kpi('complaint_rate', 'cx.case.opened', { kind: 'ratio', of: 'data.complaint == true', per: 'true' }, hour, [
      [],
      ['channel'],
    ]),
    kpi('cases', 'cx.case.opened', { kind: 'count' }, minute, [['region', 'product']]),
    kpi('wait', 'cx.interaction.call', { kind: 'mean', value: 'data.wait_s' }, quarter, [[], ['team']]),
    kpi('wait_max', 'cx.interaction.call', { kind: 'max', value: 'data.wait_s' }, quarter, [[]]),
    kpi(
      'abandoned',
      'cx.interaction.call',
      { kind: 'ratio', of: 'data.outcome == "abandoned"', per: 'true' },
      quarter,
      [[], ['channel']],
    ),
  ];
}

/** A ring of prepared events; times are written in as they are played. */
export function events(count: number, keys: number): CxEvent[] {
  let seed = 1;
  const random = (): number => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  return Array.from({ length: count }, (_, i) => {
    const kind = random();
    const type = kind < 0.6 ? 'cx.survey.answered' : kind < 0.8 ? 'cx.case.opened' : 'cx.interaction.call';
    return {
      source: 's',
      eventId: String(i),
      type,
      family: 'survey',
      channel: pick(CHANNELS),
      subjectKey: '-',
      attributes: {},
      data: {
        metric: pick(['csat', 'nps', 'ces']),
        score: Math.floor(random() * 11),
        complaint: random() < 0.1,
        wait_s: Math.floor(random() * 300),
        outcome: random() < 0.1 ? 'abandoned' : 'answered',
        region: pick(REGIONS),
        product: `p${Math.floor(random() * 50)}`,
        team: `t${Math.floor(random() * 40)}`,
        store: `s${Math.floor(random() * keys)}`,
      },
      time: 0,
      received: 0,
      enrichment: NOT_SCORED,
    };
  });
}
