/**
 * The vocabulary of the engine, in one file: what flows, what an operator is, and the ports behind which the outside lives.
 * Everything here is plain data or an interface; nothing in this folder does I/O, reads a clock or imports a package.
 */

import type { OpenRun } from './clocks/open-run.ts';

/** Event time or wall-clock time: integer milliseconds since the Unix epoch, UTC. */
export type Millis = number;

/** The watermark after the last input of a file, and before anything was seen. Survive JSON, as Infinity does not. */
export const END_OF_TIME: Millis = Number.MAX_SAFE_INTEGER;
export const START_OF_TIME: Millis = Number.MIN_SAFE_INTEGER;

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export type JsonObject = { readonly [name: string]: Json };

/** What an operator may save: JSON and bytes. No class instances, no undefined, no NaN. */
export type State =
  null | boolean | number | string | Uint8Array | readonly State[] | { readonly [name: string]: State };

/** One event on its way through the chain. */
export interface Envelope<T> {
  /** Unique per source event: `<ce-source>|<ce-id>`. */
  readonly id: string;
  /** What partitions events: the case, conversation or customer they belong to. */
  readonly key: string;
  /** Event time. */
  readonly ts: Millis;
  /** When it arrived, where that is before `ts`: its sender's clock runs ahead, and time goes no further than here. */
  readonly arrived?: Millis;
  readonly value: T;
  /** What people tell the engine itself, at `ts` by the wall clock: it moves no watermark and ends no silence (decision 16). */
  readonly isControl?: true;
  /** Made by an operator, not of the input. `withdrawn`: it no longer holds, and whoever counted it takes it out again. */
  readonly derived?: 'added' | 'withdrawn';
}

/** A message on its way out. The engine gives it its id and headers. */
export interface OutputMessage {
  /** NATS subject, e.g. `cx.kpi.csat`. */
  readonly subject: string;
  /** CloudEvents type, e.g. `cx.kpi.changed`. */
  readonly type: string;
  readonly time: Millis;
  readonly data: Json;
  readonly together?: string; // the subject under which it may leave with others of the same input message; left out: alone
}

/** An output with the id that makes publishing it twice harmless (it becomes `ce-id` and `Nats-Msg-Id`). */
export interface Outgoing extends OutputMessage {
  readonly id: string;
  readonly parts?: readonly Outgoing[]; // it is no event itself, but a batch of these
}

/** A value for wall-boards only: overwritten by the next one of the same topic and key; may be lost, may repeat. */
export interface LiveItem {
  /** `kpi/<id>`, `alerts`, … */
  readonly topic: string;
  /** What a later item overwrites. */
  readonly key: string;
  readonly value: Json;
}

/** Where an operator's results go. Valid only during the call it is handed to. */
export interface Collector<Out> {
  /** To the next operator of the chain. */
  emit(event: Envelope<Out>): void;
  /** Out, exactly once, with the next commit: for what depends on state. */
  send(message: OutputMessage): void;
  /** Out, exactly once, ahead of the commit: only for what follows from the current input and `onEvent` alone. */
  forward(message: OutputMessage): void;
  /** To wall-boards at once, best effort. */
  show(item: LiveItem): void;
  /** Asks for a commit right after this batch: somebody is waiting for what was sent (an alert). */
  urgent(): void;
  /** A counter that is committed with the state, so that sums stay exact across crashes. Name in snake_case; behind a dot the reason, of which metrics make a label. */
  count(name: string, by?: number): void;
  /** The wall clock, to say how late something is said, and for nothing else; undefined over a file. */
  now?(): Millis | undefined;
}

/**
 * A synchronous state machine. The engine calls one method at a time, forwards watermarks itself and hands time in;
 * an operator holds no timer, reads no clock and does no I/O.
 */
export interface Operator<In, Out> {
  /** `watermark` is the one before this event: an event with `ts < watermark` is behind time. */
  onEvent(event: Envelope<In>, watermark: Millis, out: Collector<Out>): void;
  /** The lowest watermark at which `onWatermark` has something to do; undefined: never. Cheap: asked after each call. */
  dueAt?(): Millis | undefined;
  /** Called when the watermark has reached `dueAt()` (and perhaps passed it by far). Never called with a lower one. */
  onWatermark?(watermark: Millis, out: Collector<Out>): void;
  /** When to be woken on the injected processing-time clock; undefined: not at all. */
  wakeAt?(): Millis | undefined;
  onWake?(now: Millis, out: Collector<Out>): void;
  /**
   * Called between two messages, right before a commit is cut: the last chance to `send` into it. For operators that gather
   * what they send: what has left with a commit need not be saved. `isIdle`: the input is caught up and silent.
   */
  beforeCommit?(watermark: Millis, isIdle: boolean, out: Collector<Out>): void;
  /**
   * What changed since the last `delta()` (or since `create`), as absolute values by key ("put"), never as increments:
   * replaying a delta over a newer or older snapshot part, in commit order, must give the right state. Undefined: nothing.
   */
  delta?(): State | undefined;
  /** The whole state in parts of bounded size, in the same "put" form as deltas; pulled lazily, with events in between. */
  snapshot?(): Iterable<State>;
  /** Runs of clocks that are open here: pulled lazily, with events in between. */
  openRuns?(): Iterable<OpenRun>;
  /** What it holds, for metrics and for the law that nothing stays behind after the end of input. */
  size?(): { readonly [what: string]: number };
}

/** A description: immutable, validated when made; `create` builds the running operator, from saved parts if there are any. */
export interface OperatorDef<In, Out> {
  /** kebab-case; names its state, metrics and logs. Unique in a chain. */
  readonly name: string;
  /** What its saved state depends on; a restore with another fingerprint goes through `migrate` or is refused. */
  readonly fingerprint?: State;
  /** Snapshot parts and deltas, oldest first. */
  create(context: OperatorContext, saved?: readonly State[]): Operator<In, Out>;
  /** Saved parts written under another fingerprint, made fit for this one; throws EngineError STATE_MISMATCH if unlawful. */
  migrate?(saved: readonly State[], from: State | undefined): readonly State[];
}

export interface OperatorContext {
  /** The partition whose state this is. */
  readonly partition: number;
}

/** One stored message of the input, undecoded. */
export interface RawMessage {
  readonly subject: string;
  /** Lower-cased names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly data: Uint8Array;
  /** Position in the partition's input: the stream sequence, or the line number of a file. Rises; may have gaps. */
  readonly seq: number;
  /** When it was stored (wall clock). */
  readonly stored: Millis;
}

/** What the stateless stages made of one message: events and rejects in their order. */
export interface Prepared<T> {
  readonly seq: number;
  readonly stored: Millis;
  readonly items: readonly PreparedItem<T>[];
  /** How far its sender's time is, with these items; only where the input comes from other partitions. */
  readonly reported?: ReportedTime;
}
/** What a partition tells those that read its output about its time. */
export interface ReportedTime {
  /** Which of the senders, from 0. */
  readonly input: number;
  readonly watermark: Millis;
  /** Caught up and silent: it does not hold time back. */
  readonly isIdle: boolean;
}
export type PreparedItem<T> =
  | { readonly event: Envelope<T>; readonly filed?: Filed }
  /** Bad input: goes out as is on the DLQ, counted as rejected. */
  | { readonly rejected: OutputMessage };

/** Of an event in a file, which no broker has stored: what tells when it arrived. */
export interface Filed {
  /** When it was recorded, if it says so (CloudEvents' `recordedtime`). */
  readonly recorded: Millis | undefined;
  /** The event as bad input, where the events around it show that its time lies so far ahead. */
  refuse(aheadMs: Millis): OutputMessage;
}

/** The only asynchronous step. Same order out as in, one result a message; keeps nothing between calls. */
export interface BatchStage<In, Out> {
  readonly name: string;
  apply(batch: readonly In[], signal: AbortSignal): Promise<readonly Out[]>;
}

/** Wall clock and waiting, injected. */
export interface Clock {
  now(): Millis;
  /** Of a clock that only goes forward, from whenever: for how long something took. */
  readonly elapsed: () => Millis;
  /** Resolves at `time`, or rejects with the signal's reason. */
  sleepUntil(time: Millis, signal: AbortSignal): Promise<void>;
}

/** The input of one partition. */
export interface Source {
  /**
   * Non-empty batches of what follows `after` (0: from the start), in order, without gaps it could have avoided;
   * pulls no more than its buffer while the consumer does not ask (back-pressure). Ends only with the signal or the input.
   */
  batches(after: number, signal: AbortSignal): AsyncIterable<readonly RawMessage[]>;
  /** True when everything the input holds was handed over: silence then means idleness. */
  caughtUp(): boolean;
}

/** Highest sequence known to be stored, by output stream: from where to look for one's own messages after a crash. */
export type Marks = Readonly<Record<string, number>>;

export interface Sink {
  /** Stores all, in order, retrying for ever; resolves when the broker has acknowledged each one. */
  publish(messages: readonly Outgoing[], signal: AbortSignal): Promise<void>;
  pendingBytes(): number; // given to `publish`, not acknowledged yet
  /** Sequence of the last message known to be stored, by output stream. */
  marks(): Marks;
  /** The ids stored after these marks (empty marks: nothing is known, so look at the whole duplicate horizon). */
  storedSince(marks: Marks, signal: AbortSignal): Promise<ReadonlySet<string>>;
  /** Whether anything that this partition wrote is stored, however old. Asked only where nothing is committed. */
  holdsOutputsOf(partition: number, signal: AbortSignal): Promise<boolean>;
}

/** What one commit says. Written as one message: all of it or none. */
export interface Commit {
  /** Version of this record's form. */
  readonly format: number;
  /** Rises by one with each take-over of the partition. */
  readonly epoch: number;
  /** Rises by one with each commit, across epochs. */
  readonly number: number;
  /** Input up to and including this sequence is in the state. */
  readonly position: number;
  readonly time: TimeState;
  readonly counters: Readonly<Record<string, number>>;
  /** Where the output streams stood: everything of earlier commits lies at or below. */
  readonly marks: Marks;
  /** State changes since the commit before, by operator. */
  readonly deltas: Readonly<Record<string, State>>;
  /** Fingerprints of the operators whose state this is. */
  readonly fingerprints: Readonly<Record<string, State>>;
  readonly outbox: readonly Outgoing[];
}

export interface TimeState {
  readonly maxTs: Millis;
  readonly watermark: Millis;
  /** Wall clock of the last arrival. */
  readonly lastArrival: Millis;
  /** Of a partition whose input comes from others: how far each of them is. */
  readonly inputs?: readonly InputState[];
}
export interface InputState {
  readonly watermark: Millis;
  readonly isActive: boolean;
  /** It counts: after idleness only once it has caught up with what was given out. */
  readonly isAligned: boolean;
}

/** A partition's log of commits. */
export interface CommitStore {
  /** Reads what is committed. Writing is refused (COMMIT_FENCED) as soon as somebody else has written. */
  open(partition: number, signal: AbortSignal): Promise<CommitLog>;
}
export interface CommitLog {
  /** The last commit; undefined: a fresh partition. */
  readonly last: Commit | undefined;
  /** Saved state by operator: parts of the last snapshot, then the deltas since it began, oldest first. */
  readonly saved: Readonly<Record<string, readonly State[]>>;
  /** Appends; throws EngineError COMMIT_FENCED when another writer was faster, retries everything else for ever. */
  append(commit: Commit, signal: AbortSignal): Promise<void>;
  /** Starts a snapshot at the commit appended last; deltas appended while it is written are replayed over it. */
  beginSnapshot(): SnapshotWriter;
  /** Bytes of deltas since the last snapshot began: when it has outgrown the snapshot, make a new one. */
  readonly deltaBytes: number;
  readonly snapshotBytes: number;
}
export interface SnapshotWriter {
  write(operator: string, part: State, signal: AbortSignal): Promise<void>;
  /** Makes the snapshot count, and frees what it replaces. */
  finish(signal: AbortSignal): Promise<void>;
}

/** What runs the wall-boards: called by the driver, never waited for. */
export interface LiveFeed {
  show(items: readonly LiveItem[]): void;
  /** Outputs whose commit is durable. */
  committed(messages: readonly Outgoing[]): void;
  time(partition: number, watermark: Millis, lagMs: number): void;
  /** What it found open when it began was shown: what is not among it is no more. */
  restored(partition: number): void;
}

export type Scored<T> = { readonly score: T } | { readonly failed: string };
/** Scores texts on other threads. */
export interface TextScorer<T> {
  /**
   * One result a text, in their order, once all are done; waits while the queue is full. A text that cannot be scored is
   * reported in its place; rejects only with the signal's reason or after the scorer was closed.
   */
  score(texts: readonly string[], signal?: AbortSignal): Promise<readonly Scored<T>[]>;
}

export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;
/** Structured; never carries event data. */
export interface Logger {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}
