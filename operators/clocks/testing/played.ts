/** Clocks and the KPIs of their outcomes in the chains that an engine runs, in one partition and in several. */
import { combiningChainOf, partitionChainOf, chainOf } from '../../../engine/app/pipeline.ts';
import type { Config } from '../../../engine/app/config/config.ts';
import { Chain, fingerprintsOf, type ChainDef } from '../../../engine/core/chain.ts';
import { at as elementAt } from '../../../engine/core/must.ts';
import { cloneState } from '../../../engine/core/state-equality.ts';
import {
  START_OF_TIME,
  type Collector,
  type Envelope,
  type OutputMessage,
  type State,
} from '../../../engine/core/types.ts';
import { InputsTime, PartitionTime } from '../../../engine/core/watermark.ts';
import { specimenEvent } from '../../kpis/testing/specimens.ts';
import { readPartial } from '../../kpis/exchange/partial-message.ts';
import type { CxEvent } from '../../shared/messages.ts';

export class Played implements Collector<unknown> {
  readonly sent: OutputMessage[] = [];
  readonly counts: Record<string, number> = {};
  emit(): void {
    return undefined;
  }
  send(message: OutputMessage): void {
    this.sent.push(message);
  }
  forward(): void {
    return undefined;
  }
  show(): void {
    return undefined;
  }
  urgent(): void {
    return undefined;
  }
  count(name: string, by = 1): void {
    this.counts[name] = (this.counts[name] ?? 0) + by;
  }
}

/** In the order in which they arrive. */
export function playSingle(config: Config, events: readonly Envelope<CxEvent>[]): Played {
  const played = new Played();
  const chain = new Chain(chainOf(config), { partition: 0 }, played);
  const time = new PartitionTime(config.time.outOfOrdernessMs);
  for (const event of events) {
    chain.event(event);
    chain.advance(time.observe(event.ts));
  }
  return played;
}

/** `partitionOf`: where each event comes in. Partitions commit after every so many events, one after the other. */
export function playSeveral(
  config: Config,
  events: readonly Envelope<CxEvent>[],
  partitions: number,
  partitionOf: (event: Envelope<CxEvent>) => readonly number[],
  commitEvery: number,
): Played {
  const played = new Played();
  const time = new InputsTime(partitions);
  const combining = new Chain(combiningChainOf(config), { partition: 65_536 }, played);
  const def: ChainDef<CxEvent, never> = partitionChainOf({ ...config, partitions }, () => undefined);
  let seq = 0;
  const senders = Array.from({ length: partitions }, (_, partition) => {
    const out = new Played();
    return { out, chain: new Chain(def, { partition }, out), time: new PartitionTime(config.time.outOfOrdernessMs) };
  });
  const commit = ({ chain, out }: (typeof senders)[number]): void => {
    chain.beforeCommit(false);
    for (const { subject, data } of out.sent.splice(0).filter((one) => one.subject.startsWith('cx.partial.'))) {
      const bytes = new TextEncoder().encode(JSON.stringify(data));
      const { items, reported } = readPartial({ subject, headers: {}, data: bytes, seq: ++seq, stored: 0 });
      for (const item of items) if ('event' in item) combining.event(item.event);
      if (reported !== undefined) combining.advance(time.report(reported));
    }
  };
  events.forEach((event, i) => {
    for (const partition of partitionOf(event)) {
      const sender = elementAt(senders, partition);
      sender.chain.event(event);
      sender.chain.advance(sender.time.observe(event.ts));
    }
    if (i % commitEvery === commitEvery - 1) commit(elementAt(senders, Math.floor(i / commitEvery) % partitions));
  });
  for (const sender of senders) commit(sender);
  return played;
}

export interface InStep {
  /** A partition that never gets anything, and is idle. */
  readonly silent?: number;
  /** After every event each chain is lost, and goes on from what it saved. */
  readonly restores?: boolean;
  /** After so many events another configuration takes over what this one saved. */
  readonly change?: { readonly after: number; readonly config: Config };
}

/**
 * Each event comes to `partitionOf` it, and an event of nobody's at the same instant to all others: so time in all of them is that of
 * a single partition, and what is said must be so too, message by message.
 */
export function playInStep(
  config: Config,
  events: readonly Envelope<CxEvent>[],
  partitions: number,
  partitionOf: (event: Envelope<CxEvent>) => number,
  { silent, restores = false, change }: InStep = {},
): Played {
  const played = new Played();
  const time = new InputsTime(partitions);
  const defsOf = (of: Config): readonly [ReturnType<typeof combiningChainOf>, ChainDef<CxEvent, never>] => [
    combiningChainOf(of),
    partitionChainOf({ ...of, partitions }, () => undefined),
  ];
  let [combiningDef, def] = defsOf(config);
  let combining = new Chain(combiningDef, { partition: 65_536 }, played);
  const senders = Array.from({ length: partitions }, (_, partition) => {
    const out = new Played();
    return { out, chain: new Chain(def, { partition }, out), time: new PartitionTime(config.time.outOfOrdernessMs) };
  });
  if (silent !== undefined) time.report({ input: silent, watermark: START_OF_TIME, isIdle: true });
  let seq = 0;
  for (const [i, event] of events.entries()) {
    const home = partitionOf(event);
    senders.forEach((sender, partition) => {
      if (partition === silent) return;
      const nobodys = specimenEvent(event.ts, { channel: 'app' }, { type: 'cx.page.viewed' });
      sender.chain.event(partition === home ? event : { ...nobodys, id: `${event.id}|${String(partition)}` });
      sender.chain.advance(sender.time.observe(event.ts));
      sender.chain.beforeCommit(false);
    });
    for (const { out } of senders) {
      for (const { subject, data } of out.sent.splice(0).filter((one) => one.subject.startsWith('cx.partial.'))) {
        const bytes = new TextEncoder().encode(JSON.stringify(data));
        const { items, reported } = readPartial({ subject, headers: {}, data: bytes, seq: ++seq, stored: 0 });
        for (const item of items) if ('event' in item) combining.event(item.event);
        if (reported !== undefined) combining.advance(time.report(reported));
      }
    }
    const isChange = change?.after === i + 1;
    if (!restores && !isChange) continue;
    const before = [combiningDef, def] as const;
    if (isChange) [combiningDef, def] = defsOf(change.config);
    combining = restored(before[0], combiningDef, combining, 65_536, played);
    senders.forEach((sender, p) => (sender.chain = restored(before[1], def, sender.chain, p, sender.out)));
  }
  return played;
}

function restored<I>(
  before: ChainDef<I, never>,
  def: ChainDef<I, never>,
  chain: Chain<I, never>,
  partition: number,
  out: Played,
): Chain<I, never> {
  const parts: Record<string, State[]> = {};
  for (const [operator, part] of chain.snapshot()) (parts[operator] ??= []).push(cloneState(part, operator));
  const saved = { parts, fingerprints: fingerprintsOf(before), watermark: chain.watermark };
  return new Chain(def, { partition }, out, saved);
}

/** What holds in the end of outcomes and warnings: the highest revision of each, without those that were withdrawn. */
export function standingOutcomes(sent: readonly OutputMessage[]): readonly string[] {
  const last = new Map<string, Readonly<Record<string, unknown>>>();
  for (const { subject, data } of sent) {
    if (!subject.startsWith('cx.clocks.') && subject !== 'cx.actions.sla_warning') continue;
    const fields = data as Readonly<Record<string, unknown>>;
    last.set(
      JSON.stringify([fields['clock'], fields['key'], fields['run'], fields['outcome'], fields['percent']]),
      fields,
    );
  }
  return [...last.values()]
    .filter((fields) => fields['withdrawn'] !== true && fields['state'] !== 'withdrawn')
    .map(({ revision: _, ...fields }) => JSON.stringify(fields))
    .sort();
}

/** What holds in the end of final windows: value and n of the highest revision of each that was not retracted. */
export function standingValues(sent: readonly OutputMessage[]): Readonly<Record<string, unknown>> {
  const last = new Map<string, Readonly<Record<string, unknown>>>();
  for (const { subject, data } of sent) {
    if (!subject.startsWith('cx.kpi.')) continue;
    const fields = data as Readonly<Record<string, unknown>>;
    const { start, end } = fields['window'] as { readonly start: string; readonly end: string };
    last.set(JSON.stringify([fields['kpi'], fields['key'], start, end]), fields);
  }
  const standing = [...last].filter(([, fields]) => fields['retracted'] !== true);
  return Object.fromEntries<unknown>(standing.map(([name, { value, n }]) => [name, { value, n }] as const).sort());
}
