/** The words that docs/reference/words.md bans, found in names and in what people read. */
import ts from 'typescript';

export interface Word {
  readonly line: number;
  readonly word: string;
}

const NAME_WORDS = new Set(['told', 'anew', 'amid', 'turn', 'turns', 'room', 'rooms', 'feed', 'feeds', 'fed']);
const PROSE =
  /\b(?:told|anew|amid|afresh|lest|(?:is|are|be) had|(?:no|more|make|has|is|with|without) room|room (?:for|again|left|alone))\b/gi;

/** `inTurn`, `LAST_FEED` → in, turn; last, feed. */
const wordsOf = (name: string): readonly string[] =>
  name.split(/[_#$]|(?<=[a-z0-9])(?=[A-Z])/).map((word) => word.toLowerCase());

/** Names of a TypeScript or JavaScript file that hold a banned word, each once. */
export function bannedNames(path: string, text: string): readonly Word[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true);
  const found = new Map<string, number>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) || ts.isPrivateIdentifier(node)) {
      const isBanned = !node.text.endsWith('LiveFeed') && wordsOf(node.text).some((word) => NAME_WORDS.has(word));
      if (isBanned && !found.has(node.text)) {
        found.set(node.text, file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1);
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return [...found].map(([word, line]) => ({ line, word }));
}

/** Banned words in comments, titles of tests, messages and documents. */
export function bannedProse(text: string): readonly Word[] {
  return text
    .split('\n')
    .flatMap((content, i) => [...content.matchAll(PROSE)].map(([word]) => ({ line: i + 1, word })));
}
