/** `String.replace` in steps: texts are as long as whoever sends them likes. */
import type { Steps } from '../../../engine/core/steps.ts';

export interface MaskedText {
  readonly text: string;
  /** How many things were masked. */
  readonly count: number;
}

/** After so many matches of an expression the loop may be handed over. */
const MATCHES_A_STEP = 64;

/** `text.replace(pattern, …)`; `replacement` gives null to leave a match as it is. `count`: how many were replaced. */
export function* replaced(
  text: string,
  pattern: RegExp,
  replacement: (match: RegExpExecArray) => string | null,
): Steps<MaskedText> {
  let out = '';
  let from = 0;
  let count = 0;
  let matches = 0;
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const next = replacement(match);
    const end = pattern.lastIndex;
    if (next !== null) {
      out += text.slice(from, match.index) + next;
      from = end;
      count += 1;
    }
    matches += 1;
    if (matches % MATCHES_A_STEP !== 0) continue;
    yield;
    // Somebody else may have used it meanwhile.
    pattern.lastIndex = end;
  }
  return count === 0 ? { text, count } : { text: out + text.slice(from), count };
}
