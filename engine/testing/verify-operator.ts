/**
 * One script, every mode: an operator (or a chain) must give the same output straight through, restored from its deltas, its
 * snapshots and both together after any step, in turns with another instance, and with another key's events beside it; and
 * leave nothing behind.
 * Needs no test framework: throws an error that carries `expected` and `actual`.
 */
import { Chain, fingerprintsOf, type ChainDef } from '../core/chain.ts';
import { at as itemAt } from '../core/must.ts';
import { cloneState, isSameState } from '../core/state-equality.ts';
import { END_OF_TIME, START_OF_TIME } from '../core/types.ts';
import type { Collector, Envelope, LiveItem, Millis, OutputMessage, State } from '../core/types.ts';
import { RandomYields } from './random-yields.ts';

/** `now`: the processing-time clock reaches this time, and who asked to be woken by then is. */
export type Step<In> = { readonly event: Envelope<In> } | { readonly watermark: Millis } | { readonly now: Millis };

/** What came out, in order; `watermark` stands where that watermark had passed the operator. */
export type Observed =
  | { readonly emit: Envelope<unknown> }
  | { readonly send: OutputMessage }
  | { readonly forward: OutputMessage }
  | { readonly show: LiveItem }
  | { readonly urgent: true }
  | { readonly watermark: Millis };

export interface Verification<In> {
  readonly def: ChainDef<In, unknown>;
  /** `{watermark: END_OF_TIME}` is added at its end if it is not there. */
  readonly script: readonly Step<In>[];
  readonly expected: readonly Observed[];
  /** Sums of what was counted; left out: not looked at. */
  readonly counts?: Readonly<Record<string, number>>;
  /** Kinds that `expected` does not list. */
  readonly ignore?: readonly ('show' | 'urgent' | 'forward')[];
  /**
   * Another key's event made from this one, and whether an output is that other key's; or why the operator is not keyed.
   */
  readonly twin:
    | { readonly of: (event: Envelope<In>) => Envelope<In>; readonly owns: (output: Observed) => boolean }
    | { readonly none: string };
  /** Why state may remain after the end of time; left out: it must be empty. */
  readonly leaves?: string;
}

/** The output of one straight run of a script. */
export function observe<In>(def: ChainDef<In, unknown>, script: readonly Step<In>[]): readonly Observed[] {
  return new Rehearsal(def).play(script);
}

export function verifyOperator<In>(verification: Verification<In>): void {
  const { def, expected, counts, ignore = [], twin, leaves } = verification;
  const script = withEnd(verification.script);

  const straight = new Rehearsal(def);
  const output = straight.play(script);
  const listed = output.filter((one) => !ignore.some((kind) => kind in one));
  demandSame('straight', expected, listed);
  if (counts !== undefined) demandSame('counts', counts, Object.fromEntries(straight.counts));
  if (leaves === undefined) straight.demandEmpty();

  // What wall-boards are shown may be lost and may repeat: not part of what a restore must give again.
  const lasting = output.filter((one) => !('show' in one));
  for (const [mode, restore] of Object.entries(RESTORES)) {
    const rehearsal = new Rehearsal(def);
    const restored = rehearsal.play(script, restore()).filter((one) => !('show' in one));
    demandSame(`restored ${mode}`, lasting, restored);
    demandSame(`counts, restored ${mode}`, Object.fromEntries(straight.counts), Object.fromEntries(rehearsal.counts));
  }

  // In steps, as an engine advances; what boards are shown on the way may differ from one leap.
  const stepped = new Rehearsal(def).playInSteps(script);
  demandSame(
    'in steps',
    lasting,
    stepped.filter((one) => !('show' in one)),
  );
  for (const seed of SEEDS) {
    const [first, second] = interleaved(def, script, seed);
    demandSame(`in turns with another instance (seed ${seed})`, stepped, first);
    demandSame(`beside another instance (seed ${seed})`, stepped, second);
  }

  if ('none' in twin) return;
  const both = script.flatMap((step): Step<In>[] =>
    'event' in step ? [step, { event: twin.of(step.event) }] : [step],
  );
  const own = new Rehearsal(def).play(both).filter((one) => !('urgent' in one) && !twin.owns(one));
  demandSame(
    'with a twin key beside',
    output.filter((one) => !('urgent' in one)),
    own,
  );
}

const SEEDS = [1, 2, 3, 4, 5];

/** Two instances, each as far as a seed says before the other goes on: nothing may be shared by them, in a module least of all. */
function interleaved<In>(
  def: ChainDef<In, unknown>,
  script: readonly Step<In>[],
  seed: number,
): readonly (readonly Observed[])[] {
  const yields = new RandomYields(seed);
  const running = [new Rehearsal(def), new Rehearsal(def)].map((rehearsal) => ({
    rehearsal,
    steps: rehearsal.inSteps(script),
    isOver: false,
  }));
  for (let left = [...running]; left.length > 0; left = left.filter(({ isOver }) => !isOver)) {
    const one = itemAt(left, yields.below(left.length));
    one.isOver = one.steps.next().done === true;
  }
  return running.map(({ rehearsal }) => rehearsal.output);
}

/** Called after each step; returns the saved parts to go on from, or undefined to go on as it is. */
type Restore = (chain: Chain<never, unknown>) => Readonly<Record<string, readonly State[]>> | undefined;

class SavedParts {
  readonly parts: Record<string, State[]> = {};

  add(operator: string, part: State): void {
    (this.parts[operator] ??= []).push(cloneState(part, operator));
  }
  addDelta(chain: Chain<never, unknown>): void {
    for (const [operator, delta] of Object.entries(chain.delta())) this.add(operator, delta);
  }
  addSnapshot(chain: Chain<never, unknown>): void {
    for (const [operator, part] of chain.snapshot()) this.add(operator, part);
  }
}

const RESTORES: Readonly<Record<string, () => Restore>> = {
  'from all deltas after every step': () => {
    const log = new SavedParts();
    return (chain) => {
      log.addDelta(chain);
      return log.parts;
    };
  },
  'from a snapshot after every step': () => (chain) => {
    const snapshot = new SavedParts();
    snapshot.addSnapshot(chain);
    return snapshot.parts;
  },
  'from a snapshot and a delta after every second step': () => {
    let saved = new SavedParts();
    let isSecond = false;
    return (chain) => {
      isSecond = !isSecond;
      if (isSecond) {
        saved = new SavedParts();
        saved.addSnapshot(chain);
        chain.delta();
        return undefined;
      }
      saved.addDelta(chain);
      return saved.parts;
    };
  },
  'from a snapshot written a part a step, and the deltas since it began': () => {
    let snapshot = new SavedParts();
    let deltas = new SavedParts();
    let parts: Iterator<readonly [string, State]> | undefined;
    return (chain) => {
      deltas.addDelta(chain);
      if (parts === undefined) {
        snapshot = new SavedParts();
        deltas = new SavedParts();
        parts = chain.snapshot();
      }
      const next = parts.next();
      if (next.done !== true) {
        snapshot.add(...next.value);
        return undefined;
      }
      parts = undefined;
      for (const [operator, saved] of Object.entries(deltas.parts)) {
        for (const delta of saved) snapshot.add(operator, delta);
      }
      return snapshot.parts;
    };
  },
};

class Rehearsal<In> implements Collector<unknown> {
  readonly counts = new Map<string, number>();
  readonly #def: ChainDef<In, unknown>;
  #chain: Chain<In, unknown>;
  #output: Observed[] = [];

  constructor(def: ChainDef<In, unknown>) {
    this.#def = def;
    this.#chain = new Chain(def, { partition: 0 }, this);
  }

  play(script: readonly Step<In>[], restore?: Restore): readonly Observed[] {
    this.#output = [];
    for (const step of script) {
      this.#take(step);
      this.#chain.beforeCommit(false);
      const parts = restore?.(this.#chain);
      if (parts !== undefined) this.#restart(parts);
    }
    return this.#output;
  }

  get output(): readonly Observed[] {
    return this.#output;
  }

  playInSteps(script: readonly Step<In>[]): readonly Observed[] {
    for (const steps = this.inSteps(script); steps.next().done !== true;);
    return this.#output;
  }

  /** The script, giving way after each step, and between the windows that one watermark closes. */
  *inSteps(script: readonly Step<In>[]): Generator<undefined, void> {
    this.#output = [];
    for (const step of script) {
      // The end of time is one leap: nothing is judged by a future that never came.
      if ('watermark' in step && step.watermark !== END_OF_TIME) {
        while (!this.#chain.advanceStep(step.watermark)) yield;
        this.#output.push({ watermark: step.watermark });
      } else this.#take(step);
      this.#chain.beforeCommit(false);
      yield;
    }
  }

  demandEmpty(): void {
    for (const [operator, held] of Object.entries(this.#chain.size())) {
      const left = Object.entries(held).filter(([, count]) => count !== 0);
      if (left.length > 0) throw failure(`${operator} is not empty at the end of time`, {}, Object.fromEntries(left));
    }
    const wakeAt = this.#chain.wakeAt();
    if (wakeAt !== undefined) throw failure('someone still waits to be woken at the end of time', null, wakeAt);
  }

  #take(step: Step<In>): void {
    if ('event' in step) this.#chain.event(step.event);
    else if ('now' in step) this.#chain.wake(step.now);
    else {
      this.#chain.advance(step.watermark);
      this.#output.push({ watermark: step.watermark });
    }
  }

  #restart(parts: Readonly<Record<string, readonly State[]>>): void {
    const { watermark } = this.#chain;
    const saved = { parts, fingerprints: fingerprintsOf(this.#def), watermark };
    this.#chain = new Chain(this.#def, { partition: 0 }, this, saved);
  }

  emit(event: Envelope<unknown>): void {
    this.#output.push({ emit: plain(event, 'the emitted event') });
  }
  send(message: OutputMessage): void {
    this.#output.push({ send: plain(message, 'the message sent') });
  }
  forward(message: OutputMessage): void {
    this.#output.push({ forward: plain(message, 'the message forwarded') });
  }
  show(item: LiveItem): void {
    this.#output.push({ show: plain(item, 'the live item') });
  }
  urgent(): void {
    this.#output.push({ urgent: true });
  }
  count(name: string, by = 1): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + by);
  }
}

function withEnd<In>(script: readonly Step<In>[]): readonly Step<In>[] {
  const last = script.at(-1);
  if (last !== undefined && 'watermark' in last && last.watermark === END_OF_TIME) return script;
  return [...script, { watermark: END_OF_TIME }];
}

/** Only plain data crosses an operator. */
function plain<V>(value: V, what: string): V {
  return cloneState(value as State, what) as V;
}

function demandSame(what: string, expected: unknown, actual: unknown): void {
  if (!isSameState(expected as State, actual as State)) throw failure(`${what}: another output`, expected, actual);
}

/** Test frameworks show the difference of `expected` and `actual`. */
function failure(message: string, expected: unknown, actual: unknown): Error {
  const text = `${message}\nexpected ${JSON.stringify(expected)}\nactual   ${JSON.stringify(actual)}`;
  return Object.assign(new Error(text), { name: 'VerificationFailed', expected, actual, showDiff: true });
}

/** Shorthands for scripts. */
export function at<In>(ts: Millis, value: In, key = 'k', id = `${key}@${ts}`): { readonly event: Envelope<In> } {
  return { event: { id, key, ts, value } };
}
export { END_OF_TIME, START_OF_TIME };
