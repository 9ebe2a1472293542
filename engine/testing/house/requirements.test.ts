/** docs/reference/requirements.md names every requirement once, says one of three things of each, and names only what there is. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { packageRoot } from '../../adapters/process/package-root.ts';

const PAGE = 'docs/reference/requirements.md';
const root = packageRoot();
const page = readFileSync(join(root, PAGE), 'utf8');
const rows = [...page.matchAll(/^\| (R\d+) \| (.+?) \| (.+?) \| (.+) \|$/gm)].map(
  ([, id = '', asked = '', state = '', where = '']) => ({ id, asked, state, where }), // every row has all four
);

const span = (from: number, to: number): readonly string[] =>
  Array.from({ length: to - from + 1 }, (_, i) => `R${String(from + i)}`);

it('every requirement stands in the table once, in its order', () => {
  const all = [...span(1, 14), ...span(20, 31), ...span(40, 65), ...span(70, 88), ...span(90, 96)];
  expect(rows.map(({ id }) => id)).toEqual(all);
});

it('each is done, not yet done, or not of the engine, and says where or why', () => {
  for (const { id, state, where } of rows) {
    expect(['done', 'not yet', "not the engine's"], id).toContain(state);
    expect(where.length, id).toBeGreaterThan(10);
  }
});

it('every link leads to a file', () => {
  const links = [...page.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)].map(([, path = '']) => path); // a link has a path
  expect(links.length).toBeGreaterThan(40);
  const missing = links.filter((path) => !existsSync(join(root, normalize(join(dirname(PAGE), path)))));
  expect(missing).toEqual([]);
});

it('every KPI, rule and clock that it names is in the pack', () => {
  const { dispatch: _, ...lists } = parse(
    readFileSync(join(root, 'operators/packs/customer-experience.yaml'), 'utf8'),
  ) as { readonly dispatch: object } & Readonly<Record<string, readonly { readonly id: string }[]>>;
  const ids = new Set(Object.values(lists).flatMap((list) => list.map(({ id }) => id)));
  // What is written so, and is no id: fields, keys and measures.
  const others = new Set([
    ...['permalink', 'channels', 'allowed_lateness', 'store', 'target', 'share', 'ratio', 'transcript', 'by'],
    ...['transcript_confidence', 'derive', 'class', 'tier', 'segment', 'consecutive', 'max_keys', 'media', 'owner'],
    ...['causes', 'cumulative', 'admin', 'operator', 'frontline', 'display', '_p90', '_within', 'sla_breached'],
    ...['earshot_events_marked_total', 'earshot_ready', 'low_confidence'],
  ]);
  const named = [...page.matchAll(/`([a-z_0-9]+)`/g)].map(([, name = '']) => name); // never empty
  expect(named.filter((name) => !ids.has(name) && !others.has(name))).toEqual([]);
});
