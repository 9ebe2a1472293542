/** What a chain sends out, collected until the driver takes it; gives forwards their ids. */
import { at, must } from '../../core/must.ts';
import { jsonSize } from '../../core/json/json-size.ts';
import { committedId, forwardId, seqOf, storedTogether, togetherId } from '../../core/partition/output-id.ts';
import type { Collector, Envelope, LiveItem, Millis, Outgoing, OutputMessage } from '../../core/types.ts';

/** A forward has its id at once; what goes into the outbox gets one when the commit is cut (output-id.ts). */
export class Outlet implements Collector<unknown> {
  /** To be published now. */
  forwards: Outgoing[] = [];
  /** To be committed, then published. */
  outbox: OutputMessage[] = [];
  /** About how large it is. */
  outboxBytes = 0;
  live: LiveItem[] = [];
  isUrgent = false;
  /** Ids that are stored already, from before a crash: not published again. */
  readonly #stored: Set<string>;
  readonly #storedUntil: number;
  readonly counters: Map<string, number>;
  readonly #partition: number;
  #seq = 0;
  #next = 0;
  /** Most forwards of one input message that leave in one; 1: each leaves alone. */
  readonly #mostTogether: number;
  /** Of the input message at hand: waiting for the rest of it. */
  #together: Outgoing[] = [];

  readonly #now: (() => Millis) | undefined;

  constructor(
    partition: number,
    counters: Readonly<Record<string, number>> = {},
    stored: Iterable<string> = [],
    now?: () => Millis,
    mostTogether = 1,
  ) {
    this.#partition = partition;
    this.#mostTogether = mostTogether;
    this.#now = now;
    this.counters = new Map(Object.entries(counters));
    this.#stored = new Set(stored);
    this.#storedUntil = [...this.#stored].reduce((highest, id) => Math.max(highest, seqOf(id)), 0);
  }

  /** What follows comes from this input message. */
  begin(seq: number): void {
    this.end();
    this.#seq = seq;
    this.#next = 0;
    if (this.#stored.size > 0 && seq > this.#storedUntil) this.#stored.clear();
  }

  /** The input message is done: what waits for the rest of it leaves. */
  end(): void {
    const parts = this.#together;
    const [first] = parts;
    if (first === undefined) return;
    this.#together = [];
    const id = togetherId(first.id, at(parts, parts.length - 1).id);
    const { together, type, time } = first;
    if (parts.length === 1) this.forwards.push(first);
    else this.forwards.push({ id, subject: must(together), type, time, data: null, parts });
  }

  /**
   * Were outputs of inputs after `position` already stored before the crash? As long as they were, marks must not move past
   * them, or the next take-over would not find them.
   */
  isBehindStored(position: number): boolean {
    return position < this.#storedUntil;
  }

  /** What leaves the last operator of a chain goes nowhere: outputs are sent. */
  emit(_event: Envelope<unknown>): void {
    return undefined;
  }

  now(): Millis | undefined {
    return this.#now?.();
  }

  send(message: OutputMessage): void {
    this.outbox.push(message);
    this.outboxBytes += message.subject.length + jsonSize(message.data);
  }

  forward(message: OutputMessage): void {
    const id = forwardId(this.#partition, this.#seq, this.#next++);
    const { subject, type, time, data, together } = message;
    const isStored = this.#stored.size > 0 && this.#isStored(id, together !== undefined);
    if (together === undefined || this.#mostTogether === 1) {
      if (!isStored) this.forwards.push({ id, subject, type, time, data });
      return;
    }
    if (isStored) return;
    this.#together.push({ id, subject, type, time, data, together });
    if (this.#together.length === this.#mostTogether) this.end();
  }

  #isStored(id: string, mayBeTogether: boolean): boolean {
    if (this.#stored.delete(id)) return true;
    return mayBeTogether && this.#stored.delete(storedTogether(id));
  }

  show(item: LiveItem): void {
    this.live.push(item);
  }

  urgent(): void {
    this.isUrgent = true;
  }

  count(name: string, by = 1): void {
    this.counters.set(name, (this.counters.get(name) ?? 0) + by);
  }

  takeForwards(): readonly Outgoing[] {
    const taken = this.forwards;
    this.forwards = [];
    return taken;
  }

  takeLive(): readonly LiveItem[] {
    const taken = this.live;
    this.live = [];
    return taken;
  }

  /** The outbox under the ids of the commit that will hold it. */
  takeOutbox(commit: number): readonly Outgoing[] {
    const taken = this.outbox;
    this.outbox = [];
    this.outboxBytes = 0;
    this.isUrgent = false;
    return taken.map(({ subject, type, time, data }, i) => ({
      id: committedId(this.#partition, commit, i),
      subject,
      type,
      time,
      data,
    }));
  }
}
