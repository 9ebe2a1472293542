/** The one object in which keys are loaded out of their columns. */
import type { TextTable } from '../../shared/text-table.ts';
import type { KeyState } from '../clock.ts';
import type { ClockKey, Tail } from '../key-log.ts';
import { freshState } from '../key-state.ts';

/** Its key is made a string when somebody asks for it: most are not asked for. */
export interface LoadedKey extends ClockKey {
  state: KeyState;
  tail: Tail | null;
  /** Of this slot, which has a key. */
  readonly of: (slot: number) => void;
}
export function loadedFrom(keys: TextTable): LoadedKey {
  let slot = 0;
  let key: string | null = null;
  const loaded = {
    get clock(): number {
      return keys.ownerOf(slot);
    },
    get key(): string {
      return (key ??= keys.textOf(slot));
    },
    state: freshState(),
    tail: null,
  };
  const of = (now: number): void => {
    slot = now;
    key = null;
  };
  return Object.defineProperty(loaded, 'of', { value: of, enumerable: false }) as unknown as LoadedKey;
}
