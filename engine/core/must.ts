/**
 * Assertions of invariants: what can only be otherwise through a fault of ours. One that fails stops the partition before its next
 * commit (kind bug) and never becomes a value. For input from outside use a check with an error code, not these.
 */

/** An invariant does not hold. Thrown inside an operator it reaches the log as the cause of `OPERATOR_FAILED`. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError';
}

/** `value`, which is there. `what` names the invariant for whoever reads the report; it never holds data of an event. */
export function must<T>(value: T, what = 'a value that must be there'): NonNullable<T> {
  if (value === undefined || value === null) throw new InvariantError(`${what} is missing`);
  return value;
}

/** `condition` holds. */
export function ensure(condition: boolean, what: string): asserts condition {
  if (!condition) throw new InvariantError(`it does not hold that ${what}`);
}

interface Indexed<T> {
  readonly length: number;
  readonly [index: number]: T;
}

/** The element at `index`, which lies within the array (plain or typed). */
export function at<T>(array: Indexed<T>, index: number): T {
  const value = array[index];
  if (value === undefined) throw new InvariantError(`there is no element ${index} of ${array.length}`);
  return value;
}

/** A case that the types rule out: a list of cases that lacks one does not compile. */
export function unreachable(value: never, what = 'case'): never {
  throw new InvariantError(`unknown ${what}: ${typeof value === 'string' ? value : typeof value}`);
}
