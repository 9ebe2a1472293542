/**
 * What anybody may send costs a time that grows with its length, not with the square of it: of eight times the length the
 * quickest of several runs may take 28 times as long (the square would take 64), whatever else the machine does.
 */
import { describe, expect, it } from 'vitest';
import { jsonFault } from '../../engine/core/json/json-fault.ts';
import { urgencyOfWording } from '../scoring/urgency.ts';
import { detectLang } from './lang.ts';
import { createMasker } from './masking/mask.ts';
import { maskText } from './masking/mask-text.ts';
import { qualityOf } from './quality/quality.ts';

const masker = createMasker({ key: 'secret' });
/** `13800005678`, `13800015678`, …: masked, all are `138****5678`. */
const namedAlike = (n: number): Record<string, number> =>
  Object.fromEntries(Array.from({ length: n }, (_, i) => [`138${String(i).padStart(4, '0')}5678`, i]));
const of = (piece: string, length: number): string => piece.repeat(length / piece.length);

/** Each: a name, what is run, and the smaller of the two inputs' sizes. */
const ROWS: readonly (readonly [string, (size: number) => unknown, number])[] = [
  ['names that become the same when masked', (n) => masker.data(namedAlike(n)), 500],
  ...['ha1', '+a', 'a@', 'www', '[a', '&am', 'a@b+'].map(
    (piece) => [`language of ${piece}`, (n: number) => detectLang(of(piece, n)), 240] as const,
  ),
  ...['1 ', '-１', '1.1.', 'a@', 'a.', '::a', '住在我not ', '我叫张三', '1***', '一三', 'A1', 'my name is '].map(
    (piece) => [`masking ${piece}`, (n: number) => maskText(of(piece, n)), 2_000] as const,
  ),
  ...['ab', '哈', 'bcdf', '\ud800^', ' '].map(
    (piece) => [`quality of ${piece}`, (n: number) => qualityOf({}, of(piece, n)), 240] as const,
  ),
  ...['给我打', '气都', 'called a ', 'on hold for ', '《a', '不'].map(
    (piece) => [`urgency of ${piece}`, (n: number) => urgencyOfWording(of(piece, n)), 240] as const,
  ),
  ...['[', '{"a":', ' ', '"\\n'].map(
    (piece) => [`the fault in ${piece}`, (n: number) => jsonFault(of(piece, n)), 2_000] as const,
  ),
];

describe('eight times the input takes about eight times as long', () => {
  it.each(ROWS)('%s', (_name, run, size) => {
    for (let i = 0; i < 3; i += 1) run(8 * size);
    const times = Math.max(1, Math.round(20 / timeOf(run, size, 10)));
    let small = Infinity;
    let large = Infinity;
    for (let round = 0; round < 30 && (round < 3 || large > 12 * small); round += 1) {
      small = Math.min(small, timeOf(run, size, times));
      large = Math.min(large, timeOf(run, 8 * size, times));
    }
    expect(large / small).toBeLessThan(28);
  });
});

/** Of the processor: the clock also counts what others do on this machine. */
function timeOf(run: (size: number) => unknown, size: number, times: number): number {
  const began = process.cpuUsage();
  for (let i = 0; i < times; i += 1) run(size);
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1000;
}
