/** What measures read from an event: numbers within bounds, truths, labels. */
import { cutText } from '../../engine/core/json/well-formed.ts';
import { expression, number } from '../config/config-schema-forms.ts';
import type { Expression } from '../shared/messages.ts';
import type { MeasureSource, Read } from './measure.ts';

export const VALUE = expression('the number taken from an event, e.g. `data.score`');

/** The configuration of measures that take a number, and leave out what lies beyond `min` and `max`. */
export interface Bounded {
  readonly value: string;
  readonly min?: number;
  readonly max?: number;
}
export const BOUNDED_SCHEMA = {
  fields: { value: VALUE, min: number('values below are left out'), max: number('values above are left out') },
  required: ['value'],
};
export function parseBounded({ section, expression: source }: MeasureSource): Bounded {
  const min = section.number('min', null);
  const max = section.number('max', null);
  return { value: source('value'), ...(min === null ? {} : { min }), ...(max === null ? {} : { max }) };
}

export function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'bigint' ? Number(value) : undefined;
}

/** Numbers beyond the bounds are not measured. Not a number lies beyond all of them. */
export function numberWithin(read: Expression, low: number, high: number): Read {
  return (event) => {
    const value = numberOf(read(event as unknown as Readonly<Record<string, unknown>>));
    return value !== undefined && value >= low && value <= high ? value : undefined;
  };
}

/** 1 or 0. Neither true nor false is no answer. */
export function truth(read: Expression): Read {
  return (event) => {
    const value = read(event as unknown as Readonly<Record<string, unknown>>);
    return value === true ? 1 : value === false ? 0 : undefined;
  };
}

/** Longer labels are cut. */
const MAX_LABEL = 200;
/** Of an event: each one is kept in each total that it counts in. */
const MAX_LABELS = 250;

/** A label, or a list of them. */
export function labels(read: Expression): Read {
  return (event) => {
    const value = read(event as unknown as Readonly<Record<string, unknown>>);
    if (!Array.isArray(value)) return labelOf(value);
    const list = value
      .slice(0, MAX_LABELS)
      .map(labelOf)
      .filter((label) => label !== undefined);
    return list.length === 0 ? undefined : list;
  };
}
function labelOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : cutText(value, MAX_LABEL);
  return typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint'
    ? String(value)
    : undefined;
}
