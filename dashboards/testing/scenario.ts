/** Six KPIs of a company with regions and channels, as the wall-board's tests and screenshots show them. Seeded: always the same. */
import type { AlertMessage, KpiDescription, KpiMessage } from '../../engine/core/wire.ts';

const WINDOW_MS = 15 * 60_000;
const SLIDE_MS = 5000;

interface Course {
  readonly base: number;
  readonly sway: number;
  readonly n: number;
  readonly min: number;
  readonly max: number;
}
interface KpiScript {
  readonly description: Omit<KpiDescription, 'values'>;
  readonly course: Course;
}
const kpi = (
  id: string,
  zh: string,
  en: string,
  unit: string,
  decimals: number,
  better: 'higher' | 'lower',
  target: number | null,
  course: Course,
): KpiScript => ({
  description: {
    id,
    title: { 'zh-CN': zh, en },
    unit,
    decimals,
    better,
    target,
    by: [[], ['channel'], ['region', 'channel']],
    window: { kind: 'sliding', sizeMs: WINDOW_MS, slideMs: SLIDE_MS },
  },
  course,
});
const percent = { min: 0, max: 100 };

export const SCRIPTS: readonly KpiScript[] = [
  kpi('csat', '满意度', 'CSAT', 'percent', 1, 'higher', 85, { base: 88.4, sway: 1.6, n: 1834, ...percent }),
  kpi('nps', '净推荐值', 'NPS', 'points', 0, 'higher', 30, { base: 42, sway: 3, n: 962, min: -100, max: 100 }),
  kpi('negative_share', '负面声音占比', 'Negative share', 'percent', 1, 'lower', 20, {
    base: 14.2,
    sway: 1.2,
    n: 21_480,
    ...percent,
  }),
  kpi('complaint_rate', '投诉率', 'Complaint rate', 'percent', 2, 'lower', 5, {
    base: 2.31,
    sway: 0.3,
    n: 3120,
    ...percent,
  }),
  kpi('first_reply', '首次响应', 'First reply', 'seconds', 0, 'lower', 30, {
    base: 34,
    sway: 5,
    n: 713,
    min: 0,
    max: 900,
  }),
  kpi('volume', '反馈量', 'Feedback volume', 'count', 0, 'higher', null, {
    base: 181_200,
    sway: 2600,
    n: 181_200,
    min: 0,
    max: 1e9,
  }),
];
export const DESCRIPTIONS: readonly KpiDescription[] = SCRIPTS.map(({ description }) => ({
  ...description,
  values: [],
}));
export const BOARD = {
  title: { 'zh-CN': '客户体验实时看板', en: 'Customer experience, live' },
  tiles: SCRIPTS.map(({ description }) => description.id),
  demo: {
    'zh-CN':
      '演示：评论文本是真实的（ASAP 餐饮评论 Apache-2.0，Banking77 CC BY 4.0）；渠道、地区、评分与时间为模拟，其中一次体验事故是人为设置的。',
    en: 'Demo: the texts are real (ASAP restaurant reviews, Apache-2.0; Banking77, CC BY 4.0); channels, regions, scores and times are simulated, and one incident is planted.',
  },
};

const KEYS: readonly Readonly<Record<string, string>>[] = [
  {},
  ...['app', 'web_chat', 'phone'].map((channel) => ({ channel })),
  ...['east', 'south', 'north'].flatMap((region) => ['app', 'phone'].map((channel) => ({ region, channel }))),
];
const iso = (ms: number): string => new Date(ms).toISOString();

/** A smooth, repeatable wobble in [-1, 1]. */
function wobble(seed: number, at: number): number {
  return (
    0.6 * Math.sin(at / 170_000 + seed) + 0.3 * Math.sin(at / 47_000 + seed * 3) + 0.1 * Math.sin(at / 9000 + seed * 7)
  );
}

export interface Incident {
  /** What the whole company's value loses at worst, in the KPI's unit. */
  readonly csat: number;
  readonly eastApp: number;
}

/** The value of one KPI and key at an instant. `incident` pulls CSAT down, most of all in east · app. */
export function valueAt(
  script: KpiScript,
  key: Readonly<Record<string, string>>,
  at: number,
  incident: Incident | null,
): KpiMessage {
  const { id, unit } = script.description;
  const { base, sway, n, min, max } = script.course;
  const depth = Object.keys(key).length;
  const share = [1, 0.3, 0.11][depth] ?? 1;
  const seed = id.length + JSON.stringify(key).length * 0.7;
  const own = wobble(seed, at) * sway * (1 + depth);
  const hit =
    id !== 'csat' || incident === null
      ? 0
      : key['region'] === 'east' && key['channel'] === 'app'
        ? incident.eastApp
        : incident.csat / (1 + depth);
  const free = Math.min(max, Math.max(min, (unit === 'count' ? base * share : base) + own - hit));
  const value = unit === 'count' ? Math.round(free) : free;
  const end = Math.floor(at / SLIDE_MS) * SLIDE_MS + SLIDE_MS;
  const half = (unit === 'percent' ? 1.96 * Math.sqrt((value * (100 - value)) / (n * share)) : sway) || 0;
  return {
    kpi: id,
    key,
    window: { start: iso(end - WINDOW_MS), end: iso(end) },
    value,
    n: unit === 'count' ? Math.round(value) : Math.round(n * share + wobble(seed, at) * 20),
    interval: unit === 'count' ? null : [value - half, value + half],
    revision: 0,
    final: false,
    watermark: iso(at - 800),
  };
}

export function valuesAt(at: number, incident: Incident | null): KpiMessage[] {
  return SCRIPTS.flatMap((script) => KEYS.map((key) => valueAt(script, key, at, incident)));
}

/** East · app has fallen for a minute and a half. */
const HIT_MS = 90_000;

export function historyOf(
  kpiId: string,
  fromMs: number,
  toMs: number,
  key: Readonly<Record<string, string>> = {},
): KpiMessage[] {
  const script = SCRIPTS.find(({ description }) => description.id === kpiId);
  if (script === undefined) return [];
  const history: KpiMessage[] = [];
  for (let at = Math.ceil(fromMs / SLIDE_MS) * SLIDE_MS; at < toMs; at += SLIDE_MS * 3) {
    const depth = Math.min(1, Math.max(0, (at - Date.now() + HIT_MS) / HIT_MS));
    const incident = { csat: 0, eastApp: 45 * depth };
    history.push({ ...valueAt(script, key, at, key['region'] === 'east' ? incident : null), final: true });
  }
  return history;
}

export function csatAlert(at: number, change: Partial<AlertMessage> = {}): AlertMessage {
  return {
    alert: 'csat_low-east-app-1',
    rule: 'csat_low',
    kpi: 'csat',
    key: { region: 'east', channel: 'app' },
    state: 'firing',
    previous: 'pending',
    value: 43.1,
    n: 204,
    interval: [36.4, 50.1],
    threshold: 'value < 80',
    window: { start: iso(at - WINDOW_MS), end: iso(at) },
    since: iso(at - 72_000),
    at: iso(at),
    reason: 'csat of east/app was below 80 for 30 s',
    causes: [
      {
        key: { region: 'east', channel: 'app', product: 'delivery' },
        value: 21.4,
        n: 131,
        share: 0.64,
        contribution: -18.2,
      },
    ],
    samples: ['等了两个小时还没送到，打电话 138****5678 也没人接，太让人失望了'],
    owner: 'care-team',
    runbook: null,
    severity: 'critical',
    acked: null,
    silenced: false,
    ...change,
  };
}
