/** `expect(actual).toEqual(expected)` for loops: it costs a hundredth where they are equal, and says the same where they are not. */
import { isDeepStrictEqual } from 'node:util';
import { expect } from 'vitest';

export function expectEqual(actual: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(actual, expected)) expect(actual).toEqual(expected);
}
