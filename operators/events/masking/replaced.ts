/** Searches in steps: texts are as long as whoever sends them likes. */
import type { Steps } from '../../../engine/core/steps.ts';
import type { Edit } from './folding.ts';

/** After so many matches of an expression the loop may be handed over. */
const MATCHES_A_STEP = 64;

/**
 * What `read.replace(pattern, …)` would change, and no more: what match and replacement share at both ends stays. `replacement`
 * gives null to leave a match as it is.
 */
export function* replacedIn(
  read: string,
  pattern: RegExp,
  replacement: (match: RegExpExecArray) => string | null,
): Steps<Edit[]> {
  const edits: Edit[] = [];
  let matches = 0;
  pattern.lastIndex = 0;
  for (let match = pattern.exec(read); match !== null; match = pattern.exec(read)) {
    const put = replacement(match);
    const end = pattern.lastIndex;
    if (put !== null && put !== match[0]) edits.push(narrowed(match.index, match[0], put));
    if (match[0] === '') pattern.lastIndex += 1;
    matches += 1;
    if (matches % MATCHES_A_STEP !== 0) continue;
    yield;
    // Somebody else may have used it meanwhile.
    pattern.lastIndex = end;
  }
  return edits;
}

function narrowed(index: number, match: string, put: string): Edit {
  const shorter = Math.min(match.length, put.length);
  let head = 0;
  while (head < shorter && match[head] === put[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && match[match.length - 1 - tail] === put[put.length - 1 - tail]) tail += 1;
  return { from: index + head, to: index + match.length - tail, put: put.slice(head, put.length - tail) };
}
