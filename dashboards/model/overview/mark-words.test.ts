import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Mark } from './course-shape.ts';
import { markRows } from './mark-words.ts';

const LINE = 15;
const mark = (y: number, words: Mark['words'] = 'below'): Mark => ({ ...{ at: y, y, words }, isOut: null });

test('words stand where the course is not', () => {
  expect(markRows([mark(50, 'above')], LINE)).toEqual([{ y: 50, side: 'above', marks: [0] }]);
  expect(markRows([mark(50, 'below')], LINE)).toEqual([{ y: 50, side: 'below', marks: [0] }]);
  expect(markRows([], LINE)).toEqual([]);
});

test('words that would leave the box stand on the other side', () => {
  expect(markRows([mark(90, 'below')], LINE)).toMatchObject([{ side: 'above' }]);
  expect(markRows([mark(5, 'above')], LINE)).toMatchObject([{ side: 'below' }]);
});

test('two lines far apart have words of their own', () => {
  expect(markRows([mark(20), mark(60)], LINE)).toEqual([
    { y: 20, side: 'below', marks: [0] },
    { y: 60, side: 'below', marks: [1] },
  ]);
});

test('two lines close together have one row beyond both, away from the course, inside the box', () => {
  expect(markRows([mark(30), mark(28)], LINE)).toEqual([{ y: 30, side: 'below', marks: [0, 1] }]);
  expect(markRows([mark(30, 'above'), mark(28, 'above')], LINE)).toEqual([{ y: 28, side: 'above', marks: [0, 1] }]);
  expect(markRows([mark(92), mark(96)], LINE)).toEqual([{ y: 92, side: 'above', marks: [0, 1] }]);
  expect(markRows([mark(8, 'above'), mark(4, 'above')], LINE)).toEqual([{ y: 8, side: 'below', marks: [0, 1] }]);
});

test('whatever the lines: no words lie on others or on a line, and all are inside where they fit', () => {
  const one = fc.record({
    y: fc.integer({ min: 0, max: 100 }),
    words: fc.constantFrom('above' as const, 'below' as const),
  });
  fc.assert(
    fc.property(fc.array(one, { maxLength: 2 }), fc.integer({ min: 2, max: 30 }), (lines, line) => {
      const rows = markRows(
        lines.map(({ y, words }) => mark(y, words)),
        line,
      );
      const boxes = rows.map(({ y, side }): [number, number] => (side === 'above' ? [y - line, y] : [y, y + line]));
      expect(rows.flatMap(({ marks }) => marks)).toEqual(lines.map((_, i) => i));
      const [a, b] = boxes;
      if (a !== undefined && b !== undefined) expect(a[0] < b[1] && b[0] < a[1]).toBe(false);
      for (const [top, bottom] of boxes) for (const { y } of lines) expect(y > top && y < bottom).toBe(false);
      const ys = lines.map(({ y }) => y);
      const fits = Math.min(...ys) >= line || Math.max(...ys) <= 100 - line;
      if (fits) for (const [top, bottom] of boxes) expect(top >= 0 && bottom <= 100).toBe(true);
    }),
  );
});
