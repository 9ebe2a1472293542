import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cloneState, isSameState } from './state-equality.ts';
import type { State } from './types.ts';

const state = fc.letrec<{ state: State }>((tie) => ({
  state: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<State[]>(null, true, false, '', 'a', 0, 1, -0.5),
    fc.uint8Array({ maxLength: 3 }) as fc.Arbitrary<State>,
    fc.array(tie('state'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('state')),
  ),
})).state;

describe('saved state', () => {
  it('is the same as its copy, and the copy shares nothing', () => {
    fc.assert(fc.property(state, (one) => isSameState(one, cloneState(one))));
    const bytes = new Uint8Array([1]);
    const copy = cloneState({ bytes }) as { bytes: Uint8Array };
    bytes[0] = 2;
    expect(copy.bytes[0]).toBe(1);
  });

  it('is the same exactly when it looks the same', () => {
    const text = (one: State): string =>
      JSON.stringify(one, (_, part: unknown) => {
        if (part instanceof Uint8Array) return { bytes: [...part] };
        if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
        return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
      });
    fc.assert(fc.property(state, state, (a, b) => isSameState(a, b) === (text(a) === text(b))));
  });

  it.each<[string, unknown, string]>([
    ['undefined', { a: [undefined] }, 'state.a[0] is a undefined'],
    ['NaN', { a: NaN }, 'state.a is NaN'],
    ['infinity', [Infinity], 'state[0] is Infinity'],
    ['an instance', { at: new Map() }, 'state.at is a object'],
    ['a function', () => 1, 'state is a function'],
  ])('refuses %s, naming the place (law 4)', (_, value, message) => {
    expect(() => cloneState(value as State)).toThrow(message);
  });
});
