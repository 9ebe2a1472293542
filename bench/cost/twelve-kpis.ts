/** Twelve KPIs over what the workload holds, and a rule: what a customer-experience team would watch; scoring off. */
const CHANNELS = '[[], [channel]]';
const REGIONS = '[[], [channel], [region, channel]]';
const QUARTER = '{kind: sliding, size: 15m, slide: 5s}';
const HOUR = '{kind: sliding, size: 1h, slide: 10s}';
const MINUTE = '{kind: tumbling, size: 1m}';

const KPIS: readonly (readonly [id: string, rest: string])[] = [
  [
    'csat',
    `from: cx.survey.answered, where: data.metric == "csat", measure: {kind: csat, value: data.score}, window: ${QUARTER}, by: ${REGIONS}`,
  ],
  [
    'nps',
    `from: cx.survey.answered, where: data.metric == "nps", measure: {kind: nps, value: data.score}, window: ${HOUR}, by: ${CHANNELS}`,
  ],
  ['answers', `from: cx.survey.answered, measure: {kind: count}, window: ${MINUTE}, by: ${CHANNELS}`],
  [
    'rating',
    `from: cx.feedback.posted, where: has(data.rating), measure: {kind: mean100, value: data.rating.value, min: 1, max: 5}, window: ${QUARTER}, by: ${REGIONS}`,
  ],
  ['feedback', `from: cx.feedback.posted, measure: {kind: count}, window: ${MINUTE}, by: ${REGIONS}`],
  ['products', `from: cx.feedback.posted, measure: {kind: count}, window: ${QUARTER}, by: [[product]]`],
  ['messages', `from: cx.interaction.message, measure: {kind: rate, per: 1m}, window: ${QUARTER}, by: ${CHANNELS}`],
  ['wait', `from: cx.interaction.call, measure: {kind: mean, value: data.wait_s}, window: ${QUARTER}, by: [[]]`],
  [
    'abandoned',
    `from: cx.interaction.call, measure: {kind: ratio, of: data.outcome == "abandoned"}, window: ${QUARTER}, by: ${CHANNELS}`,
  ],
  [
    'complaints',
    `from: cx.case.opened, measure: {kind: ratio, of: data.complaint == true}, window: ${HOUR}, by: ${CHANNELS}`,
  ],
  ['cases', `from: cx.case.opened, measure: {kind: count}, window: ${MINUTE}, by: ${REGIONS}`],
  ['orders', `from: cx.order.completed, measure: {kind: sum, value: data.amount}, window: ${HOUR}, by: ${CHANNELS}`],
];

/** @param more KPIs and rules beside them, a flow mapping each. */
export function twelveKpis(
  more: { readonly kpis: readonly string[]; readonly rules: readonly string[] } = NONE,
): string {
  const kpis = [...KPIS.map(([id, rest]) => `{id: ${id}, title: {zh-CN: ${id}, en: ${id}}, ${rest}}`), ...more.kpis];
  const rules = [CSAT_LOW, ...more.rules];
  const list = (lines: readonly string[]): string => lines.map((line) => `  - ${line}\n`).join('');
  return `scoring: {sentiment: null}\nkpis:\n${list(kpis)}rules:\n${list(rules)}`;
}
const NONE = { kpis: [], rules: [] };
const CSAT_LOW =
  '{id: csat_low, kpi: csat, fire: value < 80, recover: value >= 82, for: 30s, min_n: 30, severity: critical}';
