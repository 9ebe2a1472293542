import { describe, expect, it } from 'vitest';
import { chartLines, columnsOf, courseLine, type CoursePoint } from './course.ts';

const course = (...values: readonly (number | null)[]): readonly CoursePoint[] =>
  values.map((v, i) => ({ t: i * 60_000, v }));
const chart = (points: readonly CoursePoint[], more: object = {}): readonly string[] =>
  chartLines({ points, lines: [], alerts: [], width: 24, height: 4, format: (value) => value.toFixed(0), ...more });

describe('columns of a course', () => {
  it('are its values where there is a column for each, and means of equal spans of time where there are fewer', () => {
    expect(columnsOf(course(1, 2, 3), 10)).toEqual([1, 2, 3]);
    expect(columnsOf(course(1, 3, 5, 9), 2)).toEqual([2, 7]);
    const uneven = [0, 1, 2, 100].map((t) => ({ t, v: t }));
    expect(columnsOf(uneven, 2)).toEqual([1, 100]);
  });
  it('have none where no window has a value, and are empty without windows', () => {
    expect(columnsOf(course(1, null, 3), 3)).toEqual([1, null, 3]);
    expect(columnsOf(course(4, null), 1)).toEqual([4]);
    expect(columnsOf([], 5)).toEqual([]);
  });
});

describe('a course in one line', () => {
  it.each([
    ['rises from the lowest eighth to the highest', course(0, 1, 2, 3, 4, 5, 6, 7), '▁▂▃▄▅▆▇█'],
    ['shows a gap', course(0, null, 8), '▁·█'],
    ['lies in the middle when it is flat', course(5, 5), '▄▄'],
    ['is empty without a value', course(null, null), ''],
  ])('%s', (_, points, line) => expect(courseLine(points, 20)).toBe(line));
});

describe('a chart', () => {
  it('has the highest and lowest value on its axis, and joins the values', () => {
    const rows = chart(course(0, 100));
    expect(rows).toHaveLength(4);
    expect(rows[0]).toMatch(/^100 ┤ +[⠀-⣿]+$/);
    expect(rows[3]).toMatch(/^ {2}0 ┤[⠀-⣿]+$/);
    // One dot in each of the 4 × 4 rows at least: the line has no hole.
    const dots = rows.join('').match(/[⠁-⣿]/g) ?? [];
    expect(dots.length).toBeGreaterThanOrEqual(16);
  });
  it('shows where a rule fires, also beyond all values, with its figure', () => {
    const rows = chart(course(10, 20), { lines: [80] });
    expect(rows[0]).toBe('80 ┤┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄');
    expect(rows[3]).toMatch(/^10 ┤/);
  });
  it('marks below when an alert was open', () => {
    const [below] = chart(course(1, 2, 3, 4, 5), { alerts: [{ from: 120_000, to: 180_000 }] }).slice(-1);
    expect(below).toMatch(/^ +│ {10}! *!+$/);
  });
  it('is empty without a value, and stands with one', () => {
    expect(chart(course(null))).toEqual([]);
    expect(chart(course(7))).toHaveLength(4);
  });
});
