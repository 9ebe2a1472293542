/**
 * The demo's events from now on: voices and surveys of the workload, and between them what customers live through; one incident of each
 * kind soon after the start, and again from time to time.
 */
import type { JsonObject, Millis } from '../../core/types.ts';
import type { Playable } from '../playback/play.ts';
import { CYCLE_MS, DEMO_INCIDENTS, demoIncidentAt } from './demo-incidents.ts';
import { demoCustomer, DemoLives } from './demo-lives.ts';
import { workload, type Incident } from './generator.ts';
import type { Texts } from './texts.ts';
import type { Happening } from './visits/visits.ts';

export const DEMO_NOTE = {
  'zh-CN':
    '演示：文字为真实的餐饮点评（ASAP）与银行提问（Banking77），其余为模拟，工单快 120 倍；每十分钟预设四起异常：华东 App 差评（启动 20 秒后）、华南集中投诉（3 分）、电话拥堵（5 分）、抖音沉默（7 分）。',
  en: 'Demo: the texts are real (ASAP reviews, Banking77 questions), all else is made up; cases live 120 times as fast. Planted every ten minutes: bad voices in East · App (20 s in), a mass complaint in the South (3 min), overrun phones (5), Douyin silent (7).',
} as const;

const encoder = new TextEncoder();
/** Incidents are planned this far ahead. */
const HORIZON_MS = 30 * 86_400_000;
const DISORDER_MS: Millis = 900;
/** What of the workload is not lived through instead. */
const VOICES = ['cx.feedback.posted', 'cx.survey.answered'];

/** Ends only with its consumer. */
export function* demoEvents(start: Millis, perSecond: number, texts: Texts): Generator<Playable> {
  const seed = start % 2_147_483_647;
  const make = workload({ seed, start, perSecond, incidents: badVoices(start), disorderMs: DISORDER_MS }, texts);
  const lives = new DemoLives(start, perSecond, texts);
  let lived = 0;
  for (let index = 0; ; index++) {
    const due = start + Math.floor((index * 1000) / perSecond);
    for (let one = lives.before(due); one !== undefined; one = lives.before(due)) {
      if (!isHeard(one.data, one.at - start)) continue;
      if (isLow(one.data)) lives.followUp(one.at, one.data);
      yield livedEvent(one, `${String(seed)}-l${String((lived += 1))}`);
    }
    const { event, time, subject } = make(index);
    const data = event['data'] as JsonObject;
    if (!VOICES.includes(event['type'] as string) || !isHeard(data, time - start)) continue;
    const known = { ...data, customer: customerOf(data) };
    if (isLow(known)) lives.followUp(due, known);
    yield playable(subject, { ...event, data: known }, due);
  }
}

/** The same customer is of the same tier wherever he is met. */
function customerOf({ customer }: JsonObject): JsonObject {
  return demoCustomer(Number((customer as { readonly id: string }).id.slice('c-'.length)));
}
function isLow({ metric, score }: JsonObject): boolean {
  return (metric === 'csat' && Number(score) <= 2) || (metric === 'nps' && Number(score) <= 6);
}
/** Of a channel that is silent nothing is. */
function isHeard({ channel }: JsonObject, sinceStart: Millis): boolean {
  return demoIncidentAt(sinceStart, channel as string, '') !== 'silent_channel';
}

function badVoices(start: Millis): Incident[] {
  return DEMO_INCIDENTS.flatMap(({ kind, fromMs, toMs, region = '', channel = '' }) =>
    kind !== 'bad_release'
      ? []
      : Array.from({ length: Math.floor(HORIZON_MS / CYCLE_MS) }, (_, i) => {
          const cycle = start + i * CYCLE_MS;
          return { from: cycle + fromMs, to: cycle + toMs, region, channel };
        }),
  );
}

function livedEvent({ at, type, key, data }: Happening, id: string): Playable {
  const channel = data['channel'] as string;
  const family = type.slice('cx.'.length, type.lastIndexOf('.'));
  const event = { specversion: '1.0', id, source: `/demo/${channel}`, type, time: new Date(at).toISOString(), data };
  return playable(`cx.events.${channel}.${family}.${key}`, event, at);
}

function playable(subject: string, event: JsonObject, due: Millis): Playable {
  const headers = { 'content-type': 'application/cloudevents+json' };
  return { due, subject, headers, data: encoder.encode(JSON.stringify(event)) };
}
