/** Words at the end of a word, and streets behind a number. */
import { describe, expect, it } from 'vitest';
import { mayBeStreetAt } from '../addresses/street-numbers.ts';
import { withoutFalse } from './exact-cues.ts';
import * as cue from './word-cues.ts';
import { WordEnds } from './word-ends.ts';

describe('the cues of a word', () => {
  const ends = new WordEnds([
    [1, 'thanks love'],
    [2, 'señora to'],
  ]);
  it.each([
    ['thanks', 3, 1],
    ['xxThanks', 3, 1],
    ['SEÑORA', 3, 2],
    ['thanksx', 3, 0],
    ['hanks', 3, 0],
    ['love', 2, 0],
    ['into', 2, 2],
  ])('of %s are those whose words it ends with, in whatever case', (word, cues, own) => {
    expect(ends.cuesOf(`a ${word} b`, 2, 2 + word.length, cues)).toBe(own);
  });
  it('that it knows no words of stay as they are', () => {
    expect(ends.cuesOf('other', 0, 5, 7)).toBe(4);
  });
  it('of words that only share three letters with a rule are none', () => {
    const all = cue.PAPER | cue.MAIL | cue.MESSENGER | cue.QQ | cue.SAYS;
    const of = (word: string): number => withoutFalse(word, 0, word.length, all);
    expect(of('president') | of('years') | of('against')).toBe(cue.SAYS);
    expect([of('mypassport') & cue.PAPER, of('exampledotcom') & cue.MAIL, of('qnum') & cue.QQ]).not.toContain(0);
  });
});

describe('a number of a house', () => {
  it.each([
    ['12 Long Lane', true],
    ['12b, Very Long STREET.', true],
    ['5-7 N. One Two Three Four Lane', true],
    ['12 5th Street', true],
    ['12 long Lane', false],
    ['12 Lane', false],
    ['12  Long Lane', false],
    ['12 Long Laneway', false],
    ['Long Lane 12', false],
  ])('has a street behind it in %s: %s', (text, isStreet) => {
    expect(
      Array.from(text.matchAll(/[0-9]+/g)).some((digits) => mayBeStreetAt(text, digits.index + digits[0].length)),
    ).toBe(isStreet);
  });
});
