import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { MirrorLine } from '../../adapters/nats/mirror-line.ts';
import { COMBINING_PARTITION } from '../../core/partition/combining.ts';
import type { MirrorMessage } from '../../core/partition/mirror-message.ts';
import type { LiveItem } from '../../core/types.ts';
import { Hub } from '../../live/hub.ts';
import { silentLogger } from '../../testing/line-pipeline.ts';
import { BoardMirror } from './board-mirror.ts';

/** Between the instances of a test; what is sent while it is cut is lost. */
class Wire {
  readonly #hearers = new Set<(message: MirrorMessage) => void>();
  readonly #answers = new Set<() => MirrorMessage | null>();
  isCut = false;

  end(): MirrorLine {
    const listening = <T>(all: Set<T>, one: T): (() => void) => {
      all.add(one);
      return () => all.delete(one);
    };
    return {
      parts: (calls) => [calls],
      send: (message) => {
        if (!this.isCut) for (const hear of this.#hearers) hear(structuredClone(message));
      },
      hear: (listener) => listening(this.#hearers, listener),
      ask: (onAnswer) => {
        for (const answer of this.isCut ? [] : this.#answers) {
          const message = answer();
          if (message !== null) onAnswer(structuredClone(message));
        }
      },
      answer: (all) => listening(this.#answers, all),
      close: () => undefined,
    };
  }
}

const alert = (id: string, state: string): LiveItem => ({
  ...{ topic: 'alerts', key: id },
  value: { alert: id, rule: 'r', kpi: 'a', key: {}, state, at: '2026-03-02T01:00:00.000Z' },
});
const openOn = (hub: Hub): readonly string[] =>
  [...hub.board.alerts.values()].filter(({ state }) => state !== 'resolved').map((one) => one.alert);

describe('boards of instances that share', () => {
  const wire = new Wire();
  let generation = 1;
  const mirrors: BoardMirror[] = [];
  const instance = (id: string): { readonly hub: Hub; readonly mirror: BoardMirror } => {
    const hub = new Hub({ epoch: id, version: '1', now: () => Date.now(), wake: () => undefined });
    hub.board.markIncomplete();
    const mirror = new BoardMirror({
      ...{ id, hub, board: hub.board, line: wire.end(), logger: silentLogger },
      ...{ generation: () => generation, elapsed: () => Date.now() },
    });
    mirrors.push(mirror);
    return { hub, mirror };
  };

  beforeEach(() => vi.useFakeTimers());
  afterEach(() => {
    for (const mirror of mirrors.splice(0)) mirror.close();
    vi.useRealTimers();
  });

  it('an alert that ended while the one that combined was lost is open on no board of who takes over', () => {
    const [first, second] = [instance('one'), instance('two')];
    first.mirror.begin();
    first.mirror.live.show([alert('stays', 'firing'), alert('ends', 'firing')]);
    first.mirror.live.restored(COMBINING_PARTITION);
    vi.advanceTimersByTime(1_500);
    expect(openOn(second.hub)).toEqual(['stays', 'ends']);
    // It commits the end, and is gone before it could send it.
    wire.isCut = true;
    generation = 2;
    second.mirror.begin();
    expect(second.hub.board.alerts.isComplete).toBe(false);
    second.mirror.live.show([alert('stays', 'firing')]);
    second.mirror.live.restored(COMBINING_PARTITION);
    expect(openOn(second.hub)).toEqual(['stays']);
    expect(second.hub.board.alerts.isComplete).toBe(true);
  });

  it('where it starts again on the same instance, its board stays as it is', () => {
    const { hub, mirror } = instance('one');
    mirror.begin();
    mirror.live.show([alert('stays', 'firing')]);
    mirror.live.restored(COMBINING_PARTITION);
    mirror.begin();
    expect([openOn(hub), hub.board.alerts.isComplete]).toEqual([['stays'], true]);
  });
});
