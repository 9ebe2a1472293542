import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ICONS } from '../view/pages/parts.ts';

/** The colours of a theme, as all pages name them. */
const tokens = readFileSync(new URL('../view/tokens.css', import.meta.url), 'utf8');
const css = readFileSync(new URL('wall.css', import.meta.url), 'utf8');
function themeOf(selector: string): Record<string, string> {
  const block = tokens.slice(tokens.indexOf(`${selector} {`)).split('}')[0] ?? '';
  return Object.fromEntries(
    [...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name, colour]) => [name!, colour!]),
  );
}
const THEMES = { dark: themeOf("[data-theme='dark']"), light: themeOf("[data-theme='light']") };

const channels = (hex: string): number[] => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255);
const linear = (c: number): number => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
/** WCAG 2.2, relative luminance and contrast ratio. */
const luminance = (hex: string): number =>
  channels(hex).reduce((sum, c, i) => sum + linear(c) * [0.2126, 0.7152, 0.0722][i]!, 0);
function contrast(a: string, b: string): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high! + 0.05) / (low! + 0.05);
}

/** Every ink on every ground it stands on. */
const SURFACES = ['bg', 'surface', 'surface2', 'alarm-bg'];
const PAIRS: readonly (readonly [string, string])[] = [
  ...['text', 'text2', 'text3', 'info', 'ok', 'alarm', 'warn'].flatMap((ink) =>
    SURFACES.map((surface) => [ink, surface] as const),
  ),
  ['on-alarm', 'alarm-fill'],
];

describe.each(Object.entries(THEMES))('%s theme', (_name, theme) => {
  test.each(PAIRS)('%s on %s is 4.5:1 or more', (ink, ground) => {
    expect(contrast(theme[ink]!, theme[ground]!)).toBeGreaterThanOrEqual(4.5);
  });
});

/** Machado, Oliveira & Fernandes 2009, severity 1.0, on linear RGB. */
const VISION: Readonly<Record<string, readonly (readonly number[])[]>> = {
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};
/** CIE L*a*b* (D65) of a colour as someone with that vision sees it. */
function labOf(hex: string, matrix: readonly (readonly number[])[]): number[] {
  const seen = channels(hex).map(linear);
  const rgb = matrix.map((row) =>
    Math.min(
      1,
      Math.max(
        0,
        row.reduce((sum, m, i) => sum + m * seen[i]!, 0),
      ),
    ),
  );
  const toXyz = [
    [0.4124, 0.3576, 0.1805],
    [0.2126, 0.7152, 0.0722],
    [0.0193, 0.1192, 0.9505],
  ];
  const [x, y, z] = toXyz.map((row, i) => {
    const v = row.reduce((sum, m, j) => sum + m * rgb[j]!, 0) / [0.9505, 1, 1.089][i]!;
    return v > 0.008856 ? Math.cbrt(v) : 7.787 * v + 16 / 116;
  });
  return [116 * y! - 16, 500 * (x! - y!), 200 * (y! - z!)];
}

/** 2.3 is a difference one just sees. */
test.each(Object.keys(VISION))('what is well differs from what is not under %s', (vision) => {
  const [ok, warn, alarm] = ['ok', 'warn', 'alarm'].map((name) => labOf(THEMES.dark[name]!, VISION[vision]!));
  for (const other of [warn!, alarm!]) expect(Math.hypot(...ok!.map((c, i) => c - other[i]!))).toBeGreaterThan(15);
});

test('amber and orange may look alike: no two states share a sign, so that colour only helps', () => {
  const looks = ['critical', 'major', 'warn', 'ok', 'none', 'stale'] as const;
  expect(new Set(looks.map((look) => JSON.stringify(ICONS[look]))).size).toBe(looks.length);
  expect(css).toMatch(/\.tile\[data-look='warn'\] \{\s*border-left: 0\.625rem/);
  expect(css).toMatch(/\.tile\[data-look='critical'\] \{\s*background: var\(--alarm-bg\)/);
});

test('the pulse is none for who wants no motion', () => {
  expect(css).toMatch(
    /@media not \(prefers-reduced-motion: reduce\) \{\s*\.alert\[data-pulse='true'\]\[data-lit='true'\] \{/,
  );
  expect(css.match(/data-lit/g)).toHaveLength(1);
});

test('nothing on a wall is animated: it would be painted sixty times a second, without a graphics card by the processor', () => {
  const sheets = ['wall.css', 'frame.css', '../pages/page-base.css', '../pages/boards.css', '../pages/pages.css'];
  const moving = sheets.flatMap((sheet) =>
    [
      ...readFileSync(new URL(sheet, import.meta.url), 'utf8').matchAll(
        /(?:animation|transition)[\w-]*:(?! none).*|@keyframes.*/g,
      ),
    ].map(([rule]) => `${sheet} ${rule}`),
  );
  expect(moving).toEqual([]);
});

test('nothing is fetched from elsewhere', () => {
  const html = readFileSync(new URL('index.html', import.meta.url), 'utf8');
  expect(css.match(/url\(|@import '(?!\.\/frame\.css)/g)).toBeNull();
  expect(html.match(/(src|href)="(?!wall(-style)?\.|data:)[^"]*"/g)).toBeNull();
  expect(html.match(/<style|style=| on\w+=/g)).toBeNull();
});
