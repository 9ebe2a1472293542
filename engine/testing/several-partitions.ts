/**
 * A configuration's whole chain in memory, fast: events in, messages out, in one partition or several, calm or with everything lost again and
 * again but what was saved. No broker, no stages: events are as those leave them.
 */
import { chainOf, combiningChainOf, partitionChainOf } from '../app/pipeline.ts';
import type { Config } from '../app/config/config.ts';
import { Chain, fingerprintsOf, type ChainDef } from '../core/chain.ts';
import { at as elementAt } from '../core/must.ts';
import { partitionOf } from '../core/partition/partition-of.ts';
import { cloneState } from '../core/state-equality.ts';
import { END_OF_TIME, type Collector, type Millis, type OutputMessage, type State } from '../core/types.ts';
import { InputsTime } from '../core/watermark.ts';
import { readPartial, type PartialMessage } from '../../operators/kpis/exchange/partial-message.ts';
import type { CxEnvelope, CxEvent } from '../../operators/shared/messages.ts';

export interface Manner {
  readonly partitions: number;
  /** Events between two commits. */
  readonly commitEvery: number;
  /** Commits between two crashes; 0: none. */
  readonly crashEvery: number;
}

/** Messages out, in the order in which they leave, but those that partitions tell each other. */
export function playThrough(config: Config, events: Iterable<CxEnvelope>, manner: Manner): readonly OutputMessage[] {
  if (config.partitions !== manner.partitions) throw new Error('the configuration says another number of partitions');
  return manner.partitions === 1 ? alone(config, events, manner) : several(config, events, manner);
}

function alone(config: Config, events: Iterable<CxEnvelope>, manner: Manner): readonly OutputMessage[] {
  const chain = new CrashingChain<CxEvent>(chainOf(config), 0, manner.crashEvery);
  const { outOfOrdernessMs } = config.time;
  let reached = 0;
  let count = 0;
  for (const event of events) {
    chain.event(event);
    reached = Math.max(reached, event.ts);
    chain.advance(reached - outOfOrdernessMs);
    if (++count % manner.commitEvery === 0) chain.commit();
  }
  chain.advance(reached);
  chain.commit();
  return chain.sent;
}

function several(config: Config, events: Iterable<CxEnvelope>, manner: Manner): readonly OutputMessage[] {
  const { partitions, commitEvery, crashEvery } = manner;
  const { outOfOrdernessMs } = config.time;
  const senders = Array.from({ length: partitions }, (_, partition) => ({
    chain: new CrashingChain<CxEvent>(
      partitionChainOf(config, () => undefined),
      partition,
      crashEvery,
    ),
    reached: 0,
    events: 0,
  }));
  const combined = new CrashingChain<PartialMessage>(combiningChainOf(config), 65_536, crashEvery);
  const time = new InputsTime(partitions);
  const own: OutputMessage[] = [];
  let seq = 0;
  const hand = (chain: CrashingChain<CxEvent>): void => {
    chain.commit();
    for (const { subject, data, ...rest } of chain.sent.splice(0)) {
      if (!subject.startsWith('cx.partial.')) {
        own.push({ subject, data, ...rest });
        continue;
      }
      const bytes = new TextEncoder().encode(JSON.stringify(data));
      const { items, reported } = readPartial({ subject, headers: {}, data: bytes, seq: ++seq, stored: 0 });
      for (const item of items) if ('event' in item) combined.event(item.event);
      if (reported !== undefined) combined.advance(time.report(reported));
      combined.commit();
    }
  };
  let latest = 0;
  for (const event of events) {
    const sender = elementAt(senders, partitionOf(event.key, partitions));
    sender.chain.event(event);
    sender.reached = Math.max(sender.reached, event.ts);
    latest = Math.max(latest, event.ts);
    sender.chain.advance(sender.reached - outOfOrdernessMs);
    if (++sender.events % commitEvery === 0) hand(sender.chain);
  }
  for (const { chain } of senders) {
    chain.advance(latest);
    hand(chain);
  }
  return [...own, ...combined.sent];
}

/** A running chain that loses everything but what it saved with its commits, now and then. */
class CrashingChain<T> {
  readonly sent: OutputMessage[] = [];
  readonly #def: ChainDef<T, unknown>;
  readonly #partition: number;
  readonly #crashEvery: number;
  readonly #out: Collector<unknown>;
  #commits = 0;
  #parts: Record<string, State[]> = {};
  #chain: Chain<T, unknown>;

  constructor(def: ChainDef<T, unknown>, partition: number, crashEvery: number) {
    const nothing = (): void => undefined;
    this.#def = def;
    this.#partition = partition;
    this.#crashEvery = crashEvery;
    this.#out = {
      ...{ emit: nothing, forward: nothing, show: nothing, urgent: nothing, count: nothing },
      send: (message) => void this.sent.push(message),
    };
    this.#chain = new Chain(def, { partition }, this.#out);
  }
  event(event: Parameters<Chain<T, unknown>['event']>[0]): void {
    this.#chain.event(event);
  }
  advance(watermark: Millis): void {
    if (watermark < END_OF_TIME) this.#chain.advance(watermark);
  }
  commit(): void {
    this.#chain.beforeCommit(false);
    if (this.#crashEvery === 0) return;
    this.#commits += 1;
    for (const [operator, delta] of Object.entries(this.#chain.delta())) this.#save(operator, delta);
    if (this.#commits % this.#crashEvery !== 0) return;
    // Every second time what was saved is put together as a snapshot first.
    if ((this.#commits / this.#crashEvery) % 2 === 0) {
      this.#parts = {};
      for (const [operator, part] of this.#chain.snapshot()) this.#save(operator, part);
    }
    const saved = { parts: this.#parts, fingerprints: fingerprintsOf(this.#def), watermark: this.#chain.watermark };
    this.#chain = new Chain(this.#def, { partition: this.#partition }, this.#out, saved);
  }
  #save(operator: string, part: State): void {
    (this.#parts[operator] ??= []).push(cloneState(part, operator));
  }
}
