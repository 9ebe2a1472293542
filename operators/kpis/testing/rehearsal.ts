/**
 * Runs the operator the way the engine does, for tests: watermarks event by event, commits now and then, crashes that lose
 * what came after the last commit, restores from a snapshot and the deltas since.
 */
import {
  END_OF_TIME,
  START_OF_TIME,
  type Collector,
  type Envelope,
  type Millis,
  type Operator,
  type OperatorDef,
  type OutputMessage,
  type State,
} from '../../../engine/core/types.ts';
import type { CxEvent, KpiBirth, KpiValue } from '../../shared/messages.ts';

/** What came out. */
export interface Outputs {
  readonly values: KpiValue[];
  readonly births: KpiBirth[];
  readonly messages: OutputMessage[];
  readonly shown: { readonly topic: string; readonly key: string; readonly value: unknown }[];
  readonly counters: Record<string, number>;
}

export class Rehearsal<In = CxEvent> {
  readonly outputs: Outputs = { values: [], births: [], messages: [], shown: [], counters: {} };
  readonly #def: OperatorDef<In, KpiValue | KpiBirth>;
  readonly #outOfOrdernessMs: Millis;
  readonly #out: Collector<KpiValue | KpiBirth>;
  operator: Operator<In, KpiValue | KpiBirth>;
  /** More than that is taken for windows that never end. */
  mostMessages = 1_000_000;
  watermark: Millis = START_OF_TIME;
  #maxTs: Millis = START_OF_TIME;
  // What a crash leaves.
  #saved: State[] = [];
  #committed = {
    watermark: START_OF_TIME,
    maxTs: START_OF_TIME,
    values: 0,
    messages: 0,
    counters: {} as Record<string, number>,
  };

  constructor(def: OperatorDef<In, KpiValue | KpiBirth>, outOfOrdernessMs: Millis = 0) {
    this.#def = def;
    this.#outOfOrdernessMs = outOfOrdernessMs;
    this.operator = def.create({ partition: 0 });
    const { values, births, messages, shown, counters } = this.outputs;
    this.#out = {
      emit({ value }) {
        if ('born' in value) births.push(value);
        else values.push(value);
      },
      send: (message) => {
        if (messages.push(message) > this.mostMessages) throw new Error(`more than ${this.mostMessages} messages`);
      },
      forward: (message) => void messages.push(message),
      show: (item) => void shown.push(item),
      urgent: () => undefined,
      count: (name, by = 1) => void (counters[name] = (counters[name] ?? 0) + by),
    };
  }

  /** Time goes on from where it was in a life before this one. */
  resumeAt(before: Rehearsal): void {
    this.watermark = before.watermark;
    this.#maxTs = before.#maxTs;
  }
  /** An event that does not move time. */
  take(event: Envelope<In>): void {
    this.operator.onEvent(event, this.watermark, this.#out);
  }
  event(event: Envelope<In>): void {
    this.take(event);
    this.#maxTs = Math.max(this.#maxTs, event.ts);
    this.advance(this.#maxTs - this.#outOfOrdernessMs);
  }
  /** The watermark reaches `time`, if it is not there yet. */
  advance(time: Millis): void {
    if (time <= this.watermark) return;
    this.watermark = time;
    const due = this.operator.dueAt?.();
    if (due !== undefined && due <= time) this.operator.onWatermark?.(time, this.#out);
  }
  /**
   * On to `time`, when nothing can be left to wait for. What still is due then would be so for ever: windows without end, with
   * which the end of time never comes.
   */
  settle(time: Millis): void {
    this.advance(time);
    const due = this.operator.dueAt?.();
    if (due !== undefined) throw new Error(`something is due at ${due}, and would be for ever`);
  }
  end(): void {
    this.advance(END_OF_TIME);
  }
  wake(now: Millis): void {
    this.operator.onWake?.(now, this.#out);
  }

  /** `isIdle`: the input is caught up and silent. */
  commit(isIdle = false): void {
    this.operator.beforeCommit?.(this.watermark, isIdle, this.#out);
    const delta = this.operator.delta?.();
    if (delta !== undefined) this.#saved.push(throughStorage(delta));
    this.#committed = {
      watermark: this.watermark,
      maxTs: this.#maxTs,
      values: this.outputs.values.length,
      messages: this.outputs.messages.length,
      counters: { ...this.outputs.counters },
    };
  }
  /** Replaces what is saved by a snapshot; `between` runs between two parts, as events do that come in meanwhile. */
  snapshot(between: () => void = () => undefined): void {
    this.commit();
    const before = this.#saved.length;
    const parts: State[] = [];
    for (const part of this.operator.snapshot?.() ?? []) {
      parts.push(throughStorage(part));
      between();
    }
    // A snapshot counts once the changes it may have seen are committed.
    this.commit();
    this.#saved = [...parts, ...this.#saved.slice(before)];
  }
  /** Everything since the last commit is lost; the state comes back. */
  crash(): void {
    const { watermark, maxTs, values, messages, counters } = this.#committed;
    this.watermark = watermark;
    this.#maxTs = maxTs;
    this.outputs.values.length = values;
    this.outputs.messages.length = messages;
    for (const name of Object.keys(this.outputs.counters)) {
      if (counters[name] === undefined) Reflect.deleteProperty(this.outputs.counters, name);
      else this.outputs.counters[name] = counters[name];
    }
    this.operator = this.#def.create({ partition: 0 }, this.#saved.length === 0 ? undefined : this.#saved);
  }
}

/** What storage does to state: JSON with bytes in it. */
function throughStorage(state: State): State {
  const text = JSON.stringify(state, (_, value: unknown) =>
    value instanceof Uint8Array ? { bytes: [...value] } : value,
  );
  return JSON.parse(text, (_, value: unknown) =>
    typeof value === 'object' && value !== null && 'bytes' in value && Array.isArray(value.bytes)
      ? Uint8Array.from(value.bytes as number[])
      : value,
  ) as State;
}
