/**
 * What customers of the demo live through, 120 times as fast as in a company: cases that wait, are answered, reopened and asked about,
 * calls, orders, chats with a bot, and our own calls after low scores. Drawn from a seed; ends only with its consumer.
 */
import type { JsonObject, Millis } from '../../core/types.ts';
import { Heap } from '../../../operators/shared/heap.ts';
import { demoIncidentAt } from './demo-incidents.ts';
import type { Texts } from './texts.ts';
import {
  callOf,
  caseOf,
  chatOf,
  orderOf,
  pick,
  random,
  type Draw,
  type Happening,
  type Manner,
  type Visit,
} from './visits/visits.ts';

const MINUTE: Millis = 500;
/** Visits for each event of the whole demo: so many that with what they bring the rate is kept. */
const VISITS_PER_EVENT = 0.165;
const CHANNELS = ['app', 'mini_program', 'wechat', 'douyin', 'web_chat', 'email', 'store'] as const;
const REGIONS = ['east', 'south', 'north', 'west'] as const;
const PRODUCTS = ['delivery', 'dine_in', 'takeaway', 'membership'] as const;
const CUSTOMERS = 20_000;
/** Of the visits in a mass complaint so many are part of it. */
const MASS_SHARE = 0.12;
const FOLLOWED_UP = 0.97;
const AGENTS = 12;

export class DemoLives {
  readonly #start: Millis;
  /** What makes ids of this run its own. */
  readonly #run: string;
  readonly #draw: Draw;
  readonly #gapMs: Millis;
  readonly #manner: Manner;
  readonly #due = new Heap<Happening>((a, b) => a.at < b.at);
  #visits = 0;
  #calls = 0;
  #nextVisit: Millis;

  constructor(start: Millis, perSecond: number, texts: Texts) {
    this.#start = start;
    this.#run = Math.floor(start / 1000).toString(36);
    this.#draw = random(start % 2_147_483_647);
    this.#gapMs = 1000 / (perSecond * VISITS_PER_EVENT);
    this.#nextVisit = start;
    this.#manner = mannerOf(texts);
  }

  /** The next that happens before this instant; undefined: nothing does. */
  before(instant: Millis): Happening | undefined {
    while (this.#nextVisit < instant) {
      for (const one of this.#visit(this.#nextVisit)) this.#due.push(one);
      this.#nextVisit -= Math.log(1 - this.#draw()) * this.#gapMs;
    }
    const { first } = this.#due;
    return first !== undefined && first.at < instant ? this.#due.pop() : undefined;
  }

  /** Somebody of ours calls, soon after a low score; a few are forgotten. */
  followUp(at: Millis, { region, product, customer }: JsonObject): void {
    if (this.#draw() > FOLLOWED_UP) return;
    this.#calls += 1;
    const call = `f-${this.#run}-${String(this.#calls)}`;
    const common = { channel: 'phone', ...(region === undefined ? null : { region }), ...named({ product, customer }) };
    const talk = { call, outcome: 'answered', talk_s: 60 + Math.round(120 * this.#draw()), team: 'care' };
    const after = (4 + 24 * this.#draw() * this.#draw()) * 1000;
    this.#due.push({ at: at + after, type: 'cx.interaction.call', key: call, data: { ...common, ...talk } });
  }

  #visit(at: Millis): readonly Happening[] {
    const draw = this.#draw;
    this.#visits += 1;
    const isCall = draw() < 0.38;
    const channel = isCall ? 'phone' : pick(draw, CHANNELS);
    const region = pick(draw, REGIONS);
    const going = demoIncidentAt(at - this.#start, channel, region);
    const incident = going === 'mass_complaint' && (isCall || draw() > MASS_SHARE) ? null : going;
    const common = { channel, region, product: pick(draw, PRODUCTS), customer: demoCustomer(draw() * CUSTOMERS) };
    const visit: Visit = { id: `${this.#run}-${String(this.#visits)}`, at, common, incident };
    if (isCall) return [callOf(visit, draw)];
    const kind = draw();
    if (incident === 'mass_complaint' || kind < 0.13)
      return caseOf(visit, draw, this.#manner).map((one) => staffed(one));
    return kind < 0.55 ? orderOf(visit, draw, this.#manner) : chatOf(visit, draw, this.#manner);
  }
}

/** A few are VIPs, and stay so. */
export function demoCustomer(number: number): { readonly id: string; readonly tier: string } {
  const of = Math.floor(number);
  return { id: `c-${String(of)}`, tier: of % 200 === 0 ? 'vip' : of % 3 === 0 ? 'member' : 'guest' };
}

/** Who answers, by the case. */
function staffed(one: Happening): Happening {
  const { type, key, data } = one;
  if (data['author'] === 'customer' || !['cx.case.replied', 'cx.case.resolved'].includes(type)) return one;
  const sum = Array.from(key, (character) => character.charCodeAt(0)).reduce((total, code) => total + code, 0);
  return {
    ...one,
    data: { ...data, agent: `agent-${String((sum % AGENTS) + 1)}`, team: sum % 2 === 0 ? 'care' : 'desk' },
  };
}

function named(fields: Readonly<Record<string, JsonObject[string] | undefined>>): JsonObject {
  return Object.fromEntries(
    Object.entries(fields).filter((field): field is [string, JsonObject[string]] => field[1] !== undefined),
  );
}

function mannerOf({ reviews, questions }: Texts): Manner {
  const bad = reviews.filter(({ star }) => star <= 2);
  return {
    minute: MINUTE,
    complaints: 0.02,
    words: {
      question: (draw) => pick(draw, questions).text,
      botAnswer: '您好，我是智能客服，请问有什么可以帮您？',
      agentAnswer: '您好，我来帮您处理，请稍等。',
      problem: (isComplaint, draw) => (isComplaint ? pick(draw, bad).text : pick(draw, questions).text),
      caseAnswer: '您好，问题已经收到，正在为您核实。',
    },
  };
}
