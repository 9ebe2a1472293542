/** One word an idea: docs/reference/words.md is the dictionary, and nothing else is written. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../adapters/process/package-root.ts';
import { filesBelow } from './sources.ts';
import { bannedNames, bannedProse } from './words.ts';

interface Exception {
  readonly path: RegExp;
  readonly words: RegExp;
  readonly reason: string;
}

const EXCEPTIONS: readonly Exception[] = [
  {
    path: /^(engine\/(delivery|app\/hooks|adapters\/hooks)|operators\/(notices|destinations))\/|(\/hooks\.integration\.test\.ts|^docs\/(how-to\/hooks|reference\/configuration)\.md)$/,
    words: /told/i,
    reason: 'people are told of alerts; `told` is a field of the saved records',
  },
  { path: /^engine\/testing\//, words: /^(room|rooms|roomOf|roomsTable)$/i, reason: 'folders are rooms there' },
  {
    path: /(^|\/)words(\.test)?\.(ts|md)$/,
    words: /./,
    reason: 'the dictionary and its test name what is banned',
  },
];

/** Written by runs, by people, or in the language of customers. */
const SKIPPED =
  /^(CHANGELOG\.md$|bench\/results(\/|\.md$)|models\/(lab|own|names|issues|sentiment|text)\/|operators\/events\/masking\/(names\/|glance\/exact-cues))|english-words\.mjs$|urgency-rules\.ts$/;

const isExcepted = (path: string, word: string): boolean =>
  EXCEPTIONS.some((exception) => exception.path.test(path) && exception.words.test(word));

const files = filesBelow('')
  .filter((path) => /\.(ts|mjs|js|md|yaml|html)$/.test(path) && !SKIPPED.test(path))
  .map((path) => ({ path, text: readFileSync(join(packageRoot(), path), 'utf8') }));

describe('the words of docs/reference/words.md', () => {
  it('are kept by names: of a banned one see its row there for the word to use', () => {
    const found = files
      .filter(({ path }) => /\.(ts|mjs|js)$/.test(path))
      .flatMap(({ path, text }) =>
        bannedNames(path, text)
          .filter(({ word }) => !isExcepted(path, word))
          .map(({ line, word }) => `${path}:${line} ${word}`),
      );
    expect(files.length).toBeGreaterThan(800);
    expect(found).toEqual([]);
  });

  it('are kept by comments, titles of tests, messages and documents', () => {
    const found = files.flatMap(({ path, text }) =>
      bannedProse(text)
        .filter(({ word }) => !isExcepted(path, word))
        .map(({ line, word }) => `${path}:${line} ${word}`),
    );
    expect(found).toEqual([]);
  });

  it('have an exception only where it is needed', () => {
    const unneeded = EXCEPTIONS.filter(
      ({ path: where, words }) =>
        !files.some(
          ({ path, text }) =>
            where.test(path) && [...bannedNames(path, text), ...bannedProse(text)].some(({ word }) => words.test(word)),
        ),
    );
    expect(unneeded.map(({ reason }) => reason)).toEqual([]);
  });

  it('are in the dictionary, each that is banned', () => {
    const dictionary = readFileSync(join(packageRoot(), 'docs/reference/words.md'), 'utf8');
    const banned = ['told', 'anew', 'amid', 'afresh', 'lest', 'is had', 'turn', 'room', 'feed', 'fed'];
    expect(banned.filter((word) => !dictionary.includes(`*${word}*`))).toEqual([]);
  });
});

describe('the check itself', () => {
  it('splits names into their words, and lets the live feed pass', () => {
    const text = 'class A { #inTurn = 1; voices_turning = 2; roomy = returned; noLiveFeed = LAST_FEED; }';
    expect(bannedNames('a.ts', text)).toEqual([
      { line: 1, word: '#inTurn' },
      { line: 1, word: 'LAST_FEED' },
    ]);
  });

  it('sees prose on its line, and not what only looks alike', () => {
    expect(bannedProse('It is\ntold anew, as there is no room for it.\nA room of one: in turn, it turns bad.')).toEqual(
      [
        { line: 2, word: 'told' },
        { line: 2, word: 'anew' },
        { line: 2, word: 'no room' },
      ],
    );
  });
});
