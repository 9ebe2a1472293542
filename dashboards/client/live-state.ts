/**
 * One screen's connection and what it knows: keeps the line to `/v1/live` open, resumes, asks again after a gap, loads the
 * course behind the values, and hands out the state with each change. Knows no page.
 */
import type { KpiMessage, ScreenBoard } from '../../engine/core/wire.ts';
import { LiveSocket, type LiveSocketOptions, type Subscription } from '../line/live-socket.ts';
import {
  emptyBoard,
  nextBoard,
  resumePosition,
  serverNow,
  type BoardEvent,
  type BoardState,
  type LinkEvent,
} from '../model/board.ts';
import type { Key } from '../model/kpi-values.ts';

const HISTORY_RETRY_MS = 2000;
const HISTORY_RETRY_MOST_MS = 60_000;

export interface LiveStateOptions {
  /** `wss://board.example.com/earshot/v1/live` */
  readonly url: string;
  readonly open: LiveSocketOptions['open'];
  readonly clock: LiveSocketOptions['clock'];
  readonly subscription: Subscription;
  /** The key whose course is kept. */
  readonly headline: Key;
  /** The course behind the values, asked for with each snapshot; left out: it begins with the connection. */
  readonly history?: SessionHistory;
  /** Called with each change: of values, of the connection, of time. */
  readonly onChange: (state: BoardState, before: BoardState) => void;
  readonly onLink?: (link: LinkEvent) => void;
  /** This screen is sent another board; null: the one of its own address again. */
  readonly onShow?: (board: ScreenBoard | null) => void;
}
export interface SessionHistory {
  readonly kpis: readonly string[];
  readonly lengthMs: number;
  load(kpi: string, fromMs: number, toMs: number): Promise<readonly KpiMessage[]>;
}

export class LiveState {
  readonly #options: LiveStateOptions;
  readonly #socket: LiveSocket;
  #state: BoardState;
  /** Which loading of histories counts: a later one, or the end, makes an earlier one stop. */
  #historyRun = 0;

  constructor(options: LiveStateOptions) {
    this.#options = options;
    const { url, open, clock, subscription, headline } = options;
    this.#state = emptyBoard(headline, clock.now());
    this.#socket = new LiveSocket({
      ...{ url, open, clock, subscription },
      position: () => resumePosition(this.#state),
      onFrame: (frame) => {
        if (frame.op === 'show') return options.onShow?.(frame.board);
        this.#step({ type: 'frame', at: clock.now(), frame });
        if (frame.op === 'snapshot') void this.#loadHistory();
      },
      onLink: (link) => {
        this.#step({ type: 'link', at: clock.now(), link });
        options.onLink?.(link);
      },
    });
  }

  get state(): BoardState {
    return this.#state;
  }
  start(): void {
    this.#socket.start();
  }
  stop(): void {
    this.#historyRun += 1;
    this.#socket.stop();
  }
  /** The screen or the network is back: do not wait for the next attempt. */
  wake(): void {
    this.#socket.wake();
  }
  /** Time passes: what was live a moment ago may not be any more. */
  tick(): void {
    this.#step({ type: 'clock', at: this.#options.clock.now() });
  }

  #step(event: BoardEvent): void {
    const before = this.#state;
    const state = (this.#state = nextBoard(before, event));
    if (state.needsResync && !before.needsResync) this.#socket.resync();
    // While the engine was starting there was no history to load.
    if (before.health?.ok === false && state.health?.ok === true) void this.#loadHistory();
    this.#options.onChange(state, before);
  }

  /** Each KPI's, and again after a while what did not come. */
  async #loadHistory(): Promise<void> {
    const { clock, history } = this.#options;
    if (history === undefined) return;
    const run = (this.#historyRun += 1);
    let left = history.kpis;
    for (let waitMs = HISTORY_RETRY_MS; left.length > 0; waitMs = Math.min(waitMs * 2, HISTORY_RETRY_MOST_MS)) {
      const failed: string[] = [];
      for (const kpi of left) {
        const now = serverNow(this.#state);
        try {
          const values = await history.load(kpi, now - history.lengthMs, now);
          if (run !== this.#historyRun) return;
          this.#step({ type: 'history', at: clock.now(), kpi, values });
        } catch {
          failed.push(kpi); // the course grows from live values meanwhile
        }
      }
      left = failed;
      if (left.length > 0) await new Promise<void>((resolve) => clock.after(waitMs, resolve));
      if (run !== this.#historyRun) return;
    }
  }
}
