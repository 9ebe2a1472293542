/**
 * A recorded day: what customers of a company with eight channels do and say, drawn from a seed, with four incidents of different kinds. Events
 * are as the stages leave them (masked, scored): what is tested is what follows from them. The same plan gives the same events.
 */
import {
  callOf,
  caseOf,
  chatOf,
  orderOf,
  pick,
  random,
  type Common,
  type Draw,
  type Happening,
  type IncidentKind,
  type Manner,
  type Visit,
} from '../../app/demo/visits/visits.ts';
import type { JsonObject, Millis } from '../../core/types.ts';
import type { CxEnvelope, Enrichment } from '../../../operators/shared/messages.ts';
import { incidentAt } from './incidents.ts';

export interface DayPlan {
  readonly seed: number;
  readonly events: number;
  /** From the start on. */
  readonly lastsMs: Millis;
  /** How often somebody whom an incident makes angry says so: in a short day there are too few of them. */
  readonly angryVoices: 1 | 2;
}

/** Monday midnight in Shanghai. */
export const DAY_START: Millis = Date.UTC(2026, 2, 1, 16);
/** An event comes at most so long after it happened. */
const DISORDER_MS = 1500;
const MINUTE = 60_000;

const CHANNELS = ['app', 'mini_program', 'wechat', 'douyin', 'web_chat', 'email', 'phone', 'store'] as const;
const REGIONS = ['east', 'south', 'north', 'west'] as const;
const PRODUCTS = ['delivery', 'dine_in', 'takeaway', 'membership'] as const;

const MANNER: Manner = {
  minute: MINUTE,
  words: { question: () => 'words', botAnswer: 'words', agentAnswer: 'words' },
  complaints: 0.03,
};

/** In the order in which they come. */
export function recordedDay(plan: DayPlan): readonly CxEnvelope[] {
  const happenings: Happening[] = [];
  const draw = random(plan.seed);
  // A visit makes about four events of its own.
  for (let visit = 0; happenings.length < plan.events; visit++) {
    happenings.push(...visitOf(visit, draw, momentOf(draw, plan), plan).filter((one) => isHeard(one, plan)));
  }
  const arrivals = random(plan.seed + 1);
  return happenings
    .slice(0, plan.events)
    .map((one) => ({ one, arrives: one.at + Math.floor(arrivals() * DISORDER_MS) }))
    .sort((a, b) => a.arrives - b.arrives)
    .map(({ one, arrives }, i) => envelopeOf(one, arrives, i));
}

function channelOf(data: JsonObject): string {
  const { channel } = data;
  return typeof channel === 'string' ? channel : '';
}

/** What comes after the day is not recorded, and of a channel that is silent nothing is. */
function isHeard({ at, data }: Happening, { lastsMs }: DayPlan): boolean {
  const part = (at - DAY_START) / lastsMs;
  return part < 1 && incidentAt(part, channelOf(data), '', 0) !== 'silent_channel';
}

/** Few by night, most about noon and in the evening. */
function momentOf(draw: Draw, { lastsMs }: DayPlan): Millis {
  for (;;) {
    const at = draw() * lastsMs;
    const wave = 0.55 - 0.45 * Math.cos((2 * Math.PI * at) / lastsMs);
    if (draw() < Math.max(0.25, wave)) return Math.floor(DAY_START + at);
  }
}

/** What one customer does about one thing; what belongs to an incident is of the place and time of that. */
function visitOf(visit: number, draw: Draw, at: Millis, { lastsMs, angryVoices }: DayPlan): readonly Happening[] {
  const channel = pick(draw, CHANNELS);
  const region = pick(draw, REGIONS);
  const incident = incidentAt((at - DAY_START) / lastsMs, channel, region, draw());
  const customer = {
    id: `c-${String(incident === 'mass_complaint' ? 100_000 + visit : Math.floor(draw() * 30_000))}`,
    tier: pick(draw, ['vip', 'member', 'member', 'guest', 'guest', 'guest', 'guest', 'guest']),
  };
  const common = { channel, region, product: pick(draw, PRODUCTS), customer };
  const one: Visit = { id: String(visit), at, common, incident };
  if (channel === 'phone') return [callOf(one, draw)];
  const kind = draw();
  if (incident === 'mass_complaint' || kind < 0.12) return caseOf(one, draw, MANNER);
  if (kind < 0.72) {
    const voice = voiceOf(draw, at, common, incident);
    const isTwice = incident === 'bad_release' && angryVoices === 2;
    return isTwice ? [voice, voiceOf(draw, at + 20_000, common, incident)] : [voice];
  }
  return kind < 0.86 ? orderOf(one, draw, MANNER) : chatOf(one, draw, MANNER);
}

function voiceOf(draw: Draw, at: Millis, common: Common, incident: IncidentKind | null): Happening {
  const isBad = draw() < (incident === 'bad_release' ? 0.75 : 0.14);
  const isStrong = isBad && draw() < 0.08;
  const mood = isStrong ? 'strong_negative' : isBad ? 'negative' : draw() < 0.8 ? 'positive' : 'neutral';
  const { id } = common.customer;
  if (draw() < 0.5) {
    const data = {
      ...common,
      text: isBad ? 'words of anger' : 'words of praise',
      rating: { value: isBad ? 2 : 5, min: 1, max: 5 },
    };
    return { at, type: 'cx.feedback.posted', key: id, data, mood };
  }
  const metric = pick(draw, ['csat', 'csat', 'nps', 'ces']);
  const score = metric === 'csat' ? (isBad ? 2 : 5) : metric === 'nps' ? (isBad ? 4 : 9) : isBad ? 3 : 6;
  return {
    at,
    type: 'cx.survey.answered',
    key: id,
    data: { ...common, survey: `after-${metric}`, metric, score },
    mood,
  };
}

const SCORE = { strong_negative: -0.95, negative: -0.6, neutral: 0, positive: 0.8 } as const;

function envelopeOf({ at, type, key, data, mood }: Happening, received: Millis, i: number): CxEnvelope {
  const eventId = `d-${String(i)}`;
  const label = mood === 'strong_negative' ? 'negative' : mood;
  const sentiment =
    mood === undefined || label === undefined ? null : { label, score: SCORE[mood], intensity: mood, confidence: 0.9 };
  const enrichment: Enrichment = {
    ...{ status: sentiment === null ? 'skipped' : 'ok', lang: 'zh', sentiment, issues: [], owner: null, urgency: null },
    ...{ quality: {}, model: null },
  };
  const channel = channelOf(data);
  const family = type.slice(3, type.indexOf('.', 3));
  const value = {
    source: `/day/${channel}`,
    eventId,
    type,
    family,
    channel,
    subjectKey: key,
    attributes: {},
    data,
    time: at,
    received,
    enrichment,
  };
  return { id: `${value.source}|${eventId}`, key, ts: at, value };
}
