/**
 * The running chain of one partition: who emits to whom, when a watermark is due, whose state is saved under which name.
 * The same chain runs in the test harness, over a file and live.
 */
import { fan, fingerprintsOf, operatorsOf, pipe, type ChainDef, type Composition } from './composition.ts';
import type { OpenRun } from './clocks/open-run.ts';
import { EngineError } from './errors.ts';
import { placeOf } from './text/place-of.ts';
import {
  START_OF_TIME,
  type Collector,
  type Envelope,
  type LiveItem,
  type Millis,
  type Operator,
  type OperatorContext,
  type OutputMessage,
  type State,
} from './types.ts';
import { refuseEqualNames, savedPartsOf, type SavedChain } from './saved-chain.ts';

export { fan, fingerprintsOf, operatorsOf, pipe, type ChainDef, type Composition, type SavedChain };

/** Under this name the chain saves what it knows of its own saved state; no operator may be called so. */
export const CHAIN_STATE = 'chain';

/**
 * A running chain. Synchronous; one call at a time. A throw inside an operator leaves as OPERATOR_FAILED naming it, and
 * the chain must not be used after that: its state is undefined.
 */
export class Chain<In, Out> {
  /** What the last operators emit, and everyone's messages, go here. */
  readonly outlet: Collector<Out>;
  /** The watermark all operators have seen. */
  watermark: Millis;
  /** A lower bound of every operator's `dueAt()`. */
  due = Infinity;
  /** forward() is lawful only for what follows from the input at hand. */
  canForward = false;
  readonly #nodes: readonly Node[];
  readonly #entries: readonly Node[];
  readonly #timed: readonly Node[];
  readonly #sleepers: readonly Node[];
  readonly #gatherers: readonly Node[];

  constructor(def: ChainDef<In, Out>, context: OperatorContext, outlet: Collector<Out>, saved?: SavedChain) {
    this.outlet = outlet;
    this.watermark = saved?.watermark ?? START_OF_TIME;
    const built = build(def, this, context, saved, [OUT]);
    [this.#nodes, this.#entries] = [built.nodes, built.entries];
    this.#timed = built.nodes.filter(({ isTimed }) => isTimed);
    this.#sleepers = built.nodes.filter((node) => node.operator.wakeAt !== undefined);
    this.#gatherers = built.nodes.filter((node) => node.operator.beforeCommit !== undefined);
    refuseEqualNames([CHAIN_STATE, ...built.nodes.map(({ name }) => name)]);
    this.#findDue();
  }

  /** Runs one event through all operators at the present watermark. */
  event(event: Envelope<In>): void {
    const entries = this.#entries;
    this.canForward = true;
    for (let i = 0; i < entries.length; i++) entries[i]?.accept(event);
    this.canForward = false;
    if (this.due <= this.watermark) this.#walk(this.watermark);
  }

  /** Moves time on; ignored when it would go back. Output caused by a watermark precedes it at each operator. */
  advance(watermark: Millis): void {
    if (watermark <= this.watermark) return;
    if (watermark < this.due) this.watermark = watermark;
    else this.#walk(watermark);
  }

  /** The same, but only as far as something is due first. True: it is there. A leap may close thousands of windows. */
  advanceStep(watermark: Millis): boolean {
    this.advance(this.due > this.watermark && this.due < watermark ? this.due : watermark);
    return this.watermark >= watermark;
  }

  /** When the next operator wants to be woken on the processing-time clock. */
  wakeAt(): Millis | undefined {
    let earliest: Millis | undefined;
    for (const node of this.#sleepers) {
      const at = node.operator.wakeAt?.();
      if (at !== undefined && (earliest === undefined || at < earliest)) earliest = at;
    }
    return earliest;
  }

  /** Wakes those whose time has come; true if there was one. */
  wake(now: Millis): boolean {
    let isWoken = false;
    for (const node of this.#sleepers) {
      const at = node.operator.wakeAt?.();
      if (at === undefined || at > now) continue;
      isWoken = true;
      node.wake(now);
    }
    if (this.due <= this.watermark) this.#walk(this.watermark);
    return isWoken;
  }

  /** Whether some operator wants to send something with each commit, and as the input falls idle. */
  get hasGatherers(): boolean {
    return this.#gatherers.length > 0;
  }

  /** A commit is about to be cut. */
  beforeCommit(isIdle: boolean): void {
    for (const node of this.#gatherers) node.beforeCommit(isIdle);
  }

  /** What changed since the last call, by operator. */
  delta(): Record<string, State> {
    const deltas: Record<string, State> = {};
    for (const { name, operator } of this.#nodes) {
      const delta = operator.delta?.();
      if (delta !== undefined) deltas[name] = delta;
    }
    return deltas;
  }

  /** All state, part by part; events may run between two parts. */
  *snapshot(): Generator<readonly [operator: string, part: State], void, undefined> {
    for (const { name, operator } of this.#nodes) {
      if (operator.snapshot !== undefined) for (const part of operator.snapshot()) yield [name, part];
    }
  }

  /** Of all its operators. */
  *openRuns(): Generator<OpenRun, void, undefined> {
    for (const { operator } of this.#nodes) if (operator.openRuns !== undefined) yield* operator.openRuns();
  }

  /** What each operator holds. */
  size(): Readonly<Record<string, Readonly<Record<string, number>>>> {
    return Object.fromEntries(this.#nodes.map(({ name, operator }) => [name, operator.size?.() ?? {}]));
  }

  /**
   * Topological order makes one watermark enough: whoever receives something during the walk has not been advanced yet,
   * and `this.watermark` is still the old one.
   */
  #walk(watermark: Millis): void {
    for (const node of this.#timed) {
      let at = node.operator.dueAt?.();
      while (at !== undefined && at <= watermark) {
        node.advance(watermark);
        const next = node.operator.dueAt?.();
        if (next === at) break;
        at = next;
      }
    }
    this.watermark = watermark;
    this.#findDue();
  }

  #findDue(): void {
    this.due = Infinity;
    for (const node of this.#timed) node.noteDue();
  }
}

/** A place in the graph, and at the same time the collector of its operator: so that no event allocates one. */
class Node implements Collector<unknown> {
  readonly name: string;
  readonly operator: Operator<unknown, unknown>;
  readonly #chain: Chain<unknown, unknown>;
  readonly #targets: readonly Node[];
  readonly #isLast: boolean;
  readonly isTimed: boolean;

  constructor(
    name: string,
    operator: Operator<unknown, unknown>,
    chain: Chain<unknown, unknown>,
    targets: readonly (Node | typeof OUT)[],
  ) {
    this.name = name;
    this.operator = operator;
    this.#chain = chain;
    this.#targets = targets.filter((target) => target !== OUT);
    this.#isLast = targets.includes(OUT);
    this.isTimed = operator.dueAt !== undefined;
  }

  accept(event: Envelope<unknown>): void {
    try {
      this.operator.onEvent(event, this.#chain.watermark, this);
    } catch (thrown) {
      throw this.#failure(thrown);
    }
    if (this.isTimed) this.noteDue();
  }

  noteDue(): void {
    const at = this.operator.dueAt?.();
    if (at !== undefined && at < this.#chain.due) this.#chain.due = at;
  }

  advance(watermark: Millis): void {
    try {
      this.operator.onWatermark?.(watermark, this);
    } catch (thrown) {
      throw this.#failure(thrown);
    }
  }

  beforeCommit(isIdle: boolean): void {
    try {
      this.operator.beforeCommit?.(this.#chain.watermark, isIdle, this);
    } catch (thrown) {
      throw this.#failure(thrown);
    }
    if (this.isTimed) this.noteDue();
  }

  wake(now: Millis): void {
    try {
      this.operator.onWake?.(now, this);
    } catch (thrown) {
      throw this.#failure(thrown);
    }
    if (this.isTimed) this.noteDue();
  }

  emit(event: Envelope<unknown>): void {
    const targets = this.#targets;
    for (let i = 0; i < targets.length; i++) targets[i]?.accept(event);
    if (this.#isLast) this.#chain.outlet.emit(event);
  }
  send(message: OutputMessage): void {
    this.#chain.outlet.send(message);
  }
  forward(message: OutputMessage): void {
    if (!this.#chain.canForward)
      throw new Error('forward() outside of onEvent: its id would not follow from the input');
    this.#chain.outlet.forward(message);
  }
  show(item: LiveItem): void {
    this.#chain.outlet.show(item);
  }
  urgent(): void {
    this.#chain.outlet.urgent();
  }
  count(name: string, by?: number): void {
    this.#chain.outlet.count(name, by);
  }
  now(): Millis | undefined {
    return this.#chain.outlet.now?.();
  }

  /** The innermost operator is named: the outer ones only pass it on. */
  #failure(thrown: unknown): EngineError {
    if (thrown instanceof EngineError && thrown.code === 'OPERATOR_FAILED') return thrown;
    return new EngineError('OPERATOR_FAILED', [this.name, placeOf(thrown)], { cause: thrown });
  }
}

/** Stands for the end of the chain. */
const OUT = Symbol('out');

interface Built {
  readonly nodes: readonly Node[];
  readonly entries: readonly Node[];
}

/** From the last to the first, because a node is made with its targets. */
function build(
  def: ChainDef<unknown, unknown>,
  chain: Chain<unknown, unknown>,
  context: OperatorContext,
  saved: SavedChain | undefined,
  targets: readonly (Node | typeof OUT)[],
): Built {
  if (!('kind' in def)) {
    const operator = def.create(context, savedPartsOf(def, saved));
    const node = new Node(def.name, operator, chain, targets);
    return { nodes: [node], entries: [node] };
  }
  if (def.kind === 'fan') {
    const branches = def.parts.map((part) => build(part, chain, context, saved, targets));
    return {
      nodes: branches.flatMap((branch) => branch.nodes),
      entries: branches.flatMap((branch) => branch.entries),
    };
  }
  let nodes: readonly Node[] = [];
  let next = targets;
  let entries: readonly Node[] = [];
  for (const part of def.parts.toReversed()) {
    const built = build(part, chain, context, saved, next);
    nodes = [...built.nodes, ...nodes];
    entries = built.entries;
    next = built.entries;
  }
  return { nodes, entries };
}
