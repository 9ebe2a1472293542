/** What the pages' tests and pictures show: an incident in one slice, 45 stores over one limit, one silence, a night behind. */
import type { AlertMessage, KpiMessage, RuleDescription } from '../../engine/core/wire.ts';
import { csatAlert, SCRIPTS, valueAt } from './scenario.ts';

const iso = (ms: number): string => new Date(ms).toISOString();
const MINUTE = 60_000;

export const RULES: readonly RuleDescription[] = [
  rule('csat_low', '满意度过低', 'CSAT too low', 'csat', 'value < 80', 'value >= 82', 30_000),
  rule('complaints', '门店投诉过多', 'Too many complaints', 'complaint_rate', 'low > 15', 'value < 10', 0),
  rule('reply_slow', '首次响应过慢', 'First reply too slow', 'first_reply', 'value > 120', null, 60_000),
];
function rule(
  id: string,
  zh: string,
  en: string,
  kpi: string,
  fire: string,
  recover: string | null,
  forMs: number,
): RuleDescription {
  const title = { 'zh-CN': zh, en };
  return {
    ...{ id, title, kpi, by: null, fire, recover, for_ms: forMs, min_n: 30 },
    ...{ severity: 'major', owner: 'care-team', runbook: null },
  };
}
const titleOf = (id: string): { title?: RuleDescription['title'] } => {
  const title = RULES.find((one) => one.id === id)?.title;
  return title === undefined ? {} : { title };
};

/** What is open now: one critical, the stores, one silenced, one pending. */
export function openAlerts(now: number): readonly AlertMessage[] {
  return [
    csatAlert(now, {
      ...titleOf('csat_low'),
      ...{
        n: 1460,
        since: iso(now - 5 * MINUTE),
        at: iso(now - 4 * MINUTE),
        runbook: 'https://wiki.example.com/runbooks/R-12',
      },
      causes: [
        {
          key: { region: 'east', channel: 'app', product: 'refund' },
          value: 21.4,
          n: 640,
          share: 0.44,
          contribution: -18.2,
        },
        { key: { region: 'east', channel: 'app', tier: 'gold' }, value: 38.1, n: 214, share: 0.15, contribution: -3.1 },
      ],
      samples: [
        '更新以后退款一直显示处理中，三天了没人管，打电话又说看不到这单。',
        '付了两次钱，只退了一次，客服排队四十分钟。',
        'The refund page crashes as soon as I open it, twice today',
      ],
    }),
    ...Array.from({ length: 45 }, (_, i) => storeAlert(i, now)),
    csatAlert(now, {
      ...{
        alert: 'silenced-1',
        rule: 'reply_slow',
        ...titleOf('reply_slow'),
        kpi: 'first_reply',
        key: { channel: 'phone' },
      },
      ...{ value: 140, threshold: 'value > 120', severity: 'major', silenced: true, causes: [], samples: [] },
      ...{ since: iso(now - 110 * MINUTE), at: iso(now - 108 * MINUTE) },
    }),
    csatAlert(now, {
      ...{ alert: 'pending-1', state: 'pending', previous: null, key: { channel: 'web_chat' }, value: 79 },
      ...{ severity: 'major', causes: [], samples: [] },
    }),
  ];
}
const PLACES = ['浦东世纪大道 100 号环球广场地下一层', 'Hangzhou', 'Suzhou', 'Ningbo', 'Wuxi'];
function storeAlert(i: number, now: number): AlertMessage {
  const store = `${i + 1} · ${PLACES[i % PLACES.length]}`;
  return csatAlert(now, {
    ...{ alert: `store-${i}`, rule: 'complaints', ...titleOf('complaints'), kpi: 'complaint_rate', key: { store } },
    ...{
      value: 75 / (1 + i * 0.09),
      n: 412 - i,
      threshold: 'low > 15',
      severity: 'major',
      owner: 'store-ops',
      samples: [],
    },
    ...{ since: iso(now - (38 - i * 0.5) * MINUTE), at: iso(now - (37 - i * 0.5) * MINUTE) },
    causes: [{ key: { store, issue: 'wrong_size' }, value: 64, n: 90, share: 0.4, contribution: 9 }],
    acked: i < 12 ? { by: '周敏', at: iso(now - 20 * MINUTE) } : null,
  });
}

/** What became of them: the open incident's course, and what was over before. */
export function pastChanges(now: number): readonly AlertMessage[] {
  const [incident] = openAlerts(now);
  if (incident === undefined) return [];
  const earlier = Array.from({ length: 9 }, (_, i) => {
    const began = now - (i + 2) * 40 * MINUTE;
    const own = {
      ...incident,
      alert: `past-${i}`,
      key: { region: 'north', channel: 'phone' },
      since: iso(began),
      severity: 'major',
    };
    const acked = { by: '陈皓', at: iso(began + 5 * MINUTE), note: '早班缺 4 人' };
    return [
      { ...own, state: 'firing', previous: 'pending', at: iso(began + MINUTE), value: 61 },
      { ...own, state: 'resolved', previous: 'recovering', at: iso(began + 25 * MINUTE), value: 84, acked },
    ] satisfies AlertMessage[];
  }).flat();
  return [
    ...earlier,
    { ...incident, state: 'pending', previous: null, at: incident.since, value: 78 },
    { ...incident, state: 'firing', previous: 'pending', at: iso(now - 4 * MINUTE), value: 61 },
  ];
}
export const NOTICES = (now: number) => [
  {
    hook: 'oncall',
    kind: 'slack',
    state: 'delivered',
    first: iso(now - 4 * MINUTE + 1100),
    last: iso(now - 2 * MINUTE),
    escalated: 1,
  },
];
export const SILENCES = (now: number) => [
  {
    ...{ silence: 's1', match: { rule: 'reply_slow', key: { channel: 'phone' } }, until: iso(now + 46 * MINUTE) },
    ...{ by: '陈皓', at: iso(now - MINUTE), reason: '线路切换' },
  },
];

/** A course of any key, of windows a step apart; the incident's slice falls at its end, and an hour ago nothing was heard. */
export function courseAt(
  kpi: string,
  key: Readonly<Record<string, string>>,
  from: number,
  to: number,
  stepMs: number,
  now: number,
): readonly KpiMessage[] {
  const script = SCRIPTS.find(({ description }) => description.id === kpi);
  if (script === undefined) return [];
  const values: KpiMessage[] = [];
  const step = Math.max(stepMs, 5000);
  for (let at = Math.ceil(from / step) * step; at < Math.min(to, now); at += step) {
    if (at > now - 52 * MINUTE && at < now - 44 * MINUTE) continue;
    const isHit = key['channel'] === 'app' && key['region'] === 'east' && at > now - 6 * MINUTE;
    const base = valueAt(
      script,
      key,
      at,
      isHit ? { csat: 9, eastApp: Math.min(45, ((at - now + 6 * MINUTE) / MINUTE) * 18) } : null,
    );
    values.push({ ...base, final: at < now - 2 * step, revision: Math.round(at / step) % 61 === 0 ? 1 : 0 });
  }
  return values;
}
