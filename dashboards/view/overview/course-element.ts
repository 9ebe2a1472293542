/** A course on the overview: the line with its interval, earlier times as dots, lines across with their words, both axes named. */
import { HEIGHT, WIDTH, type CourseShape } from '../../model/overview/course-shape.ts';
import { element, setAttribute, setShown, setText, svg } from '../element.ts';

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
/** Words closer than this to an edge, in parts of the height, would leave the box: they stand on the other side of their line. */
const EDGE = 18;
/** Two lines closer than this have their words on different sides. */
const CLOSE = 22;
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
  const words = Array.from({ length: MOST_MARKS }, () => element('span', 'mark-words'));
  const plot = element('div', 'plot', [breach, drawing, ...words]);
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
  new ResizeObserver(() => {
    const lines = plot.clientHeight / Number.parseFloat(getComputedStyle(root).fontSize);
    isFlat = lines < LEAST_LINES;
    setAttribute(root, 'data-room', lines < NO_LINE ? 'none' : isFlat ? 'flat' : 'full');
    nameRange();
  }).observe(plot);
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
      words.forEach((node, i) => placed(node, shape, marks, i));
      range = axis;
      nameRange();
      setText(start, axis.start);
      setText(end, axis.end);
      setShown(breach, breachAt !== undefined);
      setShown(began, breachAt !== undefined && breachAt.at > CLEAR[0] && breachAt.at < CLEAR[1]);
      if (breachAt === undefined) return;
      breach.style.left = `${breachAt.at * 100}%`;
      root.style.setProperty('--began', String(breachAt.at));
      setText(began, breachAt.text);
    },
  };
}

/** The words of a line across, above or below it. */
function placed(node: HTMLElement, shape: CourseShape, marks: CourseShown['marks'], i: number): void {
  const [mark, named] = [shape.marks[i], marks[i]];
  setShown(node, mark !== undefined && named !== undefined);
  if (mark === undefined || named === undefined) return;
  const other = shape.marks.find((one, at) => at !== i && Math.abs(one.y - mark.y) < CLOSE);
  const wanted = other === undefined ? mark.words : mark.y <= other.y ? 'above' : 'below';
  const isAbove = mark.y < EDGE ? false : mark.y > HEIGHT - EDGE ? true : wanted === 'above';
  setText(node, mark.isOut === null ? named.text : `${named.text} ${mark.isOut === 'above' ? '↑' : '↓'}`);
  setAttribute(node, 'data-kind', named.kind);
  setAttribute(node, 'data-side', isAbove ? 'above' : 'below');
  node.style.top = `${mark.y}%`;
}
