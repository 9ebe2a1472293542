/** The demo's events: the workload from now on, with an incident soon after the start and again from time to time. */
import type { Millis } from '../../core/types.ts';
import { workload, type Incident, type WorkloadEvent } from './generator.ts';
import type { Playable } from '../playback/play.ts';
import type { Texts } from './texts.ts';

export const INCIDENT = {
  afterMs: 20_000,
  lastsMs: 120_000,
  everyMs: 600_000,
  region: 'east',
  channel: 'app',
} as const;

export const DEMO_NOTE = {
  'zh-CN':
    '演示：文字为真实的餐饮点评（ASAP）与银行客户提问（Banking77）；渠道、地区、时间与评分为模拟，“华东 · App”的异常为预设（启动 20 秒后开始，持续两分钟，每十分钟一次）。',
  en: 'Demo: the texts are real (ASAP restaurant reviews, Banking77 customer questions); channels, regions, times and scores are made up, and the incident in “East · App” is planted (20 s after the start, for two minutes, every ten minutes).',
} as const;

const encoder = new TextEncoder();
/** Incidents are planned this far ahead. */
const HORIZON_MS = 30 * 86_400_000;

/** Ends only with its consumer. */
export function* demoEvents(start: Millis, perSecond: number, texts: Texts): Generator<Playable> {
  const make = workload(
    { seed: start % 2_147_483_647, start, perSecond, incidents: incidents(start), disorderMs: 900 },
    texts,
  );
  for (let index = 0; ; index++) yield playable(make(index), start + Math.floor((index * 1000) / perSecond));
}

function incidents(start: Millis): Incident[] {
  const { afterMs, lastsMs, everyMs, region, channel } = INCIDENT;
  return Array.from({ length: Math.floor(HORIZON_MS / everyMs) }, (_, i) => {
    const from = start + afterMs + i * everyMs;
    return { from, to: from + lastsMs, region, channel };
  });
}

function playable({ subject, event }: WorkloadEvent, due: Millis): Playable {
  return {
    due,
    subject,
    headers: { 'content-type': 'application/cloudevents+json' },
    data: encoder.encode(JSON.stringify(event)),
  };
}
