/** What saved state is made of: comparing and copying it as a store would. */
import type { State } from './types.ts';

export function isSameState(left: State, right: State): boolean {
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  if (left instanceof Uint8Array || right instanceof Uint8Array) {
    if (!(left instanceof Uint8Array && right instanceof Uint8Array) || left.length !== right.length) return false;
    return left.every((byte, i) => byte === right[i]);
  }
  if (isList(left) || isList(right)) {
    if (!isList(left) || !isList(right) || left.length !== right.length) return false;
    return left.every((item, i) => isSameState(item, right[i] as State));
  }
  const names = Object.keys(left);
  return (
    names.length === Object.keys(right).length &&
    names.every((name) => Object.hasOwn(right, name) && isSameState(left[name] as State, right[name] as State))
  );
}

/** A copy as a store gives it back: throws, naming the place, on anything that would not survive (undefined, NaN, a class). */
export function cloneState(state: State, path = 'state'): State {
  if (state === null || typeof state === 'boolean' || typeof state === 'string') return state;
  if (typeof state === 'number') {
    if (!Number.isFinite(state)) throw new TypeError(`${path} is ${String(state)}: it would not survive being saved`);
    return state;
  }
  if (state instanceof Uint8Array) return state.slice();
  if (isList(state)) return state.map((item, i) => cloneState(item, `${path}[${String(i)}]`));
  if (typeof state !== 'object' || !isPlain(state)) {
    throw new TypeError(`${path} is a ${typeof state} or an instance: only plain data can be saved`);
  }
  return Object.fromEntries(Object.entries(state).map(([name, value]) => [name, cloneState(value, `${path}.${name}`)]));
}

function isList(state: State): state is readonly State[] {
  return Array.isArray(state);
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
