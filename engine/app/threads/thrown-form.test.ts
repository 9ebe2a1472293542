import { expect, it } from 'vitest';
import { EngineError } from '../../core/errors.ts';
import { InvariantError } from '../../core/must.ts';
import { placeOf } from '../../core/text/place-of.ts';
import { plainThrown, thrownAgain } from './thrown-form.ts';

const carried = (thrown: unknown): Error => thrownAgain(structuredClone(plainThrown(thrown)));

it('an error of the engine keeps code, kind, help and words over a thread', () => {
  const thrown = new EngineError('STATE_MISMATCH', ['kpis', 'its window changed']);
  expect(carried(thrown)).toMatchObject({
    code: 'STATE_MISMATCH',
    kind: 'config',
    help: thrown.help,
    message: thrown.message,
  });
  expect(carried(thrown)).toBeInstanceOf(EngineError);
});

it.each([
  ['an invariant', new InvariantError('x is missing'), InvariantError],
  ['a programming error', new TypeError('undefined is not a function'), TypeError],
  ['an error of the network', new Error('ECONNRESET'), Error],
])('%s keeps its class and the place where it was thrown, by which it is judged and logged', (_name, thrown, kind) => {
  expect(carried(thrown)).toBeInstanceOf(kind);
  expect(carried(thrown).message).toBe(thrown.message);
  expect(placeOf(carried(thrown))).toBe(placeOf(thrown));
  expect(placeOf(thrown)).toContain('thrown-form.test.ts');
});

it('the cause of a failed operator comes with it; one that causes itself ends', () => {
  const cause = new RangeError('out of memory');
  const failed = new EngineError('OPERATOR_FAILED', ['kpis', 'x'], { cause });
  expect(carried(failed).cause).toBeInstanceOf(RangeError);
  const loop = new Error('a');
  loop.cause = loop;
  expect(carried(loop).message).toBe('a');
});

it('what is thrown and no error says no more than its type', () => {
  expect(carried('a text that a customer wrote').message).toBe('a thrown string');
});
