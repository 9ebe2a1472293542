/**
 * Pairs of texts for near duplicates, from real ones and a seed: copies with what people and bots change of them, and texts that
 * others have written. Every second pair is `kept` back: of these only the figures were looked at.
 */
import { readFileSync } from 'node:fs';
import { at as elementAt } from '../../../engine/core/must.ts';
import { RandomYields } from '../../../engine/testing/random-yields.ts';

export interface Pair {
  readonly set: 'tune' | 'kept';
  readonly form: string;
  readonly isCopy: boolean;
  readonly one: string;
  readonly other: string;
}

const demoTexts = (file: string): readonly string[] =>
  readFileSync(new URL(`../../../engine/app/demo/${file}`, import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.slice(line.lastIndexOf('\t') + 1));

type Change = (text: string, yields: RandomYields) => string;
const pick = <T>(yields: RandomYields, list: readonly T[]): T => elementAt(list, yields.below(list.length));

/** A part of a text that somebody changes by hand: so many characters or words of a hundred. */
const changed =
  (percent: number, change: (piece: string) => string): Change =>
  (text, yields) => {
    const pieces = /[\u4e00-\u9fff]/.test(text) ? Array.from(text) : text.split(/(?<= )/);
    const count = Math.max(1, Math.floor((pieces.length * percent) / 100));
    for (let i = 0; i < count; i++) {
      const place = yields.below(pieces.length);
      pieces[place] = change(elementAt(pieces, place));
    }
    return pieces.join('');
  };
const COPIES: Readonly<Record<string, Change>> = {
  'as it is': (text) => text,
  'other marks and emoji': (text, yields) =>
    text.replace(/[，。！,.!?？]/g, () => pick(yields, ['！！', '~', ' ', '…', '😡'])),
  'in capitals, spaced': (text) => text.toUpperCase().replace(/ /g, '  '),
  'another number in it': (text, yields) => `${text} 订单号${String(100_000 + yields.below(900_000))}`,
  'a greeting before it': (text, yields) => pick(yields, ['你好，', 'Hi, ', '【转发】', 'Please help! ']) + text,
  'a letter mistyped in 30': changed(3, (piece) => (piece.length > 1 ? piece.slice(1) : '的')),
  'a word left out in 30': changed(3, () => ''),
  'a twentieth replaced': changed(5, (piece) => (piece.length > 1 ? 'really ' : '很')),
};

export function labelledPairs(): readonly Pair[] {
  const yields = new RandomYields(20261129);
  const reviews = demoTexts('texts-zh.tsv');
  const questions = demoTexts('texts-en.tsv').filter((text) => text.split(' ').length >= 16);
  const clauses = reviews.flatMap((text) => text.split(/[。！!]/).filter(({ length }) => length >= 20 && length <= 60));
  const texts = [...reviews.map((text) => text.slice(0, 80)), ...questions, ...clauses];
  const copies = Object.entries(COPIES).flatMap(([form, change]) =>
    Array.from({ length: 80 }, (): Omit<Pair, 'set'> => {
      const one = pick(yields, texts);
      return { form, isCopy: true, one, other: change(one, yields) };
    }),
  );
  const others = Array.from({ length: 640 }, (_, i): Omit<Pair, 'set'> => {
    const list = elementAt([texts, questions, clauses, texts], i % 4);
    const one = pick(yields, list);
    let other = pick(yields, list);
    while (other.includes(one.slice(0, 12)) || one.includes(other.slice(0, 12))) other = pick(yields, list);
    return { form: 'by somebody else', isCopy: false, one, other };
  });
  return [...copies, ...others].map((pair, i) => ({ set: i % 2 === 0 ? 'tune' : 'kept', ...pair }));
}
