/**
 * The labelled set of cleaning: real texts as they are, and what encodings, idle fingers and forms make of texts, from a seed.
 * Every second text is `kept` back: thresholds were chosen on the others, and of these only the figures were looked at.
 */
import { readFileSync } from 'node:fs';
import { BOILERPLATE, MEANT, STRUCK_WORDS } from './phrases.ts';

export interface Labelled {
  readonly set: 'tune' | 'kept';
  /** How it was made. */
  readonly form: string;
  /** The mark that it must get; null: none. */
  readonly mark: 'garbled' | 'keyboard_mash' | 'boilerplate' | null;
  readonly text: string;
}

type Draw = () => number;
/** mulberry32 (T. Ettinger). */
function random(seed: number): Draw {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
const from = (draw: Draw, least: number, most: number): number => least + Math.floor(draw() * (most - least + 1));
const pick = <T>(draw: Draw, list: ArrayLike<T>): T => list[Math.floor(draw() * list.length)] as T;
const times = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);

const demoTexts = (file: string): readonly string[] =>
  readFileSync(new URL(`../../../../engine/app/demo/${file}`, import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.slice(line.lastIndexOf('\t') + 1));

const utf8 = new TextEncoder();
const readAs = (encoding: string, text: string): string => new TextDecoder(encoding).decode(utf8.encode(text));
/** ISO 8859-1 proper: browsers read Windows-1252 under its name. */
const readAsLatin1 = (text: string): string => String.fromCharCode(...utf8.encode(text));
const ACCENTED = [
  'café très délicieux à côté',
  'Größe völlig falsch, schöne Grüße',
  'La señora no contestó, qué pésimo',
];

const lostIn = (draw: Draw, text: string): string =>
  Array.from(text, (character) => (draw() < 0.25 ? '\ufffd' : character)).join('') + '\ufffd';
const controlsIn = (draw: Draw, text: string): string =>
  Array.from(text, (character) =>
    draw() < 0.2 ? `${character}${String.fromCharCode(from(draw, 1, 7))}` : character,
  ).join('') + '\u0001\u0002\u0003';

const KEYS = ['qwertyuiop', 'asdfghjkl', 'zxcvbnm'] as const;
const CHUNKS = [
  'asd',
  'qwe',
  'sdf',
  'jkl',
  'dfg',
  'fgh',
  'asdf',
  'qweasd',
  'zxc',
  'jkjk',
  'fdsa',
  'hjkl',
  'uiop',
  'vbn',
];
const struckRow = (draw: Draw): string => pick(draw, [KEYS[1], KEYS[1], KEYS[1], KEYS[0], KEYS[2]]);
const LATIN_MASHES: readonly ((draw: Draw) => string)[] = [
  (draw) => times(from(draw, 6, 14), () => pick(draw, KEYS[1])).join(''),
  (draw) => times(from(draw, 3, 5), () => rolled(draw)).join(''),
  (draw) => times(from(draw, 6, 16), () => pick(draw, struckRow(draw))).join(''),
  (draw) => pick(draw, CHUNKS).repeat(from(draw, 2, 4)),
  (draw) => times(from(draw, 7, 14), () => pick(draw, 'abcdefghijklmnopqrstuvwxyz')).join(''),
];
/** Fingers rolling over neighbouring keys. */
function rolled(draw: Draw): string {
  const row = struckRow(draw);
  const start = from(draw, 0, row.length - 3);
  const keys = row.slice(start, start + from(draw, 2, 4));
  return draw() < 0.5 ? keys : Array.from(keys).reverse().join('');
}
const latinMash = (draw: Draw): string =>
  times(from(draw, 1, 3), () => pick(draw, LATIN_MASHES)(draw)).join(pick(draw, [' ', ' ', '', '，']));

const ROWS = ['home', 'home', 'home', 'home', 'top', 'bottom'] as const;
function pinyinMash(draw: Draw): string {
  const words = STRUCK_WORDS[pick(draw, ROWS)];
  let text = '';
  while (text.replace(/[，。]/g, '').length < from(draw, 9, 16))
    text += pick(draw, words) + (draw() < 0.08 ? '，' : '');
  return text;
}

/** As another form, client or phone writes the same words. */
const OTHER_WAYS: readonly ((text: string) => string)[] = [
  (text) => text.toUpperCase(),
  (text) => `【${text}】`,
  (text) => `  ${text}\n`,
  (text) => `${text.replace(/[。.!！]$/, '')}！！！`,
  (text) => `*** ${text} ***`,
  (text) => `"${text}"`,
  (text) => text.replace(/[，,:：]/g, ' '),
  (text) => text.replace(/[！-～]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0)),
  (text) => text.replace(/’/g, "'"),
];
function otherwise(draw: Draw, text: string): string {
  return pick(draw, OTHER_WAYS)(pick(draw, OTHER_WAYS)(text));
}

export function labelledSet(): readonly Labelled[] {
  const draw = random(20261129);
  const [zh, en] = [demoTexts('texts-zh.tsv'), demoTexts('texts-en.tsv')];
  const clauses = zh.flatMap((text) =>
    text.split(/[，。！？~～,.!\s]+/).filter(({ length }) => length >= 4 && length <= 20),
  );
  const short = (): string => pick(draw, clauses);
  const longer = (): string => pick(draw, zh).slice(0, from(draw, 12, 90));
  const made = (form: string, mark: Labelled['mark'], count: number, make: () => string): Omit<Labelled, 'set'>[] =>
    times(count, () => ({ form, mark, text: make() }));
  const all: readonly Omit<Labelled, 'set'>[] = [
    ...zh.map((text) => ({ form: 'review', mark: null, text })),
    ...made('clause', null, 400, short),
    ...en.map((text) => ({ form: 'question', mark: null, text })),
    ...MEANT.map((text) => ({ form: 'meant', mark: null, text })),
    ...made('UTF-8 read as GBK', 'garbled', 300, () => readAs('gbk', longer())),
    ...made('UTF-8 read as Windows-1252', 'garbled', 200, () => readAs('windows-1252', longer())),
    ...made('UTF-8 read as Latin-1', 'garbled', 200, () => readAsLatin1(longer())),
    ...made('accents read as Windows-1252', 'garbled', 60, () => readAs('windows-1252', pick(draw, ACCENTED))),
    ...made('characters lost', 'garbled', 200, () => lostIn(draw, draw() < 0.5 ? longer() : pick(draw, en))),
    ...made('control characters', 'garbled', 100, () => controlsIn(draw, draw() < 0.5 ? longer() : pick(draw, en))),
    ...made('Latin keys', 'keyboard_mash', 500, () => latinMash(draw)),
    ...made('pinyin keys', 'keyboard_mash', 500, () => pinyinMash(draw)),
    ...BOILERPLATE.map((text) => ({ form: 'boilerplate', mark: 'boilerplate' as const, text })),
    ...made('boilerplate, written otherwise', 'boilerplate', 320, () => otherwise(draw, pick(draw, BOILERPLATE))),
  ];
  return all.map((one, i) => ({ set: i % 2 === 0 ? 'tune' : 'kept', ...one }));
}
