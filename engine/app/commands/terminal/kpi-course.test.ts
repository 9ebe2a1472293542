import { describe, expect, it } from 'vitest';
import { firesAt, KpiCourse } from './kpi-course.ts';

describe('the course of a KPI over a file', () => {
  it('keeps each window, the last revision of it, in the order of time', () => {
    const course = new KpiCourse();
    course.see(60_000, 1);
    course.see(180_000, 3);
    course.see(120_000, null);
    course.see(60_000, 9);
    expect(course.points()).toEqual([
      { t: 60_000, v: 9 },
      { t: 120_000, v: null },
      { t: 180_000, v: 3 },
    ]);
  });
  it('keeps a bounded number of a long one, from its beginning to its end', () => {
    const course = new KpiCourse();
    for (let i = 0; i < 100_000; i++) course.see(i * 60_000, i);
    const points = course.points();
    expect(points.length).toBeLessThanOrEqual(2_048);
    expect(points.length).toBeGreaterThan(512);
    expect(points[0]?.t).toBe(0);
    expect(points.at(-1)?.v).toBe(99_999);
  });
  it('keeps from when to when an alert was open', () => {
    const course = new KpiCourse();
    for (const at of [10, 30, 20 + 30]) course.seeAlert('a', at);
    course.seeAlert('b', 70);
    expect(course.alerts()).toEqual([
      { from: 10, to: 50 },
      { from: 70, to: 70 },
    ]);
  });
});

it.each([
  ['value < 80', [80]],
  ['key.channel == "app" && value >= -2.5 || n < 5', [-2.5]],
  ['value > 10 || value < 2', [10, 2]],
  ['value > baseline * 2', []],
  ['value > 2 * baseline', [2]],
  ['high_value > 7', []],
])('%s fires at %j', (fire, at) => expect(firesAt(fire)).toEqual(at));
