/**
 * The operator of one partition around a running table: hands every event on, has it matched, and adds what follows. Lateness and
 * state are those of the table.
 */
import type { OpenRun } from '../../engine/core/clocks/open-run.ts';
import type { Collector, Millis, Operator, State } from '../../engine/core/types.ts';
import type { CxEnvelope, CxEvent } from '../shared/messages.ts';
import type { Matcher, MatchHearing, Running } from './between.ts';

/** `counter`: `<counter>_keyless_<owner>` counts events that belong to nobody. */
export function singleOperator<R>(
  counter: string,
  matcher: Matcher<R>,
  running: Running<R>,
): Operator<CxEvent, CxEvent> {
  return new SingleOperator(counter, matcher, running);
}

class SingleOperator<R> implements Operator<CxEvent, CxEvent>, MatchHearing<R> {
  readonly #counter: string;
  readonly #matcher: Matcher<R>;
  readonly #running: Running<R>;
  readonly #readsDerived: boolean;
  /** Only while an event is matched. */
  #out: Collector<CxEvent> | null = null;
  #watermark: Millis = 0;

  constructor(counter: string, matcher: Matcher<R>, running: Running<R>) {
    this.#counter = counter;
    this.#matcher = matcher;
    this.#running = running;
    this.#readsDerived = matcher.readsDerived === true;
  }

  onEvent(event: CxEnvelope, watermark: Millis, out: Collector<CxEvent>): void {
    out.emit(event);
    if (event.isControl === true) return;
    if (event.derived === undefined)
      this.#running.reached(event.arrived ?? event.ts); // it came when it happened
    else if (!this.#readsDerived) return;
    this.#out = out;
    this.#watermark = watermark;
    this.#matcher.match(event, this);
    this.#out = null;
  }
  record(record: R): void {
    if (this.#out !== null) this.#running.take(record, this.#watermark, this.#out);
  }
  keyless(owner: string): void {
    this.#out?.count(`${this.#counter}_keyless_${owner}`);
  }

  dueAt(): Millis | undefined {
    return this.#running.dueAt();
  }
  onWatermark(watermark: Millis, out: Collector<CxEvent>): void {
    this.#running.pass(watermark, out);
  }
  delta(): State | undefined {
    return this.#running.delta();
  }
  snapshot(): Iterable<State> {
    return this.#running.snapshot();
  }
  size(): { readonly [what: string]: number } {
    return this.#running.size();
  }
  openRuns(): Iterable<OpenRun> {
    return this.#running.openRuns?.() ?? []; // of journeys there are none
  }
}
