/** Journeys of several partitions, each customer's steps strewn over all of them: the same actions and figures as with one, calm and restored. */
import { describe, expect, it } from 'vitest';
import { chainOf, combiningChainOf, partitionChainOf } from '../../engine/app/pipeline.ts';
import { Chain, fingerprintsOf, type ChainDef } from '../../engine/core/chain.ts';
import { END_OF_TIME, type Collector, type OutputMessage, type State } from '../../engine/core/types.ts';
import { InputsTime } from '../../engine/core/watermark.ts';
import { at as elementAt } from '../../engine/core/must.ts';
import { RandomYields } from '../../engine/testing/random-yields.ts';
import { readPartial, type PartialMessage } from '../kpis/exchange/partial-message.ts';
import type { CxEnvelope, CxEvent } from '../shared/messages.ts';
import { CHECKOUT, configOf, instantOf, stepOf } from './testing/journey-script.ts';

const SMALL_WINDOWS = CHECKOUT.replaceAll('size: 7d', 'size: 1h').replace('expire: 24h', 'expire: 40m');
const config = (partitions: number): ReturnType<typeof configOf> =>
  configOf(`partitions: ${String(partitions)}\ntime: {allowed_lateness: 10m}\n${SMALL_WINDOWS}`);

/** A running chain that loses everything but what it saved, when it is asked to. */
class Restored<T> {
  readonly sent: OutputMessage[] = [];
  readonly #def: ChainDef<T, unknown>;
  readonly #partition: number;
  readonly #parts: Record<string, State[]> = {};
  #chain: Chain<T, unknown>;
  readonly #out: Collector<unknown>;

  constructor(def: ChainDef<T, unknown>, partition: number) {
    const nothing = (): void => undefined;
    this.#def = def;
    this.#partition = partition;
    this.#out = {
      emit: nothing,
      forward: nothing,
      show: nothing,
      urgent: nothing,
      count: nothing,
      send: (message) => void this.sent.push(message),
    };
    this.#chain = new Chain(def, { partition }, this.#out);
  }
  event(event: Parameters<Chain<T, unknown>['event']>[0]): void {
    this.#chain.event(event);
  }
  advance(watermark: number): void {
    if (watermark > this.#chain.watermark) this.#chain.advance(watermark);
  }
  commit(restores: boolean): void {
    this.#chain.beforeCommit(false);
    for (const [operator, delta] of Object.entries(this.#chain.delta())) (this.#parts[operator] ??= []).push(delta);
    if (!restores) return;
    const saved = { parts: this.#parts, fingerprints: fingerprintsOf(this.#def), watermark: this.#chain.watermark };
    this.#chain = new Chain(this.#def, { partition: this.#partition }, this.#out, saved);
  }
}

/** In the order of arrival, up to nine minutes late. */
function script(seed: number): readonly CxEnvelope[] {
  const yields = new RandomYields(seed);
  const events = Array.from({ length: 240 }, () => {
    const at = instantOf('10:00') + yields.below(4 * 3600) * 1000;
    const step = elementAt(['cart', 'cart', 'pay', 'done'], yields.below(4));
    return { event: stepOf(`u${String(yields.below(12))}`, step, at), arrives: at + yields.below(540) * 1000 };
  });
  return events
    .sort((a, b) => a.arrives - b.arrives)
    .map(({ event }, i) => ({ ...event, id: `${event.id}#${String(i)}` }));
}

/** Actions that stand, and the last revision of each window. */
function standing(sent: readonly OutputMessage[]): readonly string[] {
  const actions = new Map<string, number>();
  const values = new Map<string, string>();
  for (const { subject, time, data } of sent) {
    const fields = data as Readonly<Record<string, unknown>>;
    if (subject === 'cx.actions.journey_stalled') {
      const name = `${String(fields['key'])} ${String(fields['step'])} ${String(time)} ${String(fields['since'])}`;
      actions.set(name, (actions.get(name) ?? 0) + (fields['state'] === 'withdrawn' ? -1 : 1));
    } else if (subject.startsWith('cx.kpi.')) {
      const { kpi, key, window, value, n } = fields;
      values.set(JSON.stringify([kpi, key, window]), JSON.stringify([value, n]));
    }
  }
  const counts = [...actions].filter(([, count]) => count !== 0).map(([name, count]) => `${name} × ${String(count)}`);
  const figures = [...values].filter(([, value]) => value !== '[null,0]').map(([name, value]) => `${name} ${value}`);
  return [...counts, ...figures].sort();
}

function alone(events: readonly CxEnvelope[], restores: boolean): readonly string[] {
  const chain = new Restored<CxEvent>(chainOf(config(1)), 0);
  let reached = 0;
  for (const event of events) {
    chain.event(event);
    reached = Math.max(reached, event.ts);
    chain.advance(reached - 2000);
    chain.commit(restores);
  }
  chain.advance(END_OF_TIME);
  return standing(chain.sent);
}

function several(events: readonly CxEnvelope[], partitions: number, restores: boolean): readonly string[] {
  const settings = config(partitions);
  const senders = Array.from({ length: partitions }, (_, partition) => {
    const chain = new Restored<CxEvent>(
      partitionChainOf(settings, () => undefined),
      partition,
    );
    return { chain, read: 0, reached: 0 };
  });
  const combined = new Restored<PartialMessage>(combiningChainOf(settings), 65_536);
  const time = new InputsTime(partitions);
  let seq = 0;
  const hand = (sender: (typeof senders)[number], watermark: number): void => {
    sender.chain.advance(watermark);
    sender.chain.commit(restores);
    for (const { subject, data } of sender.chain.sent.slice(sender.read)) {
      if (!subject.startsWith('cx.partial.')) continue;
      const bytes = new TextEncoder().encode(JSON.stringify(data));
      const { items, reported } = readPartial({ subject, headers: {}, data: bytes, seq: ++seq, stored: 0 });
      for (const item of items) if ('event' in item) combined.event(item.event);
      if (reported !== undefined) combined.advance(time.report(reported));
      combined.commit(restores);
    }
    sender.read = sender.chain.sent.length;
  };
  events.forEach((event, i) => {
    const sender = elementAt(senders, i % partitions);
    sender.chain.event(event);
    sender.reached = Math.max(sender.reached, event.ts);
    hand(sender, sender.reached - 2000);
  });
  for (const sender of senders) hand(sender, END_OF_TIME);
  return standing(combined.sent);
}

describe('journeys of customers whose steps lie in several partitions', () => {
  it.each([1, 2, 3])('are those of one partition, calm and restored after every event (script %i)', (seed) => {
    const events = script(seed);
    const expected = alone(events, false);
    expect(expected.length).toBeGreaterThan(30);
    expect(alone(events, true)).toEqual(expected);
    for (const partitions of [2, 4]) {
      expect(several(events, partitions, false)).toEqual(expected);
      expect(several(events, partitions, true)).toEqual(expected);
    }
  });
});
