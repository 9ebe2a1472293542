/**
 * Channel events as a company of several channels and regions would have them, made from real texts and a seed.
 * Event i depends on the seed, i and the plan alone: a run can go on anywhere, and two runs agree.
 */
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
  /** How far behind its turn an event's time may lie (disorder). */
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
  const item = list[Math.floor(draw() * list.length)];
  if (item === undefined) throw new RangeError('nothing to pick from');
  return item;
}

interface Place {
  readonly region: string;
  readonly channel: string;
  readonly isBad: boolean;
}

/** `texts` are the pools that feedback and messages draw from. */
export function workload(plan: Plan, texts: Texts): (index: number) => WorkloadEvent {
  const bad = texts.reviews.filter((review) => review.star <= 2);
  const all = texts.reviews;

  function place(draw: Draw, channels: readonly string[], time: Millis): Place {
    const region = pick(draw, REGIONS);
    const channel = pick(draw, channels);
    const isBad = plan.incidents.some(
      (incident) =>
        time >= incident.from && time < incident.to && incident.region === region && incident.channel === channel,
    );
    return { region, channel, isBad };
  }

  function build(draw: Draw, index: number, time: Millis): WorkloadEvent {
    const id = `${plan.seed}-${index}`;
    const customerId = `c-${Math.floor(draw() * 20_000)}`;
    const kind = draw();
    const make = (at: Place, type: string, key: string, data: JsonObject): WorkloadEvent => ({
      subject: `cx.events.${at.channel}.${type.split('.')[1] ?? 'other'}.${key}`,
      time,
      event: {
        specversion: '1.0',
        id,
        source: `/workload/${at.channel}`,
        type,
        time: new Date(time).toISOString(),
        data: {
          channel: at.channel,
          region: at.region,
          product: pick(draw, PRODUCTS),
          customer: { id: customerId, tier: pick(draw, TIERS) },
          ...data,
        },
      },
    });

    if (kind < 0.3) {
      const at = place(draw, FEEDBACK_CHANNELS, time);
      const review: Review = pick(draw, at.isBad ? bad : all);
      return make(at, 'cx.feedback.posted', customerId, {
        text: review.text,
        rating: { value: review.star, min: 1, max: 5 },
        permalink: `workload:${review.id}`,
      });
    }
    if (kind < 0.6) {
      const at = place(draw, FEEDBACK_CHANNELS, time);
      return make(at, 'cx.survey.answered', customerId, survey(draw, at.isBad));
    }
    if (kind < 0.78) {
      const at = place(draw, ['web_chat', 'email'], time);
      const question = pick(draw, texts.questions);
      return make(at, 'cx.interaction.message', `v-${index}`, {
        conversation: `v-${index}`,
        author: 'customer',
        text: question.text,
      });
    }
    if (kind < 0.84) {
      const at = place(draw, ['phone'], time);
      const isAnswered = draw() < 0.94;
      return make(at, 'cx.interaction.call', `k-${index}`, {
        call: `k-${index}`,
        outcome: isAnswered ? 'answered' : 'abandoned',
        wait_s: Math.round(-18 * Math.log(1 - draw())),
        talk_s: isAnswered ? Math.round(60 + 240 * draw()) : 0,
        hold_s: isAnswered ? Math.round(20 * draw()) : 0,
        wrap_s: isAnswered ? Math.round(30 * draw()) : 0,
      });
    }
    if (kind < 0.93) {
      const at = place(draw, FEEDBACK_CHANNELS, time);
      return make(at, 'cx.case.opened', `s-${index}`, {
        case: `s-${index}`,
        class: pick(draw, ['simple', 'regular', 'hard']),
        priority: pick(draw, ['high', 'normal', 'normal', 'low']),
        complaint: draw() < (at.isBad ? 0.6 : 0.03),
      });
    }
    if (kind < 0.97) {
      const at = place(draw, ['app', 'mini_program', 'store'], time);
      return make(at, 'cx.order.completed', customerId, {
        order: `o-${index}`,
        order_type: 'meal',
        amount: Math.round(20 + 180 * draw()),
        currency: 'CNY',
      });
    }
    const at = place(draw, ['app', 'mini_program'], time);
    return make(at, 'cx.journey.step', customerId, {
      journey: 'checkout',
      step: pick(draw, STEPS),
      outcome: draw() < 0.95 ? 'completed' : 'failed',
    });
  }

  return (index) => {
    const draw = random(Math.imul(index + 1, 0x9e3779b1) ^ plan.seed);
    const due = plan.start + Math.floor((index * 1000) / plan.perSecond);
    return build(draw, index, due - Math.floor(draw() * draw() * plan.disorderMs));
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
