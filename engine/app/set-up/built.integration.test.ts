/** What `npm run build` makes: the product alone. Needs `npm run build`. */
import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../adapters/process/package-root.ts';

const dist = join(packageRoot(), 'dist');
const built = readdirSync(dist, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => relative(dist, join(entry.parentPath, entry.name)));

describe('dist/', () => {
  it('holds the command line, the wall-board and what the scoring worker loads', () => {
    expect(built).toEqual(
      expect.arrayContaining([
        'earshot.js',
        'dashboards/index.html',
        'engine/adapters/scoring/scoring-worker.mjs',
        'models/serving/runner.mjs',
      ]),
    );
  });

  it('holds nothing that only tests and benchmarks use', () => {
    expect(built.filter((file) => /(^|\/)(testing|bench|lab)\/|\.(test|fixture|conformance)\./.test(file))).toEqual([]);
  });
});
