/** A course on the overview: the line with its interval, earlier times as dots, lines across with their words, both axes named. */
import { HEIGHT, WIDTH, type CourseShape } from '../../model/overview/course-shape.ts';
import { markRows } from '../../model/overview/mark-words.ts';
import { must } from '../../../engine/core/must.ts';
import { element, setAttribute, setShown, setStyle, setText, svg } from '../element.ts';
import { onResize } from '../resized.ts';

export interface CourseShown {
  readonly shape: CourseShape;
  /** What the lines across are called, in the order of `shape.marks`. */
  readonly marks: readonly { readonly kind: 'target' | 'fire' | 'recover'; readonly text: string }[];
  readonly axis: { readonly top: string; readonly bottom: string; readonly start: string; readonly end: string };
  /** Where a breach began, from 0 to 1, and when; left out: none is shown. */
  readonly began?: { readonly at: number; readonly text: string };
  readonly label: string;
}
export interface CourseElement {
  readonly root: HTMLElement;
  show(shown: CourseShown): void;
}

const MOST_MARKS = 2;
/** Two names of the axis want so many times their size. */
const LEAST_LINES = 2.7;
/** So flat that there is no course to be seen. */
const NO_LINE = 0.9;
/** How high a line of words is with the space to its line, in its size. */
const WORDS_LINE = 1.35;
/** Nearer to an end of the axis than this, the time of the breach would stand in the words there. */
const CLEAR = [0.2, 0.86] as const;

export function courseElement(): CourseElement {
  const breach = element('i', 'course-breach');
  const band = svg('path', { class: 'course-band' });
  const before = svg('path', { class: 'course-before' });
  const rules = Array.from({ length: MOST_MARKS }, () => svg('path', {}));
  const line = svg('path', { class: 'course-line' });
  // A zero-length stroke with round caps: stays a circle while the box is stretched.
  const dot = svg('path', { class: 'course-dot' });
  const drawing = svg('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img' }, [
    before,
    band,
    ...rules,
    line,
    dot,
  ]);
  const words = wordRows();
  const plot = element('div', 'plot', [breach, drawing, ...words.roots]);
  const [top, bottom, start, end, began] = ['y y-top', 'y y-bottom', 'x', 'x x-end', 'x x-began'].map((name) =>
    element('span', name, [], { 'aria-hidden': 'true' }),
  ) as [HTMLElement, HTMLElement, HTMLElement, HTMLElement, HTMLElement];
  const root = element('div', 'course', [plot, top, bottom, start, end, began]);
  // Too flat for two names one above the other: the range stands in one.
  let range = { top: '', bottom: '' };
  let isFlat = false;
  const nameRange = (): void => {
    setText(top, isFlat && range.top !== '' ? `${range.bottom} … ${range.top}` : range.top);
    setText(bottom, isFlat ? '' : range.bottom);
  };
  onResize(plot, () => {
    const lines = plot.clientHeight / Number.parseFloat(getComputedStyle(root).fontSize);
    return () => {
      words.resized(lines);
      isFlat = lines < LEAST_LINES;
      setAttribute(root, 'data-room', lines < NO_LINE ? 'none' : isFlat ? 'flat' : 'full');
      nameRange();
    };
  });
  return {
    root,
    show({ shape, marks, axis, began: breachAt, label }) {
      setAttribute(drawing, 'aria-label', label);
      setAttribute(line, 'd', shape.line);
      setAttribute(band, 'd', shape.band);
      setAttribute(before, 'd', shape.before);
      setAttribute(dot, 'd', shape.last === null ? '' : `M${shape.last.x} ${shape.last.y}h0.01`);
      rules.forEach((rule, i) => {
        const [mark, named] = [shape.marks[i], marks[i]];
        const isDrawn = mark !== undefined && mark.isOut === null;
        setAttribute(rule, 'd', isDrawn ? `M0 ${mark.y}H${WIDTH}` : '');
        setAttribute(rule, 'class', `course-rule ${named?.kind ?? ''}`); // there is none
      });
      words.show(shape, marks);
      range = axis;
      nameRange();
      setText(start, axis.start);
      setText(end, axis.end);
      setShown(breach, breachAt !== undefined);
      setShown(began, breachAt !== undefined && breachAt.at > CLEAR[0] && breachAt.at < CLEAR[1]);
      if (breachAt === undefined) return;
      setStyle(breach, 'left', `${breachAt.at * 100}%`);
      setStyle(root, '--began', String(breachAt.at));
      setText(began, breachAt.text);
    },
  };
}

/** The words of the lines across, in rows beside them. */
function wordRows() {
  const rows = Array.from({ length: MOST_MARKS }, () => {
    const parts = Array.from({ length: MOST_MARKS }, () => element('span', ''));
    return { parts, root: element('div', 'mark-words', parts) };
  });
  let shown: { readonly shape: CourseShape; readonly marks: CourseShown['marks'] } | null = null;
  let line = HEIGHT / 4;
  const place = (): void => {
    const { shape, marks } = shown ?? { shape: null, marks: [] }; // nothing was shown yet
    const named = (shape?.marks ?? []).slice(0, marks.length);
    const placed = markRows(named, line);
    rows.forEach(({ root, parts }, i) => {
      const row = placed[i];
      setShown(root, row !== undefined);
      if (row === undefined) return;
      setAttribute(root, 'data-side', row.side);
      setStyle(root, 'top', `${row.y}%`);
      parts.forEach((part, at) => {
        const which = row.marks[at];
        setShown(part, which !== undefined);
        if (which === undefined) return;
        const { kind, text } = must(marks[which], 'a mark that has words');
        const { isOut } = must(named[which], 'a mark of the course');
        setText(part, isOut === null ? text : `${text} ${isOut === 'above' ? '↑' : '↓'}`);
        setAttribute(part, 'data-kind', kind);
      });
    });
  };
  return {
    roots: rows.map(({ root }) => root),
    /** @param lines how many times its letters' size the box is high. */
    resized(lines: number): void {
      line = Math.min(HEIGHT / 2, (HEIGHT * WORDS_LINE) / Math.max(lines, 1));
      place();
    },
    show(shape: CourseShape, marks: CourseShown['marks']): void {
      shown = { shape, marks };
      place();
    },
  };
}
