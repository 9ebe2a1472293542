/**
 * What the instance that combines shows, shown by the others too: it sends on what its own board is fed, numbered; whoever missed
 * something asks for all that is on show, and goes on from there. Pure: the way between them is handed in.
 */
import type { ShowCall, MirrorMessage, MirrorSource } from '../core/partition/mirror-message.ts';
import type { Json, LiveFeed, LiveItem, Millis, Outgoing } from '../core/types.ts';
import type { Board } from './live-board.ts';

export type MirroredHub = LiveFeed & { forgetPartition(partition: number): void };

/** At most so many items in one call, so that a message stays small. */
export const ITEMS_A_CALL = 200;

/** What runs boards, and what was shown on them since it was last asked. */
export class RecordedLive implements LiveFeed {
  readonly #hub: LiveFeed;
  #calls: ShowCall[] = [];

  constructor(hub: LiveFeed) {
    this.#hub = hub;
  }

  show(items: readonly LiveItem[]): void {
    this.#hub.show(items);
    for (let i = 0; i < items.length; i += ITEMS_A_CALL)
      this.#calls.push({ call: 'show', items: items.slice(i, i + ITEMS_A_CALL) });
  }
  committed(messages: readonly Outgoing[]): void {
    this.#hub.committed(messages);
    const shown = messages.filter(({ subject }) => /^cx\.(kpi|alerts|actions)\./.test(subject));
    for (let i = 0; i < shown.length; i += ITEMS_A_CALL)
      this.#calls.push({ call: 'committed', messages: shown.slice(i, i + ITEMS_A_CALL) });
  }
  time(partition: number, watermark: Millis, lagMs: Millis): void {
    this.#hub.time(partition, watermark, lagMs);
    this.#calls.push({ call: 'time', partition, watermark, lagMs });
  }
  restored(partition: number): void {
    this.#hub.restored(partition);
    this.#calls.push({ call: 'restored', partition });
  }

  take(): readonly ShowCall[] {
    const calls = this.#calls;
    this.#calls = [];
    return calls;
  }
}

/** All that a board shows, as calls that make another show it. `partition`: that combines. */
export function callsOf(board: Board, partition: number): readonly ShowCall[] {
  const items: LiveItem[] = [];
  for (const { kpi, keyId, message } of board.cells())
    items.push({ topic: `kpi/${kpi}`, key: keyId, value: message as unknown as Json });
  for (const alert of board.alerts.values())
    items.push({ topic: 'alerts', key: alert.alert, value: alert as unknown as Json });
  for (const { id, item } of board.actions.all()) items.push({ topic: 'actions', key: id, value: item });
  for (const [key, value] of board.silences()) items.push({ topic: 'silences', key, value });
  const calls: ShowCall[] = [];
  for (let i = 0; i < items.length; i += ITEMS_A_CALL)
    calls.push({ call: 'show', items: items.slice(i, i + ITEMS_A_CALL) });
  // Only who sees all of it may say that it is all.
  if (board.alerts.isComplete) calls.push({ call: 'restored', partition });
  return calls;
}

export function applyCalls(hub: LiveFeed, calls: readonly ShowCall[]): void {
  for (const one of calls) {
    if (one.call === 'show') hub.show(one.items);
    else if (one.call === 'committed') hub.committed(one.messages);
    else if (one.call === 'time') hub.time(one.partition, one.watermark, one.lagMs);
    else hub.restored(one.partition);
  }
}

export interface MirrorOptions {
  readonly hub: MirroredHub;
  /** That combines. */
  readonly partition: number;
  /** Asks the source for all that it shows; the answer comes through `snapshot`. */
  readonly ask: () => void;
}

/** Nothing heard for so long: what is shown stands as it was last known. */
export const SILENT_MS: Millis = 3000;
/** An answer that did not come is asked for again. */
const ASK_AGAIN_MS: Millis = 1000;
/** More messages than this are not kept while an answer is waited for. */
const MOST_WAITING = 1000;

/** The other end: what it receives is shown, in order and without gaps. */
export class Mirror {
  readonly #options: MirrorOptions;
  #source: MirrorSource | null = null;
  /** null: an answer is waited for. */
  #n: number | null = null;
  #waiting: MirrorMessage[] = [];
  #heardAt = Number.NEGATIVE_INFINITY;
  #askedAt = Number.NEGATIVE_INFINITY;
  #isLost = true;

  constructor(options: MirrorOptions) {
    this.#options = options;
  }

  take(message: MirrorMessage, now: Millis): void {
    if (!this.#isOf(message.source, now)) return;
    this.#heardAt = now;
    if (this.#n !== null && message.n <= this.#n) return;
    if (this.#n !== null && message.n === this.#n + 1) {
      this.#apply(message);
      return;
    }
    this.#n = null;
    if (this.#waiting.length >= MOST_WAITING) this.#waiting = [];
    this.#waiting.push(message);
    this.#ask(now);
  }

  /** In full, whatever it took to bring it. */
  snapshot(message: MirrorMessage, now: Millis): void {
    if (!this.#isOf(message.source, now) || this.#n !== null) return;
    this.#heardAt = now;
    // What is not in it is no more.
    this.#options.hub.forgetPartition(this.#options.partition);
    this.#apply(message);
    const later = this.#waiting;
    this.#waiting = [];
    for (const one of later) this.take(one, now);
  }

  /** A part of the answer came: a large board takes longer than another question would wait. */
  answering(now: Millis): void {
    this.#askedAt = now;
  }

  /** To be called now and then. */
  tick(now: Millis): void {
    if (now - this.#heardAt > SILENT_MS) this.#lose();
    else if (this.#n === null) this.#ask(now);
  }

  /** This instance combines itself from now on: what others send is not shown. */
  reset(): void {
    this.#source = null;
    this.#n = null;
    this.#waiting = [];
    this.#heardAt = Number.NEGATIVE_INFINITY;
    this.#isLost = true;
  }

  #isOf(source: MirrorSource, now: Millis): boolean {
    const known = this.#source;
    if (known?.id === source.id) return true;
    const isOld = known !== null && source.generation < known.generation && now - this.#heardAt <= SILENT_MS;
    if (isOld) return false;
    this.#lose();
    this.#source = source;
    this.#n = null;
    this.#waiting = [];
    return true;
  }

  #apply({ n, calls }: MirrorMessage): void {
    this.#n = n;
    this.#isLost = false;
    applyCalls(this.#options.hub, calls);
  }

  #ask(now: Millis): void {
    if (now - this.#askedAt < ASK_AGAIN_MS) return;
    this.#askedAt = now;
    this.#options.ask();
  }

  /** What comes next is shown only once all of it was asked for again: what is marked as incomplete is marked until then. */
  #lose(): void {
    if (this.#isLost) return;
    this.#isLost = true;
    this.#n = null;
    this.#options.hub.forgetPartition(this.#options.partition);
  }
}
