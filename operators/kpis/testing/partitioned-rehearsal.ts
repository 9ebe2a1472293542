/**
 * Several partitions and the one that combines them, for tests: each commits, crashes and is read from when it is asked to.
 * Between them stands a stream that forgets nothing.
 */
import {
  END_OF_TIME,
  START_OF_TIME,
  type Millis,
  type OperatorDef,
  type OutputMessage,
  type TimeState,
} from '../../../engine/core/types.ts';
import { InputsTime } from '../../../engine/core/watermark.ts';
import type { CxEnvelope, KpiValue } from '../../shared/messages.ts';
import type { CxEvent } from '../../shared/messages.ts';
import { readPartial, type PartialMessage } from '../exchange/partial-message.ts';
import { Rehearsal } from './rehearsal.ts';

interface Sender {
  readonly rehearsal: Rehearsal;
  readonly events: readonly CxEnvelope[];
  at: number;
  committedAt: number;
  published: number;
}

export class PartitionedRehearsal {
  readonly combined: Rehearsal<PartialMessage>;
  readonly senders: readonly Sender[];
  readonly #stream: OutputMessage[] = [];
  #read = 0;
  #time: InputsTime;
  #committed: { read: number; time: TimeState | undefined } = { read: 0, time: undefined };

  constructor(
    partial: OperatorDef<CxEvent, never>,
    combined: OperatorDef<PartialMessage, KpiValue>,
    inputs: readonly (readonly CxEnvelope[])[],
    outOfOrdernessMs: Millis,
  ) {
    this.combined = new Rehearsal(combined);
    this.senders = inputs.map((events, partition) => {
      const rehearsal = new Rehearsal(
        { ...partial, create: (_context, saved) => partial.create({ partition }, saved) },
        outOfOrdernessMs,
      );
      return { rehearsal, events, at: 0, committedAt: 0, published: 0 };
    });
    this.#time = new InputsTime(inputs.length);
  }

  /** The next event of a partition; false: it has none left. */
  event(partition: number): boolean {
    const sender = this.#sender(partition);
    const event = sender.events[sender.at];
    if (event === undefined) return false;
    sender.rehearsal.event(event);
    sender.at += 1;
    return true;
  }
  commit(partition: number, isIdle = false): void {
    const sender = this.#sender(partition);
    sender.rehearsal.commit(isIdle);
    sender.committedAt = sender.at;
    const { messages } = sender.rehearsal.outputs;
    this.#stream.push(...messages.slice(sender.published).filter(({ subject }) => subject.startsWith('cx.partial.')));
    sender.published = messages.length;
  }
  /** The partition has been silent for so long that its time went on by `ms`, and says so. */
  idle(partition: number, ms: Millis): void {
    const { rehearsal } = this.#sender(partition);
    if (rehearsal.watermark !== START_OF_TIME) rehearsal.advance(rehearsal.watermark + ms);
    this.commit(partition, true);
  }
  crash(partition: number): void {
    const sender = this.#sender(partition);
    sender.rehearsal.crash();
    sender.at = sender.committedAt;
  }

  /** The combining partition reads so many messages. */
  read(count: number): void {
    for (const { subject, data } of this.#stream.slice(this.#read, this.#read + count)) {
      this.#read += 1;
      const bytes = new TextEncoder().encode(JSON.stringify(data));
      const { items, reported } = readPartial({ subject, headers: {}, data: bytes, seq: this.#read, stored: 0 });
      for (const item of items) {
        if ('rejected' in item) throw new Error(JSON.stringify(item.rejected));
        this.combined.take(item.event);
      }
      if (reported !== undefined) this.combined.advance(this.#time.report(reported));
    }
  }
  /** What the combining partition's last commit says of time. */
  get committedTime(): TimeState | undefined {
    return this.#committed.time;
  }
  commitCombined(): void {
    this.combined.commit();
    this.#committed = { read: this.#read, time: this.#time.state() };
  }
  crashCombined(): void {
    this.combined.crash();
    this.#read = this.#committed.read;
    this.#time = new InputsTime(this.senders.length, this.#committed.time);
  }

  /**
   * What is left of the input, partition by partition, and the end of time; before that, of `settleAt`, when nothing may be left to
   * wait for (`Rehearsal.settle`).
   */
  end(settleAt?: Millis): void {
    let isLeft = true;
    while (isLeft) {
      isLeft = false;
      this.senders.forEach((_, partition) => {
        if (!this.event(partition)) return;
        isLeft = true;
        this.commit(partition);
        this.read(1);
      });
    }
    if (settleAt !== undefined) {
      this.#advanceAll(settleAt);
      this.combined.settle(settleAt);
    }
    this.#advanceAll(END_OF_TIME);
  }
  #advanceAll(time: Millis): void {
    this.senders.forEach((sender, partition) => {
      sender.rehearsal.advance(time);
      this.commit(partition);
    });
    this.read(Infinity);
  }

  #sender(partition: number): Sender {
    const sender = this.senders[partition];
    if (sender === undefined) throw new RangeError(`there is no partition ${String(partition)}`);
    return sender;
  }
}
