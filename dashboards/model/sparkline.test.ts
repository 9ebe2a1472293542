import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HEIGHT, sparkline, WIDTH, type SparklineInput } from './sparkline.ts';

const course = (...values: (number | null)[]): SparklineInput => ({
  points: values.map((v, index) => ({ t: index * 1000, v, n: 9, revision: 0, final: true })),
  target: null,
  interval: null,
  spanMs: 1e9,
  percent: true,
});

test('higher is higher, later is further right', () => {
  const { line, last } = sparkline(course(10, 90));
  expect(line).toBe('M0 89.3L390 10.7');
  expect(last?.x).toBe(390);
});

test('a window without a value breaks the line, and no dot stands for it', () => {
  const shape = sparkline(course(10, 20, null, 30, null));
  expect(shape.line.match(/M/g)).toHaveLength(2);
  expect(shape.last).toBeNull();
});

test('nothing to draw', () => {
  expect(sparkline(course())).toEqual({ line: '', area: '', targetY: null, last: null, whisker: null });
  expect(sparkline(course(null, null)).line).toBe('');
});

test('only the asked span is shown', () => {
  expect(sparkline({ ...course(1, 2, 3, 4), spanMs: 1000 }).line.match(/[ML]/g)).toHaveLength(2);
});

test('noise does not look like a storm', () => {
  const y = [...sparkline(course(88, 88.3, 88)).line.matchAll(/ ([\d.]+)/g)].map(([, text]) => Number(text));
  expect(Math.max(...y) - Math.min(...y)).toBeLessThan(HEIGHT / 10);
});

test('everything stays in the box, whatever the values', () => {
  const v = fc.oneof(fc.constant(null), fc.double({ min: -1e9, max: 1e9, noNaN: true }));
  const target = fc.option(fc.double({ min: -1e9, max: 1e9, noNaN: true }));
  fc.assert(
    fc.property(fc.array(v, { maxLength: 30 }), target, fc.boolean(), (values, goal, percent) => {
      const input = { ...course(...values), target: goal, percent, interval: [-1e10, 1e10] as const };
      const { line, area, targetY, last, whisker } = sparkline(input);
      const spots = [...`${line}${area}`.matchAll(/[ML](\S+) ([^MLZ]+)/g)].map(([, x, y]) => [Number(x), Number(y)]);
      const heights = [targetY, last?.y, whisker?.top, whisker?.bottom].filter((y) => y != null);
      for (const [x, y] of [...spots, ...heights.map((h) => [0, h])]) {
        expect(x! >= 0 && x! <= WIDTH && y! >= 0 && y! <= HEIGHT).toBe(true);
      }
    }),
  );
});
