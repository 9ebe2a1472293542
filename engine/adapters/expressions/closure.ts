import type { Variables } from '../../core/expressions/expression.ts';

/** A part of an expression, ready to run: its value for an event; undefined where there is none. */
export type Closure = (variables: Variables) => unknown;
