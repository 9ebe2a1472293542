/**
 * A recorded day: what customers of a company with eight channels do and say, drawn from a seed, with four incidents of different kinds. Events
 * are as the stages leave them (masked, scored): what is tested is what follows from them. The same plan gives the same events.
 */
import { at as elementAt } from '../../core/must.ts';
import type { JsonObject, Millis } from '../../core/types.ts';
import type { CxEnvelope, Enrichment } from '../../../operators/shared/messages.ts';
import { incidentAt, type IncidentKind } from './incidents.ts';

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
const CLASSES = ['late', 'refund', 'quality', 'waiting', 'simple', 'hard'] as const;

type Draw = () => number;
/** mulberry32 (T. Ettinger). */
function random(seed: number): Draw {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
const pick = <T>(draw: Draw, list: readonly T[]): T => elementAt(list, Math.floor(draw() * list.length));

interface Happening {
  readonly at: Millis;
  readonly type: string;
  readonly key: string;
  readonly data: JsonObject;
  readonly mood?: 'negative' | 'strong_negative' | 'neutral' | 'positive';
}

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
  if (channel === 'phone') return [callOf(visit, draw, at, common, incident)];
  const kind = draw();
  if (incident === 'mass_complaint' || kind < 0.12) return caseOf(visit, draw, at, common, incident);
  if (kind < 0.72) {
    const voice = voiceOf(draw, at, common, incident);
    const isTwice = incident === 'bad_release' && angryVoices === 2;
    return isTwice ? [voice, voiceOf(draw, at + 20_000, common, incident)] : [voice];
  }
  return kind < 0.86 ? orderOf(visit, draw, at, common) : chatOf(visit, draw, at, common);
}

type Common = JsonObject & { readonly customer: { readonly id: string; readonly tier: string } };

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

function callOf(visit: number, draw: Draw, at: Millis, common: Common, incident: IncidentKind | null): Happening {
  const isOverrun = incident === 'overrun_phones';
  const isAnswered = draw() > (isOverrun ? 0.45 : common.customer.tier === 'vip' ? 0.005 : 0.03);
  const wait = isOverrun ? 60 + 200 * draw() : 16 * draw() * draw() + (draw() < 0.08 ? 20 : 0);
  const talk = isAnswered
    ? { talk_s: Math.round(60 + 240 * draw()), hold_s: Math.round(20 * draw()), wrap_s: 20 }
    : null;
  const call = `l-${String(visit)}`;
  const data = {
    ...common,
    call,
    outcome: isAnswered ? 'answered' : 'abandoned',
    wait_s: Math.round(wait),
    team: 'hotline',
    ...talk,
  };
  return { at, type: 'cx.interaction.call', key: call, data };
}

/** Opened, answered, perhaps pending and reopened, solved, asked about, evaluated. */
function caseOf(
  visit: number,
  draw: Draw,
  at: Millis,
  common: Common,
  incident: IncidentKind | null,
): readonly Happening[] {
  const id = `s-${String(visit)}`;
  const isMass = incident === 'mass_complaint';
  const happenings: Happening[] = [];
  let now = at;
  const add = (after: Millis, type: string, more: JsonObject = {}, mood?: Happening['mood']): void => {
    now += Math.floor(after);
    happenings.push({
      at: now,
      type,
      key: id,
      data: { ...common, case: id, ...more },
      ...(mood !== undefined && { mood }),
    });
  };
  const cls = isMass ? 'late' : pick(draw, CLASSES);
  const isComplaint = isMass || draw() < 0.03;
  add(0, 'cx.case.opened', {
    class: cls,
    priority: pick(draw, ['high', 'normal', 'normal', 'low']),
    complaint: isComplaint,
  });
  add((1 + 5 * draw()) * MINUTE, 'cx.case.assigned', { owner: `a${String(Math.floor(draw() * 40))}` });
  add((1 + 6 * draw()) * MINUTE, 'cx.case.replied', { author: 'agent' });
  if (draw() < 0.2) {
    add(10 * MINUTE, 'cx.case.pending');
    add((20 + 60 * draw()) * MINUTE, 'cx.case.replied', { author: 'customer' });
  }
  add((10 + 80 * draw()) * MINUTE, 'cx.case.resolved', { class: cls });
  if (draw() < 0.05) {
    add((20 + 60 * draw()) * MINUTE, 'cx.case.reopened');
    add(8 * MINUTE, 'cx.case.replied', { author: 'agent' });
    add(30 * MINUTE, 'cx.case.resolved', { class: cls });
  }
  add(5 * MINUTE, 'cx.survey.sent', { survey: 'post_case' });
  if (draw() < 0.4) {
    const isHappy = draw() < (isMass ? 0.4 : 0.92);
    add(
      (5 + 30 * draw()) * MINUTE,
      'cx.survey.answered',
      { survey: 'post_case', metric: 'csat', score: isHappy ? 5 : 2 },
      isHappy ? 'positive' : 'negative',
    );
  }
  if (draw() < 0.3) add(MINUTE, 'cx.case.evaluated', { satisfied: draw() < 0.9 });
  return happenings;
}

function orderOf(visit: number, draw: Draw, at: Millis, common: Common): readonly Happening[] {
  const { id } = common.customer;
  const step = (after: Millis, name: string): Happening => ({
    ...{ at: at + after, type: 'cx.journey.step', key: id },
    data: { ...common, journey: 'checkout', step: name, outcome: 'completed' },
  });
  const steps = [step(0, 'cart')];
  if (draw() < 0.75) steps.push(step(MINUTE, 'payment'));
  if (steps.length === 1 || draw() < 0.15) return steps;
  const order = {
    ...common,
    order: `o-${String(visit)}`,
    order_type: 'meal',
    amount: Math.round(20 + 180 * draw()),
    currency: 'CNY',
  };
  return [
    ...steps,
    step(2 * MINUTE, 'confirmation'),
    { at: at + 2 * MINUTE + 500, type: 'cx.order.completed', key: id, data: order },
  ];
}

/** With the bot, and in a quarter of all with an agent after it. */
function chatOf(visit: number, draw: Draw, at: Millis, common: Common): readonly Happening[] {
  const conversation = `v-${String(visit)}`;
  const say = (after: Millis, author: string): Happening => ({
    ...{ at: at + after, type: 'cx.interaction.message', key: conversation },
    data: { ...common, conversation, author, text: 'words' },
  });
  const talk = [say(0, 'customer'), say(2000, 'bot')];
  if (draw() < 0.75) return talk;
  const handed = { ...common, conversation, from: 'bot', to: 'care', repeated: draw() < 0.06 };
  return [
    ...talk,
    { at: at + 30_000, type: 'cx.interaction.handoff', key: conversation, data: handed },
    say(40_000, 'customer'),
    say(90_000, 'agent'),
  ];
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
