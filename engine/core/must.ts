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
  if (value === undefined) throw outside(array, index);
  return value;
}

/*
 * The same for one kind of array each: an element is read as fast as with a default, since each function meets one kind only
 * (`at`, which meets them all, costs a hot path some ten nanoseconds an element).
 */
export function cellAt(cells: Float64Array, index: number): number {
  const value = cells[index];
  if (value === undefined) throw outside(cells, index);
  return value;
}
export function byteAt(bytes: Uint8Array, index: number): number {
  const value = bytes[index];
  if (value === undefined) throw outside(bytes, index);
  return value;
}
export function wordAt(words: Uint32Array, index: number): number {
  const value = words[index];
  if (value === undefined) throw outside(words, index);
  return value;
}
export function countAt(counts: Int32Array, index: number): number {
  const value = counts[index];
  if (value === undefined) throw outside(counts, index);
  return value;
}
export function numberAt(list: ArrayLike<number>, index: number): number {
  const value = list[index];
  if (value === undefined) throw outside(list, index);
  return value;
}
function outside({ length }: { readonly length: number }, index: number): InvariantError {
  return new InvariantError(`there is no element ${index} of ${length}`);
}

/** A case that the types rule out: a list of cases that lacks one does not compile. */
export function unreachable(value: never, what = 'case'): never {
  throw new InvariantError(`unknown ${what}: ${typeof value === 'string' ? value : typeof value}`);
}
