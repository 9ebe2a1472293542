/** How long to wait after an attempt that failed. */
import { fnv1a } from '../../core/hash.ts';
import type { Millis } from '../../core/types.ts';

const FIRST = 1000;
const LONGEST = 30_000;

/** 1, 2, 4, … at most 30 s, less up to a fifth: by the notice's id, so that many that failed together do not come together. */
export function backOff(attempts: number, id: string): Millis {
  const whole = Math.min(LONGEST, FIRST * 2 ** Math.min(10, Math.max(0, attempts - 1)));
  const share = ((fnv1a(`${id}/${attempts}`) >>> 0) % 1000) / 1000;
  return Math.round(whole * (1 - share / 5));
}
