/** The boards of instances that share partitions: fed by the one that combines, shown by all. */
import type { MirrorLine } from '../../adapters/nats/mirror-line.ts';
import { reasonOf } from '../../core/errors.ts';
import { COMBINING_PARTITION } from '../../core/partition/combining.ts';
import type { ShowCall, MirrorSource } from '../../core/partition/mirror-message.ts';
import type { LiveFeed, Logger, Millis } from '../../core/types.ts';
import type { Board } from '../../live/live-board.ts';
import { callsOf, Mirror, RecordedLive, type MirroredHub } from '../../live/mirror.ts';

export interface BoardMirrorOptions {
  readonly id: string;
  readonly line: MirrorLine;
  readonly board: Board;
  readonly hub: MirroredHub;
  /** How often the partitions were shared out: who combines later has a higher one. */
  readonly generation: () => number;
  readonly elapsed: () => Millis;
  readonly logger: Logger;
}

/** What is shown here leaves for the other boards as often. */
const SEND_MS: Millis = 50;
/** With nothing to say, a sign of life. */
const ALIVE_MS: Millis = 500;

export class BoardMirror {
  readonly #options: BoardMirrorOptions;
  readonly #recorded: RecordedLive;
  readonly #mirror: Mirror;
  readonly #timer: NodeJS.Timeout;
  readonly #ends: readonly (() => void)[];
  /** null: another instance combines. */
  #source: MirrorSource | null = null;
  #lives = 0;
  #n = 0;
  #sentAt = 0;
  #time: ShowCall | null = null;

  constructor(options: BoardMirrorOptions) {
    const { line, hub } = options;
    this.#options = options;
    this.#recorded = new RecordedLive(hub);
    this.#mirror = new Mirror({
      ...{ hub, partition: COMBINING_PARTITION },
      ask: () =>
        line.ask(
          (message) => {
            if (this.#source === null) this.#guarded(() => this.#mirror.snapshot(message, options.elapsed()));
          },
          () => this.#mirror.answering(options.elapsed()),
        ),
    });
    this.#ends = [
      line.hear((message) => {
        if (this.#source === null) this.#guarded(() => this.#mirror.take(message, options.elapsed()));
      }),
      line.answer(() => this.#all()),
    ];
    this.#timer = setInterval(() => this.#tick(), SEND_MS);
  }

  /** What the partition that combines shows. */
  get live(): LiveFeed {
    return this.#recorded;
  }

  /** It runs here from now on. */
  begin(): void {
    // What was mirrored may have ended since it was last heard of: open is what the partition says.
    if (this.#source === null) this.#options.hub.forgetPartition(COMBINING_PARTITION);
    this.#mirror.reset();
    this.#recorded.take();
    this.#time = null;
    this.#n = 0;
    const { id, generation } = this.#options;
    this.#source = { generation: generation(), id: `${id} ${String(++this.#lives)}` };
  }

  /** It runs here no more, for now. */
  end(): void {
    if (this.#source !== null) this.#send();
    this.#source = null;
  }

  close(): void {
    clearInterval(this.#timer);
    for (const end of this.#ends) end();
    this.#options.line.close();
  }

  #tick(): void {
    if (this.#source === null) this.#guarded(() => this.#mirror.tick(this.#options.elapsed()));
    else this.#send();
  }

  #send(): void {
    const { line, elapsed } = this.#options;
    const calls = this.#recorded.take();
    for (const call of calls) if (call.call === 'time') this.#time = call;
    const now = elapsed();
    if (this.#source === null || (calls.length === 0 && now - this.#sentAt < ALIVE_MS)) return;
    this.#sentAt = now;
    for (const part of line.parts(calls)) line.send({ source: this.#source, n: ++this.#n, calls: part });
  }

  /** null: this one does not combine, or does not know yet what is open. */
  #all(): ReturnType<Parameters<MirrorLine['answer']>[0]> {
    const { board } = this.#options;
    if (this.#source === null || !board.alerts.isComplete) return null;
    this.#send();
    const time = this.#time === null ? [] : [this.#time];
    return { source: this.#source, n: this.#n, calls: [...callsOf(board, COMBINING_PARTITION), ...time] };
  }

  /** What a stranger sends must not end the engine. */
  #guarded(work: () => void): void {
    try {
      work();
    } catch (thrown) {
      this.#options.logger.warn('what another instance shows could not be shown', { reason: reasonOf(thrown) });
    }
  }
}
