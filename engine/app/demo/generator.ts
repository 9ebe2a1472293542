/**
 * Channel events as a company of several channels and regions would have them, made from real texts and a seed.
 * Event i depends on the seed, i and the plan alone: a run can go on anywhere, and two runs agree.
 */
import { at, must } from '../../core/must.ts';
import type { JsonObject, Millis } from '../../core/types.ts';
import type { Review, Texts } from './texts.ts';

/** A structured CloudEvent and the subject it is published to. */
export interface WorkloadEvent {
  readonly subject: string;
  /** Event time; also when it is due. */
  readonly time: Millis;
  readonly event: JsonObject;
}
export interface Incident {
  readonly from: Millis;
  readonly to: Millis;
  readonly region: string;
  readonly channel: string;
}
export interface Plan {
  readonly seed: number;
  /** When event 0 happens. */
  readonly start: Millis;
  readonly perSecond: number;
  readonly incidents: readonly Incident[];
  /** How far behind its due time an event's time may lie (disorder). */
  readonly disorderMs: Millis;
}

const REGIONS = ['east', 'south', 'north', 'west'] as const;
const FEEDBACK_CHANNELS = ['app', 'mini_program', 'wechat', 'douyin', 'store'] as const;
const PRODUCTS = ['delivery', 'dine_in', 'takeaway', 'membership'] as const;
const TIERS = ['vip', 'member', 'member', 'guest', 'guest', 'guest'] as const;
const STEPS = ['browse', 'cart', 'payment', 'confirmation'] as const;

/** mulberry32 (T. Ettinger): small, seedable, good enough to draw workloads with. */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
type Draw = () => number;

function pick<T>(draw: Draw, list: readonly T[]): T {
  return at(list, Math.floor(draw() * list.length));
}

interface Place {
  readonly region: string;
  readonly channel: string;
  readonly isBad: boolean;
}

/** `texts` are the pools that feedback and messages draw from. */
export function workload(plan: Plan, texts: Texts): (index: number) => WorkloadEvent {
  const pools: Pools = {
    all: texts.reviews,
    bad: texts.reviews.filter((review) => review.star <= 2),
    questions: texts.questions,
  };
  const incidentsAt = incidentIndex(plan.incidents);
  return (index) => {
    const draw = random(Math.imul(index + 1, 0x9e3779b1) ^ plan.seed);
    const due = plan.start + Math.floor((index * 1000) / plan.perSecond);
    const time = due - Math.floor(draw() * draw() * plan.disorderMs);
    const customerId = `c-${Math.floor(draw() * 20_000)}`;
    const share = draw();
    const { channels, make } = must(KINDS.find(({ below }) => share < below));
    const place = placeOf(incidentsAt(time), draw, channels, time);
    const { type, key = customerId, data } = make(draw, { index, place, pools });
    const { channel, region } = place;
    return {
      subject: `cx.events.${channel}.${must(type.split('.')[1])}.${key}`,
      time,
      event: {
        specversion: '1.0',
        id: `${plan.seed}-${index}`,
        source: `/workload/${channel}`,
        type,
        time: new Date(time).toISOString(),
        data: {
          ...{ channel, region, product: pick(draw, PRODUCTS), customer: { id: customerId, tier: pick(draw, TIERS) } },
          ...data,
        },
      },
    };
  };
}

const HOUR_MS: Millis = 3_600_000;

/** Those that touch the hour of a time: a month of incidents is not searched for every event. */
function incidentIndex(incidents: readonly Incident[]): (time: Millis) => readonly Incident[] {
  const byHour = new Map<number, Incident[]>();
  for (const incident of incidents) {
    const last = Math.floor(incident.to / HOUR_MS);
    for (let hour = Math.floor(incident.from / HOUR_MS); hour <= last; hour += 1) {
      const known = byHour.get(hour);
      if (known === undefined) byHour.set(hour, [incident]);
      else known.push(incident);
    }
  }
  return (time) => byHour.get(Math.floor(time / HOUR_MS)) ?? [];
}

function placeOf(incidents: readonly Incident[], draw: Draw, channels: readonly string[], time: Millis): Place {
  const region = pick(draw, REGIONS);
  const channel = pick(draw, channels);
  const isBad = incidents.some(
    (incident) =>
      time >= incident.from && time < incident.to && incident.region === region && incident.channel === channel,
  );
  return { region, channel, isBad };
}

interface Pools {
  readonly all: Texts['reviews'];
  readonly bad: Texts['reviews'];
  readonly questions: Texts['questions'];
}
interface Circumstances {
  readonly index: number;
  readonly place: Place;
  readonly pools: Pools;
}
/** One kind of event, the order of whose draws is part of the workload. */
interface Kind {
  /** Of all events up to here, the kinds before it included. */
  readonly below: number;
  readonly channels: readonly string[];
  readonly make: (
    draw: Draw,
    circumstances: Circumstances,
  ) => {
    readonly type: string;
    /** The customer unless given. */
    readonly key?: string;
    readonly data: JsonObject;
  };
}

const KINDS: readonly Kind[] = [
  {
    below: 0.3,
    channels: FEEDBACK_CHANNELS,
    make(draw, { place, pools }) {
      const review: Review = pick(draw, place.isBad ? pools.bad : pools.all);
      const rating = { value: review.star, min: 1, max: 5 };
      return {
        type: 'cx.feedback.posted',
        data: { text: review.text, rating, permalink: `workload:${review.id}` },
      };
    },
  },
  {
    below: 0.6,
    channels: FEEDBACK_CHANNELS,
    make: (draw, { place }) => ({ type: 'cx.survey.answered', data: survey(draw, place.isBad) }),
  },
  {
    below: 0.78,
    channels: ['web_chat', 'email'],
    make(draw, { index, pools }) {
      const conversation = `v-${index}`;
      const { text } = pick(draw, pools.questions);
      return { type: 'cx.interaction.message', key: conversation, data: { conversation, author: 'customer', text } };
    },
  },
  {
    below: 0.84,
    channels: ['phone'],
    make: (draw, { index }) => ({ type: 'cx.interaction.call', key: `k-${index}`, data: call(draw, `k-${index}`) }),
  },
  {
    below: 0.93,
    channels: FEEDBACK_CHANNELS,
    make: (draw, { index, place }) => ({
      type: 'cx.case.opened',
      key: `s-${index}`,
      data: {
        case: `s-${index}`,
        class: pick(draw, ['simple', 'regular', 'hard']),
        priority: pick(draw, ['high', 'normal', 'normal', 'low']),
        complaint: draw() < (place.isBad ? 0.6 : 0.03),
      },
    }),
  },
  {
    below: 0.97,
    channels: ['app', 'mini_program', 'store'],
    make: (draw, { index }) => ({
      type: 'cx.order.completed',
      data: { order: `o-${index}`, order_type: 'meal', amount: Math.round(20 + 180 * draw()), currency: 'CNY' },
    }),
  },
  {
    below: 1,
    channels: ['app', 'mini_program'],
    make: (draw) => ({
      type: 'cx.journey.step',
      data: { journey: 'checkout', step: pick(draw, STEPS), outcome: draw() < 0.95 ? 'completed' : 'failed' },
    }),
  },
];

function call(draw: Draw, id: string): JsonObject {
  const isAnswered = draw() < 0.94;
  return {
    call: id,
    outcome: isAnswered ? 'answered' : 'abandoned',
    wait_s: Math.round(-18 * Math.log(1 - draw())),
    talk_s: isAnswered ? Math.round(60 + 240 * draw()) : 0,
    hold_s: isAnswered ? Math.round(20 * draw()) : 0,
    wrap_s: isAnswered ? Math.round(30 * draw()) : 0,
  };
}

function survey(draw: Draw, isBad: boolean): JsonObject {
  const metric = pick(draw, ['csat', 'csat', 'nps', 'ces']);
  const isHappy = draw() < (isBad ? 0.12 : 0.88);
  const base = { survey: `after-service-${metric}`, metric };
  switch (metric) {
    case 'csat':
      return { ...base, score: isHappy ? pick(draw, [4, 5, 5]) : pick(draw, [1, 2, 3]), scale: { min: 1, max: 5 } };
    case 'nps':
      return {
        ...base,
        score: isHappy ? pick(draw, [8, 9, 9, 10, 10]) : pick(draw, [2, 4, 6, 7]),
        scale: { min: 0, max: 10 },
      };
    default:
      return { ...base, score: isHappy ? pick(draw, [6, 6, 7]) : pick(draw, [2, 3, 4]), scale: { min: 1, max: 7 } };
  }
}
