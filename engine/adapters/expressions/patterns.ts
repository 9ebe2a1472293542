/** Patterns of `matches`, in time linear in the text whatever the pattern: RE2's syntax and engine, in JavaScript (re2js). */
import { RE2JS } from 're2js';
import { reasonOf } from '../../core/errors.ts';

export interface Pattern {
  /** What a match may cost, in steps, for each character of the text. */
  readonly stepsPerCharacter: number;
  /** Whether it is found anywhere in the text. */
  test(text: string): boolean;
}

const MAX_CHARACTERS = 2000;
/** Instructions of the compiled pattern; each character may have to be held against all of them. */
const MAX_INSTRUCTIONS = 1000;
const WORDS = /^[^\\^$.|?*+()[\]{}]+(?:\|[^\\^$.|?*+()[\]{}]+)*$/;

/** Throws an Error that says what is wrong. */
export function patternOf(source: string): Pattern {
  if (source.length > MAX_CHARACTERS) {
    throw new Error(`the pattern has ${source.length} characters, at most ${MAX_CHARACTERS} are allowed`);
  }
  // Lists of words are what people write most, and need no automaton.
  if (WORDS.test(source)) {
    const words = source.split('|');
    return {
      stepsPerCharacter: Math.ceil(words.length / 16),
      test: (text) => words.some((word) => text.includes(word)),
    };
  }
  const pattern = compiled(source);
  const instructions = pattern.programSize();
  if (instructions > MAX_INSTRUCTIONS) {
    throw new Error(
      `the pattern ${JSON.stringify(source)} is too large (${instructions} instructions, at most ${MAX_INSTRUCTIONS}): repeat less`,
    );
  }
  return { stepsPerCharacter: Math.ceil(instructions / 8), test: (text) => pattern.test(text) };
}

function compiled(source: string): RE2JS {
  try {
    return RE2JS.compile(source);
  } catch (thrown) {
    throw new Error(
      `${JSON.stringify(source)} is not a pattern of RE2, which knows no lookahead, lookbehind or backreference: ${reasonOf(thrown)}`,
      { cause: thrown },
    );
  }
}
