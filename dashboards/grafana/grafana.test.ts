/** What is shipped for Prometheus and Grafana: as its list says, of metrics that exist, and understood by promtool. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { FILES, written } from './grafana-dashboard.mjs';

const place = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const read = (name: string): string => readFileSync(place(name), 'utf8');
/** Names in docs/reference/metrics.md, which a running engine is held to; histograms by each of their series. */
const known = new Set(
  [...read('../../docs/reference/metrics.md').matchAll(/`(earshot_[a-z_]+)`/g)].flatMap(([, name = '']) =>
    name.endsWith('_seconds') ? [name, `${name}_bucket`, `${name}_count`, `${name}_sum`] : [name],
  ),
);
const unknownIn = (text: string): readonly string[] =>
  [...text.matchAll(/\bearshot_[a-z_]+/g)].map(([name]) => name).filter((name) => !known.has(name));

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string }[];
}

describe.each(FILES)('%s', (name, language) => {
  const { panels } = JSON.parse(read(name)) as { panels: readonly Panel[] };

  it('is as written from its list (node dashboards/build.mjs grafana)', () => {
    expect(read(name)).toBe(written(language));
  });

  it('asks for metrics that Earshot reports', () => {
    expect(unknownIn(read(name))).toEqual([]);
    expect(panels.flatMap((panel) => panel.targets ?? []).length).toBeGreaterThan(20);
  });

  it('lays no panel over another or beyond the edge', () => {
    const taken = new Map<string, number>();
    for (const { id, gridPos } of panels) {
      expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(taken.get(`${x},${y}`), `panel ${id} at ${x},${y}`).toBeUndefined();
          taken.set(`${x},${y}`, id);
        }
    }
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  });
});

it('has the same panels in both languages, the Chinese in Chinese', () => {
  const [english, chinese] = FILES.map(([name]) => (JSON.parse(read(name)) as { panels: readonly Panel[] }).panels);
  expect(chinese?.map(({ targets }) => targets)).toEqual(english?.map(({ targets }) => targets));
  expect(chinese?.filter(({ title }) => !/[一-鿿]/.test(title) && title !== '$kpi')).toEqual([]);
});

describe.each(['earshot-rules', 'earshot-figures'])('%s.yaml', (name) => {
  it('speaks of metrics that Earshot reports', () => {
    expect(unknownIn(read(`${name}.yaml`))).toEqual([]);
    expect(unknownIn(read(`${name}-check.yaml`))).toEqual([]);
  });

  const hasPromtool = spawnSync('promtool', ['--version']).status === 0;
  it.skipIf(!hasPromtool)('says what it must and is silent else (skipped where promtool is not installed)', () => {
    const { status, stdout, stderr } = spawnSync('promtool', ['test', 'rules', place(`${name}-check.yaml`)], {
      encoding: 'utf8',
    });
    expect(`${stdout}${stderr}`).toContain('SUCCESS');
    expect(status).toBe(0);
  });
});
