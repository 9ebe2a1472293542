/**
 * Where the words of the lines across a course stand: beside their line, on the side where the course is not, inside the box. Words of
 * two lines that lie too close for that stand in one row, beyond both. Pure.
 */
import { HEIGHT, type Mark } from './course-shape.ts';

export interface MarkRow {
  /** Of the line that the row stands beside. */
  readonly y: number;
  readonly side: Mark['words'];
  /** Which of the lines it names. */
  readonly marks: readonly number[];
}

/** @param line how high a line of words is, in parts of the box's height. */
export function markRows(marks: readonly Mark[], line: number): readonly MarkRow[] {
  const rows = marks.map(({ y, words }, i): MarkRow => ({ y, side: inside(y, y, words, line), marks: [i] }));
  const [one, other] = rows;
  if (one === undefined || other === undefined || !isInTheWay(one, other, line)) return rows;
  const [top, bottom] = [Math.min(one.y, other.y), Math.max(one.y, other.y)];
  const side = inside(top, bottom, one.side === other.side ? one.side : freeSide(marks), line);
  return [{ y: side === 'above' ? top : bottom, side, marks: rows.map((_, i) => i) }];
}

/** The side that is wanted, unless only the other one is free. */
function inside(top: number, bottom: number, wanted: Mark['words'], line: number): Mark['words'] {
  const fits = { above: top >= line, below: bottom <= HEIGHT - line };
  if (fits[wanted]) return wanted;
  const other = wanted === 'above' ? 'below' : 'above';
  return fits[other] ? other : wanted;
}
/** Of two lines with the course between them: the wider side. */
function freeSide(marks: readonly Mark[]): Mark['words'] {
  const ys = marks.map(({ y }) => y);
  return Math.min(...ys) >= HEIGHT - Math.max(...ys) ? 'above' : 'below';
}
/** Its words would lie on the other's, or on the other's line. */
function isInTheWay(one: MarkRow, other: MarkRow, line: number): boolean {
  const [a, b] = [one, other].map(({ y, side }) => (side === 'above' ? [y - line, y] : [y, y + line])) as [
    [number, number],
    [number, number],
  ];
  const holds = ([top, bottom]: [number, number], y: number): boolean => y > top && y < bottom;
  return (a[0] < b[1] && b[0] < a[1]) || holds(a, other.y) || holds(b, one.y);
}
