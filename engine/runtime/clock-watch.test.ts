import { describe, expect, it } from 'vitest';
import type { Envelope } from '../core/types.ts';
import { Outlet } from './commits/outlet.ts';
import { NO_CLOCK_FINDINGS } from '../core/partition/clock-findings.ts';
import { ClockWatch, FORGET_AFTER_MS, MOST_SOURCES } from './clock-watch.ts';

const NOW = 1_000_000_000;
const event = (source: string, ts: number): Envelope<null> => ({ id: `${source}|1`, key: 'k', ts, value: null });

function watching(boundMs = 2000) {
  const outlet = new Outlet(0);
  const watch = new ClockWatch(boundMs, outlet);
  const takes = (source: string, leadMs: number, { isLate = false, stored = NOW } = {}): void => {
    if (isLate) outlet.count('events_late');
    watch.watch(event(source, stored + leadMs), stored);
  };
  return { watch, takes, outlet };
}

describe('the watch over clocks', () => {
  it('names whose clock runs ahead by more than the bound, and by how much, the furthest first', () => {
    const { watch, takes, outlet } = watching();
    takes('/near', 2000);
    takes('/honest', -500);
    takes('/till', 30_000);
    takes('/kiosk', 200_000);
    takes('/kiosk', 240_000);
    expect(watch.findings(NOW)).toEqual({
      ahead: [
        { source: '/kiosk', leadMs: 240_000, events: 2 },
        { source: '/till', leadMs: 30_000, events: 1 },
      ],
      ...{ isMore: false, late: null },
    });
    expect(outlet.counters.get('events_ahead')).toBe(3);
  });

  it('says nothing of milliseconds, though nothing may be out of order', () => {
    const { watch, takes } = watching(0);
    takes('/app', 900);
    expect(watch.findings(NOW)).toBe(NO_CLOCK_FINDINGS);
  });

  it('forgets who was not ahead for ten minutes', () => {
    const { watch, takes } = watching();
    takes('/kiosk', 240_000);
    expect(watch.findings(NOW + FORGET_AFTER_MS).ahead).toHaveLength(1);
    expect(watch.findings(NOW + FORGET_AFTER_MS + 1)).toBe(NO_CLOCK_FINDINGS);
  });

  it('keeps the furthest of thousands of sources, and says that there are more', () => {
    const { watch, takes } = watching();
    for (let i = 0; i < 5000; i++) takes(`/device/${i}`, 3000 + ((i * 7919) % 5000));
    const { ahead, isMore } = watch.findings(NOW);
    expect(ahead).toHaveLength(MOST_SOURCES);
    expect(isMore).toBe(true);
    expect(ahead.map(({ leadMs }) => leadMs)).toEqual(Array.from({ length: MOST_SOURCES }, (_, i) => 7999 - i));
  });

  it('says when most events are too late, and whose they mostly are', () => {
    const { watch, takes } = watching();
    for (let i = 0; i < 100; i++) takes(i % 4 === 0 ? '/b' : '/a', -3_600_000, { isLate: true });
    for (let i = 0; i < 99; i++) takes('/on-time', 0);
    expect(watch.findings(NOW).late).toEqual({ events: 100, of: 199, sources: ['/a', '/b'] });
    takes('/on-time', 0);
    expect(watch.findings(NOW).late).toBeNull();
  });

  it('says nothing of a few late ones, nor of those of long ago', () => {
    const { watch, takes } = watching();
    for (let i = 0; i < 19; i++) takes('/a', -3_600_000, { isLate: true });
    expect(watch.findings(NOW).late).toBeNull();
    takes('/a', -3_600_000, { isLate: true });
    expect(watch.findings(NOW).late).not.toBeNull();
    expect(watch.findings(NOW + FORGET_AFTER_MS + 1).late).toBeNull();
  });

  it('tells of the recent past: after a bad hour a good one clears it', () => {
    const { watch, takes } = watching();
    for (let i = 0; i < 1_000_000; i++) takes('/a', -3_600_000, { isLate: true });
    for (let i = 0; i < 5000; i++) takes('/a', 0);
    expect(watch.findings(NOW).late).toBeNull();
  });
});
