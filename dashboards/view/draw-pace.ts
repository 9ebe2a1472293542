/**
 * When a page is drawn again: at once for what somebody must see at once (an alert, a line that is cut), else with the next second of
 * the server's clock, which is as often as numbers may change that are read from five metres.
 */
import { serverNow, type BoardState } from '../model/board.ts';
import { livenessOf } from '../model/liveness.ts';

export interface DrawPaceOptions {
  readonly state: () => BoardState;
  readonly draw: () => void;
  /** Before the browser's next frame; in a page that nobody sees: once it is seen. */
  readonly frame: (run: () => void) => void;
  readonly after: (ms: number, run: () => void) => void;
}

/** In a storm alerts change with every frame: after one drawing for what is urgent, the next such waits so long. */
export const URGENT_GAP_MS = 150;

export class DrawPace {
  readonly #options: DrawPaceOptions;
  #isDrawing = false;
  #isHeld = false;
  #second: number | null = null;
  #urgentAt = -Infinity;

  constructor(options: DrawPaceOptions) {
    this.#options = options;
  }

  /** With each change of the state, time's too. */
  changed(state: BoardState, before: BoardState): void {
    if (isAtOnce(before, state)) this.soon();
    else if (isUrgent(before, state)) this.#urgent();
    else if (secondOf(state) !== this.#second) this.soon();
  }

  /** With the browser's next frame. */
  soon(): void {
    if (this.#isDrawing) return;
    this.#isDrawing = true;
    this.#options.frame(() => {
      this.#isDrawing = false;
      this.#second = secondOf(this.#options.state());
      this.#options.draw();
    });
  }

  #urgent(): void {
    if (this.#isHeld) return;
    const { now } = this.#options.state();
    const leftMs = this.#urgentAt + URGENT_GAP_MS - now;
    if (leftMs <= 0) this.#drawUrgent(now);
    else {
      this.#isHeld = true;
      this.#options.after(leftMs, () => {
        this.#isHeld = false;
        this.#drawUrgent(Math.max(this.#urgentAt + URGENT_GAP_MS, this.#options.state().now));
      });
    }
  }

  #drawUrgent(at: number): void {
    this.#urgentAt = at;
    this.soon();
  }
}

/** Of the server's clock. */
export function secondOf(state: BoardState): number {
  return Math.floor(serverNow(state) / 1000);
}

/** Seldom, and at once: how far what is shown can be trusted; the first snapshot; a history that has come. */
function isAtOnce(before: BoardState, state: BoardState): boolean {
  return (
    (before.seq === null) !== (state.seq === null) ||
    (before.seq === state.seq && before.kpis !== state.kpis) ||
    before.isRecovering !== state.isRecovering ||
    before.version !== state.version ||
    livenessOf(before).kind !== livenessOf(state).kind
  );
}
function isUrgent(before: BoardState, state: BoardState): boolean {
  return before.alerts !== state.alerts || before.actions !== state.actions || before.health !== state.health;
}
