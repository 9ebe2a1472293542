/** Searches in steps: texts are as long as whoever sends them likes. */
import type { Steps } from '../../../engine/core/steps/steps.ts';
import type { Edit } from './folding.ts';
import type { Finder } from './search/started.ts';

/** After so many matches of an expression the loop may be handed over. */
const MATCHES_A_STEP = 64;
/** A longer text is searched by parts, since one search cannot be handed over. */
const PART = 10_000;
/** What is seen of the text on either side of a part. No expression looks back as far, and no match is as long. */
const MARGIN = 1000;

/** What a rule finds: at once in a brief text, where a generator would cost more than most looks; else in steps. */
export type Found = readonly Edit[] | Steps<Edit[]>;
export const NOTHING: readonly Edit[] = [];
/** So brief that no look through it needs steps. */
export function isBrief(text: string): boolean {
  return text.length <= BRIEF;
}
const BRIEF = 1500;

/** An expression with the flag g, or one that is tried where it may begin. */
export type Pattern = RegExp | Finder;
/** Somebody else may have used an expression meanwhile: it is set to where to begin. */
function matchFrom(pattern: Pattern, text: string, from: number): RegExpExecArray | null {
  if (!(pattern instanceof RegExp)) return pattern.find(text, from);
  pattern.lastIndex = from;
  return pattern.exec(text);
}
function endOf(match: RegExpExecArray): number {
  return match.index + match[0].length;
}

/** A rule by an expression. */
export interface Search<S> {
  /** Has the text anything for it to start from? */
  readonly may: (seen: S, text: string) => boolean;
  readonly hint: Hint;
  readonly pattern: Pattern;
  readonly put: (match: RegExpExecArray) => string | null;
}
/** Adds to `edits` what the rules would change in a brief text. */
export function searchNow<S>(text: string, seen: S, rules: readonly Search<S>[], edits: Edit[]): void {
  for (const rule of rules) {
    if (rule.may(seen, text) && rule.hint.test(text)) replaceNow(text, rule.pattern, rule.put, edits);
  }
}
/** The same for any text. */
export function* searchIn<S>(text: string, seen: S, rules: readonly Search<S>[]): Steps<Edit[]> {
  const edits: Edit[] = [];
  for (const { may, hint, pattern, put } of rules) {
    if (!may(seen, text)) continue;
    if (!(isShort(text) ? hint.test(text) : yield* isHinted(text, hint))) continue;
    edits.push(...(yield* replacedIn(text, pattern, put)));
  }
  return edits;
}

/** As `replacedIn`, of a brief text, added to `edits`. */
export function replaceNow(text: string, pattern: Pattern, put: Search<unknown>['put'], edits: Edit[]): void {
  for (let match = matchFrom(pattern, text, 0); match !== null;) {
    const next = endOf(match) + (match[0] === '' ? 1 : 0);
    const replacement = put(match);
    if (replacement !== null && replacement !== match[0]) edits.push(narrowed(match.index, match[0], replacement));
    match = matchFrom(pattern, text, next);
  }
}

/**
 * What `read.replace(pattern, …)` would change, and no more: what match and replacement share at both ends stays. `replacement`
 * gives null to leave a match as it is; `index` of what it is given counts in `read`.
 */
export function* replacedIn(
  read: string,
  pattern: Pattern,
  replacement: (match: RegExpExecArray) => string | null,
): Steps<Edit[]> {
  const edits: Edit[] = [];
  // Most texts are one part, and most parts hold nothing; what is found is not looked for again.
  let found = read.length <= PART ? matchFrom(pattern, read, 0) : null;
  if (found === null && read.length <= PART) return edits;
  let matches = 0;
  for (let from = 0; from < read.length || from === 0;) {
    const isLast = read.length - from <= PART + MARGIN;
    const start = Math.max(0, from - MARGIN);
    const part = start === 0 && isLast ? read : read.slice(start, isLast ? read.length : from + PART + MARGIN);
    const end = isLast ? Infinity : from + PART;
    let next = from;
    for (;;) {
      const match: RegExpExecArray | null = found ?? matchFrom(pattern, part, next - start);
      found = null;
      if (match === null || start + match.index >= end) break;
      next = start + endOf(match) + (match[0] === '' ? 1 : 0);
      match.index += start;
      const put = replacement(match);
      if (put !== null && put !== match[0]) edits.push(narrowed(match.index, match[0], put));
      matches += 1;
      if (matches % MATCHES_A_STEP === 0) yield;
    }
    if (isLast) break;
    from = Math.max(next, end);
    yield;
  }
  return edits;
}

/** The edit without what match and replacement share at both ends. */
export function narrowed(index: number, match: string, put: string): Edit {
  const shorter = Math.min(match.length, put.length);
  let head = 0;
  while (head < shorter && match[head] === put[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && match[match.length - 1 - tail] === put[put.length - 1 - tail]) tail += 1;
  return { from: index + head, to: index + match.length - tail, put: put.slice(head, put.length - tail) };
}

/** Short enough for one search, without a step of its own. */
export function isShort(text: string): boolean {
  return text.length <= PART;
}

/** Cheap: is there anything for a rule in a text? An expression, or what does the same by table. */
export interface Hint {
  test(text: string): boolean;
}

/** Whether `hint` is found. A cut may make one appear, which costs a look, but hides none. */
export function* isHinted(text: string, hint: Hint): Steps<boolean> {
  if (text.length <= PART) return hint.test(text);
  for (let from = 0; from < text.length; from += PART) {
    if (hint.test(text.slice(from, from + PART + MARGIN))) return true;
    yield;
  }
  return false;
}
