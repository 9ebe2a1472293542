/**
 * What the events between events cost: the whole customer-experience pack, without scoring, beside the same without clocks, levels,
 * journeys and cleaning, and without the KPIs that read them; rounds in turn, in one run. `chain`: the operators alone, deltas included;
 * `all`: with decoding, validation and masking before them. `--each` leaves out one part at a time as well, to see what each costs.
 */
import { loadTexts } from '../engine/app/demo/texts.ts';
import { checkConfig } from '../engine/adapters/config/config-file.ts';
import { compileExpression } from '../engine/adapters/expressions/cel.ts';
import { packageRoot } from '../engine/adapters/process/package-root.ts';
import { configForm, type Config } from '../engine/app/config/config.ts';
import { chainOf, stagesOf } from '../engine/app/pipeline.ts';
import { Chain, type ChainDef } from '../engine/core/chain.ts';
import { at as elementAt } from '../engine/core/must.ts';
import type { Collector, Envelope, JsonObject, RawMessage } from '../engine/core/types.ts';
import { PartitionTime } from '../engine/core/watermark.ts';
import { RandomYields } from '../engine/testing/random-yields.ts';
import type { CxEvent } from '../operators/shared/messages.ts';
import { record } from './record.ts';

const isSmoke = process.argv.includes('--smoke');
const [ROUNDS, EACH] = isSmoke ? [3, 4_000] : [7, 20_000];
/** Events between two deltas. */
const COMMIT = 500;
const START = Date.UTC(2026, 2, 2);
const EVENTS_A_SECOND = 1000;

const PARTS = ['clocks', 'levels', 'journeys', 'cleaning'] as const;
type Part = (typeof PARTS)[number];

function packed(): Config {
  const text = `include: [pack:customer-experience]
scoring: {sentiment: null, issues: null}
journeys:
  - id: checkout
    key: data.customer.id
    steps: [{id: cart, on: cx.journey.step, where: data.step == "cart"}, {id: pay, on: cx.journey.step, where: data.step == "pay"}, {id: done, on: cx.order.completed}]
    stall: 10m
    expire: 1d
    keep: [channel]
kpis:
  - {id: checkout_conversion, measure: {kind: conversion, journey: checkout, from: cart, to: done}, window: {kind: tumbling, size: 1h}}
`;
  const checked = checkConfig(text, configForm(compileExpression), {});
  if ('faults' in checked) throw new Error(JSON.stringify(checked.faults));
  return checked.config;
}

/** Without these parts, and the KPIs and rules that read them. */
function without(config: Config, left: ReadonlySet<Part>): Config {
  const isLevel = (kind: string): boolean => ['open', 'overdue', 'oldest'].includes(kind);
  const isOfJourney = (kind: string): boolean => ['conversion', 'drop_off', 'time_in_step'].includes(kind);
  const kpis = config.kpis.filter(
    ({ from, measure: { kind } }) =>
      !(left.has('clocks') && (isLevel(kind) || from.some((type) => type.startsWith('clock.')))) &&
      !(left.has('levels') && isLevel(kind)) &&
      !(left.has('journeys') && (isOfJourney(kind) || from.some((type) => type.startsWith('journey.')))),
  );
  const ids = new Set(kpis.map(({ id }) => id));
  return {
    ...config,
    kpis,
    rules: config.rules.filter(({ kpi }) => ids.has(kpi)),
    clocks: left.has('clocks') ? [] : config.clocks,
    journeys: left.has('journeys') ? [] : config.journeys,
  };
}
function withoutOperator<In, Out>(def: ChainDef<In, Out>, name: string): ChainDef<In, Out> {
  if (!('kind' in def)) return def;
  const parts = def.parts
    .filter((part) => 'kind' in part || part.name !== name)
    .map((part) => withoutOperator(part, name));
  return { ...def, parts };
}

const loaded = loadTexts(packageRoot());
const texts = [...loaded.reviews, ...loaded.questions].map(({ text }) => text);

type Made = readonly [type: string, data: JsonObject];
const STORY = [
  ...['opened', 'message', 'agent', 'replied', 'survey_sent', 'resolved', 'answered', 'closed'],
  ...['call', 'feedback', 'cart', 'pay', 'done', 'bot', 'page'],
] as const;

/** Cases that open, wait, are answered, surveyed and closed, side by side; every text is a customer's own. */
function workload(): (number: number) => Made {
  const yields = new RandomYields(7);
  const pick = <T>(list: readonly T[]): T => elementAt(list, yields.below(list.length));
  const textOf = (number: number): string => `${elementAt(texts, number % texts.length)} ${String(number)}`;
  return (number) => {
    const story =
      Math.floor(number / STORY.length) - yields.below(Math.min(200, 1 + Math.floor(number / STORY.length)));
    const step = elementAt(STORY, number % STORY.length);
    const about = {
      channel: pick(['app', 'web_chat', 'phone', 'wechat', 'store']),
      customer: { id: `u-${String(story % 20_000)}`, tier: story % 20 === 0 ? 'vip' : 'basic' },
      ...{
        region: pick(['east', 'west', 'north', 'south']),
        product: `p-${String(story % 40)}`,
        team: `t-${String(story % 12)}`,
      },
    };
    const ofCase = { ...about, case: `case-${String(story)}`, class: pick(['simple', 'hard', 'usual']) };
    const talk = { ...about, conversation: `v-${String(story)}` };
    switch (step) {
      case 'opened':
        return [
          'cx.case.opened',
          { ...ofCase, complaint: story % 10 === 0, priority: pick(['urgent', 'normal', 'low']), text: textOf(number) },
        ];
      case 'replied':
        return ['cx.case.replied', { ...ofCase, author: 'agent' }];
      case 'resolved':
        return ['cx.case.resolved', ofCase];
      case 'closed':
        return ['cx.case.closed', ofCase];
      case 'message':
        return ['cx.interaction.message', { ...talk, author: 'customer', text: textOf(number) }];
      case 'agent':
        return ['cx.interaction.message', { ...talk, author: 'agent', text: textOf(number + 7) }];
      case 'bot':
        return ['cx.interaction.message', { ...talk, author: 'bot', text: textOf(number + 11) }];
      case 'survey_sent':
        return ['cx.survey.sent', { ...about, survey: 'post_case' }];
      case 'answered':
        return ['cx.survey.answered', { ...about, survey: 'post_case', metric: 'csat', score: 1 + yields.below(5) }];
      case 'call':
        return [
          'cx.interaction.call',
          {
            ...about,
            call: `l-${String(number)}`,
            outcome: pick(['answered', 'answered', 'abandoned']),
            wait_s: yields.below(90),
            talk_s: yields.below(400),
          },
        ];
      case 'feedback':
        return ['cx.feedback.posted', { ...about, text: textOf(number) }];
      case 'cart':
      case 'pay':
        return ['cx.journey.step', { ...about, journey: 'checkout', step, outcome: 'entered' }];
      case 'done':
        return [
          'cx.order.completed',
          {
            ...about,
            order: `o-${String(number)}`,
            order_type: 'delivery',
            currency: 'CNY',
            amount: yields.below(500),
          },
        ];
      case 'page':
        return ['cx.page.viewed', { ...about, page: pick(['/home', '/cart', '/help']), dwell_ms: 900 }];
    }
  };
}

const nothing = (): void => undefined;
const nowhere: Collector<unknown> = {
  ...{ emit: nothing, send: nothing, forward: nothing, show: nothing, urgent: nothing, count: nothing },
};

/** One side of the comparison; it goes on from round to round. */
class Side {
  readonly chainUs: number[] = [];
  readonly allUs: number[] = [];
  readonly #chain: Chain<CxEvent, never>;
  readonly #stage: ReturnType<typeof stagesOf>;
  readonly #time = new PartitionTime(2000);

  constructor(config: Config, left: ReadonlySet<Part>) {
    const def = chainOf(config);
    this.#chain = new Chain(left.has('cleaning') ? withoutOperator(def, 'cleaning') : def, { partition: 0 }, nowhere);
    this.#stage = stagesOf(config, null, { isFile: false, maskKey: 'k' });
  }
  async round(messages: readonly RawMessage[]): Promise<void> {
    let [decoding, running] = [0, 0];
    for (let from = 0; from < messages.length; from += COMMIT) {
      const batch = messages.slice(from, from + COMMIT);
      let began = process.cpuUsage();
      const prepared = await this.#stage.apply(batch, new AbortController().signal);
      decoding += since(began);
      const events = prepared.flatMap(({ items }) => items.map((item) => eventIn(item)));
      began = process.cpuUsage();
      for (const event of events) {
        this.#chain.event(event);
        this.#chain.advance(this.#time.observe(event.ts));
      }
      this.#chain.beforeCommit(false);
      this.#chain.delta();
      running += since(began);
    }
    this.chainUs.push(running / messages.length);
    this.allUs.push((decoding + running) / messages.length);
  }
}
function since(began: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(began);
  return user + system;
}
function eventIn(item: unknown): Envelope<CxEvent> {
  const { event } = item as { readonly event?: Envelope<CxEvent> };
  if (event === undefined) throw new Error(`an event was rejected: ${JSON.stringify(item)}`);
  return event;
}

/** The first round warms up. */
function middle(all: readonly number[]): number {
  const sorted = all.slice(1).sort((a, b) => a - b);
  return Math.round(elementAt(sorted, sorted.length >> 1) * 10) / 10;
}

const make = workload();
const encoder = new TextEncoder();
function messageOf(number: number): RawMessage {
  const [type, data] = make(number);
  const at = START + Math.floor((number * 1000) / EVENTS_A_SECOND);
  const event = {
    specversion: '1.0',
    id: `e${String(number)}`,
    source: '/bench',
    type,
    time: new Date(at).toISOString(),
    data,
  };
  const headers = { 'content-type': 'application/cloudevents+json' };
  return { subject: 'cx.in.bench', headers, data: encoder.encode(JSON.stringify(event)), seq: number + 1, stored: at };
}

const whole = packed();
const compared: readonly (readonly [name: string, left: ReadonlySet<Part>])[] = [
  ['all of it', new Set()],
  ['without clocks, levels, journeys, cleaning', new Set(PARTS)],
  ...(process.argv.includes('--each') ? PARTS.map((part) => [`without ${part}`, new Set([part])] as const) : []),
];
const sides = compared.map(([name, left]) => ({ name, side: new Side(without(whole, left), left) }));
for (let round = 0; round <= ROUNDS; round++) {
  const messages = Array.from({ length: EACH }, (_, i) => messageOf(round * EACH + i));
  for (const { side } of sides) await side.round(messages);
}
const least = elementAt(sides, 1).side;
record(
  isSmoke ? 'pack-cost-smoke' : 'pack-cost',
  `the customer-experience pack and a journey without scoring, on one core: processor time an event, median of ${String(ROUNDS)} rounds of ` +
    `${EACH.toLocaleString('en')} in turn; share: throughput of that without clocks, levels, journeys and cleaning`,
  sides.map(({ name, side }) => ({
    what: name,
    chain_us: middle(side.chainUs),
    chain_share_percent: Math.round((100 * middle(least.chainUs)) / middle(side.chainUs)),
    all_us: middle(side.allUs),
    all_share_percent: Math.round((100 * middle(least.allUs)) / middle(side.allUs)),
  })),
);
