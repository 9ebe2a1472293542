/** Names of people in Latin letters: behind the words people introduce themselves with, titles, roles, greetings; by first name. */
import type { Steps } from '../../../engine/core/steps.ts';
import type { Edit } from './folding.ts';
import { disjoint } from './mask-network.ts';
import { replacedIn } from './replaced.ts';

export function initials(words: string): string {
  return words.replace(/\p{L}[\p{L}'’-]+/gu, (word) => `${word.slice(0, 1)}**`);
}

/** English words that follow "my name is" without being one. */
const NOT_NAME =
  /^(?:on|in|not|the|a|an|spelled|spelt|wrong|missing|misspelled|incorrect|still|already|listed|under|at|for|and|or|but|with|is|was|my|your|no|never|being|also|very|so|just|really|too|from|here|there|it)$/i;

interface Rule {
  readonly hint: RegExp;
  readonly pattern: RegExp;
  readonly mask: (match: string, groups: readonly string[]) => string | null;
}
const RULES: readonly Rule[] = [
  {
    hint: /\bname\b|\bname[:：']/i,
    pattern:
      /(\b(?:my (?:full |first |last )?name(?:['’]s| is| was)|name\s?[:：])\s{0,2})([A-Za-z][A-Za-z'’-]{1,20})((?: [A-Za-z][A-Za-z'’-]{1,20}){0,2})/gi,
    mask: (_match, [cue = '', first = '', more = '']) => {
      if (NOT_NAME.test(first)) return null;
      const isCapital = /^[A-Z]/.test(first);
      let rest = '';
      let kept = more;
      for (const word of more.split(' ').slice(1)) {
        if (NOT_NAME.test(word) || (isCapital ? !/^[A-Z]/.test(word) : rest !== '' || /^i$/i.test(word))) break;
        rest += ` ${word}`;
        kept = kept.slice(word.length + 1);
      }
      return `${cue}${initials(first + rest)}${kept}`;
    },
  },
  {
    // I'm John Smith, this is John Smith
    hint: /\b(?:I['’]?m|I am|[Tt]his is) [A-Z]/,
    pattern:
      /(\b(?:I['’]m|I am|[Tt]his is) )([A-Z][a-z]{1,20} [A-Z][a-z]{1,20})(?=[,.;!]|$| (?:and|from|here|speaking|calling|writing)\b)/g,
    mask: (_match, [cue = '', name = '']) =>
      NOT_NAME.test(name.split(' ', 1)[0] ?? '') ? null : `${cue}${initials(name)}`,
  },
  {
    hint: /\b(?:Mr|Mrs|Ms|Miss|Dr)\b/,
    pattern: /(\b(?:Mr|Mrs|Ms|Miss|Dr)\.? )([A-Z][a-z'’-]{1,20}(?: [A-Z][a-z'’-]{1,20})?)/g,
    mask: (_match, [title = '', name = '']) => `${title}${initials(name)}`,
  },
];

export function* latinNamesIn(text: string): Steps<Edit[]> {
  const edits: Edit[] = [];
  for (const { hint, pattern, mask } of RULES) {
    if (!hint.test(text)) continue;
    edits.push(
      ...(yield* replacedIn(text, pattern, ([match, ...groups]) =>
        mask(
          match,
          groups.map((group: string | undefined) => group ?? ''),
        ),
      )),
    );
  }
  return disjoint(edits);
}
