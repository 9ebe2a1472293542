/** Issues of which one soars, and what customers say of it, as the pages' tests and pictures show them. */
import type { KpiDescription, KpiMessage } from '../../engine/core/wire.ts';

const MINUTE = 60_000;
export const ISSUE_KPI: KpiDescription = {
  ...{ id: 'issue_voices', title: { 'zh-CN': '问题声音量', en: 'Voices by issue' }, unit: 'count', decimals: 0 },
  ...{ better: 'lower', target: null, by: [[], ['issue']], values: [] },
  window: { kind: 'sliding', sizeMs: 2 * MINUTE, slideMs: 5000 },
};
const ISSUES = [
  ['refund_return', 640, 41],
  ['app_technical', 388, 62],
  ['wait_time', 512, 190],
  ['wrong_or_missing_item', 304, 140],
  ['delivery', 731, 702],
  ['promotion', 288, 301],
  ['service_attitude', 104, 260],
] as const;

function valueOf(issue: string, value: number, end: number): KpiMessage {
  const iso = (ms: number): string => new Date(ms).toISOString();
  return {
    ...{ kpi: ISSUE_KPI.id, key: { issue }, value, n: value, interval: null, revision: 0, final: true },
    ...{ window: { start: iso(end - 2 * MINUTE), end: iso(end) }, watermark: iso(end) },
  };
}
export function issueValues(now: number): readonly KpiMessage[] {
  return ISSUES.map(([issue, n]) => valueOf(issue, n, now));
}
/** Three hours, calm until a few minutes ago. */
export function issueCourse(now: number): readonly KpiMessage[] {
  return ISSUES.flatMap(([issue, n, usual], i) =>
    Array.from({ length: 88 }, (_, step) => {
      const sway = 1 + 0.06 * Math.sin(step * 1.7 + i);
      return valueOf(
        issue,
        Math.round(step > 82 && n > usual ? usual + ((n - usual) * (step - 82)) / 6 : usual * sway),
        now - (90 - step) * 2 * MINUTE,
      );
    }),
  );
}
/** People say much: more than a page shows of each. */
const MORE =
  '从下单到现在一共打了五次电话，每次都说在处理，每次都要从头再说一遍，最后连是谁在负责都没有人说得清楚。'.repeat(2);
export function voicesAt(now: number): readonly object[] {
  const said = [
    ['更新以后退款一直显示处理中，三天了没人管。', 'app', 'east', 'strong_negative'],
    ['付了两次钱，只退了一次，客服排队四十分钟。', 'phone', 'east', 'negative'],
    ['The refund page crashes as soon as I tap it. Never again.', 'app', 'east', 'negative'],
    ['以前都好好的，更新完退款记录没了。', 'social', 'south', 'negative'],
  ] as const;
  return said.map(([text, channel, region, intensity], i) => ({
    ...{ at: new Date(now - (i + 1) * 20_000).toISOString(), text: text + MORE, key: { channel, region }, intensity },
    ...{ issues: ['refund_return'], sentiment: 'negative' },
  }));
}

const spanOf = (from: number, to: number, n: number): object => ({
  ...{ from: new Date(from).toISOString(), to: new Date(to).toISOString(), n },
});
export const NO_WORDS = { now: spanOf(0, 0, 0), before: spanOf(0, 0, 0), is_enough: false, words: [] };
/** What customers said lately, against the hour before. */
export function wordsAt(now: number): object {
  const words = [
    ['处理中', 264, 12, 22.4],
    ['8.4.0', 88, 0, null],
    ['refund page', 71, 12, 6.1],
    ['退款', 402, 77, 5.3],
    ['排队', 193, 72, 2.7],
    ['wrong size', 57, 26, 2.2],
  ] as const;
  return {
    now: spanOf(now - 15 * MINUTE, now, 2960),
    before: spanOf(now - 75 * MINUTE, now - 15 * MINUTE, 3010),
    is_enough: true,
    words: words.map(([word, n, before, times]) => ({ word, n, before, times })),
  };
}
