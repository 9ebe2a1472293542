/**
 * What a log may say of a failure nobody expected: its class and where it was thrown. Never its message: a parser's quotes what
 * it could not parse, and that is what a customer wrote.
 */
import { at } from '../must.ts';
export function placeOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return `a thrown ${typeof thrown}`;
  const name = /^\w{1,40}$/.test(thrown.name) ? thrown.name : 'Error';
  const frame = framesOf(thrown)
    .map((line) => /((?:[\w.-]+\/){0,2}[\w.-]+\.(?:[cm]?[jt]s)):(\d+):\d+\)?$/.exec(line))
    .find((found) => found !== null);
  return frame == null ? name : `${name} at ${at(frame, 1)}:${at(frame, 2)}`;
}

/** The stack begins with the message, which may look like frames. */
function framesOf({ stack = '', message }: Error): readonly string[] {
  const end = message === '' ? 0 : stack.indexOf(message);
  return end < 0
    ? []
    : stack
        .slice(end + message.length)
        .split('\n')
        .slice(1);
}
