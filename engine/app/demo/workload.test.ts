import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../adapters/process/package-root.ts';
import type { Clock, JsonObject } from '../../core/types.ts';
import { workload, type Plan, type WorkloadEvent } from './generator.ts';
import { play, type Playable } from '../playback/play.ts';
import { loadTexts } from './texts.ts';

const texts = loadTexts(packageRoot());
const START = Date.UTC(2026, 2, 2);
const plan: Plan = {
  seed: 7,
  start: START,
  perSecond: 200,
  disorderMs: 800,
  incidents: [{ from: START + 20_000, to: START + 140_000, region: 'east', channel: 'app' }],
};
const range = (from: number, to: number): WorkloadEvent[] => {
  const make = workload(plan, texts);
  return Array.from({ length: to - from }, (_, i) => make(from + i));
};
const dataOf = (event: WorkloadEvent): JsonObject => event.event['data'] as JsonObject;

describe('the workload', () => {
  it('ships the texts its licences allow, whole', () => {
    expect(texts.reviews).toHaveLength(300);
    expect(texts.questions).toHaveLength(1540);
    expect(texts.reviews.every((r) => r.text !== '' && r.star >= 1 && r.star <= 5)).toBe(true);
  });

  it('makes the same event i in every run, wherever the run begins', () => {
    expect(range(1000, 1100)).toEqual(range(0, 1100).slice(1000));
  });

  it('keeps the rate and the bound of disorder, and gives each event an id of its own', () => {
    const events = range(0, 4000);
    expect(new Set(events.map((e) => e.event['id'])).size).toBe(4000);
    events.forEach((event, i) => {
      const due = START + i * 5;
      expect(event.time).toBeLessThanOrEqual(due);
      expect(event.time).toBeGreaterThan(due - 801);
    });
  });

  it('turns the planted region and channel bad, for the planted time, and nothing else', () => {
    const stars = (from: number, to: number, region: string): number[] =>
      range(from * 200, to * 200)
        .map(dataOf)
        .filter((d) => d['region'] === region && d['channel'] === 'app' && d['rating'] !== undefined)
        .map((d) => Number((d['rating'] as JsonObject)['value']));
    expect(Math.max(...stars(21, 140, 'east'))).toBe(2);
    expect(stars(21, 140, 'west').filter((s) => s > 2).length).toBeGreaterThan(100);
    expect(stars(141, 240, 'east').filter((s) => s > 2).length).toBeGreaterThan(100);
  });
});

describe('play', () => {
  const clockAt = (start: number): Clock & { slept: number[] } => {
    let now = start;
    const slept: number[] = [];
    return {
      slept,
      now: () => now,
      elapsed: () => now,
      sleepUntil: (time, signal) => {
        signal.throwIfAborted();
        if (time > now) slept.push((now = time));
        return Promise.resolve();
      },
    };
  };
  const events = (dues: readonly number[]): Playable[] =>
    dues.map((due) => ({ due, subject: 's', headers: {}, data: new Uint8Array() }));

  it('waits for what is due later and sends at once what is overdue', async () => {
    const clock = clockAt(100);
    const sent: (readonly [number, number])[] = [];
    const publish = (event: Playable): undefined => void sent.push([event.due, clock.now()]);
    expect(await play(events([50, 90, 150, 150, 170]), publish, { clock, signal: new AbortController().signal })).toBe(
      5,
    );
    expect(sent).toEqual([
      [50, 100],
      [90, 100],
      [150, 150],
      [150, 150],
      [170, 170],
    ]);
    expect(clock.slept).toEqual([150, 170]);
  });

  it('lets whatever else runs have its time while it makes up for what is overdue', async () => {
    let now = 1_000;
    const clock = { ...clockAt(1_000), elapsed: () => (now += 1) };
    let others = 0;
    let isOver = false;
    const other = (): void => {
      others += 1;
      if (!isOver) setImmediate(other);
    };
    setImmediate(other);
    const overdue = events(new Array<number>(1_000).fill(5));
    expect(await play(overdue, () => undefined, { clock, signal: new AbortController().signal })).toBe(1_000);
    isOver = true;
    // Each look at the clock takes a millisecond here.
    expect(others).toBeGreaterThan(150);
  });

  it('hands what is overdue to the client without a pause, so that it leaves in one write', async () => {
    let writes = 0;
    let isPlanned = false;
    const publish = (): undefined => {
      if (isPlanned) return;
      isPlanned = true;
      queueMicrotask(() => {
        isPlanned = false;
        writes += 1;
      });
    };
    await play(events(new Array<number>(100).fill(5)), publish, {
      clock: clockAt(9),
      signal: new AbortController().signal,
    });
    expect(writes).toBe(1);
  });

  it('ends quietly with its signal', async () => {
    const stop = new AbortController();
    const publish = (): undefined => {
      stop.abort();
    };
    expect(await play(events([1, 2, 3]), publish, { clock: clockAt(5), signal: stop.signal })).toBe(1);
  });
});
