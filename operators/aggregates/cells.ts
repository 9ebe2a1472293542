/** The pure form of a cell aggregate, made from its in-place form, so that the two cannot differ. */
import { cellAt } from '../../engine/core/must.ts';
import type { CellAggregate, Cells, InvertibleCellAggregate } from './aggregate.ts';

type InPlace = Pick<CellAggregate, 'width' | 'add' | 'merge' | 'lowerAt'>;

export function cellAggregate(form: InPlace): CellAggregate {
  const { width } = form;
  return {
    ...form,
    form: 'cells',
    zero: () => new Array<number>(width).fill(0),
    lift(value) {
      const cells = new Float64Array(width);
      form.add(cells, 0, value);
      return [...cells];
    },
    combine: (a, b) => fold(form.merge, a, b),
    lower: (state, context) => form.lowerAt(state, 0, context),
  };
}

export function invertibleCellAggregate(
  form: InPlace & Pick<InvertibleCellAggregate, 'remove'>,
): InvertibleCellAggregate {
  return {
    ...cellAggregate(form),
    remove: form.remove,
    subtract: (whole, part) => fold(form.remove, whole, part),
  };
}

function fold(step: CellAggregate['merge'], a: Cells, b: Cells): Cells {
  const cells = Float64Array.from(a);
  step(cells, 0, Float64Array.from(b), 0);
  // 0 − 0 may leave −0 behind, which is another value to a strict comparison.
  return [...cells].map((cell) => cell + 0);
}

/** Cells that are plain counts: merged and removed one by one. */
export function countCells(form: Pick<CellAggregate, 'width' | 'add' | 'lowerAt'>): InvertibleCellAggregate {
  const { width } = form;
  return invertibleCellAggregate({
    ...form,
    merge(cells, at, from, fromAt) {
      for (let i = 0; i < width; i++) cells[at + i] = cellAt(cells, at + i) + cellAt(from, fromAt + i);
    },
    remove(cells, at, from, fromAt) {
      for (let i = 0; i < width; i++) cells[at + i] = cellAt(cells, at + i) - cellAt(from, fromAt + i);
    },
  });
}
