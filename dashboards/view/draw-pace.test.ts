import { beforeEach, describe, expect, test } from 'vitest';
import {
  alert,
  connected,
  delta,
  hello,
  played,
  SCREEN0,
  snapshot,
  tick,
  value,
  T0,
  type Step,
} from '../testing/live-script.ts';
import { emptyBoard, nextBoard, type BoardState } from '../model/board.ts';
import { DrawPace, URGENT_GAP_MS } from './draw-pace.ts';

/** A page whose frames and timers come when a test says so. */
class Page {
  state: BoardState = connected([value()]);
  drawn = 0;
  frames: (() => void)[] = [];
  timers: { readonly at: number; readonly run: () => void }[] = [];
  readonly pace = new DrawPace({
    state: () => this.state,
    draw: () => (this.drawn += 1),
    frame: (run) => void this.frames.push(run),
    after: (ms, run) => void this.timers.push({ at: this.state.now + ms, run }),
  });

  /** Steps at ms since the beginning; after each the browser comes with a frame. */
  play(...steps: readonly Step[]): number {
    const before = this.drawn;
    for (const step of steps) {
      this.step(step);
      this.frame();
    }
    return this.drawn - before;
  }
  step(step: Step): void {
    const before = this.state;
    this.state = played([step], before);
    for (const due of this.timers.filter(({ at }) => at <= this.state.now)) {
      this.timers = this.timers.filter((timer) => timer !== due);
      due.run();
    }
    this.pace.changed(this.state, before);
  }
  frame(): void {
    for (const run of this.frames.splice(0)) run();
  }
}

let page: Page;
beforeEach(() => {
  page = new Page();
  page.play([0, 'clock']);
});
const values = (seq: number, n: number) => delta(seq, [value({ n })]);

describe('a page is drawn', () => {
  test('once a second, whatever comes: values, ticks, time', () => {
    expect(page.play([100, values(10, 1)], [350, values(11, 2)], [500, 'clock'], [600, values(12, 3)])).toBe(0);
    expect(page.play([999, tick(T0 + 999)])).toBe(0);
    expect(page.play([1000, values(13, 4)])).toBe(1);
    expect(page.play([1250, values(14, 5)], [1500, 'clock'], [1750, values(15, 6)])).toBe(0);
    expect(page.play([2400, 'clock'])).toBe(1);
  });

  test('at once for an alert, whenever the last drawing was', () => {
    expect(page.play([1000, values(10, 1)], [1010, delta(11, [], [alert()])])).toBe(2);
  });

  test('a few times a second while alerts change without end, and the last of them is drawn', () => {
    const storm = Array.from({ length: 100 }, (_, i): Step => [10 + i * 5, delta(10 + i, [], [alert({ n: i })])]);
    expect(page.play(...storm)).toBeLessThanOrEqual(1 + Math.ceil(500 / URGENT_GAP_MS));
    page.play([520, 'clock']);
    const before = page.drawn;
    expect(page.play([800, 'clock'])).toBe(1);
    expect(page.play([820, delta(110, [], [alert({ n: 200 })])])).toBe(0);
    expect(page.play([810 + URGENT_GAP_MS, 'clock'], [830 + URGENT_GAP_MS, 'clock'])).toBe(1);
    expect(page.drawn - before).toBe(2);
  });

  test.each<[string, Step]>([
    ['the line is cut', [100, { kind: 'lost', code: 1006, reason: '' }]],
    ['a gap is seen', [100, values(15, 1)]],
    ['a snapshot comes', [100, snapshot(20, [value()])]],
    [
      'the engine is not ready',
      [100, { ...values(10, 1), health: { ready: { ok: false, reasons: ['x'] } } } as Step[1]],
    ],
  ])('at once when %s', (_, step) => {
    expect(page.play(step)).toBe(1);
  });

  test('at once when the first snapshot comes, and when a course does', () => {
    page.state = emptyBoard({}, SCREEN0);
    page.play([0, { kind: 'opened' }], [1, hello()]);
    expect(page.play([2, snapshot(10, [value()])])).toBe(1);
    page.play([400, 'clock']);
    const before = page.state;
    page.state = nextBoard(before, { type: 'history', at: SCREEN0 + 410, kpi: 'csat', values: [value({ end: T0 })] });
    page.pace.changed(page.state, before);
    expect(page.play([420, 'clock'])).toBe(1);
  });

  test('once when it is seen again: nobody draws what is hidden', () => {
    const before = page.drawn;
    for (let i = 0; i < 60; i++) page.step([1000 * (i + 1), values(10 + i, i)]);
    expect(page.frames.length).toBe(1);
    page.frame();
    expect(page.drawn - before).toBe(1);
  });
});
