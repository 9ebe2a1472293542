/**
 * Of several instances the one that judges rules tells of alerts as well: it alone knows what is silenced, and whose alerts are
 * open. Where nobody judges for a while (a partition that cannot start), any instance tells what is stored all the same.
 */
import type { Millis } from '../../core/types.ts';

export interface JudgingHere {
  /** Whether this instance judges rules now, and knows their alerts. */
  readonly isJudging: () => boolean;
  readonly pause: (ms: Millis, signal: AbortSignal) => Promise<void>;
}

/** So long whoever judges is left to take it. */
export const PATIENCE_MS: Millis = 30_000;
/** Whoever does not judge keeps it so long: shorter interruptions are those of a partition that starts again. */
export const AWAY_MS: Millis = 15_000;
const LOOK_MS: Millis = 250;

/** Resolves when rules are judged here, or nobody has for a while; rejects with the signal's reason. */
export async function untilJudging({ isJudging, pause }: JudgingHere, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  for (let waited = 0; !isJudging() && waited < PATIENCE_MS; waited += LOOK_MS) await pause(LOOK_MS, signal);
}

/** Aborts when rules have not been judged here for a while. Ends with `signal`. */
export function whileJudging({ isJudging, pause }: JudgingHere, signal: AbortSignal): AbortSignal {
  const away = new AbortController();
  const watch = async (): Promise<void> => {
    for (let since = 0; since < AWAY_MS; since = isJudging() ? 0 : since + LOOK_MS) await pause(LOOK_MS, signal);
    away.abort(new Error('another instance judges rules'));
  };
  watch().catch(() => undefined); // it was asked to end
  return away.signal;
}
