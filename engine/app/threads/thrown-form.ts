/** A failure on its way from one thread to another: its class and code decide what becomes of a partition, so both survive. */
import { EngineError, isErrorCode } from '../../core/errors.ts';
import { InvariantError } from '../../core/must.ts';

/** Plain data. */
export interface PlainThrown {
  /** Of an EngineError; null: it is none. */
  readonly code: string | null;
  readonly name: string;
  readonly message: string;
  readonly stack: string;
  /** null: none is known. */
  readonly cause: PlainThrown | null;
}

/** Causes of causes are followed so far. */
const DEEPEST = 4;

export function plainThrown(thrown: unknown, depth = 0): PlainThrown {
  if (!(thrown instanceof Error)) return { ...NONE, message: `a thrown ${typeof thrown}` };
  const { name, message, stack = '', cause } = thrown;
  return {
    code: thrown instanceof EngineError ? thrown.code : null,
    ...{ name, message, stack },
    cause: cause === undefined || depth === DEEPEST ? null : plainThrown(cause, depth + 1),
  };
}

const NONE: PlainThrown = { code: null, name: 'Error', message: '', stack: '', cause: null };

/** Those that say that a fault is the program's; what is none of them came from outside. */
const CLASSES: Readonly<Record<string, new (message: string) => Error>> = {
  InvariantError,
  TypeError,
  RangeError,
  ReferenceError,
  SyntaxError,
};

export function thrownAgain({ code, name, message, stack, cause }: PlainThrown): Error {
  const found = isErrorCode(code) ? new EngineError(code) : new (CLASSES[name] ?? Error)(message);
  found.message = message;
  found.stack = stack;
  if (cause !== null) found.cause = thrownAgain(cause);
  return found;
}
