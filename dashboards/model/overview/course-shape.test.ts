import fc from 'fast-check';
import { expect, test } from 'vitest';
import { must } from '../../../engine/core/must.ts';
import { courseShape, HEIGHT, WIDTH, type CourseInput, type Sample } from './course-shape.ts';

const sample = (v: number | null, index: number, half = 0): Sample => ({
  ...{ t: index * 1000, v },
  ...(v === null || half === 0 ? { low: null, high: null } : { low: v - half, high: v + half }),
});
const course = (...values: (number | null)[]): CourseInput => ({
  points: values.map((v, index) => sample(v, index)),
  ...{ before: [], end: (values.length - 1) * 1000, spanMs: Math.max(1, values.length - 1) * 1000 },
  ...{ marks: [], isPercent: true },
});

test('higher is higher, later is further right, between round numbers', () => {
  const { line, last, axis } = courseShape(course(12, 88));
  expect([line, last, axis]).toEqual(['M0 88L1000 12', { x: 1000, y: 12 }, [0, 100]]);
});

test('time has its real width: what came before the first value stays empty', () => {
  expect(courseShape({ ...course(10, 20), spanMs: 4000 }).line).toMatch(/^M750 /);
  expect(courseShape({ ...course(1, 2, 3, 4), spanMs: 1000 }).line.match(/[ML]/g)).toHaveLength(2);
});

test('a window without a value breaks the line, and no dot stands for it', () => {
  const shape = courseShape(course(10, 20, null, 30, null));
  expect(shape.line.match(/M/g)).toHaveLength(2);
  expect(shape.last).toBeNull();
});

test('nothing to draw', () => {
  for (const none of [course(), course(null, null)])
    expect(courseShape(none)).toEqual({ line: '', band: '', before: '', last: null, marks: [], axis: null });
});

test('noise does not look like a storm', () => {
  const y = [...courseShape(course(88, 88.3, 88)).line.matchAll(/ ([\d.]+)/g)].map(([, text]) => Number(text));
  expect(Math.max(...y) - Math.min(...y)).toBeLessThan(HEIGHT / 10);
});

test('a line that is near is on the axis, its words away from the course; one far off has an arrow at the edge', () => {
  const near = courseShape({ ...course(84, 86, 85), marks: [80, 90] });
  expect(near.axis).toEqual([80, 90]);
  expect(near.marks).toEqual([
    { at: 80, y: 100, isOut: null, words: 'below' },
    { at: 90, y: 0, isOut: null, words: 'above' },
  ]);
  const far = courseShape({ ...course(4, 5, 4), marks: [95] });
  expect(far.marks).toMatchObject([{ y: 0, isOut: 'above' }]);
});

test('the interval is a band around the course, cut off where it would flatten it', () => {
  const input = { ...course(50, 50), points: [sample(50, 0, 3), sample(50, 1, 3)] };
  expect(courseShape(input).band).toMatch(/^M0 \S+L1000 \S+L1000 \S+L0 \S+Z$/);
  const wide = courseShape({ ...input, points: [sample(50, 0, 45), sample(50, 1, 3)] });
  expect(must(wide.axis)[1] - must(wide.axis)[0]).toBeLessThanOrEqual(20);
});

test('everything stays in the box, whatever the values', () => {
  const v = fc.oneof(fc.constant(null), fc.double({ min: -1e9, max: 1e9, noNaN: true }));
  const marks = fc.array(fc.double({ min: -1e9, max: 1e9, noNaN: true }), { maxLength: 2 });
  fc.assert(
    fc.property(fc.array(v, { maxLength: 30 }), marks, fc.boolean(), (values, lines, percent) => {
      const input = { ...course(...values), marks: lines, isPercent: percent };
      const points = input.points.map((one) =>
        one.v === null ? one : { ...one, low: one.v - 1e10, high: one.v + 1e10 },
      );
      const { line, band, last, marks: shown } = courseShape({ ...input, points });
      const spots = [...`${line}${band}`.matchAll(/[ML](\S+) ([^MLZ]+)/g)].map(([, x, y]) => [Number(x), Number(y)]);
      const heights = [last?.y, ...shown.map(({ y }) => y)].filter((y) => y != null);
      for (const [x, y] of [...spots, ...heights.map((h) => [0, h])]) {
        expect(x! >= 0 && x! <= WIDTH && y! >= 0 && y! <= HEIGHT).toBe(true);
      }
    }),
  );
});
