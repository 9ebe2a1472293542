/**
 * What one customer does about one thing: calls, opens a case that waits, is answered and perhaps reopened, orders, chats with a bot.
 * Drawn from what is handed in; the order of the draws is part of what comes of a seed.
 */
import { at as elementAt } from '../../../core/must.ts';
import type { JsonObject, Millis } from '../../../core/types.ts';

export type IncidentKind = 'mass_complaint' | 'overrun_phones' | 'bad_release' | 'silent_channel';
export type Draw = () => number;
export type Mood = 'negative' | 'strong_negative' | 'neutral' | 'positive';

/** At what pace it is lived, and in which words. */
export interface Manner {
  /** How long a minute of such a life lasts. */
  readonly minute: Millis;
  readonly words: {
    readonly question: (draw: Draw) => string;
    readonly botAnswer: string;
    readonly agentAnswer: string;
    /** What a case is about; undefined: that is not said. */
    readonly problem?: (isComplaint: boolean, draw: Draw) => string;
    readonly caseAnswer?: string;
  };
  /** How many of all cases are complaints where nothing is wrong. */
  readonly complaints: number;
}

/** Where it is, and who. */
export type Common = JsonObject & { readonly customer: { readonly id: string; readonly tier: string } };

export interface Happening {
  readonly at: Millis;
  readonly type: string;
  readonly key: string;
  readonly data: JsonObject;
  readonly mood?: Mood;
}

/** One visit, of those that have a number of their own. */
export interface Visit {
  readonly id: string;
  readonly at: Millis;
  readonly common: Common;
  readonly incident: IncidentKind | null;
}

const CLASSES = ['late', 'refund', 'quality', 'waiting', 'simple', 'hard'] as const;

/** mulberry32 (T. Ettinger): small, seedable, good enough to draw days with. */
export function random(seed: number): Draw {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
export const pick = <T>(draw: Draw, list: readonly T[]): T => elementAt(list, Math.floor(draw() * list.length));

export function callOf({ id, at, common, incident }: Visit, draw: Draw): Happening {
  const isOverrun = incident === 'overrun_phones';
  const isAnswered = draw() > (isOverrun ? 0.45 : common.customer.tier === 'vip' ? 0.005 : 0.03);
  const wait = isOverrun ? 60 + 200 * draw() : 16 * draw() * draw() + (draw() < 0.08 ? 20 : 0);
  const talk = isAnswered
    ? { talk_s: Math.round(60 + 240 * draw()), hold_s: Math.round(20 * draw()), wrap_s: 20 }
    : null;
  const call = `l-${id}`;
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
export function caseOf(visit: Visit, draw: Draw, { minute, words, complaints }: Manner): readonly Happening[] {
  const { at, common, incident } = visit;
  const id = `s-${visit.id}`;
  const isMass = incident === 'mass_complaint';
  const happenings: Happening[] = [];
  let now = at;
  const add = (after: Millis, type: string, more: JsonObject = {}, mood?: Mood): void => {
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
  const isComplaint = isMass || draw() < complaints;
  const reply = { author: 'agent', ...(words.caseAnswer === undefined ? null : { text: words.caseAnswer }) };
  add(0, 'cx.case.opened', {
    class: cls,
    priority: pick(draw, ['high', 'normal', 'normal', 'low']),
    complaint: isComplaint,
    ...(words.problem === undefined ? null : { text: words.problem(isComplaint, draw) }),
  });
  add((1 + 5 * draw()) * minute, 'cx.case.assigned', { owner: `a${String(Math.floor(draw() * 40))}` });
  add((1 + 6 * draw()) * minute, 'cx.case.replied', reply);
  if (draw() < 0.2) {
    add(10 * minute, 'cx.case.pending');
    add((20 + 60 * draw()) * minute, 'cx.case.replied', { author: 'customer' });
  }
  add((10 + 80 * draw()) * minute, 'cx.case.resolved', { class: cls });
  const isReopened = draw() < 0.05;
  if (isReopened) {
    add((20 + 60 * draw()) * minute, 'cx.case.reopened');
    add(8 * minute, 'cx.case.replied', reply);
    add(30 * minute, 'cx.case.resolved', { class: cls });
  }
  add(5 * minute, 'cx.survey.sent', {
    survey: 'post_case',
    ...(isReopened ? { touchpoint: 'second_evaluation' } : null),
  });
  if (draw() < 0.4) {
    const isHappy = draw() < (isMass ? 0.4 : 0.92);
    add(
      (5 + 30 * draw()) * minute,
      'cx.survey.answered',
      { survey: 'post_case', metric: 'csat', score: isHappy ? 5 : 2 },
      isHappy ? 'positive' : 'negative',
    );
  }
  if (draw() < (isReopened ? 0.9 : 0.3)) add(minute, 'cx.case.evaluated', { satisfied: draw() < 0.9 });
  return happenings;
}

export function orderOf({ id: visit, at, common }: Visit, draw: Draw, { minute }: Manner): readonly Happening[] {
  const { id } = common.customer;
  const step = (after: Millis, name: string): Happening => ({
    ...{ at: at + after, type: 'cx.journey.step', key: id },
    data: { ...common, journey: 'checkout', step: name, outcome: 'completed' },
  });
  const steps = [step(0, 'cart')];
  if (draw() < 0.75) steps.push(step(minute, 'payment'));
  if (steps.length === 1 || draw() < 0.15) return steps;
  const order = {
    ...common,
    order: `o-${visit}`,
    order_type: 'meal',
    amount: Math.round(20 + 180 * draw()),
    currency: 'CNY',
  };
  return [
    ...steps,
    step(2 * minute, 'confirmation'),
    { at: at + 2 * minute + 500, type: 'cx.order.completed', key: id, data: order },
  ];
}

/** With the bot, and in a quarter of all with an agent after it. */
export function chatOf({ id, at, common }: Visit, draw: Draw, { words, minute }: Manner): readonly Happening[] {
  const conversation = `v-${id}`;
  const say = (after: Millis, author: string, text: string): Happening => ({
    ...{ at: at + after, type: 'cx.interaction.message', key: conversation },
    data: { ...common, conversation, author, text },
  });
  const talk = [say(0, 'customer', words.question(draw)), say(minute / 30, 'bot', words.botAnswer)];
  if (draw() < 0.75) return talk;
  const handed = { ...common, conversation, from: 'bot', to: 'care', repeated: draw() < 0.06 };
  return [
    ...talk,
    { at: at + minute / 2, type: 'cx.interaction.handoff', key: conversation, data: handed },
    say((minute * 2) / 3, 'customer', words.question(draw)),
    say(minute * 1.5, 'agent', words.agentAnswer),
  ];
}
